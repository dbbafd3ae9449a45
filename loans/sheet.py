"""The reports of a day as plain tables, the same for commands, JSON and CSV.

Columns have names that a program can hold on to; those that end in `_minor` are whole minor
units of the lender's currency. The last row of a table adds it up and is called `together`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from loans.aged import DAYS, Aged
from loans.book_formats.cells import row, safe
from loans.book_reports import INCOME, Income, Portfolio

Cell = str | int


@dataclass(frozen=True, slots=True)
class Sheet:
    """`facts` are what a table has no room for, such as shares in the whole."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    facts: Mapping[str, str | None]

    def as_dicts(self) -> list[dict[str, Cell]]:
        return [dict(zip(self.head, each, strict=True)) for each in self.rows]


def csv_lines(sheet: Sheet, lender: str, on: date, currency: str) -> Iterator[str]:
    """The table for a spreadsheet: lender, day and currency stand in every row; begins with a byte-order mark.

    >>> sheet = Sheet(("product", "principal_left_minor"), (("=cash", 5), ("together", 5)), {})
    >>> "".join(csv_lines(sheet, "qinghe", date(2026, 3, 31), "CNY")).splitlines()[1]
    "qinghe,2026-03-31,'=cash,5,CNY"
    """
    yield "\ufeff" + row(("lender", "as_of", *sheet.head, "currency"))
    for each in sheet.rows:
        cells = (safe(cell) if isinstance(cell, str) else cell for cell in each)
        yield row((safe(lender), on.isoformat(), *cells, currency))


def portfolio_sheet(found: Portfolio) -> Sheet:
    """A row a product; a monthly bill has no `settled` and no `lent_minor` of its own."""
    rows: list[tuple[Cell, ...]] = [
        ("loans", line.code, line.running, line.settled, line.lent_minor, line.left_minor) for line in found.lines
    ]
    rows += [("bills", line.code, line.accounts, "", "", line.left_minor) for line in found.bills]
    left_minor = found.left_minor + found.bills_left_minor
    running = found.running + sum(line.accounts for line in found.bills)
    rows.append(("together", "", running, found.settled, found.lent_minor, left_minor))
    return Sheet(("kind", "product", "running", "settled", "lent_minor", "principal_left_minor"), tuple(rows), {})


def arrears_sheet(found: Aged) -> Sheet:
    """Shares are fractions with six decimals, None where no principal is left."""
    rows: list[tuple[Cell, ...]] = [
        (line.bucket, DAYS[line.bucket][0], _last(line.bucket), line.loans, line.overdue_minor, line.principal_minor)
        for line in found.lines
    ]
    rows.append(("together", "", "", found.loans, found.overdue_minor, found.principal_minor))
    shares = {"par30": found.par30, "par90": found.par90}
    facts = {name: None if share is None else f"{share:.6f}" for name, share in shares.items()}
    return Sheet(
        ("bucket", "from_days", "to_days", "loans", "overdue_minor", "principal_left_minor"), tuple(rows), facts
    )


def income_sheet(found: Income) -> Sheet:
    """A column for each account of income; first everything before the twelve months."""
    head = ("month", *(f"{account}_minor" for account in INCOME), "together_minor")
    named = (
        ("before", found.before),
        *((f"{month.first_on:%Y-%m}", month) for month in found.months),
        ("together", found.together),
    )
    return Sheet(head, tuple((name, *month.kinds, month.total_minor) for name, month in named), {})


def balances_sheet(held: Mapping[str, int], accounts: Sequence[str]) -> Sheet:
    """What every account held, debit or credit."""
    rows: list[tuple[Cell, ...]] = [
        (account, max(held.get(account, 0), 0), max(-held.get(account, 0), 0)) for account in accounts
    ]
    total_minor = sum(amount_minor for amount_minor in held.values() if amount_minor > 0)
    return Sheet(("account", "debit_minor", "credit_minor"), (*rows, ("together", total_minor, total_minor)), {})


def _last(bucket: str) -> Cell:
    last = DAYS[bucket][1]
    return "" if last is None else last
