"""By when: business days and the promises that rest on them.

Day 0 is the day of receipt. Business days come from the lender's calendar, in which
Chinese make-up days are data, not weekday logic. A promise of ours that would end on a
rest day ends on the business day before; a deadline of the borrower's moves to the one
after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days that differ from Monday to Friday: `rest` are off, `work` are make-up days."""

    rest: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()

    def is_business_day(self, day: date) -> bool:
        if day in self.work:
            return True
        return day.weekday() < 5 and day not in self.rest


def _days(year: int, *spans: tuple[int, int, int, int]) -> frozenset[date]:
    days: set[date] = set()
    for first_month, first_day, last_month, last_day in spans:
        day, last = date(year, first_month, first_day), date(year, last_month, last_day)
        while day <= last:
            days.add(day)
            day += ONE_DAY
    return frozenset(days)


# The State Council's notice for 2026; a year without a notice falls back to Monday to Friday.
CHINA = WorkCalendar(
    rest=_days(
        2026, (1, 1, 1, 3), (2, 15, 2, 23), (4, 4, 4, 6), (5, 1, 5, 5), (6, 19, 6, 21), (9, 25, 9, 27), (10, 1, 10, 7)
    ),
    work=_days(2026, (1, 4, 1, 4), (2, 14, 2, 14), (2, 28, 2, 28), (5, 9, 5, 9), (9, 20, 9, 20), (10, 10, 10, 10)),
)
CALENDARS: Mapping[str, WorkCalendar] = {"Asia/Shanghai": CHINA}


def calendar_for(time_zone: str) -> WorkCalendar:
    return CALENDARS.get(time_zone, WorkCalendar())


def business_days_after(on: date, count: int, calendar: WorkCalendar) -> date:
    """The `count`-th business day after `on`.

    >>> business_days_after(date(2026, 5, 8), 5, CHINA)  # Saturday 9 May is a make-up day
    datetime.date(2026, 5, 14)
    """
    day = on
    while count > 0:
        day += ONE_DAY
        if calendar.is_business_day(day):
            count -= 1
    return day


def business_days_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """Business days after `start` up to and including `end`; 0 if `end` is not later."""
    day, count = start, 0
    while day < end:
        day += ONE_DAY
        count += calendar.is_business_day(day)
    return count


def backward(day: date, calendar: WorkCalendar) -> date:
    """The last business day not after `day`: where a promise of ours ends.

    >>> backward(date(2026, 5, 31), CHINA)
    datetime.date(2026, 5, 29)
    """
    while not calendar.is_business_day(day):
        day -= ONE_DAY
    return day


def forward(day: date, calendar: WorkCalendar) -> date:
    """The first business day not before `day`: where a deadline of the borrower's ends.

    >>> forward(date(2026, 5, 31), CHINA)
    datetime.date(2026, 6, 1)
    """
    while not calendar.is_business_day(day):
        day += ONE_DAY
    return day


@dataclass(frozen=True, slots=True)
class Promises:
    """The dates of one request."""

    acknowledge_by: date
    target_on: date
    decide_by_on: date
    calendar: WorkCalendar = field(default_factory=WorkCalendar, repr=False)


def promises(received_on: date, *, target_business_days: int, hard_days: int, calendar: WorkCalendar) -> Promises:
    """When we answer a request that came in on `received_on`.

    >>> p = promises(date(2026, 5, 8), target_business_days=5, hard_days=21, calendar=CHINA)
    >>> p.target_on, p.decide_by_on
    (datetime.date(2026, 5, 14), datetime.date(2026, 5, 29))
    """
    target = business_days_after(received_on, target_business_days, calendar)
    hard = backward(received_on + timedelta(days=hard_days), calendar)
    return Promises(received_on, min(target, hard), hard, calendar)


def rescind_until(accepted_on: date, paused_on: tuple[date, ...], days: int) -> date | None:
    """The last day to take an arrangement back, or None if there is none.

    It is `days` after the acceptance, but before the first old due date passes: after that,
    going back would make the borrower late.

    >>> rescind_until(date(2026, 5, 13), (date(2026, 5, 15), date(2026, 6, 15)), 7)
    datetime.date(2026, 5, 15)
    >>> rescind_until(date(2026, 5, 20), (date(2026, 5, 15),), 7) is None
    True
    """
    last = min([accepted_on + timedelta(days=days), *paused_on])
    return last if last >= accepted_on else None
