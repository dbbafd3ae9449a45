"""Answers about loans, each with a fixed number of queries."""

from loans.selectors.standing import Standing, standing, standings

__all__ = ["Standing", "standing", "standings"]
