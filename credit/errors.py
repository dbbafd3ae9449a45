"""Errors of `credit`, each named for what happened."""

from accounts.errors import LeewayError


class TradelineNotFound(LeewayError):
    """The lender has no tradeline under this reference."""

    code = "tradeline_not_found"


class TradelineDiffers(LeewayError):
    """A tradeline of this reference stands already, opened or closed with other facts."""

    code = "tradeline_differs"


class OutsideTheAccount(LeewayError):
    """The month, or the day of closing, lies before the account was opened or after it was closed."""

    code = "outside_the_account"


class MonthNotOver(LeewayError):
    """The facts are dated in the future: a month is furnished once it and its grace are over."""

    code = "month_not_over"


class ReasonNeeded(LeewayError):
    """Other facts stand for this month; a correction must say why."""

    code = "reason_needed"
