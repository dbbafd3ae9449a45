"""The journal for `hledger check --strict ordereddates`: accounts and unit declared, days in order, exact balances."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from loans.book_formats.entry import BROUGHT_FORWARD, NAMES, Balances, Book, Entry, name_of, with_balances


def lines(book: Book, entries: Iterable[Entry]) -> Iterator[str]:
    """The text, piece by piece; each piece ends with a line break."""
    unit = book.commodity
    yield f"; {book.lender}\ncommodity 1000. {unit}\n"
    for name in sorted([*NAMES.values(), BROUGHT_FORWARD]):
        yield f"account {name}\n"
    held = {name_of(account): amount for account, amount in book.opening.items() if amount}
    if held:
        yield f"\n{book.from_on - timedelta(days=1)} * brought forward\n"
        yield from (f"    {name}  {amount} {unit}\n" for name, amount in sorted(held.items()))
        yield f"    {BROUGHT_FORWARD}  {-sum(held.values())} {unit}\n"
    for item in with_balances(book, entries):
        yield from _balances(item, unit) if isinstance(item, Balances) else _entry(item, unit)


def _entry(entry: Entry, unit: str) -> Iterator[str]:
    """`date2` (after `=`) is the value day; `|` and `;` mean something to hledger, so keys go without."""
    value = f"={entry.value_on}" if entry.value_on != entry.posted_on else ""
    loan = f"  ; loan:{_text(entry.loan)}" if entry.loan else ""
    yield f"\n{entry.posted_on}{value} * {entry.kind} | {_text(entry.key)}{loan}\n"
    for account, amount in sorted(entry.lines.items()):
        yield f"    {name_of(account)}  {amount} {unit}\n"


def _balances(balances: Balances, unit: str) -> Iterator[str]:
    yield f"\n{balances.on} * balances\n"
    for account, name in NAMES.items():
        yield f"    {name}  0 {unit} = {balances.by_account.get(account, 0)} {unit}\n"


def _text(words: str) -> str:
    return words.replace(";", ",").replace("|", "/").replace("\n", " ")
