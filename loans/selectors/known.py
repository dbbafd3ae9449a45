"""What is still missing before somebody can be lent to."""

from accounts.models import Borrower
from accounts.selectors.known import known_customer


def missing_steps(borrower: Borrower) -> tuple[str, ...]:
    """The steps that are left: `identity`, `phone`, `bank_account`. Three queries."""
    return known_customer(borrower).missing
