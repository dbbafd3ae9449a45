"""When interest that stands beside the rows is earned, and which principal bears none.

A schedule says when interest is due. Relief lets it be due in periods that it does not
belong to, so what has been earned by a day no longer follows from the rows alone:

- interest of a pause is earned in the pause and due after it;
- interest that a pause adds to the principal is earned period by period;
- interest that reduced instalments leave unpaid is earned with them and due after them;
- instalments that were appended, and arrears in parts, bear no interest while they wait.

A stretch is such a time with the principal that bears interest in it:

    earned by a day = principal x rate x days so far - what is asked for elsewhere
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from loans.engine.day_count import ticks
from loans.engine.interest import interest_minor
from loans.engine.profile import Profile


class Rates(NamedTuple):
    """The contract's annual rate, and the one that holds in its place until a day (not included), or to the end.

    `anchor_day` is the day of the month by which days are counted (`day_count`).
    """

    annual: Decimal
    profile: Profile
    cut_annual: Decimal | None = None
    cut_until: date | None = None
    anchor_day: int | None = None

    def on(self, day: date) -> Decimal:
        """Return the annual rate of a period that opens on a day."""
        if self.cut_annual is None or (self.cut_until is not None and day >= self.cut_until):
            return self.annual
        return self.cut_annual

    def interest(self, principal_minor: int, start: date, end: date) -> int:
        """Return simple interest from `start` (counted) to `end` (not counted)."""
        if self.cut_until is not None and start < self.cut_until < end:
            parts = ((start, self.cut_until), (self.cut_until, end))
            return sum(self.interest(principal_minor, *part) for part in parts)
        return interest_minor(principal_minor, self.on(start), self.profile, start, end, self.anchor_day)

    def ticks(self, start: date, end: date) -> int:
        """Return the length from `start` (counted) to `end` (not counted), in ticks."""
        return ticks(self.profile.day_count, start, end, self.anchor_day)


class Stretch(NamedTuple):
    """A time that earns `interest_minor` on a principal, beyond the `own_minor` asked for elsewhere.

    `is_added` says that the interest is principal of the rows, and not interest beside them.
    """

    opens_on: date
    ends_on: date
    principal_minor: int
    interest_minor: int
    own_minor: int = 0
    is_added: bool = False

    def earned(self, until: date, rates: Rates) -> int:
        """Return what is earned by the beginning of a day.

        Three months of 9,159.05, after 75 of 90 days: 9,159.05 x 14.4 % x 75 / 360 = 274.77.

        >>> from loans.engine.profile import PROFILES
        >>> pause = Stretch(date(2026, 4, 15), date(2026, 7, 15), 915905, 32973)
        >>> pause.earned(date(2026, 6, 30), Rates(Decimal("0.144"), PROFILES["30-360"]))
        27477
        """
        if until >= self.ends_on or until <= self.opens_on:
            return self.interest_minor if until >= self.ends_on else 0
        if rates.interest(self.principal_minor, self.opens_on, self.ends_on) - self.own_minor == self.interest_minor:
            part_minor = rates.interest(self.principal_minor, self.opens_on, until)
            return min(max(part_minor - self.own_minor, 0), self.interest_minor)
        # Agreed otherwise: each day its share.
        gone, length = (rates.ticks(self.opens_on, day) for day in (until, self.ends_on))
        return rates.profile.rounded(self.interest_minor * gone, length)


@dataclass(frozen=True, slots=True)
class Earning:
    """The stretches of a schedule, and by row number how much of its principal bears no interest."""

    stretches: tuple[Stretch, ...] = ()
    idle: Mapping[int, int] = field(default_factory=dict)
