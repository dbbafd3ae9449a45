"""Giving the months of a monthly bill to the credit file."""

from collections.abc import Sequence
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
from loans.selectors.bill_holds import bureau_holds
from loans.services.bill_forewarning import tell_of_late_bills
from loans.services.bill_head import each_account, entries_of, lock_account
from loans.services.withholding import may_correct, permitted, waiting_corrections


@transaction.atomic
def furnish_account(*, account: RevolvingAccount, through: date, acting_user: User | None) -> int:
    """Furnish every month up to `through` that the credit file does not have yet; return how many.

    A month is furnished once it and the grace after it are over. One that nobody may report yet
    is held back (`loans/adverse.py`), and the others go; so do corrections that waited. Raises
    `MonthNotOver` where `through` is not decided yet.
    """
    account = lock_account(account)
    if acting_user is not None:
        require(lender=account.lender, verb=Verb.FURNISH, user=acting_user)
    last = month_of(through)
    if not _is_over(account, last):
        raise MonthNotOver(f"{last:%Y-%m}")
    tradeline = Tradeline.objects.select_related("lender").get(lender=account.lender, reference=account.number)
    on_file = list(MonthFact.objects.current().filter(tradeline=tradeline))
    for month, reason in waiting_corrections(account):
        _correct(account, tradeline, [month], reason)
    have = {row.month for row in on_file}
    missing = [month for month in _months(account, last) if month not in have]
    if not missing:
        return 0
    rows, written = entries_of(account), terms_of(account)
    holds = bureau_holds(account)
    judged = [bill_month_facts(written, rows, month, account.closed_on, holds) for month in missing]
    facts = permitted(account, tradeline, judged, on_file)
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
    """Judge every month on file from the month of that day on again; those that come out otherwise are corrected.

    One that turns against the borrower waits until they were told.
    """
    tradeline = Tradeline.objects.select_related("lender").get(lender=account.lender, reference=account.number)
    months = MonthFact.objects.filter(tradeline=tradeline, month__gte=month_of(from_on)).values_list("month", flat=True)
    _correct(account, tradeline, sorted(set(months)), reason)


def _correct(account: RevolvingAccount, tradeline: Tradeline, months: Sequence[date], reason: str) -> None:
    """Judge these months on file again, by all that is known now."""
    rows, written, holds = entries_of(account), terms_of(account), bureau_holds(account)
    for month in months:
        on_file = {row.month: row for row in MonthFact.objects.current().filter(tradeline=tradeline)}
        facts = bill_month_facts(written, rows, month, account.closed_on, holds)
        if may_correct(account, on_file[month], facts, on_file.values(), reason):
            credit.furnish_month(tradeline=tradeline, facts=facts, reason=reason, acting_user=None)


def furnish_all(*, lender: Lender) -> int:
    """Tell who is late, then furnish what is decided by today and may go; return how many months. Safe to repeat.

    An account that cannot be furnished keeps no other from it; see `each_account`.
    """
    tell_of_late_bills(lender=lender, on=lender.today())
    accounts = RevolvingAccount.objects.filter(lender=lender).select_related("lender", "product").order_by("pk")
    return sum(each_account(accounts, _furnish_decided))


def _furnish_decided(account: RevolvingAccount) -> int:
    month = month_of(account.lender.today())
    while not _is_over(account, month):
        month = add_months(month, -1)
    if month < month_of(account.opened_on):
        return 0
    return furnish_account(account=account, through=month, acting_user=None)


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
