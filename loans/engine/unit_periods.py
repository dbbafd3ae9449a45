"""The annual percentage rate of US Regulation Z, appendix J: actuarial method, one advance.

    A = Σ P(k) / ((1 + f(k) x i) x (1 + i)^t(k)),   rate = i x unit-periods a year

where the k-th payment comes t(k) whole unit-periods and the fraction f(k) of one after
the advance. The unit-period is the interval that occurs most often between advance and
payments, the shorter of two that occur as often, at most a year; if none occurs twice,
the standard interval nearest to their average (b)(4). Time is counted back from the
payment (b)(5):

    unit-period         fraction                 unit-periods a year
    month               odd days / 30            12
    n months            days of 30 / 30n         12 / n
    half a month        days of 30 / 15          24
    n weeks             days / 7n                52 / n
    n days              days / n                 365 / n
    year                months / 12, days / 365  1

With a single payment the unit-period is the whole term, if less than a year.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from loans.engine.annual_rate import Dated, RateError, solve
from loans.engine.calendar import add_months, contract_day, months_earlier, whole_months_back


class Standard(IntEnum):
    """What a unit-period is a multiple of; the value is its length in days."""

    DAY = 1
    WEEK = 7
    HALF_MONTH = 15
    MONTH = 30


class UnitPeriod(NamedTuple):
    """A unit-period: so many days, weeks or months, or half a month."""

    times: int
    of: Standard

    @property
    def days(self) -> int:
        """Its length, a month counted as 30 days."""
        return self.times * self.of

    @property
    def per_year(self) -> Fraction:
        """How many unit-periods a year has."""
        whole = {Standard.DAY: 365, Standard.WEEK: 52, Standard.HALF_MONTH: 24, Standard.MONTH: 12}
        return Fraction(whole[self.of], self.times)


YEAR = UnitPeriod(12, Standard.MONTH)


def us_appendix_j(flows: Sequence[Dated]) -> Decimal:
    """Return the annual percentage rate of one advance and its payments as a fraction, to 8 decimals.

    5,000 on 10 January, repaid by 24 monthly 230 from 10 February:

    >>> days = [add_months(date(1978, 1, 10), month) for month in range(25)]
    >>> us_appendix_j([(days[0], -500000), *((on, 23000) for on in days[1:])]).quantize(Decimal("0.0001"))
    Decimal('0.0969')

    Raises RateError.
    """
    (start, advance_minor), payments = flows[0], [flow for flow in flows[1:] if flow[1]]
    if not payments:
        raise RateError("nothing is paid back")
    days = [start, *(on for on, _ in payments)]
    unit, day = unit_period(days), contract_day(days)
    timed = [(*_elapsed(start, on, unit, day), amount_minor) for on, amount_minor in payments]
    year = Decimal(unit.per_year.numerator) / unit.per_year.denominator

    def value_at(rate_annual: Decimal) -> Decimal:
        rate = rate_annual / year
        growth, worth = 1 + rate, Decimal(advance_minor)
        for whole, part, amount_minor in timed:
            odd = 1 + rate * part.numerator / part.denominator if part else 1
            worth += amount_minor / (odd * growth**whole)
        return worth

    return solve(value_at)


def unit_period(days: Sequence[date]) -> UnitPeriod:
    """Return the unit-period of an advance (the first of the days) and its payments.

    >>> unit_period([date(1978, 5, 23), date(1978, 10, 1), date(1979, 1, 1), date(1979, 4, 1)])
    UnitPeriod(times=3, of=<Standard.MONTH: 30>)
    """
    day = contract_day(days)
    if len(days) == 2:
        return _interval(days[0], days[1], day) if days[1] < add_months(days[0], 12) else YEAR
    if _is_half_monthly(days[1:]):
        return UnitPeriod(1, Standard.HALF_MONTH)
    periods = [_interval(start, end, day) for start, end in pairwise(days)]
    common = [(-times, period.days, period) for period, times in Counter(periods).items() if times > 1]
    found = min(common)[2] if common else _nearest(Fraction((days[-1] - days[0]).days, len(periods)))
    return found if found.days < (YEAR.days if found.of is Standard.MONTH else 365) else YEAR


def _interval(start: date, end: date, day: int | None) -> UnitPeriod:
    months, odd_days = whole_months_back(start, end, day)
    if months and not odd_days:
        return UnitPeriod(months, Standard.MONTH)
    weeks, odd_days = divmod((end - start).days, 7)
    return UnitPeriod((end - start).days, Standard.DAY) if odd_days else UnitPeriod(weeks, Standard.WEEK)


def _is_half_monthly(days: Sequence[date]) -> bool:
    """Say whether payments fall on two days of each month, about half a month apart."""
    gaps = {(end - start).days for start, end in pairwise(days)}
    skips = zip(days, days[2:], strict=False)
    return len(days) > 2 and 13 <= min(gaps) <= max(gaps) <= 18 and all(add_months(a, 1) == b for a, b in skips)


def _nearest(average_days: Fraction) -> UnitPeriod:
    standard = [UnitPeriod(1, Standard.DAY), UnitPeriod(1, Standard.HALF_MONTH)]
    standard += [UnitPeriod(count, Standard.WEEK) for count in range(1, 53)]
    standard += [UnitPeriod(count, Standard.MONTH) for count in range(1, 13)]
    return min(standard, key=lambda period: (abs(period.days - average_days), period.days))


def _elapsed(start: date, on: date, unit: UnitPeriod, day: int | None) -> tuple[int, Fraction]:
    """Return the whole unit-periods from the advance to a payment, and the fraction of one."""
    months, odd_days = whole_months_back(start, on, day)
    if unit == YEAR:
        years, rest = divmod(months, 12)
        if not odd_days:
            return years, Fraction(rest, 12)
        return years, Fraction((months_earlier(on, 12 * years, day) - start).days, 365)
    days = (on - start).days if unit.of in (Standard.DAY, Standard.WEEK) else 30 * months + odd_days
    whole, rest = divmod(days, unit.days)
    return whole, Fraction(rest, unit.days)
