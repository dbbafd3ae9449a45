"""What a loan costs a year: the periodic internal rate of return times periods a year.

The rate i per period solves

    Σ flow(k) / (1 + i)^k = 0,   flow(0) = what the borrower receives, with minus sign

and is disclosed as i x 12 (PBoC announcement 2021 no. 3). It is found by halving an
interval until it is far narrower than the last decimal given, so it always ends, and
in `Decimal`, so it is the same on every machine.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from loans.engine.day_count import DayCount, ticks

LOWEST_ANNUAL = Decimal("-0.99")
HIGHEST_ANNUAL = Decimal(100)
_EIGHT_PLACES = Decimal("1E-8")
_NARROW = Decimal("1E-11")


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


def solve(value_at: Callable[[Decimal], Decimal], lowest: Decimal = LOWEST_ANNUAL) -> Decimal:
    """Return the annual rate at which a value that falls with the rate is nothing, to 8 decimals.

    >>> solve(lambda rate: Decimal("0.144") - rate)
    Decimal('0.14400000')

    Raises RateError if the value has one sign over the whole range.
    """
    with localcontext(prec=34):
        low, high = lowest, HIGHEST_ANNUAL
        if value_at(low) <= 0 or value_at(high) >= 0:
            raise RateError("no annual rate explains these payments")
        while high - low > _NARROW:
            middle = (low + high) / 2
            if value_at(middle) > 0:
                low = middle
            else:
                high = middle
        # Adding nothing turns a negative zero into a plain one.
        return ((low + high) / 2).quantize(_EIGHT_PLACES, ROUND_HALF_UP) + 0


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
