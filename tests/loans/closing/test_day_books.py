"""The books of a day at the end of its close: what is wrong is found, and keeps later days from closing."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import guards
from accounts.models import Lender
from loans.closing.errors import BooksWrong
from loans.day_books import day_faults
from loans.models import BusinessDay, CloseFailure, Loan
from tests.conftest import TODAY
from tests.loans.closing.conftest import close, close_each, pay
from tests.loans.conftest import PAID_OUT, at_noon
from tests.loans.test_books import Sql, book, tamper
from tests.loans.writing_off import WRITTEN_OFF_ON

__all__ = ["book", "tamper"]

pytestmark = pytest.mark.django_db
PURCHASE = date(2026, 4, 2)
FAULTS = {
    "an entry that does not balance": (
        "UPDATE loans_posting SET amount_minor = amount_minor + 1 WHERE account = 'cash' AND entry_id = {entry}",
        TODAY, "2 lines, sum 1",
    ),
    "an entry of one line": (
        "DELETE FROM loans_posting WHERE account = 'cash' AND entry_id = {entry}", TODAY, "lines, sum",
    ),
    "principal of a loan": (
        "UPDATE loans_loan SET principal_left_minor = principal_left_minor + 1 WHERE number = 'LN-2026-000001'",
        TODAY, "principal_left_minor is ",
    ),
    "a receivable of a loan": (
        "UPDATE loans_loan SET fee_receivable_minor = 5 WHERE number = 'LN-2026-000001'",
        TODAY, "fee_receivable_minor is 5, posted 0",
    ),
    "principal of a monthly bill, by its entry": (
        "UPDATE loans_revolvingaccount SET principal_left_minor = principal_left_minor + 1",
        PURCHASE, "principal_left_minor is ",
    ),
    "principal of a monthly bill, by its bill": (
        "UPDATE loans_revolvingaccount SET principal_left_minor = principal_left_minor + 1",
        TODAY, "principal_left_minor is ",
    ),
    "a sum in suspense": (
        "UPDATE loans_suspenseitem SET amount_minor = amount_minor + 1 WHERE key = 'o2'", TODAY, "lies there",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_on_a_day_is_found(book: Loan, tamper: Sql, fault: str) -> None:
    sql, day, said = FAULTS[fault]
    assert day_faults(book.lender, day) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM loans_posting WHERE account = 'cash' ORDER BY id DESC")
        entry = cursor.fetchone()[0]
    tamper(sql.format(entry=entry))
    assert any(said in detail for _, detail in day_faults(book.lender, day))


def test_a_trigger_that_is_gone_is_found(book: Loan) -> None:
    with guards.lifted(connection):
        assert {detail for _, detail in day_faults(book.lender, TODAY)} == {"the database no longer has this trigger"}
    assert day_faults(book.lender, TODAY) == []


def test_of_other_days_and_lenders_nothing_is_asked(book: Loan, tamper: Sql, jiangpan: Lender) -> None:
    tamper("UPDATE loans_loan SET principal_left_minor = principal_left_minor + 1 WHERE number = 'LN-2026-000001'")
    assert day_faults(book.lender, TODAY - timedelta(days=1)) == []
    assert day_faults(jiangpan, TODAY) == []


def test_it_takes_few_queries(book: Loan, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # those of the transaction included
        day_faults(book.lender, TODAY)


def wrong(add: int) -> None:
    with connection.cursor() as cursor, guards.lifted(connection):
        cursor.execute("UPDATE loans_loan SET principal_left_minor = principal_left_minor + %s", [add])


LAST = date(2026, 2, 15)


@pytest.fixture
def broken(living: Loan) -> Loan:
    """The close of 15 February found that the loan shows a fen more than was posted."""
    close_each(living.lender, PAID_OUT, LAST - timedelta(days=1))
    pay(living, 107_971, LAST)
    wrong(+1)
    (row,) = close(living.lender, LAST)
    assert (row.state, row.set_aside) == ("closed", 1)
    return living


def test_the_day_closes_and_says_so_and_no_later_day_closes_until_it_is_right(broken: Loan) -> None:
    failure = CloseFailure.objects.get()
    assert (failure.step, failure.loan, failure.mended_at) == ("books", None, None)
    assert f"{broken.number}: principal_left_minor is" in failure.error
    for _again in range(2):
        with pytest.raises(BooksWrong) as refused:
            close(broken.lender, LAST + timedelta(days=1))
    assert refused.value.day == LAST
    assert BusinessDay.objects.latest("day").day == LAST
    wrong(-1)
    assert [row.day for row in close(broken.lender, LAST + timedelta(days=2))] == [
        LAST + timedelta(days=1), LAST + timedelta(days=2),
    ]  # fmt: skip
    failure.refresh_from_db()
    assert failure.mended_at is not None


def test_days_that_are_caught_up_with_end_at_the_first_that_has_to_do_with_it(living: Loan) -> None:
    """Interest is posted on the loan at the end of January."""
    close(living.lender, PAID_OUT)
    wrong(-1)
    with pytest.raises(BooksWrong):
        close(living.lender, LAST)
    assert BusinessDay.objects.latest("day").day == date(2026, 1, 31)


def test_the_command_says_what_is_wrong_and_ends_with_four(broken: Loan) -> None:
    with at_noon(LAST + timedelta(days=2)), pytest.raises(CommandError) as refused:
        call_command("close_day", "--all", stdout=StringIO(), stderr=StringIO())
    assert refused.value.returncode == 4
    assert "qinghe: the books do not add up, so no later day is closed. 2026-02-15: " in str(refused.value)
    assert broken.number in str(refused.value)


def test_a_loan_that_was_written_off_has_no_principal_in_its_account(gone: Loan) -> None:
    assert day_faults(gone.lender, WRITTEN_OFF_ON) == []
