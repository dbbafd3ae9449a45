"""Why a made-up book is not made."""

from accounts.errors import LeewayError


class BookNotEmpty(LeewayError):
    """The lender has loans already, and nobody said to add to them."""

    code = "book_not_empty"


class DaysClosed(LeewayError):
    """Days of the lender were closed: nothing is posted in them any more, and a made-up book is all in the past."""

    code = "days_closed"
