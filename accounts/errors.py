"""Errors of `accounts`, each named for what happened."""


class LeewayError(Exception):
    """The root of every error that a service raises on purpose.

    `code` is stable and language-free; pages and commands choose the words.
    """

    code = "error"


class NotPermitted(LeewayError):
    """The acting person's role does not allow this at this lender. Shown as 404 to strangers."""

    code = "not_permitted"


class Conflict(LeewayError):
    """Somebody else changed the thing first; nothing was written. Reload and look again."""

    code = "conflict"


class Refused(LeewayError):
    """What was given cannot be right; `codes` say what about it. Nothing was written."""

    code = "refused"

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class TooMany(LeewayError):
    """As many of these as there may be, for now; nothing was written."""

    code = "too_many"


class WrongCode(LeewayError):
    """The code is not the one that was sent; `left` says how many tries remain."""

    code = "wrong_code"

    def __init__(self, left: int) -> None:
        super().__init__(f"wrong code, {left} left")
        self.left = left


class CodeOver(LeewayError):
    """No code is waiting any more: used up, too old, or never sent. A new one can be sent."""

    code = "code_over"
