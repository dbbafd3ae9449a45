"""Which part of its balance each period of a schedule charges as interest.

    factor = annual rate x length of the period in years

as whole numbers over one denominator, so that interest is one ratio, rounded once. By
`daily` interest the length is that of the days (see `day_count`); by `instalment` each
whole unit is an equal part of a year and a broken month its days over those of that
month:

    month 1/12    week 1/52    day 1/365

With `digits`, 30/360 counts a broken month in that way too, and weeks and days as they
are; and the rate of one unit and each factor are rounded to that many significant
digits on the way, as engines with decimal contexts do: 12 % a year over 30 days of 365,
to 12 digits, is 0.000328767123288 x 30 = 0.00986301369864.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import NamedTuple

from loans.engine.calendar import Unit, add_months, days_in_month, months_between
from loans.engine.day_count import DayCount, ticks_between
from loans.engine.money import Rounding
from loans.engine.profile import InterestPeriod, PmtBasis, Profile

UNITS_PER_YEAR = {Unit.MONTH: 12, Unit.WEEK: 52, Unit.DAY: 365}
_ROUNDINGS = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN}


class Factors(NamedTuple):
    """Interest of period k is `balance x each[k] / year`.

    `solving` are those the equal instalment is solved from, `whole` is that of all
    periods as one.
    """

    each: list[int]
    solving: list[int]
    whole: int
    year: int

    def after(self, count: int) -> "Factors":
        """Return the factors without those of the first `count` periods; `whole` stays."""
        return self._replace(each=self.each[count:], solving=self.solving[count:])


def factors(
    rate_annual: Decimal, profile: Profile, bounds: Sequence[date], every: int = 1, unit: Unit = Unit.MONTH
) -> Factors:
    """Return the factors of the periods between `bounds`, one fewer than there are dates.

    1.2 % for a month that is a twelfth of a year, the short February too:

    >>> from loans.engine.profile import PROFILES
    >>> made = factors(Decimal("0.144"), PROFILES["30-360"], [date(2026, 1, 31), date(2026, 2, 28)])
    >>> Decimal(made.each[0]) / made.year
    Decimal('0.012')
    """
    lengths, per_year, scale = _lengths(profile, bounds, unit)
    solving = lengths
    if profile.pmt_basis is PmtBasis.THIRTY_DAY_MONTHS and unit is Unit.MONTH:
        month = scale if profile.interest_period is InterestPeriod.INSTALMENT else 30 * max(per_year // 365, 1)
        solving = [month * every] * len(lengths)
    if profile.digits is not None:
        return _to_digits(rate_annual, profile, lengths, solving, per_year, scale)
    numerator, denominator = rate_annual.as_integer_ratio()
    each = [numerator * length for length in lengths]
    solved = each if solving is lengths else [numerator * length for length in solving]
    return Factors(each, solved, sum(each), denominator * per_year * scale)


def units_between(start: date, end: date, unit: Unit) -> Fraction:
    """Return the length of a stretch in weeks or days, or in months and a part of one.

    Whole months are counted forward; what is left is days over those of the month it
    starts in. A day that a short month cut off still ends a whole month.

    >>> units_between(date(2026, 1, 15), date(2026, 3, 1), Unit.MONTH)
    Fraction(3, 2)
    """
    if unit is not Unit.MONTH:
        return Fraction((end - start).days, 7 if unit is Unit.WEEK else 1)
    months = months_between(start, end)
    is_cut_off = start.day < end.day and start.day == days_in_month(start.year, start.month)
    if is_cut_off and end.day == days_in_month(end.year, end.month):
        return Fraction(months)
    if add_months(start, months) > end:
        months -= 1
    opens = add_months(start, months)
    return months + Fraction((end - opens).days, days_in_month(opens.year, opens.month))


def _lengths(profile: Profile, bounds: Sequence[date], unit: Unit) -> tuple[list[int], int, int]:
    """Return the lengths in whole parts, how many units a year has, and the parts of a unit."""
    is_instalment = profile.interest_period is InterestPeriod.INSTALMENT
    counts_units = profile.digits is not None and profile.day_count is DayCount.THIRTY_360
    if counts_units and not is_instalment and unit is not Unit.MONTH:
        return [(end - start).days for start, end in pairwise(bounds)], profile.ticks_per_year, 1
    if not counts_units and not is_instalment:
        # Due dates by months show their anchor day, weeks and days have none.
        anchor_day = None if unit is Unit.MONTH else 1
        return ticks_between(profile.day_count, bounds, anchor_day), profile.ticks_per_year, 1
    units = [units_between(start, end, unit) for start, end in pairwise(bounds)]
    scale = lcm(*(length.denominator for length in units))
    return [int(length * scale) for length in units], UNITS_PER_YEAR[unit], scale


def _to_digits(
    rate_annual: Decimal, profile: Profile, lengths: list[int], solving: list[int], per_year: int, scale: int
) -> Factors:
    context = Context(prec=profile.digits, rounding=_ROUNDINGS[profile.rounding])
    unit = context.divide(rate_annual, Decimal(per_year))
    kept: dict[int, Decimal] = {}
    for length in {*lengths, *solving, sum(lengths)}:
        kept[length] = context.divide(context.multiply(unit, Decimal(length)), Decimal(scale))
    places = max(0, *(-exponent(factor) for factor in kept.values()))
    whole = {length: int(factor.scaleb(places, Context(prec=200))) for length, factor in kept.items()}
    each, solved = ([whole[length] for length in part] for part in (lengths, solving))
    return Factors(each, solved, whole[sum(lengths)], 10**places)


def exponent(number: Decimal) -> int:
    """Return the power of ten of the last digit of a finite number.

    >>> exponent(Decimal("0.0125"))
    -4
    """
    found = number.as_tuple().exponent
    assert isinstance(found, int)
    return found
