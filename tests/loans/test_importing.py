"""A tape is taken over whole or not at all, with the same books as any loan."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender, LenderRelation
from credit.models import Tradeline
from loans import services
from loans.books import violations
from loans.models import Account, JournalEntry, Loan, Payment, Posting, Product, ScheduleVersion
from loans.selectors import standing
from loans.services.importing import import_tape
from loans.tape import COLUMNS, read_tape
from tests.loans.test_tape import GOOD, csv_of

# The worked example: 12,000.00, three of twelve paid, 9,159.05 left.
ROW = GOOD | {"principal": "12000.00", "first_due_on": "", "principal_left": "9159.05"}
Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(tmp_path: Path, product: Product, capsys: pytest.CaptureFixture[str]) -> Run:
    """Import these rows for Qinghe; the answer is what stood on the two streams."""

    def run(*rows: dict[str, str], **options: Any) -> tuple[str, str]:
        path = tmp_path / "tape.csv"
        path.write_text(csv_of(*rows), encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import_loans", str(path), lender="qinghe", stdout=out, stderr=err, **options)
        except CommandError as error:
            err.write(f"exit {error.returncode}: {error}")
        return out.getvalue(), err.getvalue()

    return run


def test_a_good_tape_is_in_the_books(run: Run, qinghe: Lender) -> None:
    out, err = run(ROW, ROW | {"external_number": "JD-2", "borrower_reference": "C-2", "borrower_name": "李四"})
    assert err == ""
    assert out == (
        "2 of 2 loans imported for qinghe, 0 of them settled; 2 new customers.\n"
        "Paid out 24,000.00, repaid 6,478.26, principal left 18,318.10 CNY.\n"
    )
    loan = Loan.objects.get(number="JD-1")
    assert (loan.state, loan.principal_left_minor, loan.oldest_unpaid_due_on) == (
        "active",
        915_905,
        date(2026, 5, 15),
    )
    assert (loan.lender, loan.borrower.name, loan.borrower.user) == (qinghe, "王晓雨", None)
    assert ScheduleVersion.objects.get(loan=loan).source == "import"
    assert Tradeline.objects.get(reference="JD-1").opened_on == date(2026, 1, 15)
    assert list(violations([qinghe])) == []


def test_what_was_paid_before_is_a_payment_on_its_due_date(run: Run) -> None:
    run(ROW)
    loan = Loan.objects.get()
    paid = Payment.objects.filter(loan=loan).order_by("value_on")
    assert [(each.value_on, each.amount_minor, each.channel) for each in paid] == [
        (date(2026, month, 15), 107_971, "import") for month in (2, 3, 4)
    ]
    assert standing(loan, date(2026, 5, 8)).paid_count == 3
    taken_over = Posting.objects.filter(account=Account.OPENING).values_list("amount_minor", flat=True)
    assert sorted(taken_over) == [-1_200_000, 107_971, 107_971, 107_971]
    assert set(JournalEntry.objects.values_list("kind", flat=True)) == {"opening", "payment"}
    assert set(JournalEntry.objects.values_list("posted_on", flat=True)) == {date(2026, 5, 8)}


def test_life_goes_on_after_the_import(run: Run, qinghe: Lender) -> None:
    run(ROW)
    loan = Loan.objects.get()
    payment = services.settle_early(loan=loan, key="s", acting_user=None)
    assert payment.amount_minor == 915_905 + 8_426  # as in test_settling
    assert list(violations([qinghe])) == []


def test_a_loan_repaid_before_comes_in_settled(run: Run, qinghe: Lender) -> None:
    run(ROW | {"instalments": "3", "principal_left": "0"})
    loan = Loan.objects.get()
    assert (loan.state, loan.settled_on, loan.principal_left_minor) == ("settled", date(2026, 4, 15), 0)
    assert Tradeline.objects.get().closed_on == date(2026, 4, 15)
    assert list(violations([qinghe])) == []


def test_what_was_paid_ahead_counts_today(run: Run, qinghe: Lender) -> None:
    run(ROW | {"paid_instalments": "5", "principal_left": ""})
    days = list(Payment.objects.order_by("pk").values_list("value_on", flat=True))
    assert days[3:] == [date(2026, 5, 8), date(2026, 5, 8)]
    assert list(violations([qinghe])) == []


def test_the_customer_that_is_there_stays_one_person(run: Run, borrower: Borrower) -> None:
    reference = LenderRelation.objects.get(borrower=borrower).reference
    run(
        ROW | {"borrower_reference": reference},
        ROW | {"external_number": "JD-2", "borrower_reference": reference},
        ROW | {"external_number": "JD-3"},
        ROW | {"external_number": "JD-4"},
    )
    assert set(Loan.objects.filter(borrower=borrower).values_list("number", flat=True)) == {"JD-1", "JD-2"}
    assert Borrower.objects.count() == 2
    assert Tradeline.objects.filter(file__borrower=borrower).count() == 2


def test_one_import_is_one_entry_in_the_chain(run: Run) -> None:
    run(ROW, ROW | {"external_number": "JD-2"})
    entry = AuditEntry.objects.get(verb="import_loans")
    assert entry.subject.startswith("tape.csv ")
    assert (entry.after["loans"], entry.after["principal_left_minor"]) == (2, 1_831_810)


BAD = [
    ({"product_code": "gone"}, "product_code", "is not a product"),
    ({"disbursed_on": "2026-05-09"}, "disbursed_on", "has not come yet"),
    ({"paid_instalments": "13"}, "paid_instalments", "more than the loan has"),
    ({"principal_left": "9159.06"}, "principal_left", "leaves 9,159.05;"),
    ({"first_due_on": "2026-01-15"}, "first_due_on", "not_after_disbursement"),
    ({"rate_annual": "0.12345678901"}, "rate_annual", "too_precise"),
    ({"principal": "0"}, "principal", "too_small"),
    ({"borrower_name": "张三"}, "borrower_name", "another name"),
]


@pytest.mark.parametrize("changed, column, words", BAD)
def test_a_bad_row_is_named_and_nothing_is_written(run: Run, changed: dict, column: str, words: str) -> None:
    out, err = run(ROW, ROW | {"external_number": "JD-2", "principal_left": ""} | changed)
    assert f"Line 3, {column}: " in err
    assert words in err
    assert err.endswith("exit 1: 1 of 2 rows are bad; nothing was written.")
    assert "1 of 2 loans could be imported" in out
    assert not Loan.objects.exists()
    assert not Borrower.objects.exists()
    assert not AuditEntry.objects.exists()


def test_skipping_bad_rows_writes_the_good_ones_and_still_names_the_bad(run: Run, qinghe: Lender) -> None:
    out, err = run(ROW, ROW | {"external_number": "JD-2", "principal": "x"}, skip_bad=True)
    assert 'Line 3, principal: "x" is not an amount' in err
    assert "exit" not in err
    assert "1 of 2 loans imported" in out
    assert list(Loan.objects.values_list("number", flat=True)) == ["JD-1"]
    assert list(violations([qinghe])) == []


def test_a_dry_run_checks_everything_and_writes_nothing(run: Run) -> None:
    out, err = run(ROW, dry_run=True)
    assert "1 of 1 loans could be imported for qinghe" in out
    assert err == ""
    assert not Loan.objects.exists()


def test_the_same_file_again_is_refused_row_by_row(run: Run) -> None:
    run(ROW)
    _, err = run(ROW)
    assert "JD-1 is in the book already" in err
    assert err.endswith("nothing was written.")
    assert Loan.objects.count() == 1


def test_a_file_without_a_row_is_a_failure(run: Run) -> None:
    assert run()[1] == "exit 1: There is no row to import; nothing was written."


def test_json_says_the_same_for_machines(run: Run) -> None:
    out, err = run(ROW, ROW | {"external_number": "JD-2", "principal": "x"}, json=True)
    report = json.loads(out)
    assert (report["is_written"], report["loans"], report["row_count"]) == (False, 1, 2)
    (fault,) = report["faults"]
    assert (fault["line"], fault["column"], fault["reason"]) == (3, "principal", "not_a_number")
    assert err == "exit 1: 1 of 2 rows are bad; nothing was written."


def test_a_wrong_header_a_missing_file_and_an_unknown_lender_are_one_line_each(tmp_path: Path, qinghe: Lender) -> None:
    path = tmp_path / "tape.csv"
    path.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(CommandError, match="The header lacks: external_number,") as refused:
        call_command("import_loans", str(path), lender="qinghe")
    assert refused.value.returncode == 1
    for arguments in ([str(tmp_path / "none.csv"), "--lender", "qinghe"], [str(path), "--lender", "nobody"]):
        with pytest.raises(CommandError) as refused:
            call_command("import_loans", *arguments)
        assert refused.value.returncode == 2


def test_a_crash_in_the_middle_leaves_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_kwargs: Any) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("loans.services.importing.open_tradeline", fail)
    with pytest.raises(RuntimeError):
        run(ROW)
    assert not Loan.objects.exists()
    assert not JournalEntry.objects.exists()
    assert not Borrower.objects.exists()


def test_staff_import_only_where_they_may_open_loans(product: Product, qinghe: Lender, staff: SimpleNamespace) -> None:
    tape = read_tape(csv_of(ROW).encode())
    for user in (staff.reviewer, staff.other_reviewer):
        with pytest.raises(NotPermitted):
            import_tape(lender=qinghe, tape=tape, source="t", acting_user=user)
    assert import_tape(lender=qinghe, tape=tape, source="t", acting_user=staff.servicing).is_written


def test_the_documentation_names_every_column() -> None:
    text = (Path(__file__).parents[2] / "docs" / "loan-tape.md").read_text(encoding="utf-8")
    for name in COLUMNS:
        assert f"| `{name}` |" in text


def test_the_example_of_the_documentation_is_a_good_tape() -> None:
    text = (Path(__file__).parents[2] / "docs" / "loan-tape.md").read_text(encoding="utf-8")
    example = text.split("```csv\n")[1].split("```")[0]
    tape = read_tape(example.encode())
    assert tape.faults == ()
    assert len(tape.rows) == len(list(csv.reader(io.StringIO(example)))) - 1
