"""The journal as other programs read it: they add it up themselves, to the same figures."""

import csv
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from accounts.models import Lender
from loans import services
from loans.book_formats import FORMATS, Book, Entry
from loans.book_formats.entry import NAMES, Balances, with_balances
from loans.models import Account, Loan, Payment, Posting
from loans.selectors.journal import balances, turnover
from tests.loans.conftest import at_noon
from tests.plain_text_books import bean_check, hledger, needs_hledger


def exported(tmp_path: Path, form: str, **options: date) -> Path:
    out = tmp_path / f"books.{form}"
    with at_noon(date(2026, 5, 31)):
        call_command("export_books", lender="qinghe", format=form, output=out, **options)
    return out


@pytest.fixture
def lived(paid_three: Loan) -> Loan:
    """Paid out in January, three payments by May, one taken back, one above what is owed."""
    services.reverse_payment(payment=Payment.objects.get(key="p2"), reason="AM04", acting_user=None)
    with at_noon(date(2026, 5, 9)):
        services.record_payment(
            loan=paid_three,
            amount_minor=1_500_000,
            key='a "quoted"; one | with marks',
            channel="borrower",
            value_on=date(2026, 5, 9),
            acting_user=None,
        )
    return paid_three


def test_bean_check_adds_it_up_to_the_same(lived: Loan, tmp_path: Path) -> None:
    done = bean_check(exported(tmp_path, "beancount"))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_hledger
def test_hledger_adds_it_up_to_the_same(lived: Loan, tmp_path: Path) -> None:
    done = hledger(exported(tmp_path, "hledger"))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("form", ["beancount", pytest.param("hledger", marks=needs_hledger)])
def test_a_balance_wrong_by_one_fen_is_found(lived: Loan, tmp_path: Path, form: str) -> None:
    path = exported(tmp_path, form)
    cash = str(balances(lived.lender, date(2026, 5, 9))["cash"])
    head, _cash, tail = path.read_text().rpartition(f" {cash} CNYMINOR")
    path.write_text(f"{head} {int(cash) + 1} CNYMINOR{tail}")
    check = bean_check if form == "beancount" else hledger
    assert check(path).returncode == 1


@pytest.mark.parametrize("form", ["beancount", pytest.param("hledger", marks=needs_hledger)])
def test_a_part_of_the_days_begins_with_what_was_brought_forward(lived: Loan, tmp_path: Path, form: str) -> None:
    path = exported(tmp_path, form, from_on=date(2026, 5, 9), to_on=date(2026, 5, 31))
    check = bean_check if form == "beancount" else hledger
    assert check(path).returncode == 0
    assert path.read_text().count("brought forward") == 1
    assert "disbursement" not in path.read_text()


def test_the_table_sums_to_what_the_database_holds(lived: Loan, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(tmp_path, "csv").read_text())))
    summed: Counter[str] = Counter()
    for row in rows:
        summed[row["account"]] += int(row["debit_minor"]) - int(row["credit_minor"])
    stored = Posting.objects.filter(lender=lived.lender).values_list("account").annotate(Sum("amount_minor"))
    assert summed == dict(stored)
    assert len(rows) == Posting.objects.filter(lender=lived.lender).count()
    assert {row["currency"] for row in rows} == {"CNY"}


def test_only_the_lender_s_own_entries_are_written(lived: Loan, jiangpan: Lender, tmp_path: Path) -> None:
    out = tmp_path / "theirs.csv"
    call_command("export_books", "--lender", "jiangpan", "--format", "csv", "--output", str(out))
    assert len(out.read_text().splitlines()) == 1


def test_the_same_journal_is_the_same_text(lived: Loan, tmp_path: Path) -> None:
    for form in FORMATS:
        assert exported(tmp_path, form).read_bytes() == exported(tmp_path, form).read_bytes()


def test_a_cell_that_a_spreadsheet_would_compute_is_text() -> None:
    lines = {"cash": 1, "principal": -1}
    entry = Entry(date(2026, 1, 1), date(2026, 1, 1), "payment", "=1+1", "", lines)
    book = Book("qinghe", "CNY", date(2026, 1, 1), date(2026, 1, 1))
    rows = list(csv.reader(io.StringIO("".join(FORMATS["csv"](book, [entry])))))
    assert rows[1][3] == "'=1+1"


def test_every_account_has_a_name_of_its_own() -> None:
    assert set(NAMES) == set(Account.values)
    assert len(set(NAMES.values())) == len(NAMES)


def test_the_balances_of_each_month_s_end_stand_between_the_entries() -> None:
    def paid(day: date, amount: int) -> Entry:
        return Entry(day, day, "payment", day.isoformat(), "", {"cash": amount, "principal": -amount})

    book = Book("qinghe", "CNY", date(2026, 1, 10), date(2026, 3, 31), {"cash": 7, "principal": -7})
    made = list(with_balances(book, [paid(date(2026, 1, 31), 10), paid(date(2026, 3, 1), 5)]))
    held = [(item.on, item.by_account["cash"]) for item in made if isinstance(item, Balances)]
    # The entry of 31 January is within January; February has none.
    assert held == [(date(2026, 1, 31), 17), (date(2026, 2, 28), 17), (date(2026, 3, 31), 22)]


def test_entries_out_of_order_are_refused() -> None:
    days = (date(2026, 1, 2), date(2026, 1, 1))
    entries = [Entry(day, day, "payment", str(day), "", {"cash": 1, "principal": -1}) for day in days]
    book = Book("qinghe", "CNY", date(2026, 1, 1), date(2026, 1, 31))
    with pytest.raises(ValueError, match="out of order"):
        list(with_balances(book, entries))


def test_balances_of_a_past_day_leave_out_what_came_later(paid_three: Loan) -> None:
    lender = paid_three.lender
    # Everything was recorded on 8 May: the day before there was nothing in the books.
    assert balances(lender, date(2026, 5, 7)) == {}
    held = balances(lender, date(2026, 5, 8))
    assert held["cash"] == -1_200_000 + 3 * 107_971
    assert sum(held.values()) == 0
    assert turnover(lender, date(2026, 5, 8), date(2026, 5, 8))["cash"] == (3 * 107_971, 1_200_000)
    assert turnover(lender, date(2026, 5, 9), date(2026, 5, 9)) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options, says",
    [
        ({"lender": "nobody"}, "There is no lender"),
        ({"lender": "qinghe", "from_on": date(2026, 5, 2), "to_on": date(2026, 5, 1)}, "after the last day"),
        ({"lender": "qinghe", "output": Path("/nowhere/books.csv")}, "cannot be written"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(qinghe: Lender, options: dict[str, object], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("export_books", **({"format": "csv"} | options))


def test_a_lender_without_entries_has_an_empty_book(qinghe: Lender, tmp_path: Path) -> None:
    assert bean_check(exported(tmp_path, "beancount")).returncode == 0


def test_the_trial_balance_of_a_day_sums_to_zero(paid_three: Loan, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("trial_balance", lender="qinghe", as_of=date(2026, 5, 8), json=True)
    report = json.loads(capsys.readouterr().out)
    # 14,400 + 13,277 + 12,141 of interest at 1.2 % of 1,200,000, 1,106,429 and 1,011,735.
    assert report["balances"]["interest_income"] == -(14_400 + 13_277 + 12_141)
    assert sum(report["balances"].values()) == 0


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2026, 5, 9)])
def test_the_trial_balance_of_a_day_that_cannot_be_is_refused(qinghe: Lender, day: date) -> None:
    with pytest.raises(CommandError, match=f"{day} is not between 2000-01-01 and today, 2026-05-08") as refused:
        call_command("trial_balance", lender="qinghe", as_of=day)
    assert refused.value.returncode == 2


def test_the_trial_balance_in_words_has_two_equal_columns(paid_three: Loan, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("trial_balance", lender="qinghe", as_of=date(2026, 5, 8))
    last = capsys.readouterr().out.splitlines()[-1].split()
    # Principal still owed: 12,000.00 less what three payments repaid, 3,239.13 less 398.18 of interest.
    assert last == ["together", "9,159.05", "9,159.05"]
