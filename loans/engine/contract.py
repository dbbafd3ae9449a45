"""What of the contract still rules while relief moves dates and rates.

Dates stay on the anchor day, periods keep their length, and interest is always that of
the contract, unless relief has cut the rate for a while:

    interest = principal x rate x length      (added up where the rate changes inside)
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loans.engine.calendar import Unit, shift, stands_on_anchor
from loans.engine.components import ReliefError
from loans.engine.earning import Rates
from loans.engine.profile import Profile
from loans.engine.schedule import Method


@dataclass(frozen=True, slots=True)
class Contract:
    """The agreed terms, and the rate that relief puts in their place.

    `cut_rate_annual` holds from the first unpaid period on, until `cut_until` (not
    included), or to the end where that is None.
    """

    rate_annual: Decimal
    profile: Profile
    method: Method
    anchor_day: int
    every: int
    unit: Unit
    disbursed_on: date
    cut_rate_annual: Decimal | None = None
    cut_until: date | None = None

    def later(self, on: date, periods: int) -> date:
        """Return the date so many periods later. Raises ReliefError(`beyond_the_calendar`)."""
        # The day of disbursement need not stand on the anchor, and then keeps its own day.
        anchor_day = self.anchor_day if stands_on_anchor(on, self.anchor_day) else None
        try:
            return shift(on, periods * self.every, self.unit, anchor_day)
        except (ValueError, OverflowError):
            raise ReliefError("beyond_the_calendar") from None

    def periods(self, opens_on: date, first_due_on: date, count: int) -> tuple[tuple[date, date], ...]:
        """Return `count` periods, each with its first day and its due date."""
        dues = tuple(self.later(first_due_on, number) for number in range(count))
        return tuple(zip((opens_on, *dues[:-1]), dues, strict=True)) if dues else ()

    @property
    def rates(self) -> Rates:
        """The rates that interest is counted at."""
        return Rates(self.rate_annual, self.profile, self.cut_rate_annual, self.cut_until, self.counted_from)

    @property
    def counted_from(self) -> int:
        """The day of the month by which days are counted: weeks and days have none."""
        return self.anchor_day if self.unit is Unit.MONTH else 1

    def rate_on(self, on: date) -> Decimal:
        """Return the annual rate of a period that opens on a day."""
        return self.rates.on(on)

    def interest(self, principal_minor: int, start: date, end: date) -> int:
        """Return simple interest from `start` (counted) to `end` (not counted)."""
        return self.rates.interest(principal_minor, start, end)
