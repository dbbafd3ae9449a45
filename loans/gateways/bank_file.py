"""Collecting by files: debits wait until a file takes them to the bank, and the bank's file says what came of them.

The second way for an order to travel. It promises what `interface` promises: an order is told
once, under its own reference; whatever the bank reports is taken like any report
(`loans/services/reporting.py`). But nothing is called, so nothing can be asked: a file goes
out whole, in the transaction that marks its orders as sent. Payouts and refunds do not travel
this way.
"""

import re
from uuid import UUID

from django.conf import settings

from loans.bank_files.pain008 import Creditor

BANK_FILE = "bank_file"
_REFERENCE = re.compile(r"[0-9a-f]{32}")


def collects_by_file(code: str) -> bool:
    """Whether the debits of the lender with this code travel in files."""
    return code in settings.BANK_FILES


def creditor_for(code: str, name: str) -> Creditor | None:
    """Who collects for the lender of this code, as the operator set it up; `name` is the lender's own."""
    if not collects_by_file(code):
        return None
    account, agent, scheme_id = settings.BANK_FILES[code]
    return Creditor(name=name, account=account, agent=agent, scheme_id=scheme_id)


def reference_of(public_id: UUID) -> str:
    """What an order is called in a file: 32 characters, where a bank allows 35 and our keys may have more.

    >>> reference_of(UUID("9f0c1a52-4b7e-4c7e-8d27-7d8cc2a3a7e1"))
    '9f0c1a524b7e4c7e8d277d8cc2a3a7e1'
    """
    return public_id.hex


def public_id_of(reference: str) -> UUID | None:
    """The order that a reference of ours names; None where it is not one of ours.

    Some banks send references back in capital letters.

    >>> public_id_of("9F0C1A524B7E4C7E8D277D8CC2A3A7E1"), public_id_of("INV-81")
    (UUID('9f0c1a52-4b7e-4c7e-8d27-7d8cc2a3a7e1'), None)
    """
    return UUID(reference) if _REFERENCE.fullmatch(reference.lower()) else None
