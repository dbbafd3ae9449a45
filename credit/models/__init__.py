"""What is known of a borrower, who may look at it, and who looked."""

from credit.models.bureau import BureauFile, BureauFileHeld, BureauFileLine
from credit.models.consent import Consent, ConsentRefusal, ConsentWithdrawal
from credit.models.inquiry import Inquiry
from credit.models.record import CreditFile, MonthFact, Tradeline

__all__ = [
    "BureauFile",
    "BureauFileHeld",
    "BureauFileLine",
    "Consent",
    "ConsentRefusal",
    "ConsentWithdrawal",
    "CreditFile",
    "Inquiry",
    "MonthFact",
    "Tradeline",
]
