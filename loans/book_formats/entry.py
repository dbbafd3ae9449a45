"""What every format is written from: entries in order of their day, and the balances between them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from loans.engine.calendar import month_end

# Names as both programs accept them; beancount 3 takes no Chinese ones.
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "cash": "Assets:Cash",
        "principal": "Assets:Loans:Principal",
        "interest_income": "Income:Interest",
        "fee_income": "Income:Fees",
        "penalty_income": "Income:Penalty-Interest",
        "borrower_credit": "Liabilities:Owed-To-Borrowers",
        "opening": "Equity:Imported",
        "suspense": "Liabilities:Suspense",
        "bills": "Assets:Loans:Bills",
        "merchants": "Liabilities:Owed-To-Merchants",
        "interest_receivable": "Assets:Receivable:Interest",
        "penalty_receivable": "Assets:Receivable:Penalty-Interest",
        "fee_receivable": "Assets:Receivable:Fees",
        "write_offs": "Expenses:Write-Offs",
        "recoveries": "Income:Recoveries",
    }
)
BROUGHT_FORWARD = "Equity:Brought-Forward"


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry; `lines` are minor units by account, debit positive, and sum to zero."""

    posted_on: date
    value_on: date
    kind: str
    key: str
    loan: str
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Book:
    """Whose journal it is, and what stood in it before the first day that is written."""

    lender: str
    currency: str
    from_on: date
    to_on: date
    opening: Mapping[str, int] = field(default_factory=dict)

    @property
    def commodity(self) -> str:
        """The minor unit as a commodity: a hundredth of a yuan, counted in whole numbers.

        >>> Book("qinghe", "CNY", date(2026, 1, 1), date(2026, 1, 31)).commodity
        'CNYMINOR'
        """
        return f"{self.currency}MINOR"


@dataclass(frozen=True, slots=True)
class Balances:
    """What every account held at the end of a day."""

    on: date
    by_account: Mapping[str, int]


def with_balances(book: Book, entries: Iterable[Entry]) -> Iterator[Entry | Balances]:
    """The entries with the balances of every month's end between them, and those of the last day at the end.

    The balances are added up here from the entries themselves, so a program that reads the text
    adds up the same figures by its own means. Raises `ValueError` for entries out of order or
    outside the book's days.

    >>> paid = Entry(date(2026, 1, 15), date(2026, 1, 15), "payment", "p1", "L1", {"cash": 5, "principal": -5})
    >>> book = Book("qinghe", "CNY", date(2026, 1, 1), date(2026, 2, 2))
    >>> [item.on.isoformat() for item in with_balances(book, [paid]) if isinstance(item, Balances)]
    ['2026-01-31', '2026-02-02']
    """
    held = Counter(book.opening)
    due = month_end(book.from_on)
    last = book.from_on
    for entry in entries:
        if not last <= entry.posted_on <= book.to_on:
            raise ValueError(f"{entry.key}: {entry.posted_on} is out of order")
        last = entry.posted_on
        while due < entry.posted_on:
            yield Balances(due, dict(held))
            due = month_end(due + timedelta(days=1))
        for account, amount in entry.lines.items():
            held[account] += amount
        yield entry
    while due < book.to_on:
        yield Balances(due, dict(held))
        due = month_end(due + timedelta(days=1))
    yield Balances(book.to_on, dict(held))


def name_of(account: str) -> str:
    """The account as both programs name it; raises `KeyError` for one without a name here."""
    return NAMES[account]
