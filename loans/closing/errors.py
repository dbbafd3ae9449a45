"""Errors of closing a day, each named for what happened."""

from collections.abc import Sequence
from datetime import date

from accounts.errors import LeewayError


class CloseRunning(LeewayError):
    """Somebody else closes days of this lender at this moment."""

    code = "close_running"


class BooksWrong(LeewayError):
    """What was posted on a day does not add up; `faults` are pairs of what it is about and what was found.

    Until it is right again no later day is closed.
    """

    code = "books_wrong"

    def __init__(self, day: date, faults: Sequence[tuple[str, str]]) -> None:
        said = "; ".join(f"{subject}: {detail}" for subject, detail in faults)
        super().__init__(f"{day.isoformat()}: {said}")
        self.day = day
        self.faults = tuple(faults)


class DayNotOver(LeewayError):
    """A day is closed when it is over where the lender is; `last_on` is the last that is."""

    code = "day_not_over"

    def __init__(self, last_on: date) -> None:
        super().__init__(last_on.isoformat())
        self.last_on = last_on
