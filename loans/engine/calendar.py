"""Due dates that never drift: months counted from an anchor day, clamped to short months.

A loan of 31 January is due on 28 (or 29) February and on 31 March again. Each date
is counted from the anchor, not from the date before, so a short month leaves no
trace. The contractual date is never moved for weekends or holidays.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

# Dates within these years are made once for each anchor day, since most of the time of a schedule went into them.
_TABLED_FROM, _TABLED_YEARS = date(1980, 1, 1), 140
_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Unit(StrEnum):
    """What the distance between two instalments is counted in."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


def days_in_month(year: int, month: int) -> int:
    """Return 28 to 31.

    >>> days_in_month(2028, 2), days_in_month(2100, 2)
    (29, 28)
    """
    if month == 2 and year % 4 == 0 and (year % 100 or year % 400 == 0):
        return 29
    return _LENGTHS[month]


def add_months(on: date, months: int, anchor_day: int | None = None) -> date:
    """Return the date `months` later (earlier if negative), on the anchor day or the month's last.

    `anchor_day` (1-31) is the contractual day of the month; without it, the day of `on`.

    >>> add_months(date(2026, 1, 31), 1), add_months(date(2026, 2, 28), 1, anchor_day=31)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    years, month_index = divmod(on.month - 1 + months, 12)
    year, month, day = on.year + years, month_index + 1, anchor_day or on.day
    return date(year, month, day if day <= 28 else min(day, days_in_month(year, month)))


def shift(on: date, periods: int, unit: Unit = Unit.MONTH, anchor_day: int | None = None) -> date:
    """Return the date `periods` months, weeks or days later; the anchor matters for months only.

    >>> shift(date(2026, 5, 15), 3), shift(date(2026, 5, 15), 2, Unit.WEEK)
    (datetime.date(2026, 8, 15), datetime.date(2026, 5, 29))
    """
    if unit is Unit.MONTH:
        return add_months(on, periods, anchor_day)
    return on + timedelta(days=periods * (7 if unit is Unit.WEEK else 1))


def due_dates(
    first_due_on: date,
    count: int,
    every: int = 1,
    unit: Unit = Unit.MONTH,
    anchor_day: int | None = None,
) -> tuple[date, ...]:
    """Return `count` dates, the first as given, then one every `every` units.

    >>> [str(on) for on in due_dates(date(2028, 1, 31), 3)]
    ['2028-01-31', '2028-02-29', '2028-03-31']
    """
    anchor_day = anchor_day or first_due_on.day
    if unit is not Unit.MONTH:
        return tuple(shift(first_due_on, k * every, unit) for k in range(count))
    first, months = months_between(_TABLED_FROM, first_due_on), _in_every_month(anchor_day)
    if first >= 0 and first + count * every <= len(months):
        return months[first : first + count * every : every]
    return tuple(add_months(first_due_on, k * every, anchor_day) for k in range(count))


@cache
def _in_every_month(anchor_day: int) -> tuple[date, ...]:
    return tuple(add_months(_TABLED_FROM, month, anchor_day) for month in range(12 * _TABLED_YEARS))


def stands_on_anchor(on: date, anchor_day: int) -> bool:
    """Say whether a date is what the anchor day gives in its month.

    >>> stands_on_anchor(date(2026, 2, 28), 31), stands_on_anchor(date(2026, 3, 28), 31)
    (True, False)
    """
    return on.day == min(anchor_day, days_in_month(on.year, on.month))


def month_of(on: date) -> date:
    """Return the first day of the month.

    >>> month_of(date(2026, 5, 8))
    datetime.date(2026, 5, 1)
    """
    return on.replace(day=1)


@lru_cache(maxsize=4_096)  # the same few days are asked about for every loan of a book
def month_end(on: date) -> date:
    """Return the last day of the month.

    >>> month_end(date(2026, 2, 8))
    datetime.date(2026, 2, 28)
    """
    return on.replace(day=days_in_month(on.year, on.month))


def months_between(earlier: date, later: date) -> int:
    """Return how many calendar months apart two dates lie, whatever their days.

    >>> months_between(date(2027, 1, 15), date(2027, 4, 15))
    3
    """
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def contract_day(days: Sequence[date]) -> int | None:
    """Return the day of the month on which every date but the first stands, or None.

    The first date may be the origin of the day (31 January, then 28 February: 31).

    >>> contract_day([date(2026, 1, 31), date(2026, 2, 28)])
    31
    >>> contract_day([date(2026, 1, 10), date(2026, 2, 28), date(2026, 3, 28)])
    28
    """
    origin, later = days[0], days[1:]
    latest = max((on.day for on in later), default=origin.day)
    candidates = (max(latest, origin.day), latest)
    return next((day for day in candidates if all(stands_on_anchor(on, day) for on in later)), None)


def whole_months_back(start: date, end: date, anchor_day: int | None = None) -> tuple[int, int]:
    """Return how many whole months lie before `end` back to `start`, and the days left over.

    >>> whole_months_back(date(1978, 2, 10), date(1978, 4, 1))
    (1, 19)
    """
    months = months_between(start, end)
    if months_earlier(end, months, anchor_day) < start:
        months -= 1
    return months, (months_earlier(end, months, anchor_day) - start).days


def months_earlier(on: date, months: int, anchor_day: int | None = None) -> date:
    """Return the date `months` before, by the anchor day if the date stands on it, else by its own.

    >>> months_earlier(date(2026, 2, 28), 1, 31), months_earlier(date(2026, 2, 27), 1, 31)
    (datetime.date(2026, 1, 31), datetime.date(2026, 1, 27))
    """
    is_anchored = anchor_day is not None and stands_on_anchor(on, anchor_day)
    return add_months(on, -months, anchor_day if is_anchored else None)
