"""People, lenders, who works where, who somebody is, and the chain of what was done."""

from accounts.models.bank_account import BankAccount, BankAccountProbe
from accounts.models.identity import Identity, IdentityCase, IdentityCheck
from accounts.models.notice import Notice, NoticeDelivery, NoticePreferences, NoticeReading
from accounts.models.people import (
    AuditEntry,
    AuditHead,
    Borrower,
    Lender,
    LenderRelation,
    Membership,
    OutboxMessage,
    ReferenceCounter,
    User,
    UserManager,
)
from accounts.models.periodic import ScheduledRun
from accounts.models.unmasking import Unmasking

__all__ = [
    "AuditEntry",
    "AuditHead",
    "BankAccount",
    "BankAccountProbe",
    "Borrower",
    "Identity",
    "IdentityCase",
    "IdentityCheck",
    "Lender",
    "LenderRelation",
    "Membership",
    "Notice",
    "NoticeDelivery",
    "NoticePreferences",
    "NoticeReading",
    "OutboxMessage",
    "ReferenceCounter",
    "ScheduledRun",
    "Unmasking",
    "User",
    "UserManager",
]
