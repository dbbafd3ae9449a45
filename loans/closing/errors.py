"""Errors of closing a day, each named for what happened."""

from datetime import date

from accounts.errors import LeewayError


class CloseRunning(LeewayError):
    """Somebody else closes days of this lender at this moment."""

    code = "close_running"


class DayNotOver(LeewayError):
    """A day is closed when it is over where the lender is; `last_on` is the last that is."""

    code = "day_not_over"

    def __init__(self, last_on: date) -> None:
        super().__init__(last_on.isoformat())
        self.last_on = last_on
