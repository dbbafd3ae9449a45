"""Answers about relief, one frozen dataclass per page."""
