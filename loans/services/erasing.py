"""Erasing what is kept for ten years and no longer (反洗钱法, article 34; R40).

    identity number      while somebody is a customer, and ten years after the last relation or transaction
    number of an account as long as it is in use; a removed one for ten years after the last payment over it

Loans, payments, contracts and the journal stay: they name nobody's number.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max

from accounts.models import BankAccount, Borrower, Identity, LenderRelation
from accounts.services.erasing import forget_bank_account, forget_identity
from config import clock
from loans.engine.calendar import add_months
from loans.models import AccountEntry, JournalEntry, PaymentOrder, ServiceClosure

YEARS = 10
ZONE = "Asia/Shanghai"


def erase_expired(*, on: date | None = None, is_dry: bool = False) -> Counter[str]:
    """Erase every number whose time is over on that day (today unless given); counts `people` and `accounts`.

    With `is_dry` nothing is erased, only counted. Safe to repeat.
    """
    before = add_months(on or clock.today(ZONE), -12 * YEARS)
    counts: Counter[str] = Counter(people=0, accounts=0)
    for borrower in _over(before):
        counts["people"] += 1
        if not is_dry:
            forget_identity(borrower=borrower, at=clock.now())
    for account in _unused(before):
        counts["accounts"] += 1
        if not is_dry:
            forget_bank_account(account=account, at=clock.now())
    return counts


def ended_on(borrower: Borrower) -> date | None:
    """The last day of everything with this borrower; None while somebody is a customer. Five queries at most."""
    relations = LenderRelation.objects.filter(borrower=borrower)
    if relations.exclude(state=LenderRelation.State.CLOSED).exists():
        return None
    closed = ServiceClosure.objects.filter(borrower=borrower, kind=ServiceClosure.Kind.CLOSED)
    verified_at = Identity.objects.filter(borrower=borrower).values_list("verified_at", flat=True).first()
    days = [
        closed.aggregate(last=Max("done_on"))["last"],
        JournalEntry.objects.filter(loan__borrower=borrower).aggregate(last=Max("posted_on"))["last"],
        AccountEntry.objects.filter(account__borrower=borrower).aggregate(last=Max("value_on"))["last"],
        _day(verified_at) if verified_at else None,
    ]
    return max((day for day in days if day is not None), default=None)


def _over(before: date) -> Iterator[Borrower]:
    """People whose last day of everything lies before that day and whose identity number is still kept."""
    customers = LenderRelation.objects.exclude(state=LenderRelation.State.CLOSED).values("borrower")
    kept = Identity.objects.filter(state=Identity.State.VERIFIED).exclude(borrower__in=customers)
    for identity in kept.select_related("borrower").order_by("pk"):
        ended = ended_on(identity.borrower)
        if ended is not None and ended < before:
            yield identity.borrower


def _unused(before: date) -> Iterator[BankAccount]:
    """Accounts that were removed, and over which nothing was paid since that day."""
    removed = BankAccount.objects.filter(is_active=False).exclude(number_sealed="").select_related("borrower")
    for account in removed.order_by("pk"):
        last_on = PaymentOrder.objects.filter(bank_account=account).aggregate(last=Max("ordered_on"))["last"]
        removed_on = _day(account.removed_at) if account.removed_at else before
        if max(last_on or removed_on, removed_on) < before:
            yield account


def _day(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(ZONE)).date()
