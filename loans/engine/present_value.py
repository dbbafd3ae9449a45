"""What instalments are worth at one day, at a rate, over the periods of a contract.

Interest is added once at the end of each period, as in the schedule itself:

    worth = Σ due / Π(1 + rate x length of each period up to its due date)

so the rows of an untouched schedule are worth exactly the principal lent (give or
take the rounding of the rows) at the contract's rate, whatever the day count, and
the rate at which rows are worth that principal is their effective annual rate. With
30/360 it is the monthly internal rate of return times twelve.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from loans.engine.annual_rate import LOWEST_ANNUAL, solve
from loans.engine.day_count import ticks, ticks_between
from loans.engine.profile import Profile
from loans.engine.schedule import Row


def present_value(
    rows: Sequence[Row], days: Sequence[date], profile: Profile, anchor_day: int | None = None
) -> Callable[[Decimal], Decimal]:
    """Return what rows are worth on `days[0]`, in minor units, as a function of the annual rate.

    `days` are those on which interest is added, in order, from the day of valuation on.
    """
    year = profile.ticks_per_year
    lengths = ticks_between(profile.day_count, days, anchor_day)
    placed = []
    for row in rows:
        last = bisect_right(days, row.due_on) - 1
        # A date inside a period bears simple interest from the period's start.
        placed.append((row.due_minor, last, ticks(profile.day_count, days[last], row.due_on, anchor_day)))

    def worth_at(rate_annual: Decimal) -> Decimal:
        per_tick = rate_annual / year
        growths = [Decimal(1)]
        for length in lengths:
            growths.append(growths[-1] * (1 + per_tick * length))
        return sum(
            (due_minor / (growths[last] * (1 + per_tick * rest)) for due_minor, last, rest in placed),
            Decimal(0),
        )

    return worth_at


def effective_annual_rate(
    rows: Sequence[Row], days: Sequence[date], profile: Profile, worth_minor: int, anchor_day: int | None = None
) -> Decimal:
    """Return the annual rate at which rows are worth that much on `days[0]`, to 8 decimals.

    Raises RateError where no rate does.
    """
    worth_at, year = present_value(rows, days, profile, anchor_day), profile.ticks_per_year
    longest = max(ticks_between(profile.day_count, days, anchor_day))
    # Over a period of more than a year, -99 % a year would turn the sign of its growth.
    lowest = LOWEST_ANNUAL * year / max(longest, year)
    return solve(lambda rate_annual: worth_at(rate_annual) - worth_minor, lowest)
