"""When the months of a loan are looked at: which of them are decided, and on which day the next one is.

A month is decided at its end + the days of grace. So a loan is looked at once a month, and its
column `next_month_on` names that day:

    grace 3, paid out on 15 January     3 February, 3 March, 3 April, …
    settled on 9 June                   3 July, and never again

What waits for a notice is looked at every day until it went. A month that waits for consent is
not: consent, when it is given, calls for the look itself (`loans/services/month_run.py`).
"""

from datetime import date, timedelta

from loans.engine.calendar import add_months, month_end, month_of

DAY = timedelta(days=1)


def last_decided(day: date, grace_days: int) -> date:
    """The first day of the last month whose grace is over by the end of `day`.

    >>> last_decided(date(2026, 5, 2), 3), last_decided(date(2026, 5, 3), 3)
    (datetime.date(2026, 3, 1), datetime.date(2026, 4, 1))
    """
    return add_months(month_of(day - (grace_days - 1) * DAY), -1)


def months_between(first: date, last: date) -> int:
    """How many months the days of one and of the other lie in, both included.

    >>> months_between(date(2025, 11, 30), date(2026, 1, 1))
    3
    """
    return 12 * (last.year - first.year) + last.month - first.month + 1


def life_months(since: date, settled_on: date | None, last: date) -> list[date]:
    """The months of the loan's life from the one of `since` up to `last`, that of settlement included.

    >>> [month.month for month in life_months(date(2026, 1, 15), date(2026, 3, 2), date(2026, 9, 1))]
    [1, 2, 3]
    """
    if settled_on is not None:
        last = min(last, month_of(settled_on))
    month, months = month_of(since), []
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    return months


def next_month_on(
    day: date, *, grace_days: int, disbursed_on: date, settled_on: date | None, is_waiting: bool
) -> date | None:
    """The first day after `day` whose close must look, everything decided by then being done; None where none must.

    `is_waiting` says that a month waits for a notice, or for the days after it.

    >>> def look(day, settled_on=None, is_waiting=False):
    ...     paid_out = date(2026, 1, 15)
    ...     return next_month_on(
    ...         day, grace_days=3, disbursed_on=paid_out, settled_on=settled_on, is_waiting=is_waiting)
    >>> look(date(2026, 2, 2)), look(date(2026, 2, 3)), look(date(2026, 2, 3), is_waiting=True)
    (datetime.date(2026, 2, 3), datetime.date(2026, 3, 3), datetime.date(2026, 2, 4))
    >>> look(date(2026, 7, 2), settled_on=date(2026, 6, 9)), look(date(2026, 7, 3), settled_on=date(2026, 6, 9))
    (datetime.date(2026, 7, 3), None)
    """
    if is_waiting:
        return day + DAY
    month = max(add_months(last_decided(day, grace_days), 1), month_of(disbursed_on))
    if settled_on is not None and month > month_of(settled_on):
        return None
    return month_end(month) + grace_days * DAY
