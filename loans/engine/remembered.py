"""What a schedule has to remember beside its rows.

Rows say what is due and when. After relief, neither they nor the contract say any more

    when interest beside the rows is earned, and which principal bears none    `earning`
    at which rate interest is counted, and until when                          `cut_*`
    on which day of the month instalments are due                              `due_day`

so it is written and hashed with the schedule. What a payoff owes, what a part repaid changes
and what the next relief starts from follow from both together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from loans.engine.earning import Earning, Rates, Stretch
from loans.engine.fingerprint import fingerprint
from loans.engine.profile import Profile
from loans.engine.schedule import Row, schedule_hash


@dataclass(frozen=True, slots=True)
class Remembered:
    """`earning` is None where it follows from the rows, as it does for a contract.

    `cut_rate_annual` is the rate until `cut_until` (not included; None is to the end).
    """

    earning: Earning | None = None
    cut_rate_annual: Decimal | None = None
    cut_until: date | None = None
    due_day: int | None = None

    def rates(self, rate_annual: Decimal, profile: Profile, anchor_day: int) -> Rates:
        """Return the rates that interest is counted at, given those of the contract."""
        return Rates(rate_annual, profile, self.cut_rate_annual, self.cut_until, self.due_day or anchor_day)

    def then(self, later: "Remembered") -> "Remembered":
        """Return what there is to remember after a later relief, which names the due day only where it changed it."""
        return replace(later, due_day=later.due_day or self.due_day)

    def as_dict(self) -> dict[str, Any]:
        """Return what there is ready for JSON; nothing at all for a contract."""
        written: dict[str, Any] = {}
        if self.earning is not None:
            written["stretches"] = [stretch_as_dict(one) for one in self.earning.stretches]
            written["idle"] = [[number, minor] for number, minor in sorted(self.earning.idle.items())]
        if self.cut_rate_annual is not None:
            written["cut_rate_annual"] = format(self.cut_rate_annual, "f")
        if self.cut_until is not None:
            written["cut_until"] = self.cut_until.isoformat()
        if self.due_day is not None:
            written["due_day"] = self.due_day
        return written

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "Remembered":
        """Read back what `as_dict` wrote.

        >>> told = {"stretches": [], "idle": [[10, 96980]], "cut_rate_annual": "0.072", "due_day": 25}
        >>> Remembered.from_dict(told).as_dict() == told, Remembered.from_dict({}) == Remembered()
        (True, True)
        """
        earning = None
        if "stretches" in written:
            stretches = tuple(stretch_from_dict(one) for one in written["stretches"])
            earning = Earning(stretches, dict(written["idle"]))
        rate, until = written.get("cut_rate_annual"), written.get("cut_until")
        return cls(
            earning=earning,
            cut_rate_annual=None if rate is None else Decimal(rate),
            cut_until=None if until is None else date.fromisoformat(until),
            due_day=written.get("due_day"),
        )


NOTHING_REMEMBERED = Remembered()


def version_hash(rows: Sequence[Row], remembered: Mapping[str, Any]) -> str:
    """Return the fingerprint of a schedule and what it remembers, as written; where that is nothing, of its rows."""
    of_rows = schedule_hash(rows)
    return fingerprint({"rows": of_rows, "remembered": remembered}) if remembered else of_rows


def stretch_as_dict(stretch: Stretch) -> dict[str, Any]:
    """Return a stretch ready for JSON; `stretch_from_dict` reads it back."""
    dates = {"opens_on": stretch.opens_on.isoformat(), "ends_on": stretch.ends_on.isoformat()}
    return {**stretch._asdict(), **dates}


def stretch_from_dict(written: Mapping[str, Any]) -> Stretch:
    """Return the stretch that `stretch_as_dict` wrote."""
    on = {key: date.fromisoformat(written[key]) for key in ("opens_on", "ends_on")}
    return Stretch(**{**written, **on})
