"""What staff see of lending, a module a family; every module is imported here, so that it registers."""

from loans.admin import applications, books, leaving, orders, payouts, products

__all__ = ["applications", "books", "leaving", "orders", "payouts", "products"]
