"""Which bill a purchase falls in, and when that bill is due.

A bill holds what was bought from one bill day until the day before the next: with bill
day 1, the bill of 1 June holds all of May, also what was bought on 31 May, and a
purchase on 1 June waits for 1 July. It is due on the first due day after its bill day:

    bill day   due day   bill of       due on
    1          10        1 June        10 June
    15         5         15 June       5 July
    28         8         28 February   8 March

Bill and due days are at most 28, so that every month has them. The first bill of an
account is that of the first bill day after its opening, however few days that leaves.
"""

from collections.abc import Iterator
from datetime import date

from loans.engine.calendar import add_months
from loans.engine.revolving.terms import BillError
from loans.engine.terms import LAST_DAY

MOST_BILLS = 1200


def next_day(on: date, day: int) -> date:
    """Return the first date after `on` that stands on a day of the month, 1 to 28.

    >>> next_day(date(2026, 5, 31), 1), next_day(date(2026, 6, 1), 1)
    (datetime.date(2026, 6, 1), datetime.date(2026, 7, 1))
    """
    return on.replace(day=day) if on.day < day else add_months(on.replace(day=day), 1)


def bill_days(opened_on: date, bill_day: int, until: date) -> Iterator[date]:
    """Yield every bill day after the opening, `until` included.

    >>> [str(on) for on in bill_days(date(2026, 5, 20), 1, date(2026, 7, 1))]
    ['2026-06-01', '2026-07-01']

    Raises BillError for a day no calendar of ours has, and beyond 1,200 bills.
    """
    if until > LAST_DAY:
        raise BillError("on", "beyond_the_calendar")
    bill_on = next_day(opened_on, bill_day)
    for _ in range(MOST_BILLS):
        if bill_on > until:
            return
        yield bill_on
        bill_on = next_day(bill_on, bill_day)
    if bill_on <= until:
        raise BillError("on", "too_large")
