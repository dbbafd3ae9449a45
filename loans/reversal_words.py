"""Why a payment was taken back: the codes that banks give (ISO 20022 external return reasons), and our own."""

from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

REASONS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "AC04": _("The account is closed (AC04)"),
        "AM04": _("The account did not hold enough (AM04)"),
        "MD01": _("There is no mandate (MD01)"),
        "MD06": _("The payer disputes the debit (MD06)"),
        "error": _("Recorded in error"),
        "other": _("Another reason"),
    }
)


def reason_parts(reason: str) -> tuple[str, str]:
    """A stored reason as it is read: the code in words, and what a person wrote after it.

    >>> reason_parts("unknown to us")
    ('', 'unknown to us')
    """
    code, _space, words = reason.partition(" ")
    return (str(REASONS[code]), words) if code in REASONS else ("", reason)
