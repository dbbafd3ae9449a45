"""What a lender earned month by month, and what was left to be repaid at each month's end: the journal by months.

A month's income is what was posted in it on accounts of income, whatever day it was for. So a
payment taken back lowers the month in which that became known, and a month that is over stays
as it was. All months together are the balances of the same accounts in the trial balance.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from itertools import accumulate

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from accounts.models import Lender
from loans.book_reports import INCOME, Income, Month
from loans.engine.calendar import add_months
from loans.models import Account, Posting

OWED = (Account.PRINCIPAL, Account.BILLS)
MONTHS = 12


def income(lender: Lender, on: date) -> Income:
    """What was posted as income until the end of the day. One query."""
    first_on = _first_month(on)
    earned: dict[date, Counter[str]] = defaultdict(Counter)
    for month, account, amount_minor in _by_month(lender, on, INCOME):
        earned[max(month, add_months(first_on, -1))][account] -= amount_minor
    months = [Month(day, earned[day]) for day in _months(first_on)]
    return Income(on, Month(add_months(first_on, -1), earned[add_months(first_on, -1)]), tuple(months))


def principal_left(lender: Lender, on: date) -> tuple[tuple[date, int], ...]:
    """The principal of loans and monthly bills at the end of each of the twelve months, the last to `on`. One query."""
    first_on = _first_month(on)
    moved: Counter[date] = Counter()
    for month, _account, amount_minor in _by_month(lender, on, OWED):
        moved[max(month, add_months(first_on, -1))] += amount_minor
    months = _months(first_on)
    left = accumulate((moved[day] for day in months), initial=moved[add_months(first_on, -1)])
    return tuple(zip(months, list(left)[1:], strict=True))


def _by_month(lender: Lender, on: date, accounts: Collection[str]) -> list[tuple[date, str, int]]:
    lines = Posting.objects.filter(lender=lender, account__in=accounts, entry__posted_on__lte=on)
    by_month = lines.order_by().annotate(month=TruncMonth("entry__posted_on")).values_list("month", "account")
    return list(by_month.annotate(Sum("amount_minor")))


def _first_month(on: date) -> date:
    return add_months(on.replace(day=1), 1 - MONTHS)


def _months(first_on: date) -> tuple[date, ...]:
    return tuple(add_months(first_on, number) for number in range(MONTHS))
