"""Forgetting the hidden numbers of people whose years of keeping are over; who is to be forgotten is for the caller."""

from datetime import datetime

from django.db import transaction

from accounts.models import BankAccount, Borrower, Identity
from accounts.services.telling import tell_lenders


@transaction.atomic
def forget_identity(*, borrower: Borrower, at: datetime) -> int:
    """Erase the identity number and those of every bank account; how many numbers that were. The system's work."""
    erased = Identity.objects.filter(borrower=borrower, state=Identity.State.VERIFIED).update(
        state=Identity.State.REVOKED, verified_at=None, number_sealed="", number_hash="", number_masked=""
    )
    accounts = list(BankAccount.objects.filter(borrower=borrower).exclude(number_sealed=""))
    for account in accounts:
        _forget(account, at)
    if erased or accounts:
        tell_lenders(borrower, "erase_numbers", {"identity": erased, "bank_accounts": len(accounts)}, None)
    return erased + len(accounts)


@transaction.atomic
def forget_bank_account(*, account: BankAccount, at: datetime) -> int:
    """Erase the number of an account that was removed; 1, or 0 where it was erased before. The system's work."""
    if not account.number_sealed:
        return 0
    _forget(account, at)
    tell_lenders(account.borrower, "erase_numbers", {"identity": 0, "bank_accounts": 1}, None)
    return 1


def _forget(account: BankAccount, at: datetime) -> None:
    # Its last four digits stay: payments name them.
    BankAccount.objects.filter(pk=account.pk).update(
        number_sealed="", number_hash="", is_active=False, removed_at=account.removed_at or at
    )
