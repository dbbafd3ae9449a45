"""The due day that a borrower chooses (R7): a day of the month, 1 to 28, and the first date that follows from it.

The first instalment is due on the first such day that is at least fifteen days after the
payout, so the first period is between half a month and a month and a half.
"""

from datetime import date, timedelta

from loans.engine.calendar import add_months, month_end

LEAST_DAYS = 15
DAYS = range(1, 29)


def first_due_on(paid_out_on: date, day: int) -> date:
    """The first due date, for a `day` of `DAYS`.

    >>> first_due_on(date(2026, 5, 8), 25), first_due_on(date(2026, 5, 8), 22)
    (datetime.date(2026, 5, 25), datetime.date(2026, 6, 22))
    >>> first_due_on(date(2026, 1, 31), 28)
    datetime.date(2026, 3, 28)
    """
    first = (paid_out_on + timedelta(days=LEAST_DAYS)).replace(day=1)
    candidate = first.replace(day=day)
    if candidate < paid_out_on + timedelta(days=LEAST_DAYS):
        candidate = add_months(first, 1).replace(day=day)
    # On the last day of a February a later day of payout would be taken for the contractual day.
    if candidate == month_end(candidate) and paid_out_on.day > day:
        candidate = add_months(candidate.replace(day=1), 1).replace(day=day)
    return candidate
