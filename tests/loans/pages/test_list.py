"""The borrower's loans, by lender."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts import services as people
from accounts.models import Borrower, Lender
from loans import services
from loans.models import Loan
from tests.loans.conftest import at_noon, product_of
from tests.loans.pages.conftest import LANGUAGES, speak, words


def shown(at: Client, on: date = date(2026, 5, 8)) -> str:
    with at_noon(on):
        return words(at.get("/loans/"))


@pytest.fixture
def at_jiangpan(borrower: Borrower, jiangpan: Lender) -> Loan:
    """A loan of the same borrower at the other lender: 1,000.00 at no interest, ten instalments."""
    people.enrol_borrower(lender=jiangpan, name="王晓雨", since=date(2026, 1, 1), user=borrower.user, acting_user=None)
    product = product_of(jiangpan, rate_annual=Decimal(0))
    loan = services.open_loan(
        lender=jiangpan, borrower=borrower, product=product, principal_minor=100_000, instalment_count=10,
        disbursed_on=date(2026, 5, 6), acting_user=None,
    )  # fmt: skip
    return services.disburse_loan(loan=loan, acting_user=None)


def test_somebody_without_loans_is_told_so(at: Client) -> None:
    assert "You have no loans here." in shown(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_sum_and_what_is_left_stand_in_every_language(at: Client, paid_three: Loan, language: str) -> None:
    speak(at, language)
    page = shown(at)
    assert "¥1,079.71" in page
    assert "¥9,717.32" in page  # 12,956.45 - 3 x 1,079.71


def test_a_day_on_which_to_act_has_its_weekday(at: Client, paid_three: Loan) -> None:
    assert "Next: ¥1,079.71 on Friday 15 May 2026 ." in shown(at)


def test_overdue_is_said_plainly(at: Client, paid_three: Loan) -> None:
    assert "Overdue ¥1,079.71 was due on 15 May 2026 and is still to pay." in shown(at, date(2026, 5, 20))
    assert "2 instalments, ¥2,159.42 together, are past due, the oldest since 15 May 2026 ." in shown(
        at, date(2026, 6, 20)
    )


def test_grace_is_not_called_overdue(at: Client, paid_three: Loan) -> None:
    page = shown(at, date(2026, 5, 16))
    assert "Pay it by Monday 18 May 2026 and it does not count as late." in page
    assert "Overdue" not in page


def test_a_pause_says_until_when(at: Client, paused: Loan) -> None:
    assert "Nothing to pay until Saturday 15 August 2026 ; then ¥1,116.35 ." in shown(at)


def test_a_loan_due_today_is_said_to_be(at: Client, paid_three: Loan) -> None:
    assert "¥1,079.71 is due today, Friday 15 May 2026 , until 24:00." in shown(at, date(2026, 5, 15))


def test_a_loan_not_paid_out_asks_for_nothing(at: Client, pending: Loan) -> None:
    assert "Waiting for disbursement Nothing to pay yet." in shown(at, date(2026, 1, 12))


def test_settled_loans_stand_below_and_say_when(at: Client, paid_three: Loan) -> None:
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    assert "Settled Cash loan from Qinghe Consumer Finance LN-2026-000001 , settled on 8 May 2026" in shown(at)


def test_the_lender_with_the_most_pressing_loan_comes_first(at: Client, paid_three: Loan, at_jiangpan: Loan) -> None:
    page = shown(at, date(2026, 5, 20))
    assert 0 < page.index("Qinghe Consumer Finance") < page.index("Jiangpan Bank")
    for number in (4, 5):
        with at_noon(date(2026, 5, 20)):
            services.record_payment(
                loan=paid_three, amount_minor=107971, key=f"q{number}", channel="auto_debit", acting_user=None
            )
    # Now Qinghe's next is 15 July, Jiangpan's 6 June.
    page = shown(at, date(2026, 5, 21))
    assert page.index("Jiangpan Bank") < page.index("Qinghe Consumer Finance")


def test_seven_queries_however_many_loans(
    at: Client, paid_three: Loan, make_loan: Any, at_jiangpan: Loan, django_assert_num_queries: Any
) -> None:
    # session, person, loans; version, rows and payments of all of them; monthly bills
    for _ in range(4):
        services.disburse_loan(loan=make_loan(), acting_user=None)
    with django_assert_num_queries(7):
        at.get("/loans/")
