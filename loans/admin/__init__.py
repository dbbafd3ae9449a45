"""What staff see of lending, a module a family; every module is imported here, so that it registers."""

from loans.admin import applications, bills, books, leaving, orders, payouts, products

__all__ = ["applications", "bills", "books", "leaving", "orders", "payouts", "products"]
