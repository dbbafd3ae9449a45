"""What a loan costs a year, under the conventions that different laws disclose.

The rate solves

    Σ flow(k) / (1 + i)^t(k) = 0,   flow(0) = what the borrower receives, with minus sign

    irr_x12      t in periods; disclosed as i x periods a year (PBoC announcement 2021 no. 3)
    effective    t = actual days / 365, i is the annual rate
    eu_aprc      t = whole months (1/12), weeks (1/52) or years, and days over the 365 or 366
                 of the year before; i is the annual rate (Directive 2008/48/EC annex I,
                 Directive (EU) 2023/2225 annex III, UK CONC App 1.2)

and for `us_appendix_j` see `unit_periods`. It is found between two rates that are brought
together until they are far nearer than the last decimal given: each step at least halves
their distance, so it always ends, and looks closely where an exponential would cross
nothing, so it soon does. It is all `Decimal`, so it is the same on every machine.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from math import lcm

from loans.engine.calendar import Unit, add_months, contract_day, months_earlier, whole_months_back
from loans.engine.day_count import DayCount, ticks
from loans.engine.periods import UNITS_PER_YEAR

LOWEST_ANNUAL = Decimal("-0.99")
HIGHEST_ANNUAL = Decimal(100)
Dated = tuple[date, int]
_EIGHT_PLACES = Decimal("1E-8")
_NARROW, _NEAR = Decimal("1E-11"), Decimal("4E-12")


class RateError(ValueError):
    """No rate between -99 % and 10,000 % a year explains these payments."""


def irr_x12(flows: Sequence[int | tuple[date, int]], periods_a_year: int = 12) -> Decimal:
    """Return the annual rate of a series of payments, to 8 decimals.

    `flows` are minor units, negative for what the lender pays out: either one per
    period, zeros included, or (date, amount) pairs, in order, laid on months of 30
    days from the first date (`periods_a_year` is then 12).

    A purchase of 12,000.00 in 12 parts with a fee of 8.8 % of the whole:

    >>> irr_x12([-1200000] + [108800] * 12).quantize(Decimal("0.0001"))
    Decimal('0.1586')

    Raises RateError.
    """
    timed = _timed(flows)
    year = Decimal(periods_a_year)

    def value_at(rate_annual: Decimal) -> Decimal:
        growth = 1 + rate_annual / year
        return sum((amount / growth**time for time, amount in timed), Decimal(0))

    return solve(value_at)


def periodic_irr(flows: Sequence[Dated], every: int = 1, unit: Unit = Unit.MONTH) -> Decimal:
    """Return the internal rate of return of one period times the periods of a year, to 8 decimals.

    `irr_x12` for periods of `every` units: 4 a year for three months, 52 for a week.
    Dates inside a period are parts of it, months counted as 30 days.

    >>> periodic_irr([(date(2026, 1, 15), -100000), (date(2026, 4, 15), 103000)], every=3)
    Decimal('0.12000000')

    Raises RateError.
    """
    start, days = flows[0][0], {Unit.MONTH: 30, Unit.WEEK: 7, Unit.DAY: 1}[unit]
    convention = DayCount.THIRTY_360 if unit is Unit.MONTH else DayCount.ACTUAL_365
    timed = [(Fraction(ticks(convention, start, on), days * every), amount_minor) for on, amount_minor in flows]
    year = Decimal(UNITS_PER_YEAR[unit]) / every
    return solve(_worth(timed, lambda rate_annual: 1 + rate_annual / year), LOWEST_ANNUAL * min(year, Decimal(1)))


def effective(flows: Sequence[Dated]) -> Decimal:
    """Return the annual rate at which dated payments are worth nothing, days over 365, to 8 decimals.

    >>> effective([(date(2026, 1, 15), -100000), (date(2027, 1, 15), 112000)])
    Decimal('0.12000000')

    Raises RateError.
    """
    start = flows[0][0]
    return solve(_worth([(Fraction((on - start).days, 365), amount_minor) for on, amount_minor in flows]))


def eu_aprc(flows: Sequence[Dated], unit: Unit = Unit.MONTH) -> Decimal:
    """Return the annual percentage rate of charge of dated payments as a fraction, to 8 decimals.

    Intervals are whole `unit`s counted back from the payment, and then days; where the
    unit is a day, whole years and then days.

    >>> eu_aprc([(date(1994, 1, 1), -100000), (date(1995, 7, 1), 120000)])
    Decimal('0.12924323')

    Raises RateError.
    """
    start, day = flows[0][0], contract_day([on for on, _ in flows])
    return solve(_worth([(_years(start, on, unit, day), amount_minor) for on, amount_minor in flows]))


def _years(start: date, on: date, unit: Unit, day: int | None) -> Fraction:
    """Return the interval in years: equal periods counted back, days over the year before them."""
    if unit is Unit.WEEK:
        weeks, days = divmod((on - start).days, 7)
        whole, day_ends_on = Fraction(weeks, 52), start + timedelta(days=days)
    else:
        months, _ = whole_months_back(start, on, day)
        if unit is Unit.DAY:
            months -= months % 12
        day_ends_on = months_earlier(on, months, day)
        whole, days = Fraction(months, 12), (day_ends_on - start).days
    return whole + (Fraction(days, (day_ends_on - add_months(day_ends_on, -12)).days) if days else 0)


def _worth(
    timed: Sequence[tuple[Fraction, int]], growth_at: Callable[[Decimal], Decimal] = lambda rate: 1 + rate
) -> Callable[[Decimal], Decimal]:
    """Return what payments are worth at an annual rate, times in units over which `growth_at` grows."""
    parts = lcm(*(time.denominator for time, _ in timed))
    steps = [(int(time * parts), Decimal(amount_minor)) for time, amount_minor in timed]

    def value_at(rate_annual: Decimal) -> Decimal:
        # The root is taken once; every payment is then a whole power of it.
        discount = growth_at(rate_annual) ** (Decimal(-1) / parts)
        return sum((amount * discount**step for step, amount in steps), Decimal(0))

    return value_at


def solve(value_at: Callable[[Decimal], Decimal], lowest: Decimal = LOWEST_ANNUAL) -> Decimal:
    """Return the annual rate at which a value that falls with the rate is nothing, to 8 decimals.

    >>> solve(lambda rate: Decimal("0.144") - rate)
    Decimal('0.14400000')

    Raises RateError if the value has one sign over the whole range.
    """
    with localcontext(prec=34):
        bracket = _Bracket(value_at, lowest, HIGHEST_ANNUAL)
        if bracket.at_low <= 0 or bracket.at_high >= 0:
            raise RateError("no annual rate explains these payments")
        for usual in (Decimal(0), Decimal(1)):
            bracket.cut(usual)
        while bracket.high - bracket.low > _NARROW:
            guess = bracket.halve()
            bracket.cut(guess - _NEAR)
            bracket.cut(guess + _NEAR)
        # Adding nothing turns a negative zero into a plain one.
        return ((bracket.low + bracket.high) / 2).quantize(_EIGHT_PLACES, ROUND_HALF_UP) + 0


class _Bracket:
    """Two rates between which a falling value crosses nothing."""

    def __init__(self, value_at: Callable[[Decimal], Decimal], low: Decimal, high: Decimal) -> None:
        self.value_at, self.low, self.high = value_at, low, high
        self.at_low, self.at_high = value_at(low), value_at(high)

    def cut(self, rate: Decimal) -> None:
        """Keep the side of a rate on which the value crosses nothing; a rate outside cuts nothing."""
        if self.low < rate < self.high:
            self._keep(rate, self.value_at(rate))

    def halve(self) -> Decimal:
        """Keep one half, and return where the value would cross nothing if it fell exponentially (Ridders 1979)."""
        middle = (self.low + self.high) / 2
        value = self.value_at(middle)
        guess = middle + (middle - self.low) * value / (value * value - self.at_low * self.at_high).sqrt()
        self._keep(middle, value)
        return guess

    def _keep(self, rate: Decimal, value: Decimal) -> None:
        if value > 0:
            self.low, self.at_low = rate, value
        else:
            self.high, self.at_high = rate, value


def _timed(
    flows: Sequence[int | tuple[date, int]],
) -> list[tuple[int | Decimal, Decimal]]:
    timed: list[tuple[int | Decimal, Decimal]] = []
    start: date | None = None
    for number, flow in enumerate(flows):
        if isinstance(flow, int):
            timed.append((number, Decimal(flow)))
            continue
        on, amount_minor = flow
        start = start or on
        months, days = divmod(ticks(DayCount.THIRTY_360, start, on), 30)
        timed.append((months + Decimal(days) / 30 if days else months, Decimal(amount_minor)))
    return timed
