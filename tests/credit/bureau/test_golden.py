"""Whole files, and every kind of month, against what was written by hand from the tables (`docs/furnishing.md`)."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from credit.bureau import WRITERS, au, metro2
from credit.codes import pboc
from credit.facts import Relief, StatusEnd
from tests.credit.bureau import reader
from tests.credit.bureau.accounts import JUNE, june, record, three, written

GOLDEN = Path(__file__).parents[2] / "golden" / "bureau"
MONTHS = list(csv.DictReader((GOLDEN / "months.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("format, file", [("metro2", "metro2.txt"), ("pboc", "pboc.jsonl"), ("au", "au.jsonl")])
def test_three_accounts_give_the_file_written_by_hand(format: str, file: str) -> None:
    said, expected = written(format, three()), (GOLDEN / file).read_bytes()
    for line, hand in zip(said.splitlines(), expected.splitlines(), strict=True):
        assert line == hand
    assert said == expected


@pytest.mark.parametrize("row", MONTHS, ids=lambda row: row["case"])
def test_every_kind_of_month_is_said_in_every_format(row: dict[str, str]) -> None:
    days = int(row["days_past_due"])
    facts = june(
        had_obligation=bool(int(row["scheduled_minor"])),
        scheduled_minor=int(row["scheduled_minor"]),
        days_past_due=days,
        first_delinquency_on=date(2025, 1, 1) if days else None,
        status_end=StatusEnd(row["status_end"]),
        relief_kind=Relief(row["relief"]),
        resumes_on=date(2026, 8, 15) if row["relief"] == "temporary" else None,
    )
    (read,) = reader.read(written("metro2", [record(facts)])) if row["status_end"] == "open" else (None,)
    said = record(facts)
    assert (pboc(facts), metro2.status(facts), metro2.rating(said)) == (row["pboc"], row["status"], row["rating"])
    assert (au.repayment_history(facts), au.hardship(facts) or "") == (row["au"], row["hardship"])
    if read:
        assert (read["comment"].strip(), read["frequency"]) == (row["comment"], row["frequency"])


def test_every_status_and_relief_has_its_row() -> None:
    """A new status or relief needs its codes in every format first."""
    assert {row["status_end"] for row in MONTHS} == set(StatusEnd)
    assert {row["relief"] for row in MONTHS} == set(Relief)


@pytest.mark.parametrize("format", sorted(WRITERS))
def test_a_file_without_accounts_has_a_head_and_totals_of_nothing(format: str) -> None:
    said = written(format, [])
    assert len(said.splitlines()) == 2
    if format == "metro2":
        assert reader.read(said) == []
    else:
        assert json.loads(said.splitlines()[-1])["rows"] == 0


def test_the_reader_notices_a_wrong_total() -> None:
    good = written("metro2", three())
    assert len(reader.read(good)) == 3
    with pytest.raises(AssertionError):
        reader.read(good.replace(b"TRAILER000000003", b"TRAILER000000002"))


def test_the_month_of_the_files_is_june() -> None:
    assert {each.facts.month for each in three()} == {JUNE}
