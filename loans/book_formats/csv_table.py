"""The journal as a table: a row a line of an entry, what was brought forward first."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from loans.book_formats.cells import row, safe
from loans.book_formats.entry import Balances, Book, Entry, with_balances

HEAD = ("posted_on", "value_on", "kind", "key", "loan", "account", "debit_minor", "credit_minor", "currency")


def lines(book: Book, entries: Iterable[Entry]) -> Iterator[str]:
    """The text, row by row. A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    yield row(HEAD)
    since = book.from_on - timedelta(days=1)
    held = {account: amount for account, amount in book.opening.items() if amount}
    if held:
        yield from _entry(Entry(since, since, "brought_forward", "", "", held), book.currency)
    for item in with_balances(book, entries):
        if not isinstance(item, Balances):
            yield from _entry(item, book.currency)


def _entry(entry: Entry, currency: str) -> Iterator[str]:
    for account, amount in sorted(entry.lines.items()):
        debit, credit = max(amount, 0), max(-amount, 0)
        days = (entry.posted_on.isoformat(), entry.value_on.isoformat())
        yield row((*days, entry.kind, safe(entry.key), safe(entry.loan), account, debit, credit, currency))
