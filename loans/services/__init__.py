"""What can be done with loans: one verb per intention, each one transaction."""

from loans.services.adopting import adopt_schedule
from loans.services.furnishing import correct_month, furnish_months
from loans.services.holding import end_holds, open_holds
from loans.services.opening import disburse_loan, open_loan
from loans.services.paying import record_payment
from loans.services.settling import settle_early

__all__ = [
    "adopt_schedule",
    "correct_month",
    "disburse_loan",
    "end_holds",
    "furnish_months",
    "open_holds",
    "open_loan",
    "record_payment",
    "settle_early",
]
