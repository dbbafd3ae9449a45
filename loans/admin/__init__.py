"""What staff see of lending, a module a family; every module is imported here, so that it registers."""

from loans.admin import (
    applications,
    bank_files,
    bills,
    books,
    bureau_files,
    closes,
    collection,
    leaving,
    orders,
    payouts,
    products,
)

__all__ = [
    "applications",
    "bank_files",
    "bills",
    "books",
    "bureau_files",
    "closes",
    "collection",
    "leaving",
    "orders",
    "payouts",
    "products",
]
