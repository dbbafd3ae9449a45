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
