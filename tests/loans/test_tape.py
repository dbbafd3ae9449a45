"""The tape reader: every fault has its line, its column and what to do about it."""

from datetime import date
from decimal import Decimal

import pytest

from loans.tape import ADVICE, COLUMNS, REQUIRED, Fault, TapeError, TapeRow, read_tape

GOOD = {
    "external_number": "JD-1",
    "borrower_reference": "C-1",
    "borrower_name": "王晓雨",
    "product_code": "cash",
    "principal": "12,000.50",
    "instalments": "12",
    "disbursed_on": "2026-01-15",
    "rate_annual": "0.144",
    "method": "level",
    "first_due_on": "2026-02-20",
    "paid_instalments": "3",
    "principal_left": "9000",
}


def cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def csv_of(*rows: dict[str, str], columns: tuple[str, ...] = tuple(COLUMNS)) -> str:
    lines = [",".join(columns)] + [",".join(cell(row.get(name, "")) for name in columns) for row in rows]
    return "\n".join(lines) + "\n"


def read(*rows: dict[str, str]) -> list[Fault]:
    return list(read_tape(csv_of(*rows).encode()).faults)


def test_a_full_row_is_read_as_it_stands() -> None:
    assert read_tape(csv_of(GOOD).encode()).rows == (
        TapeRow(
            line=2,
            external_number="JD-1",
            borrower_reference="C-1",
            borrower_name="王晓雨",
            product_code="cash",
            principal_minor=1_200_050,
            rate_annual=Decimal("0.144"),
            method="level",
            instalments=12,
            disbursed_on=date(2026, 1, 15),
            first_due_on=date(2026, 2, 20),
            paid_instalments=3,
            principal_left_minor=900_000,
        ),
    )


def test_what_may_be_left_out_is_left_to_the_product() -> None:
    bare = {name: GOOD[name] for name in REQUIRED}
    for text in (csv_of(bare), csv_of(bare, columns=REQUIRED)):
        (row,) = read_tape(text.encode()).rows
        assert (row.rate_annual, row.method, row.first_due_on, row.paid_instalments, row.principal_left_minor) == (
            None,
            None,
            None,
            0,
            None,
        )


@pytest.mark.parametrize("encoded", [csv_of(GOOD).encode("utf-8-sig"), csv_of(GOOD).replace("\n", "\r\n").encode()])
def test_a_byte_order_mark_and_windows_line_ends_are_fine(encoded: bytes) -> None:
    assert len(read_tape(encoded).rows) == 1


def test_columns_may_stand_in_any_order_and_empty_lines_are_nothing() -> None:
    text = csv_of(GOOD, columns=tuple(reversed(COLUMNS))) + "\n  \n,,,,,,,,,,,\n"
    tape = read_tape(text.encode())
    assert (len(tape.rows), tape.faults, tape.row_count) == (1, (), 1)


@pytest.mark.parametrize(
    "column, value, reason",
    [
        ("external_number", "", "empty"),
        ("external_number", "x" * 41, "too_long"),
        ("borrower_name", "a\u202eb", "unprintable"),
        ("borrower_name", "  ", "empty"),
        ("principal", "", "empty"),
        ("principal", "12,00.5", "not_a_number"),
        ("principal", "12.345", "too_many_decimals"),
        ("principal", "-5", "negative"),
        ("principal", "1e9", "not_a_number"),
        ("principal", "999999999999.00", "too_large"),
        ("rate_annual", "14.4", "not_a_rate"),
        ("rate_annual", "14.4%", "not_a_rate"),
        ("rate_annual", "NaN", "not_a_rate"),
        ("method", "annuity", "unknown_method"),
        ("method", "flat", "unknown_method"),
        ("instalments", "0", "not_a_count"),
        ("instalments", "601", "not_a_count"),
        ("instalments", "12.0", "not_a_count"),
        ("instalments", "１２", "not_a_count"),
        ("disbursed_on", "15.01.2026", "not_a_date"),
        ("disbursed_on", "2026-02-30", "not_a_date"),
        ("disbursed_on", "20260115", "not_a_date"),
        ("first_due_on", "2026-2-1", "not_a_date"),
        ("paid_instalments", "-1", "not_a_count"),
        ("principal_left", "much", "not_a_number"),
    ],
)
def test_a_bad_cell_is_named(column: str, value: str, reason: str) -> None:
    (fault,) = read(GOOD | {"external_number": "JD-0"}, GOOD | {column: value})
    assert (fault.line, fault.column, fault.reason) == (3, column, reason)
    assert str(fault).startswith(f"Line 3, {column}: ")


def test_a_wide_space_in_a_name_is_a_name() -> None:
    assert read(GOOD | {"borrower_name": "李　四"}) == []


def test_every_fault_of_a_row_is_said_at_once() -> None:
    faults = read(GOOD | {"principal": "x", "instalments": "y"})
    assert [(fault.column, fault.reason) for fault in faults] == [
        ("principal", "not_a_number"),
        ("instalments", "not_a_count"),
    ]


def test_a_number_stands_once_in_a_file() -> None:
    assert read(GOOD, GOOD | {"external_number": "JD-2"}, GOOD) == [Fault(4, "external_number", "repeated", "JD-1")]


def test_a_row_with_a_cell_too_many_says_so() -> None:
    (fault,) = read_tape((csv_of(GOOD) + csv_of(GOOD).splitlines()[1] + ",more\n").encode()).faults
    assert (fault.line, fault.reason, fault.value) == (3, "cells", "13 cells instead of 12")


def test_lines_are_those_of_the_file_even_after_a_cell_over_two_lines() -> None:
    two_lines = GOOD | {"external_number": "JD-0", "borrower_name": "a\nb"}
    assert [fault.line for fault in read(two_lines, GOOD | {"principal": "x"})] == [3, 4]


@pytest.mark.parametrize(
    "content, reason, detail",
    [
        (b"", "empty", "no header"),
        ("王".encode("gb18030"), "not_utf8", "byte 0"),
        (csv_of(GOOD).replace("principal,", "prinzipal,", 1).encode(), "missing_columns", "principal"),
        (csv_of(GOOD, columns=(*COLUMNS, "colour")).encode(), "unknown_columns", "colour"),
        (csv_of(GOOD, columns=(*COLUMNS, "method")).encode(), "repeated_columns", "method"),
        ((csv_of(GOOD) + '"open').encode(), "broken_csv", "line 3: unexpected end of data"),
    ],
)
def test_a_file_that_is_no_tape_is_refused_whole(content: bytes, reason: str, detail: str) -> None:
    with pytest.raises(TapeError) as refused:
        read_tape(content)
    assert (refused.value.reason, refused.value.detail) == (reason, detail)


def test_every_reason_has_its_advice_and_takes_any_value() -> None:
    for reason in ADVICE:
        assert "{" not in str(Fault(2, "principal", reason, "5"))
