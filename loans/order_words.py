"""Why a gateway did not move money, in words for the borrower: what it was, and what helps.

Codes are those of gateways and, for banks, of ISO 20022 (external status reasons). A code that
is not listed is told as one that was not given.
"""

from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

_EMPTY = (
    _("The account did not hold enough."),
    _("Put enough into it, or choose another account, and start again."),
)
_CLOSED = (
    _("The bank says that this account cannot be used: it is closed or blocked."),
    _("Choose another account, or ask your bank."),
)
_LIMITED = (
    _("The sum is above what the bank lets through in a day."),
    _("Try another account, or start again tomorrow."),
)
_UNKNOWN = (
    _("The bank gave no reason that we could tell you."),
    _("Try again, or choose another account. No money has moved."),
)
WHY: MappingProxyType[str, tuple[Any, Any]] = MappingProxyType(
    {
        "insufficient_funds": _EMPTY,
        "AM04": _EMPTY,
        "account_blocked": _CLOSED,
        "account_closed": _CLOSED,
        "AC01": _CLOSED,
        "AC04": _CLOSED,
        "AC06": _CLOSED,
        "limit_reached": _LIMITED,
        "AM02": _LIMITED,
        "not_received": (
            _("The order did not reach the bank."),
            _("Nothing has moved. You can start again."),
        ),
        "in_question": (
            _("It was not clear whether the money had moved before."),
            _("Our staff are looking into it. Nothing more moves until that is clear."),
        ),
        "too_late": (
            _("The first due date had come before the money could be sent."),
            _("It cannot be sent any more. Cancel the contract and draw again: the dates will be new ones."),
        ),
        "quote_over": (
            _("The day for which the sum was good was over before the bank was asked."),
            _("Look at the sum of today and start again."),
        ),
        "amount_changed": (
            _("The loan had changed before the bank was asked."),
            _("Look at the sum of now and start again."),
        ),
        "bill_changed": (
            _("The bill had changed before the bank was asked."),
            _("Look at the sum of now and start again."),
        ),
        "bill_closed": (
            _("The monthly bill took no payments any more when the bank was to be asked."),
            _("Nothing is to be done."),
        ),
        "credit_used": (
            _("A bill had used the money before it could be sent."),
            _("What is left of it can be asked for again."),
        ),
        "account_removed": (
            _("This bank account had been removed before the bank was asked."),
            _("Choose another account and start again."),
        ),
        "no_mandate": (
            _("You had withdrawn your consent to automatic debits before the bank was asked."),
            _("Nothing has moved. You can pay by yourself at any time."),
        ),
        "held": (
            _("Collecting was to stand still before the bank was asked."),
            _("Nothing has moved. You can pay by yourself at any time."),
        ),
        "not_due": (
            _("It was not due any more when the bank was to be asked."),
            _("Nothing is to be done."),
        ),
        "loan_closed": (
            _("The loan took no payments any more when the bank was to be asked."),
            _("Nothing is to be done."),
        ),
    }
)


def why_not(reason: str) -> tuple[str, str]:
    """What stood in the way, and what helps."""
    what, help_text = WHY.get(reason, _UNKNOWN)
    return str(what), str(help_text)
