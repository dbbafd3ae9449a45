"""What a bureau's file is told: who furnishes, whose account, and what its months were.

Every format gets the same records and takes what it has a place for. Identity numbers are
here as long as one record is being written, and in the file; nowhere else.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from credit.facts import MonthFacts, Relief, StatusEnd

HISTORY_MONTHS = 24


class CannotBeSaid(ValueError):
    """The format has no place for what the record says; the argument names the field."""


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The file: whose, about which month (its first day), which one of that month, made when.

    `made_at` is in the lender's time zone.
    """

    lender_code: str
    lender_name: str
    month: date
    number: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Whose account it is; the number and what follows from it are known of confirmed identities only."""

    name: str
    name_latin: str = ""
    identity_number: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account; `unit` is how many minor units a whole one has: 100 fen to the yuan."""

    reference: str
    opened_on: date
    closed_on: date | None
    currency: str
    unit: int
    original_minor: int
    instalments: int | None = None
    is_revolving: bool = False


class Past(NamedTuple):
    """A month before the one that is reported, as the file has it: what of its facts a history needs."""

    status_end: StatusEnd
    relief_kind: Relief
    days_past_due: int
    had_obligation: bool
    paid_late: bool
    balance_minor: int
    first_delinquency_on: date | None


@dataclass(frozen=True, slots=True)
class Record:
    """One account in one month. `past` holds earlier months by their first day; a month may be missing there.

    `furnished_at` is in the lender's time zone.
    """

    person: Person
    account: Account
    facts: MonthFacts
    past: Mapping[date, Past]
    furnished_at: datetime
    is_correction: bool = False

    def months_before(self) -> list[Past | None]:
        """The 24 months before, the latest first; None where nothing is on file, and before the account."""
        months = []
        month = self.facts.month
        for _ in range(HISTORY_MONTHS):
            month = before(month)
            months.append(self.past.get(month))
        return months


class Writer(ABC):
    """Writes a file: its head at once, then records, then its end; keeps its own totals."""

    def __init__(self, sink: Sink, head: Head) -> None:
        self.sink = sink
        self.head = head

    @abstractmethod
    def add(self, record: Record) -> bool:
        """Write a record; whether the person can be told apart by it. Raises `CannotBeSaid`, nothing written then."""

    @abstractmethod
    def end(self) -> None:
        """Write the totals."""


def before(month: date) -> date:
    """The first day of the month before.

    >>> before(date(2026, 1, 1))
    datetime.date(2025, 12, 1)
    """
    return (month - timedelta(days=1)).replace(day=1)


def last_day(month: date) -> date:
    """The last day of the month whose first day is given.

    >>> last_day(date(2028, 2, 1))
    datetime.date(2028, 2, 29)
    """
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
