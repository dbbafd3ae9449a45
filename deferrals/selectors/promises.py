"""How much of a promise is left on a day, in whole days of the lender's calendar."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Left:
    """Time to a promised day: `days` to go (0 is that very day), or, once broken, `late_days` past it.

    `used` is the share of the time that has passed, in thousandths. `past_hard_days` counts
    from the latest day, the one that never moves.
    """

    used: int
    days: int
    late_days: int = 0
    past_hard_days: int = 0

    @property
    def tone(self) -> str:
        if self.late_days:
            return "late"
        return "near" if self.days <= 1 else ""


def left_until(target_on: date, *, since: date, on: date, hard_on: date | None = None) -> Left:
    """What is left on `on` of a promise made on `since` for `target_on`.

    >>> left_until(date(2026, 5, 14), since=date(2026, 5, 8), on=date(2026, 5, 11))
    Left(used=500, days=3, late_days=0, past_hard_days=0)
    >>> left_until(date(2026, 5, 14), since=date(2026, 5, 8), on=date(2026, 5, 16)).late_days
    2
    """
    whole = (target_on - since).days
    gone = (on - since).days
    used = max(0, min(1000, 1000 * gone // whole)) if whole > 0 else 1000
    return Left(
        used=used,
        days=max(0, (target_on - on).days),
        late_days=max(0, (on - target_on).days),
        past_hard_days=max(0, (on - hard_on).days) if hard_on is not None else 0,
    )
