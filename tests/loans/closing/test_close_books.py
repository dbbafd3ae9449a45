"""What closes leave behind is checked too: each check finds the fault that it is for."""

from datetime import date, timedelta

import pytest
from django.db import connection

from accounts import guards
from accounts.models import Borrower, Lender
from loans import book_parts, close_books
from loans.books import violations
from loans.models import Loan, Payment
from loans.selectors.in_force import InForce, in_force
from tests.loans.closing.conftest import close, close_each, paid_out, pay
from tests.loans.conftest import PAID_OUT, at_noon

pytestmark = pytest.mark.django_db
LAST = date(2026, 2, 16)
FAULTS = {
    "more earned than was posted": (
        "UPDATE loans_loan SET interest_receivable_minor = interest_receivable_minor + 1",
        {"receivables_are_posted", "receivables_are_as_derived"},
    ),
    "earned by another day": (
        "UPDATE loans_loan SET receivable_on = '2026-02-16'",
        {"receivables_are_as_derived"},
    ),
    "a day that nobody closed": (
        "UPDATE accounts_lender SET closed_through = '2026-02-17'",
        {"days_follow"},
    ),
    "a day left out": (
        "UPDATE loans_businessday SET day = '2026-01-14' WHERE day = '2026-02-01'",
        {"days_follow"},
    ),
    "a part of a closed day that waits": (
        "UPDATE loans_closechunk SET state = 'waiting' WHERE step = 'bill_reminders' AND number = 1 "
        "AND business_day_id = (SELECT id FROM loans_businessday WHERE day = '2026-02-16')",
        {"days_follow"},
    ),
    "a loan that no close looks at": (
        "UPDATE loans_loan SET next_close_on = NULL",
        {"running_loans_are_looked_at"},
    ),
    "a loan whose months no close looks at": (
        "UPDATE loans_loan SET next_month_on = NULL",
        {"running_loans_are_looked_at"},
    ),
    "a loan that a close left out": (
        "UPDATE loans_loan SET next_close_on = '2026-02-16'",
        {"running_loans_are_looked_at"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_tampered_with_is_found(living: Loan, fault: str) -> None:
    close_each(living.lender, PAID_OUT, date(2026, 2, 14))
    pay(living, 107_971, date(2026, 2, 15))
    close(living.lender, LAST)
    sql, checks = FAULTS[fault]
    with at_noon(LAST + timedelta(days=1)):
        assert list(violations([living.lender])) == []
        with connection.cursor() as cursor, guards.lifted(connection):
            cursor.execute(sql)
        assert {violation.check for violation in violations(Lender.objects.all())} == checks


@pytest.fixture
def three(qinghe: Lender, borrower: Borrower) -> list[Loan]:
    """Three loans on one day, each with two payments."""
    paid_out(qinghe, [borrower] * 3, PAID_OUT)
    loans = list(Loan.objects.filter(lender=qinghe).order_by("pk"))
    for loan in loans:
        for number, on in enumerate((date(2026, 2, 15), date(2026, 3, 15))):
            pay(loan, 107_971, on, key=f"{loan.pk}/{number}")
    close(qinghe, date(2026, 3, 31))
    return loans


def test_a_book_is_looked_at_some_rows_at_a_time(three: list[Loan], monkeypatch: pytest.MonkeyPatch) -> None:
    """However many loans were looked at last on one day: after a month end it is nearly all of them."""
    seen: list[int] = []

    def counted(loans: list[Loan], until: date) -> dict[int, InForce]:
        seen.append(len(loans))
        return in_force(loans, until)

    monkeypatch.setattr(close_books, "in_force", counted)
    monkeypatch.setattr(close_books, "CHUNK", 2)
    with at_noon(date(2026, 4, 1)):
        assert list(violations([three[0].lender])) == []
    assert seen == [2, 1]


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("UPDATE loans_posting SET amount_minor = amount_minor + 1 WHERE entry_id = %s AND account = 'cash'",
         "payments_are_posted"),
        ("UPDATE loans_loan SET fee_receivable_minor = 7 WHERE id = (SELECT loan_id FROM loans_payment "
         "WHERE journal_entry_id = %s)", "receivables_are_posted"),
        ("UPDATE credit_tradeline SET original_minor = 7 WHERE reference = (SELECT l.number FROM loans_loan l "
         "JOIN loans_payment p ON p.loan_id = l.id WHERE p.journal_entry_id = %s)", "accounts_are_on_file"),
    ],
)  # fmt: skip
def test_and_the_last_row_as_well_as_the_first(
    three: list[Loan], monkeypatch: pytest.MonkeyPatch, sql: str, check: str
) -> None:
    monkeypatch.setattr(book_parts, "CHUNK", 2)
    monkeypatch.setattr(book_parts, "KEYS", 1)
    first, *_, last = Payment.objects.order_by("pk").values_list("journal_entry", flat=True)
    found = []
    for entry in (first, last):
        with connection.cursor() as cursor, guards.lifted(connection):
            cursor.execute(sql, [entry])
        with at_noon(date(2026, 4, 1)):
            found.append(sum(each.check == check for each in violations(Lender.objects.all())))
    assert found == [1, 2]
