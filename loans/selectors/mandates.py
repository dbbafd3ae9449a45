"""Does a loan or a monthly bill still need a bank account? Asked by `accounts` before one is removed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import BankAccount
from accounts.selectors import debit_sources
from credit.models.consent import Purpose
from credit.selectors import live_consent
from loans.models import Loan, PaymentOrder, RevolvingAccount


def needs(account: BankAccount) -> Any:
    """Why it cannot go now, in words for the borrower; "" if it can. Up to three queries and two for each lender."""
    if PaymentOrder.objects.open().filter(bank_account=account).exists():
        return _("A payment over this account is under way. You can remove it as soon as its result is known.")
    others = [one for one in debit_sources(account.borrower) if one.pk != account.pk]
    if account.verified_at is None or others:
        return ""
    running = Loan.objects.running(), RevolvingAccount.objects.active()
    lenders = {
        debt.lender for rows in running for debt in rows.filter(borrower=account.borrower).select_related("lender")
    }
    if any(live_consent(account.borrower, lender, Purpose.DEBIT, lender.today()) for lender in lenders):
        return _(
            "A loan or a monthly bill is collected from this account, and you have no other confirmed one. Confirm "
            "another first, or take back the authorisation to debit."
        )
    return ""
