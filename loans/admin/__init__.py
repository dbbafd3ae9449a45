"""What staff see of lending, a module a family; every module is imported here, so that it registers."""

from loans.admin import books, leaving, orders, products

__all__ = ["books", "leaving", "orders", "products"]
