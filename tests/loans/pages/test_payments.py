"""What came in on a loan: the newest on its page, everything on a page of its own."""

from collections.abc import Callable
from typing import Any

import pytest

from loans import services
from loans.models import Loan
from tests.loans.pages.conftest import words

pytestmark = pytest.mark.usefixtures("demo")
Page = Callable[..., Any]
SMALL = 13  # of one day; three instalments came in before


@pytest.fixture
def often_paid(paid_three: Loan) -> Loan:
    for number in range(SMALL):
        services.record_payment(
            loan=paid_three, amount_minor=1_00 + number, key=f"n{number}", channel="staff", acting_user=None
        )
    return paid_three


def test_few_payments_all_stand_on_the_page_of_the_loan(page: Page, paid_three: Loan) -> None:
    shown = page("detail", paid_three)
    assert shown.text.count("list__row") == 3
    assert "See all" not in words(shown)


def test_of_many_the_newest_twelve_stand_there_and_a_way_to_all(page: Page, often_paid: Loan) -> None:
    shown = page("detail", often_paid)
    assert shown.text.count("list__row") == 12
    assert "Instalment 4: principal ¥0.00 , interest ¥1.01" in words(shown)
    assert "Instalment 4: principal ¥0.00 , interest ¥1.00" not in words(shown)
    assert "See all 16 payments" in words(shown)
    assert f'href="/loans/{often_paid.public_id}/payments/"' in shown.text


def test_the_page_of_all_has_every_one_with_what_it_went_to(page: Page, often_paid: Loan) -> None:
    shown = page("payments", often_paid)
    assert shown.text.count("list__row") == 16
    # three instalments of 1,079.71 and 1.00 + 1.01 + ... + 1.12
    assert "16 payments, ¥3,252.91" in words(shown)
    assert "Instalment 4: principal ¥0.00 , interest ¥1.00" in words(shown)
    assert "Instalment 1: principal ¥935.71 , interest ¥144.00" in words(shown)


def test_before_anything_was_paid_it_says_so(page: Page, make_loan: Callable[..., Loan]) -> None:
    loan = services.disburse_loan(loan=make_loan(), acting_user=None)
    assert "Each payment will stand here" in words(page("payments", loan))


def test_no_query_more_for_more_payments(page: Page, often_paid: Loan, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):  # session, person, loan, payments, their parts
        page("payments", often_paid)
