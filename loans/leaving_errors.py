"""Errors of closing a service; the others are in `loans/errors.py`."""

from typing import Any

from accounts.errors import Conflict, LeewayError


class LeavingBlocked(LeewayError):
    """Something is still open at the lender; `blockers` names each."""

    code = "leaving_blocked"

    def __init__(self, blockers: tuple[Any, ...]) -> None:
        super().__init__(", ".join(str(one.name) for one in blockers))
        self.blockers = blockers


class NotLeaving(Conflict):
    """The service is not being closed (any more): there is nothing to take back or to finish."""

    code = "not_leaving"


class TextDiffers(LeewayError):
    """The effects that were read are not those of now."""

    code = "text_differs"
