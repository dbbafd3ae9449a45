"""How long a stretch of days is, as an exact part of a year.

The first day counts, the last does not. Each convention counts in whole *ticks* of
a fixed part of a year, so that interest stays a ratio of integers:

    convention      one tick                  15 May to 15 Aug 2026
    actual/365      a day, 1/365              92 / 365
    actual/360      a day, 1/360              92 / 360
    30/360          a day of a 30-day month   90 / 360
    actual/actual   1/133590 (= 365 x 366)    92 x 366 / 133590

`actual/actual` gives each day the length of its own calendar year (ISDA 2006,
4.16(b)). `actual/actual-end` does too, but counts the last day and not the first,
which matters at New Year only: 12 December 2023 to 12 January 2024 is 19/365 + 12/366
(Apache Fineract's progressive loans). `30/360` is the loan form: from a due date to the same day of another
month is a whole number of twelfths, also where the month is too short for that day
(31 January to 28 February is one twelfth); any other stretch counts 30-day months
without a 31st (30E/360, ISDA 2006, 4.16(g)).

Two dates alone don't tell for which day the end of February stands, so under 30/360 two
parts may be longer than the whole: 30 January to 4 March is 34 days, but 30 to 29 February
and 5 from there. Whoever knows the anchor day of the loan counts with it: then each date
has one number, and wherever a stretch is cut, its parts add up. 28 February is the 28th
where the anchor is 28 or before it, the 29th where it is 29, and else the 30th:

    days = 360 x years + 30 x months + day, less the same of the first date
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from operator import sub
from types import MappingProxyType

from loans.engine.calendar import days_in_month


class DayCount(StrEnum):
    """The named ways to measure a year."""

    ACTUAL_365 = "actual/365"
    ACTUAL_360 = "actual/360"
    ACTUAL_ACTUAL = "actual/actual"
    ACTUAL_ACTUAL_END = "actual/actual-end"
    THIRTY_360 = "30/360"


TICKS_PER_YEAR: Mapping[DayCount, int] = MappingProxyType(
    {
        DayCount.ACTUAL_365: 365,
        DayCount.ACTUAL_360: 360,
        DayCount.ACTUAL_ACTUAL: 365 * 366,
        DayCount.ACTUAL_ACTUAL_END: 365 * 366,
        DayCount.THIRTY_360: 360,
    }
)
_BY_DAYS = (DayCount.ACTUAL_365, DayCount.ACTUAL_360)


def ticks(convention: DayCount, start: date, end: date, anchor_day: int | None = None) -> int:
    """Return the length from `start` (counted) to `end` (not counted), in ticks.

    `anchor_day` is the contractual day of the month, for which the last day of a shorter one
    stands; 1 where the end of a month stands for itself. Without it, the two dates decide.

    >>> ticks(DayCount.ACTUAL_365, date(2026, 5, 15), date(2026, 8, 15))
    92
    >>> ticks(DayCount.THIRTY_360, date(2026, 1, 31), date(2026, 2, 28))
    30
    >>> ticks(DayCount.THIRTY_360, date(2026, 2, 28), date(2026, 3, 15), anchor_day=31)
    15
    """
    if convention is DayCount.THIRTY_360:
        return _ticks_30_360(start, end, anchor_day)
    if convention is DayCount.ACTUAL_ACTUAL_END:
        start, end = start + timedelta(days=1), end + timedelta(days=1)
        convention = DayCount.ACTUAL_ACTUAL
    if convention is DayCount.ACTUAL_ACTUAL:
        return sum(days * (731 - length) for days, length in days_by_year(start, end))
    return (end - start).days


def ticks_between(convention: DayCount, days: Sequence[date], anchor_day: int | None = None) -> list[int]:
    """Return the length of each stretch between neighbouring days, in ticks.

    >>> ticks_between(DayCount.ACTUAL_365, [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)])
    [28, 31]
    """
    if convention in _BY_DAYS:
        ordinals = list(map(date.toordinal, days))
        return list(map(sub, ordinals[1:], ordinals))
    if convention is DayCount.THIRTY_360:
        return [_ticks_30_360(start, end, anchor_day) for start, end in pairwise(days)]
    return [ticks(convention, start, end) for start, end in pairwise(days)]


def year_fraction(convention: DayCount, start: date, end: date) -> Fraction:
    """Return the length as an exact part of a year.

    >>> year_fraction(DayCount.ACTUAL_ACTUAL, date(2027, 12, 15), date(2028, 1, 15))
    Fraction(5666, 66795)
    """
    return Fraction(ticks(convention, start, end), TICKS_PER_YEAR[convention])


def days_by_year(start: date, end: date) -> tuple[tuple[int, int], ...]:
    """Cut a stretch at each New Year: (days, days in that year), in order.

    >>> days_by_year(date(2027, 12, 15), date(2028, 1, 15))
    ((17, 365), (14, 366))
    """
    parts = []
    while start < end:
        year_ends_on = date(start.year + 1, 1, 1)
        stop = min(end, year_ends_on)
        parts.append(((stop - start).days, (year_ends_on - date(start.year, 1, 1)).days))
        start = stop
    return tuple(parts)


def _ticks_30_360(start: date, end: date, anchor_day: int | None = None) -> int:
    if anchor_day is not None:
        return _number_30_360(end, anchor_day) - _number_30_360(start, anchor_day)
    months = (end.year - start.year) * 12 + end.month - start.month
    if start.day == end.day:
        return months * 30
    first, last = min(start.day, 30), min(end.day, 30)
    # A day that fell back to the end of a short month stands for the longer month's
    # day, or February would be 28/360 of a year for some loans and 30/360 for others.
    if last < first and end.day == days_in_month(end.year, end.month):
        last = first
    elif first < last and start.day == days_in_month(start.year, start.month):
        first = last
    return months * 30 + last - first


def _number_30_360(on: date, anchor_day: int) -> int:
    """Return the number of a date in a calendar of 30-day months."""
    day = anchor_day if on.day < anchor_day and on.day == days_in_month(on.year, on.month) else on.day
    return on.year * 360 + on.month * 30 + min(day, 30)
