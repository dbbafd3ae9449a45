"""Facts and invariants of lending; money in integer minor units throughout."""

from loans.models.hold import Hold
from loans.models.journal import Account, JournalEntry, JournalSeal, Posting
from loans.models.loan import Loan
from loans.models.payment import Allocation, Payment
from loans.models.product import Product
from loans.models.schedule import Instalment, ScheduleSeal, ScheduleVersion

__all__ = [
    "Account",
    "Allocation",
    "Hold",
    "Instalment",
    "JournalEntry",
    "JournalSeal",
    "Loan",
    "Payment",
    "Posting",
    "Product",
    "ScheduleSeal",
    "ScheduleVersion",
]
