"""Reading a loan tape: a CSV file of running loans, as another system hands them over.

Only the file itself is judged here, cell by cell; whether a product exists or a number is
taken is asked where the book is (`services/importing.py`). `docs/loan-tape.md` describes
each column for whoever makes the file.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from loans.engine.money import MoneyError, minor_from_text
from loans.engine.schedule import MOST_INSTALMENTS, Method

MOST_ROWS = 200_000
# The engine knows more ways to repay; a book is serviced, with relief, in these.
SERVICED_METHODS = (Method.LEVEL.value, Method.EQUAL_PRINCIPAL.value)


class TapeError(ValueError):
    """The file cannot be read as a loan tape at all; `reason` says why, `detail` where or what.

    Reasons: `not_utf8`, `empty`, `missing_columns`, `unknown_columns`, `repeated_columns`,
    `broken_csv`, `too_many_rows`.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with one cell; `reason` is a key of `ADVICE`."""

    line: int
    column: str
    reason: str
    value: str = ""

    def __str__(self) -> str:
        return f"Line {self.line}, {self.column}: {ADVICE[self.reason].format(value=self.value)}"


ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "cells": "this row has {value}; check for a comma that is not inside quotes.",
        "empty": "nothing is given; fill this in.",
        "too_long": "{value} characters are too many; shorten it.",
        "unprintable": "there is a character that cannot be printed; remove it.",
        "not_a_number": '"{value}" is not an amount; write it like 12000.00.',
        "too_many_decimals": '"{value}" has more decimals than the currency; round it in the other system.',
        "negative": '"{value}" is less than nothing; write it without a sign.',
        "too_large": '"{value}" is too large; check the unit, amounts are in yuan, not in fen.',
        "not_a_rate": '"{value}" is not a yearly rate; write 0.144 for 14.4 %.',
        "not_a_date": '"{value}" is not a date; write it like 2026-01-15.',
        "not_a_count": '"{value}" is not a whole number in range; write digits only.',
        "unknown_method": '"{value}" is not a method; write level or equal_principal, or leave it empty.',
        "repeated": "{value} stands in this file before; each loan has one row.",
        "in_book": "{value} is in the book already; remove the row.",
        "two_names": "{value} has another name elsewhere; a customer reference belongs to one person.",
        "unknown_product": '"{value}" is not a product of this lender; make the product first, or mend the code.',
        "terms": "no schedule follows from these terms ({value}); check rate, count and dates.",
        "in_future": "{value} has not come yet; only loans that are paid out can be taken over.",
        "too_many_paid": "{value} are more than the loan has; check both counts.",
        "principal_differs": "the schedule leaves {value}; check rate, method, dates and the paid count.",
    }
)


@dataclass(frozen=True, slots=True)
class TapeRow:
    """One loan of the file. None means: as the product says (rate, method), or not given."""

    line: int
    external_number: str
    borrower_reference: str
    borrower_name: str
    product_code: str
    principal_minor: int
    rate_annual: Decimal | None
    method: str | None
    instalments: int
    disbursed_on: date
    first_due_on: date | None
    paid_instalments: int
    principal_left_minor: int | None


@dataclass(frozen=True, slots=True)
class Tape:
    """The rows that could be read, and what is wrong with the others, both in the order of the file."""

    rows: tuple[TapeRow, ...]
    faults: tuple[Fault, ...]
    row_count: int


class _BadCell(ValueError):
    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value


def read_tape(content: bytes, *, digits: int = 2) -> Tape:
    """Read a whole file; `digits` is the number of decimals of the currency.

    >>> head = ",".join(REQUIRED)
    >>> tape = read_tape((head + "\\nJD-1,C-1,王晓雨,cash,12000,12,2026-01-15").encode())
    >>> tape.rows[0].principal_minor, tape.rows[0].paid_instalments, tape.faults
    (1200000, 0, ())

    Raises TapeError where the file as a whole cannot be read.
    """
    lines = _lines(content)
    header = [name.strip() for name in next(lines, (0, []))[1]]
    _check_header(header)
    rows: list[TapeRow] = []
    faults: list[Fault] = []
    first_line: dict[str, int] = {}
    count = 0
    for line, cells in lines:
        count += 1
        if count > MOST_ROWS:
            raise TapeError("too_many_rows", str(MOST_ROWS))
        row, wrong = _row(line, header, cells, digits)
        faults += wrong
        if row is None:
            continue
        if first_line.setdefault(row.external_number, line) == line:
            rows.append(row)
        else:
            faults.append(Fault(line, "external_number", "repeated", row.external_number))
    return Tape(tuple(rows), tuple(faults), count)


def amount_text(amount_minor: int) -> str:
    """An amount as a tape writes it.

    >>> amount_text(1234567)
    '12,345.67'
    """
    return f"{amount_minor // 100:,}.{amount_minor % 100:02d}"


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The non-empty lines with their number in the file; a byte-order mark is dropped."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TapeError("not_utf8", f"byte {error.start}") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise TapeError("broken_csv", f"line {reader.line_num}: {error}") from None


def _check_header(header: Sequence[str]) -> None:
    if not header:
        raise TapeError("empty", "no header")
    for reason, names in (
        ("repeated_columns", [name for name in dict.fromkeys(header) if header.count(name) > 1]),
        ("missing_columns", [name for name in REQUIRED if name not in header]),
        ("unknown_columns", [name for name in header if name not in COLUMNS]),
    ):
        if names:
            raise TapeError(reason, ", ".join(names))


def _row(line: int, header: Sequence[str], cells: Sequence[str], digits: int) -> tuple[TapeRow | None, list[Fault]]:
    if len(cells) != len(header):
        return None, [Fault(line, header[0], "cells", f"{len(cells)} cells instead of {len(header)}")]
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    values: dict[str, Any] = {}
    faults = []
    for name, read in COLUMNS.items():
        field = f"{name}_minor" if name in ("principal", "principal_left") else name
        try:
            values[field] = read(given.get(name, ""), digits) if given.get(name) else _absent(name)
        except _BadCell as bad:
            faults.append(Fault(line, name, bad.reason, bad.value or given.get(name, "")))
    return (None, faults) if faults else (TapeRow(line=line, **values), [])


def _absent(name: str) -> int | None:
    if name in REQUIRED:
        raise _BadCell("empty")
    return 0 if name == "paid_instalments" else None


def _text(longest: int) -> Callable[[str, int], str]:
    def read(cell: str, _digits: int) -> str:
        if len(cell) > longest:
            raise _BadCell("too_long", str(len(cell)))
        # Controls, surrogates and marks that turn the direction of text; not the wide space of a Chinese name.
        if any(unicodedata.category(character)[0] == "C" for character in cell):
            raise _BadCell("unprintable")
        return cell

    return read


def _amount(cell: str, digits: int) -> int:
    try:
        return minor_from_text(cell, digits)
    except MoneyError as error:
        raise _BadCell(error.code) from None


def _rate(cell: str, _digits: int) -> Decimal:
    try:
        rate = Decimal(cell)
    except InvalidOperation:
        raise _BadCell("not_a_rate") from None
    # More than 100 % a year is a percentage written as a fraction, not a loan.
    if not rate.is_finite() or not 0 <= rate <= 1:
        raise _BadCell("not_a_rate")
    return rate


def _count(least: int) -> Callable[[str, int], int]:
    def read(cell: str, _digits: int) -> int:
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 4 and least <= int(cell) <= MOST_INSTALMENTS):
            raise _BadCell("not_a_count")
        return int(cell)

    return read


def _day(cell: str, _digits: int) -> date:
    try:
        if len(cell) != len("2026-01-15"):
            raise ValueError
        return date.fromisoformat(cell)
    except ValueError:
        raise _BadCell("not_a_date") from None


def _method(cell: str, _digits: int) -> str:
    if cell not in SERVICED_METHODS:
        raise _BadCell("unknown_method")
    return cell


# Every column the file may have, in the order of the documentation, with how its cell is read.
COLUMNS: Mapping[str, Callable[[str, int], Any]] = MappingProxyType(
    {
        "external_number": _text(40),
        "borrower_reference": _text(40),
        "borrower_name": _text(80),
        "product_code": _text(32),
        "principal": _amount,
        "instalments": _count(1),
        "disbursed_on": _day,
        "rate_annual": _rate,
        "method": _method,
        "first_due_on": _day,
        "paid_instalments": _count(0),
        "principal_left": _amount,
    }
)
REQUIRED = tuple(COLUMNS)[:7]
