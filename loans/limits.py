"""How much a limit is on a day, and how much of it is left to draw.

    in force  = what the last change says that has begun and was not taken back
    drawn     = principal left of the loans drawn from it + what is set aside for a draw-down
    available = in force - drawn, never below nothing; nothing while something stands in the way

A cut is announced at least `NOTICE_DAYS` before it begins, and never goes below what is drawn;
taking it back is one change more. Nothing of this is stored: it follows from the changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

NOTICE_DAYS = 7
CLEAN_MONTHS_FOR_A_RAISE = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One change: in force from a day; `is_taken_back` if a later one undid it."""

    number: int
    new_minor: int
    effective_on: date
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """How a limit is used on a day, in minor units."""

    limit_minor: int
    drawn_minor: int
    is_blocked: bool = False

    @property
    def available_minor(self) -> int:
        """What can be drawn now.

        >>> Use(1_000_000, 300_000).available_minor, Use(200_000, 300_000).available_minor
        (700000, 0)
        """
        return 0 if self.is_blocked else max(self.limit_minor - self.drawn_minor, 0)


def in_force(changes: Sequence[Change], on: date) -> int:
    """The limit on a day, of its changes in the order of their numbers; nothing before the first.

    Opened with 10,000.00 on 1 May; a cut to half, announced on 8 May, begins on the 15th:

    >>> changes = [Change(1, 1_000_000, date(2026, 5, 1)), Change(2, 500_000, date(2026, 5, 15))]
    >>> in_force(changes, date(2026, 5, 14)), in_force(changes, date(2026, 5, 15))
    (1000000, 500000)
    """
    begun = [change for change in changes if change.effective_on <= on and not change.is_taken_back]
    return max(begun, key=lambda change: (change.effective_on, change.number)).new_minor if begun else 0


def announced(changes: Sequence[Change], on: date) -> Change | None:
    """The change that has been announced and has not begun, or None; the nearest."""
    coming = [change for change in changes if change.effective_on > on and not change.is_taken_back]
    return min(coming, key=lambda change: (change.effective_on, change.number), default=None)


def cut_from(announced_on: date, notice_days: int = NOTICE_DAYS) -> date:
    """The first day of a cut; the notice is never shorter than the house's.

    >>> cut_from(date(2026, 5, 8)), cut_from(date(2026, 5, 8), notice_days=1)
    (datetime.date(2026, 5, 15), datetime.date(2026, 5, 15))
    """
    return announced_on + timedelta(days=max(notice_days, NOTICE_DAYS))


def lowest_cut(wanted_minor: int, drawn_minor: int) -> int:
    """What a cut may come down to: what is wanted, or what is drawn if that is more.

    >>> lowest_cut(500_000, 800_000)
    800000
    """
    return max(wanted_minor, drawn_minor)
