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


class FileDiffers(LeewayError):
    """A bureau file cannot be made again as it was: something that it said of a person or account is gone or other."""

    code = "file_differs"


class ReasonNeeded(LeewayError):
    """Other facts stand for this month; a correction must say why."""

    code = "reason_needed"


class TextDiffers(LeewayError):
    """The text that was agreed to is not the one in force: it changed, or another language was shown."""

    code = "text_differs"


class NamedLenderMissing(LeewayError):
    """A consent to sharing names no other lender, or the lender itself; or another purpose names one."""

    code = "named_lender_missing"


class ConsentNeeded(LeewayError):
    """The consent cannot be taken back now: `references` are the open accounts that need it."""

    code = "consent_needed"

    def __init__(self, references: tuple[str, ...]) -> None:
        super().__init__(", ".join(references))
        self.references = references


class AlreadyWithdrawn(LeewayError):
    """The consent was taken back already, or has run out: nothing is left to withdraw."""

    code = "already_withdrawn"
