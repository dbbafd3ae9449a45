"""`furnish --month --format --output`: the file, what is said of it, and every call that is refused."""

import io
import json
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.models import AuditEntry, Borrower, Lender
from credit.models import BureauFile, MonthFact
from loans import services
from loans.models import Loan, Payment
from loans.services.month_run import run_months
from tests.credit.bureau import reader
from tests.loans.conftest import at_noon
from tests.loans.reporting import agreed, reportable

APRIL = date(2026, 4, 1)


@pytest.fixture
def furnished(loan: Loan) -> Loan:
    """Months up to April on file; 15 February is unpaid since, so that April ends 74 days late."""
    reportable(loan)
    services.furnish_months(loan=loan, through=APRIL, acting_user=None)
    return loan


def furnish(*args: str, **options: Any) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("furnish", *args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def to_file(output: Path, format: str = "pboc", month: str = "2026-04", *more: str) -> tuple[str, str]:
    return furnish("--lender", "qinghe", "--month", month, "--format", format, "--output", str(output), *more)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_file_is_the_same_in_whatever_language_the_shell_speaks(
    furnished: Loan, tmp_path: Path, language: str
) -> None:
    with translation.override(language):
        out, err = to_file(tmp_path / "april.jsonl")
    text = "pboc 2026-04 1: 1 accounts and months, 1 rows without what tells the person apart.\n"
    assert (out, err) == (text, "")
    head, row, tail = map(json.loads, (tmp_path / "april.jsonl").read_text(encoding="utf-8").splitlines())
    assert (head["lender"], head["lender_name"], head["month"]) == ("qinghe", "青禾消费金融", "2026-04")
    # opened in January with nothing due, 13 days at the end of February, 44 in March, 74 in April
    assert (row["account"], row["repayment_status"], row["grid"][-5:]) == (furnished.number, "3", "/*123")
    assert (row["due_minor"], row["overdue_minor"], row["account_status"]) == (107_971, 323_913, "2")
    assert tail["rows"] == 1


def test_only_its_owner_may_read_the_file_and_nothing_else_is_left(furnished: Loan, tmp_path: Path) -> None:
    to_file(tmp_path / "april.txt", "metro2")
    assert stat.S_IMODE((tmp_path / "april.txt").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["april.txt"]
    (row,) = reader.read((tmp_path / "april.txt").read_bytes())
    # 74 days: 60-89; 13 in February is no step yet; late by 30 days on 17 March
    assert (row["status"], row["history"].rstrip("B"), row["delinquent"]) == ("78", "100", "03172026")
    assert (row["terms"], row["opened"], row["highest"], row["past_due"]) == (
        "012", "01152026", "000012000", "000003239",
    )  # fmt: skip


def test_one_json_object_says_what_was_written_and_what_was_not(
    furnished: Loan, make_loan: Callable[..., Loan], tmp_path: Path, qinghe: Lender
) -> None:
    # another loan of the same borrower, late, of which nobody was told
    other = make_loan()
    services.disburse_loan(loan=other, acting_user=None)
    run_months(lender=qinghe)
    out, _err = to_file(tmp_path / "april.jsonl", "au", "2026-04", "--json")
    said = json.loads(out)
    file = BureauFile.objects.get()
    assert said["sha256"] == file.sha256
    assert (said["rows"], said["held"], said["missing"], said["is_repeat"]) == (1, 3, 1, False)
    assert said["held_back"] == [
        {"account": other.number, "month": month, "reason": "just_told"} for month in ("2026-02", "2026-03", "2026-04")
    ]
    assert file.held.count() == file.held_count == 3


def test_what_is_held_back_is_said_in_words_too(loan: Loan, borrower: Borrower, qinghe: Lender, tmp_path: Path) -> None:
    agreed(borrower, qinghe)
    run_months(lender=qinghe)
    _out, err = to_file(tmp_path / "april.jsonl")
    assert f"held back: {loan.number} 2026-04, told, the days of notice run" in err.splitlines()


def test_the_same_call_again_gives_the_same_bytes(furnished: Loan, tmp_path: Path) -> None:
    to_file(tmp_path / "one")
    with at_noon(date(2026, 5, 12)):
        out, _err = to_file(tmp_path / "two")
    assert out.startswith("pboc 2026-04 1 (as made before): 1 accounts and months")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_payment_known_late_corrects_the_month_and_the_first_file_can_still_be_had(
    furnished: Loan, tmp_path: Path
) -> None:
    to_file(tmp_path / "one")
    with at_noon(date(2026, 5, 12)):
        services.record_payment(
            loan=furnished, amount_minor=3 * 107_971, key="late", channel=Payment.Channel.STAFF,
            value_on=date(2026, 4, 14), acting_user=None,
        )  # fmt: skip
        out, _err = to_file(tmp_path / "two")
        to_file(tmp_path / "three", "pboc", "2026-04", "--again", "1")
    assert out.startswith("pboc 2026-04 2: 1 accounts and months, 1 corrections")
    assert json.loads((tmp_path / "two").read_text(encoding="utf-8").splitlines()[1])["kind"] == "correction"
    assert (tmp_path / "three").read_bytes() == (tmp_path / "one").read_bytes()
    assert AuditEntry.objects.filter(verb="copy_bureau_file", subject="pboc 2026-04 1").count() == 1


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"--lender": "nobody"}, "no lender 'nobody'"),
        ({"--month": "2026-05"}, "2026-05 is not over"),
        ({"--month": "2026-13"}, "not a month"),
        ({"--month": "May"}, "not a month"),
        ({"--month": None}, "A file needs"),
        ({"--format": None}, "A file needs"),
        ({"--output": None}, "A file needs"),
        ({"--format": "xml"}, "invalid choice"),
        ({"--again": "7"}, "no file number 7"),
    ],
)
def test_a_wrong_call_is_refused_and_writes_nothing(
    furnished: Loan, tmp_path: Path, changed: dict[str, str | None], said: str
) -> None:
    given = {"--lender": "qinghe", "--month": "2026-04", "--format": "pboc", "--output": str(tmp_path / "new")}
    args = [part for name, value in (given | changed).items() if value is not None for part in (name, value)]
    with pytest.raises(CommandError, match=said) as refused:
        furnish(*args)
    assert refused.value.returncode in (1, 2)
    assert not BureauFile.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_all_lenders_have_no_common_file(furnished: Loan, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="A file needs --lender"):
        furnish("--all", "--month", "2026-04", "--format", "pboc", "--output", str(tmp_path / "new"))


def test_a_file_that_is_there_stays(furnished: Loan, tmp_path: Path) -> None:
    output = tmp_path / "april.jsonl"
    output.write_text("mine")
    with pytest.raises(CommandError, match="is there already") as refused:
        to_file(output)
    assert (refused.value.returncode, output.read_text()) == (2, "mine")


def test_a_directory_that_is_not_there_is_said(furnished: Loan, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        to_file(tmp_path / "nowhere" / "april.jsonl")


def test_writing_a_file_furnishes_nothing(loan: Loan, tmp_path: Path) -> None:
    reportable(loan)
    out, _err = to_file(tmp_path / "april.jsonl")
    assert not MonthFact.objects.exists()
    assert out == "pboc 2026-04 1: 0 accounts and months, 1 accounts without this month on file.\n"
