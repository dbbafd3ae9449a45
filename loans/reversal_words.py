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
        "returned": _("The bank returned it"),
        "error": _("Recorded in error"),
        "other": _("Another reason"),
    }
)


# What gateways say in their own words, as the code of a bank.
SAME_AS = MappingProxyType(
    {"account_closed": "AC04", "insufficient_funds": "AM04", "no_mandate": "MD01", "disputed": "MD06"}
)


# After these a bank will say the same again, and a payer who disputes a debit must not get another.
NOT_AGAIN = frozenset({"AC04", "MD01", "MD06"})


def bank_code(said: str) -> str:
    """What a gateway said, as the code of a bank where it has one.

    >>> bank_code("disputed"), bank_code("AC04"), bank_code("timeout")
    ('MD06', 'AC04', 'timeout')
    """
    return SAME_AS.get(said, said)


def is_for_good(reason: str) -> bool:
    """Whether a bank would say the same again; what a person wrote after the code does not matter.

    >>> is_for_good("MD06 the customer called"), is_for_good("disputed"), is_for_good("AM04"), is_for_good("")
    (True, True, False, False)
    """
    return bank_code(reason.partition(" ")[0]) in NOT_AGAIN


def returned_reason(said: str) -> str:
    """The reason to keep for money that a bank returned: the bank's code, or that it returned it, and what it said.

    >>> returned_reason("AM04"), returned_reason("insufficient_funds"), returned_reason("MS03"), returned_reason("")
    ('AM04', 'AM04', 'returned MS03', 'returned')
    """
    code = bank_code(said)
    return code if code in REASONS else f"returned {said}".strip()


def reason_parts(reason: str) -> tuple[str, str]:
    """A stored reason as it is read: the code in words, and what a person wrote after it.

    >>> reason_parts("unknown to us")
    ('', 'unknown to us')
    """
    code, _space, words = reason.partition(" ")
    return (str(REASONS[code]), words) if code in REASONS else ("", reason)
