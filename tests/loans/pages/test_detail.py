"""One loan: what now, the way so far, every instalment and how it is computed, every payment.

Figures of the worked example: 12,000.00 at 1.2 % a month in twelve instalments, three paid.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loans import services
from loans.models import Loan
from loans.selectors.loan_page import loan_page
from tests.loans.conftest import at_noon, product_of
from tests.loans.pages.conftest import LANGUAGES, words

Page = Callable[..., Any]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_stand_in_every_language(page: Page, paid_three: Loan, language: str) -> None:
    shown = words(page("detail", paid_three, language=language))
    for sum_shown in ("¥12,000.00", "¥9,159.05", "¥9,717.32", "¥1,079.71", "¥1,079.64", "¥3,239.13", "14.40%"):
        assert sum_shown in shown


@pytest.mark.parametrize(
    "language, day",
    [("en", "Friday 15 May 2026"), ("zh-hans", "2026年5月15日 周五"), ("zh-hant", "2026年5月15日 週五")],
)
def test_the_next_date_has_its_weekday_in_the_words_of_the_page(
    page: Page, paid_three: Loan, language: str, day: str
) -> None:
    assert day in words(page("detail", paid_three, language=language))


def test_nothing_to_do_is_said_first(page: Page, paid_three: Loan) -> None:
    shown = words(page("detail", paid_three))
    assert "You have nothing to do today Next payment ¥ 1,079.71 Friday 15 May 2026 , in 7 days." in shown
    assert "Instalment 4 of 12." in shown


def test_the_way_to_pay_and_the_way_to_relief_stand_side_by_side(page: Page, paid_three: Loan) -> None:
    body = page("detail", paid_three).content.decode()
    assert f'href="{reverse("loans:pay", args=[paid_three.public_id])}"' in body
    assert f'href="{reverse("relief:new", args=[paid_three.public_id])}"' in body


def test_overdue_says_how_long_how_much_and_since_when(page: Page, paid_three: Loan) -> None:
    shown = words(page("detail", paid_three, on=date(2026, 6, 20)))
    assert "This loan is 36 days overdue To be up to date again, please pay ¥ 2,159.42" in shown
    assert "These are 2 instalments. The oldest was due on Friday 15 May 2026" in shown
    assert "the next instalment of ¥1,079.71 is due on Wednesday 15 July 2026" in shown


def test_one_late_instalment_is_one(page: Page, paid_three: Loan) -> None:
    shown = words(page("detail", paid_three, on=date(2026, 5, 19)))
    assert "This loan is 4 days overdue" in shown
    assert "This is one instalment. It was due on Friday 15 May 2026" in shown


def test_grace_says_until_when_and_not_overdue(page: Page, paid_three: Loan) -> None:
    shown = words(page("detail", paid_three, on=date(2026, 5, 17)))
    assert "Please pay by Monday 18 May 2026 , 24:00 ¥ 1,079.71" in shown
    assert "Overdue" not in shown


def test_on_relief_the_pause_and_the_day_it_ends_are_shown(page: Page, paused: Loan) -> None:
    shown = words(page("detail", paused))
    assert "They resume on Saturday 15 August 2026 with ¥1,116.35" in shown
    assert "May this month Jun Jul 15 August ¥1,116.35" in shown
    assert "May 2026 to July 2026 0.00 0.00 0.00 ¥0.00 Paused" in shown
    # interest of the pause: 3 x 1.2 % of 9,159.05
    assert "All instalments together collect ¥329.73 of interest for the pause." in shown
    assert "Interest of the pause 329.73 ÷ 9 = 36.6366… ≈ 36.64" in shown
    assert "969.80 + 109.91 + 36.64 = 1,116.35" in shown
    assert "Equal instalment" not in shown  # the contract's instalment is no longer the schedule in force
    assert "Still to pay 9,159.05 558.27 329.73 ¥10,047.05" in shown


def test_a_row_is_computed_with_real_digits(page: Page, paid_three: Loan) -> None:
    shown = words(page("detail", paid_three))
    assert "How is the ¥1,079.71 of instalment 4 computed?" in shown
    assert "9,159.05 × 1.2% = 109.9086 ≈ 109.91" in shown
    assert "1,079.71 − 109.91 = 969.80" in shown
    # the annuity factor of twelve months at 1.2 %, and what rounding leaves to the last
    assert "Equal instalment 12,000.00 ÷ 11.1141 = 1,079.7095… ≈ 1,079.71" in shown
    assert "Left over from rounding 1,079.64 − 1,079.71 = −0.07" in shown
    assert "every month counts as one twelfth of a year" in shown
    assert "counts the real days" not in shown


def test_a_loan_by_days_says_so(page: Page, make_loan: Callable[..., Loan], qinghe: Any) -> None:
    product = product_of(qinghe, code="days", profile={"base": "consumer-cn"})
    loan = services.disburse_loan(loan=make_loan(product=product), acting_user=None)
    shown = words(page("detail", loan))
    assert "Interest on this loan counts the real days" in shown
    # 31 days of January and February: 12,000.00 x 14.4 % / 365 x 31 = 146.76
    assert "12,000.00 × 14.4% ÷ 365 × 31 = 146.7616… ≈ 146.76" in shown


def test_a_payment_says_what_it_went_to(page: Page, paid_three: Loan) -> None:
    shown = words(page("detail", paid_three))
    assert "15 April 2026 Auto-debit Instalment 3: principal ¥958.30 , interest ¥121.41 ¥1,079.71" in shown
    assert "3 payments, ¥3,239.13" in shown


def test_a_part_paid_row_says_how_much_of_it(page: Page, paid_three: Loan) -> None:
    services.record_payment(loan=paid_three, amount_minor=50000, key="part", channel="auto_debit", acting_user=None)
    shown = words(page("detail", paid_three))
    assert "Partly paid ¥500.00 of it paid" in shown
    assert "¥579.71" in shown  # what is left of 1,079.71


def test_a_settled_loan_says_since_when_and_offers_nothing(page: Page, paid_three: Loan) -> None:
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    response = page("detail", paid_three)
    assert "This loan is settled Nothing is left to pay. It was settled on 8 May 2026 ." in words(response)
    assert reverse("loans:pay", args=[paid_three.public_id]) not in response.content.decode()


def test_a_pending_loan_has_a_schedule_and_no_picture(page: Page, pending: Loan) -> None:
    response = page("detail", pending, on=date(2026, 1, 12))
    assert "This loan has not been paid out yet" in words(response)
    assert "to be paid out on 15 January 2026" in words(response)
    assert "¥12,956.45" in words(response)
    assert 'class="chart"' not in response.content.decode()


def test_the_picture_has_a_table_of_the_same_points(page: Page, paused: Loan) -> None:
    assert "15 May 2026 — ¥8,189.25" in words(page("detail", paused))
    assert "15 August 2026 ¥8,189.25 ¥5,209.46" in words(page("detail", paused))


def test_the_picture_shows_past_plan_and_the_plan_before(paused: Loan) -> None:
    found = loan_page(paused, date(2026, 5, 8)).balance
    assert found.past == (
        (date(2026, 1, 15), 1200000),
        (date(2026, 2, 15), 1106429),
        (date(2026, 3, 15), 1011735),
        (date(2026, 4, 15), 915905),
    )
    assert (found.new[0], found.new[-1]) == ((date(2026, 8, 15), 818925), (date(2027, 4, 15), 0))
    assert (found.old[0], found.old[-1]) == ((date(2026, 5, 15), 818925), (date(2027, 1, 15), 0))
    assert found.paused_on == (date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15))


def test_without_relief_there_is_no_plan_before(paid_three: Loan) -> None:
    assert loan_page(paid_three, date(2026, 5, 8)).balance.old == ()


def test_an_older_version_stays_readable(page: Page, paused: Loan) -> None:
    body = page("detail", paused).content.decode()
    assert reverse("loans:version", args=[paused.public_id, 1]) in body
    shown = words(page("version", paused, 1))
    assert "was in force from 15 January 2026 until it was replaced on 8 May 2026" in shown
    assert "All together 12,000.00 956.45 ¥12,956.45" in shown
    assert "Paid" not in shown


def test_the_version_in_force_is_on_the_loans_own_page(page: Page, paused: Loan) -> None:
    response = page("version", paused, 2)
    assert response["Location"] == reverse("loans:detail", args=[paused.public_id]) + "#plan"


def test_pauses_after_an_early_end_are_not_shown(page: Page, paused: Loan) -> None:
    with at_noon(date(2026, 6, 20)):
        services.settle_early(loan=paused, key="end", acting_user=None)
    shown = words(page("detail", paused, on=date(2026, 6, 21)))
    assert "May 2026 to June 2026" in shown
    assert "July 2026 0.00" not in shown


@pytest.mark.parametrize("name", ["paid_three", "paused"])
def test_eleven_queries_whatever_happened(
    name: str, request: Any, page: Page, at: Client, django_assert_num_queries: Any
) -> None:
    # session, person, loan; version, rows, paid; versions, payments, their parts, rows before relief; orders
    loan = request.getfixturevalue(name)
    with django_assert_num_queries(11):
        page("detail", loan)


def test_five_queries_for_an_older_version(page: Page, paused: Loan, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):  # session, person, loan, versions, rows
        page("version", paused, 1)
