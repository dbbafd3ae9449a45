"""On which day a close must look at a loan again, if nothing happens to it before.

Every change of a loan is looked at by the close of that very day. Besides, time alone has an
effect: at the end of a due date and of a month interest is posted as earned, and when grace
or thirty days are over collection takes a step. On all other days the loan is left alone.

    paid on time, due on the 15th     15 May, 31 May, 15 June, 30 June, …
    unpaid since 15 May, grace 3      18 May (early from the 19th), 31 May, 14 June (late from the 15th), 15 June, …

The close of a day judges collection as it is when the next day begins.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from loans.engine.calendar import month_end
from loans.stages import STEPS

DAY = timedelta(days=1)
# Days past due at which the rule takes a step, the earliest first.
THRESHOLDS = tuple(sorted(step.from_days for step in STEPS.values() if step.by_rule))


def next_look_on(
    day: date, due_dates: Iterable[date], *, oldest_unpaid_due_on: date | None, grace_days: int, is_held: bool
) -> date:
    """The first day after `day` whose close must look at a running loan.

    `due_dates` are those of the schedule in force, `is_held` says that contact stands still
    now: nobody knows here when that ends, so the next close looks again.

    >>> dues = [date(2026, month, 15) for month in (5, 6, 7)]
    >>> def look(day, unpaid):
    ...     return f"{next_look_on(day, dues, oldest_unpaid_due_on=unpaid, grace_days=3, is_held=False):%m-%d}"
    >>> [look(date(2026, 5, day), dues[0]) for day in (14, 15, 18, 30, 31)]
    ['05-15', '05-18', '05-31', '05-31', '06-14']
    >>> [look(date(2026, 5, day), dues[1]) for day in (15, 31)]
    ['05-31', '06-15']
    """
    this_month = month_end(day)
    found = [this_month if day < this_month else month_end(day + DAY)]
    found += [due_on for due_on in due_dates if due_on > day][:1]
    if oldest_unpaid_due_on is not None:
        found += [on for on in _steps_on(oldest_unpaid_due_on, grace_days) if on > day]
        if is_held and oldest_unpaid_due_on <= day:
            found.append(day + DAY)
    return min(found)


def _steps_on(due_on: date, grace_days: int) -> list[date]:
    """The days at whose close the rule takes a step."""
    return [due_on + (max(grace_days + 1, threshold) - 1) * DAY for threshold in THRESHOLDS]
