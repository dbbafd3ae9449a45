"""Giving the months of a monthly bill to the credit file."""

from datetime import date, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import Lender, User
from accounts.roles import Verb
from accounts.services import require
from credit import services as credit
from credit.models import MonthFact, Tradeline
from loans.bill_facts import terms_of
from loans.bill_months import bill_month_facts
from loans.engine.calendar import add_months, month_end, month_of
from loans.errors import MonthNotOver
from loans.models import RevolvingAccount
from loans.services.bill_head import entries_of, lock_account


@transaction.atomic
def furnish_account(*, account: RevolvingAccount, through: date, acting_user: User | None) -> int:
    """Furnish every month up to `through` that the credit file does not have yet; return how many.

    A month is furnished once it and the grace after it are over. One that ends late is held
    back: its borrower has to be told beforehand (rule R32), which is not done for monthly bills
    yet. Raises `MonthNotOver` where `through` is not decided yet.
    """
    account = lock_account(account)
    if acting_user is not None:
        require(lender=account.lender, verb=Verb.FURNISH, user=acting_user)
    last = month_of(through)
    if not _is_over(account, last):
        raise MonthNotOver(f"{last:%Y-%m}")
    tradeline = Tradeline.objects.select_related("lender").get(lender=account.lender, reference=account.number)
    have = set(MonthFact.objects.filter(tradeline=tradeline).values_list("month", flat=True))
    rows, written = entries_of(account), terms_of(account)
    judged = (
        bill_month_facts(written, rows, month, account.closed_on)
        for month in _months(account, last)
        if month not in have
    )
    facts = [one for one in judged if not one.days_past_due]
    if not facts:
        return 0
    credit.furnish_months(tradeline=tradeline, facts=facts, acting_user=acting_user)
    audit.record(
        lender=account.lender,
        verb="furnish_months",
        subject=account.number,
        after={"months": len(facts), "from": f"{facts[0].month:%Y-%m}", "through": f"{facts[-1].month:%Y-%m}"},
        acting_user=acting_user,
    )
    return len(facts)


def judge_account_anew(account: RevolvingAccount, *, from_on: date, reason: str) -> None:
    """Judge every month on file from the month of that day on again; those that come out otherwise are corrected."""
    tradeline = Tradeline.objects.select_related("lender").get(lender=account.lender, reference=account.number)
    months = MonthFact.objects.filter(tradeline=tradeline, month__gte=month_of(from_on)).values_list("month", flat=True)
    rows, written = entries_of(account), terms_of(account)
    for month in sorted(set(months)):
        facts = bill_month_facts(written, rows, month, account.closed_on)
        credit.furnish_month(tradeline=tradeline, facts=facts, reason=reason, acting_user=None)


def furnish_all(*, lender: Lender) -> int:
    """Furnish whatever is decided by today of every account of a lender; return how many months. Safe to repeat."""
    found = 0
    for account in RevolvingAccount.objects.filter(lender=lender).select_related("lender", "product").order_by("pk"):
        month = month_of(lender.today())
        while not _is_over(account, month):
            month = add_months(month, -1)
        if month >= month_of(account.opened_on):
            found += furnish_account(account=account, through=month, acting_user=None)
    return found


def _is_over(account: RevolvingAccount, month: date) -> bool:
    decided_on: date = month_end(month) + timedelta(days=account.product.grace_days)
    return bool(decided_on < account.lender.today())


def _months(account: RevolvingAccount, last: date) -> list[date]:
    """The months of the account's life up to `last`, that of its closing included."""
    if account.closed_on is not None:
        last = min(last, month_of(account.closed_on))
    month, months = month_of(account.opened_on), []
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    return months
