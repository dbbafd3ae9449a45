"""What a payment gateway is asked, what it answers, and what it means when it does not.

Three phases keep money from moving twice: an order is written and committed, then the gateway
is called, then its answer is written. Whatever goes wrong in the call leaves the order open;
from then on the gateway is only *asked* about it by its key, never told again.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What a gateway says of one order. Only `pending` is not an end; `returned` follows a success."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One order as the gateway gets it; `key` is ours, and the same key is the same order for ever.

    `account` is the reference of the bank account, never its number. With `may_be_partial`
    a debit may collect less than `amount_minor`.
    """

    key: str
    amount_minor: int
    currency: str
    account: str
    purpose: str
    may_be_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the gateway says of the order `key`; `value_on` is the day on which the money moved."""

    key: str
    outcome: Outcome
    amount_minor: int
    currency: str
    reason: str = ""
    reference: str = ""
    value_on: date | None = None


class NoAnswer(Exception):
    """The gateway did not answer, or not in a way that can be read: whether it acted is unknown."""


class NotReceived(Exception):
    """The gateway says that it has no order of this key."""


class Gateway(Protocol):
    """`calls_out` says that a call leaves this process, so nothing may be uncommitted when it is made.

    Each call raises `NoAnswer` where the outcome is unknown; `query` raises `NotReceived`.
    """

    name: str
    calls_out: bool

    def send_debit(self, instruction: Instruction) -> Report: ...
    def send_payout(self, instruction: Instruction) -> Report: ...
    def query(self, key: str) -> Report: ...
