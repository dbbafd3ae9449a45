"""The reports of a day as tables: commands, JSON and CSV, each with figures worked out by hand."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Borrower, Lender
from loans.models import Loan, RevolvingAccount
from loans.selectors.journal import balances
from loans.selectors.portfolio import portfolio
from loans.selectors.sheets import SHEETS
from loans.sheet import Sheet, csv_lines
from tests.loans import monthly
from tests.loans.book_cast import lived

MAR_31, APR_10 = date(2026, 3, 31), date(2026, 4, 10)


@pytest.fixture
def book(make_loan: Callable[..., Loan]) -> dict[str, Loan]:
    return lived(make_loan)


def printed(capsys: pytest.CaptureFixture[str], name: str, **options: Any) -> str:
    call_command(name, lender="qinghe", **options)
    return capsys.readouterr().out


def test_the_portfolio_in_words(book: dict[str, Loan], capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "portfolio", as_of=APR_10).splitlines() == [
        "qinghe, end of 2026-04-10, CNY",
        "kind      product  running  settled       lent  principal_left",
        "loans     cash           3        1  48,000.00       34,117.35",
        "together                 3        1  48,000.00       34,117.35",
    ]


def test_the_arrears_for_a_script(book: dict[str, Loan], capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(printed(capsys, "arrears", as_of=MAR_31, json=True))
    assert (said["lender"], said["as_of"], said["currency"]) == ("qinghe", "2026-03-31", "CNY")
    # 1,200,000 of 4,518,164 is more than 30 days late
    assert (said["par30"], said["par90"]) == ("0.265595", "0.000000")
    assert said["rows"][2] == {
        "bucket": "M2",
        "from_days": 31,
        "to_days": 60,
        "loans": 1,
        "overdue_minor": 215_942,
        "principal_left_minor": 1_200_000,
    }
    assert said["rows"][7]["to_days"] == ""
    assert said["rows"][-1]["loans"] == 4


def test_the_income_for_a_script(book: dict[str, Loan], capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(printed(capsys, "income", as_of=APR_10, json=True))["rows"]
    assert [row["month"] for row in rows[:2]] == ["before", "2025-05"]
    assert rows[-3]["interest_income_minor"] == 13_277 - 14_400
    assert rows[-1] == {
        "month": "together",
        "interest_income_minor": 43_200 - 1_123 + 22_585,
        "fee_income_minor": 0,
        "penalty_income_minor": 0,
        "recoveries_minor": 0,
        "together_minor": 43_200 - 1_123 + 22_585,
    }


def test_a_report_without_a_day_is_of_today(book: dict[str, Loan], capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed(capsys, "arrears", json=True))["as_of"] == "2026-05-08"


def test_an_empty_book_has_no_share_at_risk(qinghe: Lender, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed(capsys, "arrears", json=True))["par30"] is None
    assert printed(capsys, "arrears").splitlines()[-1] == "par90 -"


@pytest.mark.parametrize("name", ["portfolio", "arrears", "income"])
@pytest.mark.parametrize(
    "options, says",
    [
        ({"lender": "nobody"}, "There is no lender 'nobody'."),
        (
            {"lender": "qinghe", "as_of": date(2026, 5, 9)},
            "2026-05-09 is not between 2000-01-01 and today",
        ),
        ({"lender": "qinghe", "as_of": date(1999, 12, 31)}, "1999-12-31 is not between"),
    ],
)
def test_a_wrong_call_is_refused(qinghe: Lender, name: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(CommandError, match=says) as refused:
        call_command(name, **options)
    assert refused.value.returncode == 2


def test_the_first_day_there_can_be_has_an_answer(qinghe: Lender) -> None:
    for name, sheet in SHEETS.items():
        assert sheet(qinghe, date(2000, 1, 1)).rows, name


def test_the_trial_balance_as_a_table_has_two_equal_columns(qinghe: Lender, book: dict[str, Loan]) -> None:
    sheet = SHEETS["balance"](qinghe, APR_10)
    rows = {account: (debit, credit) for account, debit, credit in sheet.rows}
    assert rows["principal"] == (3_411_735, 0)
    assert rows["interest_income"] == (0, 64_662)
    assert rows["together"][0] == rows["together"][1] == 3_411_735


def test_the_file_can_be_read_back(qinghe: Lender, book: dict[str, Loan]) -> None:
    text = "".join(csv_lines(SHEETS["arrears"](qinghe, MAR_31), "qinghe", MAR_31, "CNY"))
    assert text.startswith("\ufefflender,as_of,bucket,")
    assert text.count("\r\n") == text.count("\n") == 10
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[2]["principal_left_minor"] == "1200000"
    assert {(row["lender"], row["as_of"], row["currency"]) for row in rows} == {("qinghe", "2026-03-31", "CNY")}


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_begins_like_a_formula(words: str) -> None:
    sheet = Sheet(("product", "principal_left_minor"), ((words, -5),), {})
    text = "".join(csv_lines(sheet, "qinghe", MAR_31, "CNY")).removeprefix("\ufeff")
    cells = list(csv.reader(io.StringIO(text, newline="")))[1]
    assert cells == ["qinghe", "2026-03-31", f"'{words}", "-5", "CNY"]


def test_monthly_bills_stand_beside_the_loans(
    qinghe: Lender, borrower: Borrower, capsys: pytest.CaptureFixture[str]
) -> None:
    product = monthly.billed(qinghe)
    account = monthly.opened(monthly.limit_on(borrower, product, on=date(2026, 2, 1)), on=date(2026, 2, 1))
    monthly.live(account, "2026-02-20 buy 120000; 2026-03-05 pay 20000; 2026-04-10 buy 5000")
    assert portfolio(qinghe, date(2026, 2, 19)).bills == ()
    for on, left_minor in {date(2026, 2, 20): 120_000, date(2026, 4, 10): 105_000}.items():
        (line,) = portfolio(qinghe, on).bills
        assert (line.code, line.name, line.accounts) == ("monthly", "青禾月付", 1)
        assert line.left_minor == balances(qinghe, on)["bills"] == left_minor
    assert RevolvingAccount.objects.get(pk=account.pk).principal_left_minor == 105_000
    assert [row.split() for row in printed(capsys, "portfolio", as_of=APR_10).splitlines()[2:]] == [
        ["bills", "monthly", "1", "1,050.00"],
        ["together", "1", "0", "0.00", "1,050.00"],
    ]
