"""The codes and marks of a month, against tables written by hand from the published code list."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credit.codes import Mark, bucket, mark, pboc
from credit.facts import MonthFacts, Relief, StatusEnd

TABLE = Path(__file__).parents[1] / "golden" / "month_codes.csv"
GOLDEN = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def facts(**stated: Any) -> MonthFacts:
    return MonthFacts(**{"month": date(2026, 5, 1), "as_of": date(2026, 6, 3), "had_obligation": True, **stated})


@pytest.mark.parametrize(
    "days, code",
    [
        (0, "N"), (1, "1"), (14, "1"), (15, "1"), (29, "1"), (30, "1"), (31, "2"), (59, "2"), (60, "2"), (61, "3"),
        (89, "3"), (90, "3"), (91, "4"), (119, "4"), (120, "4"), (121, "5"), (149, "5"), (150, "5"), (151, "6"),
        (179, "6"), (180, "6"), (181, "7"), (1000, "7"),
    ],
)  # fmt: skip
def test_the_code_of_an_overdue_month_steps_every_thirty_days(days: int, code: str) -> None:
    assert pboc(facts(days_past_due=days)) == code
    assert bucket(days) == (0 if code == "N" else int(code))


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["case"])
def test_every_kind_of_month_has_its_code_and_mark(row: dict[str, str]) -> None:
    month = facts(
        had_obligation=row["had_obligation"] == "yes",
        days_past_due=int(row["days_past_due"]),
        paid_in_grace=row["paid"] == "in grace",
        paid_late=row["paid"] == "late",
        status_end=StatusEnd(row["status_end"]),
        relief_kind=Relief(row["relief"]),
    )
    assert (pboc(month), mark(month)) == (row["pboc"], row["mark"])


def test_one_instalment_left_unpaid_from_10_june_runs_through_the_seven_buckets() -> None:
    month_ends = [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
    month_ends += [date(2026, 11, 30), date(2026, 12, 31)]
    days = [(end - date(2026, 6, 10)).days for end in month_ends]
    assert days == [20, 51, 82, 112, 143, 173, 204]
    assert [pboc(facts(days_past_due=each)) for each in days] == ["1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.parametrize("relief", list(Relief))
@pytest.mark.parametrize("days", [0, 1, 30, 31, 200])
def test_relief_never_gives_a_worse_bucket_than_the_same_days_without_it(relief: Relief, days: int) -> None:
    code = pboc(facts(days_past_due=days, relief_kind=relief))
    assert (int(code) if code.isdigit() else 0) <= bucket(days)


def test_an_agreed_pause_of_an_account_that_was_current_is_not_marked_late() -> None:
    paused = facts(had_obligation=False, relief_kind=Relief.TEMPORARY)
    assert mark(paused) is Mark.RELIEF
    assert pboc(paused) == "*"


@pytest.mark.parametrize(
    "wrong, named",
    [
        ({"month": date(2026, 5, 2)}, "month"),
        ({"as_of": date(2026, 4, 30)}, "as_of"),
        ({"paid_minor": -1}, "paid_minor"),
        ({"days_past_due": -1}, "days_past_due"),
        ({"relief_kind": "holiday"}, "holiday"),
        ({"status_end": "gone"}, "gone"),
    ],
)
def test_facts_that_cannot_be_are_refused_by_name(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        facts(**wrong)


def test_facts_written_as_plain_strings_are_the_same_facts() -> None:
    assert facts(relief_kind="temporary", status_end="open") == facts(relief_kind=Relief.TEMPORARY)
    assert mark(facts(relief_kind="temporary")) is Mark.RELIEF


def test_facts_go_to_json_and_say_dates_in_iso_form() -> None:
    said = facts(first_delinquency_on=date(2026, 4, 11), arrears_minor=107971).as_dict()
    assert said["month"] == "2026-05-01"
    assert said["first_delinquency_on"] == "2026-04-11"
    assert said["arrears_minor"] == 107971
