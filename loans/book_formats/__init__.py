"""The journal as text that other programs read and add up: beancount, hledger, CSV. Pure; see `docs/export.md`."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from loans.book_formats import beancount, csv_table, hledger
from loans.book_formats.entry import Book, Entry

Writer = Callable[[Book, Iterable[Entry]], Iterator[str]]
FORMATS: Mapping[str, Writer] = {
    "beancount": beancount.lines,
    "hledger": hledger.lines,
    "csv": csv_table.lines,
}

__all__ = ["FORMATS", "Book", "Entry", "Writer"]
