"""The journal for `bean-check`: whole minor units, so that a balance wrong by one is an error.

Beancount forgives half of the last digit that is written; of whole numbers nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from loans.book_formats.entry import BROUGHT_FORWARD, NAMES, Balances, Book, Entry, name_of, with_balances


def lines(book: Book, entries: Iterable[Entry]) -> Iterator[str]:
    """The text, piece by piece; each piece ends with a line break."""
    unit = book.commodity
    yield f'option "title" "{book.lender}"\n'
    yield f'option "operating_currency" "{unit}"\n'
    yield 'plugin "beancount.plugins.noduplicates"\n'
    # The opening balances are of the day before.
    since = book.from_on - timedelta(days=1)
    yield f"\n{since} commodity {unit}\n"
    for name in sorted([*NAMES.values(), BROUGHT_FORWARD]):
        yield f"{since} open {name} {unit}\n"
    held = {name_of(account): amount for account, amount in book.opening.items() if amount}
    if held:
        yield f'\n{since} * "brought forward"\n'
        yield from (f"  {name}  {amount} {unit}\n" for name, amount in sorted(held.items()))
        yield f"  {BROUGHT_FORWARD}  {-sum(held.values())} {unit}\n"
    for item in with_balances(book, entries):
        yield from _balances(item, unit) if isinstance(item, Balances) else _entry(item, unit)


def _entry(entry: Entry, unit: str) -> Iterator[str]:
    yield f'\n{entry.posted_on} * "{entry.kind}" "{_text(entry.key)}"\n'
    if entry.loan:
        yield f'  loan: "{_text(entry.loan)}"\n'
    if entry.value_on != entry.posted_on:
        yield f"  value: {entry.value_on}\n"
    for account, amount in sorted(entry.lines.items()):
        yield f"  {name_of(account)}  {amount} {unit}\n"


def _balances(balances: Balances, unit: str) -> Iterator[str]:
    """Beancount asks at the beginning of a day: the end of one is the beginning of the next."""
    yield "\n"
    for account, name in NAMES.items():
        yield f"{balances.on + timedelta(days=1)} balance {name}  {balances.by_account.get(account, 0)} {unit}\n"


def _text(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
