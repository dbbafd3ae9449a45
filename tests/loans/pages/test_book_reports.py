"""The reports of a day on the staff's site: what they say, for which day, to whom; and the file of each."""

import csv
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Lender, Membership, User
from loans.models import Loan
from tests.loans.book_cast import lived
from tests.loans.pages.conftest import LANGUAGES, words

KINDS = ("portfolio", "arrears", "income", "balance")


@pytest.fixture
def book(make_loan: Callable[..., Loan]) -> dict[str, Loan]:
    return lived(make_loan)


@pytest.fixture
def desk(inside: Callable[[User], Client], staff: SimpleNamespace) -> Client:
    return inside(staff.auditor)


def ask(desk: Client, name: str = "books", **query: str) -> Any:
    return desk.get(reverse(f"admin:loans_journalentry_{name}"), query)


def read(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_the_portfolio_of_a_past_day(desk: Client, book: dict[str, Loan]) -> None:
    said = words(ask(desk, as_of="2026-04-10"))
    assert "As it was known at the end of 10 April 2026" in said
    assert "Cash loan 3 1 ¥48,000.00 ¥34,117.35" in said
    assert "Together 3 1 ¥48,000.00 ¥34,117.35" in said
    assert "March 2026 ¥45,181.64 April 2026 ¥34,117.35" in said


def test_the_arrears_of_a_past_day(desk: Client, book: dict[str, Loan]) -> None:
    said = words(ask(desk, show="arrears", as_of="2026-03-31"))
    assert "M1 1–30 1 ¥1,079.71 ¥11,064.29 M2 31–60 1 ¥2,159.42 ¥12,000.00" in said
    assert "PAR30: principal of loans more than 30 days late 26.56%" in said
    assert "Together 4 ¥3,239.13 ¥45,181.64" in said


def test_the_income_of_a_past_day(desk: Client, book: dict[str, Loan]) -> None:
    said = words(ask(desk, show="income", as_of="2026-04-10"))
    assert "February 2026 ¥432.00 ¥0.00 ¥0.00 ¥0.00 ¥432.00 March 2026 −¥11.23 ¥0.00 ¥0.00 ¥0.00 −¥11.23" in said
    assert "Together ¥646.62 ¥0.00 ¥0.00 ¥0.00 ¥646.62" in said


def test_the_trial_balance_of_a_past_day(desk: Client, book: dict[str, Loan]) -> None:
    said = words(ask(desk, show="balance", as_of="2026-04-10"))
    # 48,000.00 went out; 13,882.65 of principal and 646.62 of interest came in
    assert "Cash ¥33,470.73" in said
    assert "Together ¥34,117.35 ¥34,117.35" in said


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_day_it_is_today_and_the_day_stays_from_report_to_report(
    desk: Client, book: dict[str, Loan], kind: str
) -> None:
    page = ask(desk, show=kind).content.decode()
    assert 'value="2026-05-08"' in page
    page = ask(desk, show=kind, as_of="2026-03-31").content.decode()
    for other in KINDS:
        assert f"?lender=qinghe&amp;show={other}&amp;as_of=2026-03-31" in page
    assert page.count('aria-current="page"') == 1


@pytest.mark.parametrize(
    "given, says",
    [
        ("2026-05-09", "This day is still to come. Enter today or a day before."),
        ("1999-12-31", "No book here is that old. Enter a later day."),
        ("soon", "Enter a day, for example 2026-05-08."),
        ("2026-02-30", "Enter a day, for example 2026-05-08."),
        ("", "Enter the day of the report."),
    ],
)
@pytest.mark.parametrize("name", ["books", "books_file"])
def test_a_day_that_cannot_be_is_explained(
    desk: Client, book: dict[str, Loan], name: str, given: str, says: str
) -> None:
    response = ask(desk, name, as_of=given)
    assert response.status_code == 422
    assert says in words(response)
    assert 'href="#id_as_of"' in response.content.decode()
    assert "Cash loan" not in words(response)


def test_every_picture_says_what_it_is_and_has_its_table(desk: Client, book: dict[str, Loan]) -> None:
    for kind, title in {
        "portfolio": "Principal left, month by month",
        "arrears": "Principal left of overdue loans, by bucket",
        "income": "Income, month by month",
    }.items():
        page = ask(desk, show=kind, as_of="2026-03-31").content.decode()
        assert f'role="img" aria-label="{title}"' in page
        assert 'class="bar-new"' in page
        assert "<table" in page
        assert "<script" not in page


def test_a_month_below_zero_has_no_bar(desk: Client, book: dict[str, Loan]) -> None:
    # February 432.00, March -11.23
    assert ask(desk, show="income", as_of="2026-03-31").content.decode().count('class="bar-new"') == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_says_what_the_page_says(desk: Client, book: dict[str, Loan], kind: str) -> None:
    response = ask(desk, "books_file", show=kind, as_of="2026-03-31")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="qinghe-{kind}-2026-03-31.csv"'
    assert response.content.startswith("\ufeff".encode())
    together = read(response)[-1]
    assert (together["lender"], together["as_of"], together["currency"]) == ("qinghe", "2026-03-31", "CNY")
    assert {
        "portfolio": ("principal_left_minor", "4518164"),
        "arrears": ("overdue_minor", "323913"),
        "income": ("together_minor", "42077"),
        "balance": ("debit_minor", "4518164"),
    }[kind] in together.items()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_language_has_every_report(desk: Client, book: dict[str, Loan], language: str, kind: str) -> None:
    desk.cookies["language"] = language
    response = ask(desk, show=kind, as_of="2026-03-31")
    assert response.status_code == 200
    assert f'<html lang="{ {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}[language] }"' in (
        response.content.decode()
    )


def test_a_lender_without_a_book_has_empty_reports(desk: Client, qinghe: Lender) -> None:
    assert "No loan had been paid out by then." in words(ask(desk))
    assert "PAR30: principal of loans more than 30 days late -" in words(ask(desk, show="arrears"))


@pytest.mark.parametrize("name", ["books", "books_file"])
def test_another_lender_s_book_is_as_if_it_were_not(
    desk: Client, jiangpan: Lender, staff: SimpleNamespace, name: str
) -> None:
    for code in ("jiangpan", "nobody", ""):
        assert ask(desk, name, lender=code).status_code == 404
    Membership.objects.create(user=staff.auditor, lender=jiangpan, role="auditor", handle="A-99")
    assert ask(desk, name, lender="jiangpan").status_code == 200


def test_who_looks_at_two_lenders_can_go_from_one_to_the_other(
    desk: Client, jiangpan: Lender, staff: SimpleNamespace
) -> None:
    page = reverse("admin:loans_journalentry_books")
    there = f"{page}?lender=qinghe&amp;show=arrears&amp;as_of=2026-05-08"
    assert "Qinghe Consumer Finance</a>" not in ask(desk, show="arrears").content.decode()
    Membership.objects.create(user=staff.auditor, lender=jiangpan, role="auditor", handle="A-99")
    assert there in ask(desk, lender="jiangpan", show="arrears").content.decode()


def test_a_report_that_there_is_not_is_not_found(desk: Client, qinghe: Lender) -> None:
    assert ask(desk, show="profit").status_code == 404


def test_the_journal_and_the_home_of_staff_lead_there(desk: Client, qinghe: Lender) -> None:
    address = f'href="{reverse("admin:loans_journalentry_books")}"'
    assert address in desk.get(reverse("admin:loans_journalentry_changelist")).content.decode()
    assert address in desk.get(reverse("admin:index")).content.decode()


def test_collections_staff_see_no_sums(inside: Callable[[User], Client], staff: SimpleNamespace) -> None:
    collector = inside(staff.collections)
    assert ask(collector).status_code == 404
    assert reverse("admin:loans_journalentry_books") not in collector.get(reverse("admin:index")).content.decode()
