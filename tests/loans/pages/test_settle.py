"""Settling early: the sum of today, how it comes about, and only that sum.

9,159.05 are left on 8 May; the last due date was 15 April. At 1.2 % a month, 30 days each,
23 days cost 9,159.05 x 14.4 % / 360 x 23 = 84.26, so 9,243.31 settles the loan.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from loans import services
from loans.models import Loan, Payment
from loans.selectors import standing
from loans.selectors.settle_page import quote
from tests.loans.conftest import at_noon, product_of
from tests.loans.pages.conftest import LANGUAGES, hidden, words

Page = Callable[..., Any]


def send(at: Client, loan: Loan, form: Any, *, on: date = date(2026, 5, 8), **changed: Any) -> Any:
    sent = {name: hidden(form, name) for name in ("key", "seen", "total")}
    with at_noon(on):
        return at.post(reverse("loans:settle", args=[loan.public_id]), {**sent, **changed})


def steps(loan: Loan, on: date) -> list[tuple[str, str]]:
    found = quote(standing(loan, on))
    assert sum(step.amount_minor for step in found.steps) == found.total_minor
    return [(step.label_code, step.formula) for step in found.steps]


@pytest.mark.usefixtures("demo")
class TestInTheDemonstration:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_sum_and_its_parts_stand_in_every_language(self, page: Page, paid_three: Loan, language: str) -> None:
        shown = words(page("settle", paid_three, language=language))
        assert "9,159.05 × 14.4% ÷ 360 × 23 = 84.2632… ≈ 84.26" in shown
        assert "12,000.00 − 2,840.95 = 9,159.05" in shown
        assert "¥9,243.31" in shown
        assert "¥474.01" in shown  # 9,717.32 - 9,243.31

    def test_it_says_until_when_and_that_there_is_no_fee(self, page: Page, paid_three: Loan) -> None:
        assert "Good until Friday 8 May 2026 , 24:00. There is no fee." in words(page("settle", paid_three))

    def test_agreeing_settles_the_loan_for_that_sum(self, at: Client, page: Page, paid_three: Loan) -> None:
        response = send(at, paid_three, page("settle", paid_three))
        payment = Payment.objects.latest("pk")
        assert response["Location"] == reverse("loans:payment", args=[paid_three.public_id, payment.public_id])
        paid_three.refresh_from_db()
        assert (payment.amount_minor, paid_three.state) == (924331, Loan.State.SETTLED)
        shown = words(at.get(response["Location"]))
        assert "¥9,243.31 is recorded" in shown
        assert "Nothing is left to pay. It was settled on 8 May 2026 ." in shown

    def test_a_double_click_shows_the_same_receipt(self, at: Client, page: Page, paid_three: Loan) -> None:
        form = page("settle", paid_three)
        first, second = (send(at, paid_three, form) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert paid_three.payments.count() == 4

    def test_a_quote_of_yesterday_is_not_taken_and_the_new_one_shown(
        self, at: Client, page: Page, paid_three: Loan
    ) -> None:
        response = send(at, paid_three, page("settle", paid_three), on=date(2026, 5, 9))
        assert response.status_code == 409
        shown = words(response)
        assert "Something changed meanwhile" in shown
        assert "¥9,246.98" in shown  # 24 days: 87.93
        assert hidden(response, "total") == "924698"
        assert paid_three.payments.count() == 3

    def test_a_payment_in_another_window_changes_the_quote(self, at: Client, page: Page, paid_three: Loan) -> None:
        form = page("settle", paid_three)
        services.record_payment(loan=paid_three, amount_minor=10000, key="p", channel="auto_debit", acting_user=None)
        assert send(at, paid_three, form).status_code == 409
        assert paid_three.payments.count() == 4

    @pytest.mark.parametrize("total", ["924330", "1", "0", "-5"])
    def test_another_sum_than_the_one_shown_is_not_taken(
        self, at: Client, page: Page, paid_three: Loan, total: str
    ) -> None:
        assert send(at, paid_three, page("settle", paid_three), total=total).status_code == 409
        assert paid_three.payments.count() == 3

    def test_a_form_without_its_sum_is_not_taken(self, at: Client, page: Page, paid_three: Loan) -> None:
        assert "Something changed meanwhile" in words(send(at, paid_three, page("settle", paid_three), total=""))
        assert paid_three.payments.count() == 3

    def test_a_change_between_look_and_lock_takes_everything_back(
        self, at: Client, page: Page, paid_three: Loan, monkeypatch: Any
    ) -> None:
        form = page("settle", paid_three)

        def late(**given: Any) -> Payment:
            services.record_payment(
                loan=given["loan"], amount_minor=10000, key="late", channel="auto_debit", acting_user=None
            )
            return services.settle_early(**given)

        monkeypatch.setattr("loans.views.loan.settle_early", late)
        assert send(at, paid_three, form).status_code == 409
        paid_three.refresh_from_db()
        assert (paid_three.payments.count(), paid_three.state) == (3, Loan.State.ACTIVE)

    def test_a_settled_loan_says_so_and_takes_nothing(self, at: Client, page: Page, paid_three: Loan) -> None:
        services.settle_early(loan=paid_three, key="end", acting_user=None)
        assert "It was settled on 8 May 2026 ." in words(page("settle", paid_three))
        response = at.post(reverse("loans:settle", args=[paid_three.public_id]), {"key": uuid4(), "total": 1})
        assert (response.status_code, paid_three.payments.count()) == (409, 4)

    def test_six_queries(self, page: Page, paid_three: Loan, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(6):  # session, person, loan; version, rows, paid
            page("settle", paid_three)


def test_elsewhere_the_sum_is_shown_and_nothing_taken(at: Client, page: Page, paid_three: Loan) -> None:
    shown = words(page("settle", paid_three))
    assert "¥ 9,243.31" in shown
    assert "This site does not take payments." in shown
    response = at.post(reverse("loans:settle", args=[paid_three.public_id]), {"key": uuid4(), "total": 924331})
    assert (response.status_code, paid_three.payments.count()) == (403, 3)


def test_on_a_due_date_the_instalments_interest_is_owed_whole(paid_three: Loan) -> None:
    assert steps(paid_three, date(2026, 5, 15)) == [
        ("principal", "12,000.00 − 2,840.95 = 9,159.05"),
        ("due_interest", "109.91"),
    ]


def test_overdue_principal_bears_no_interest_beside_the_running_period(paid_three: Loan) -> None:
    # 8,189.25 are not yet due on 25 May: x 14.4 % / 360 x 10 = 32.76
    assert steps(paid_three, date(2026, 5, 25))[1:] == [
        ("due_interest", "109.91"),
        ("running_interest", "8,189.25 × 14.4% ÷ 360 × 10 = 32.7570 ≈ 32.76"),
    ]


def test_in_a_pause_interest_runs_from_the_last_due_date(paused: Loan) -> None:
    # two months: 9,159.05 x 2.4 % = 219.82
    assert steps(paused, date(2026, 6, 15))[1:] == [("running_interest", "9,159.05 × 1.2% × 2 = 219.8172 ≈ 219.82")]


def test_after_a_pause_its_interest_is_owed_whole(paused: Loan) -> None:
    # 15 July to 25 July: 9,159.05 x 14.4 % / 360 x 10 = 36.64; the pause itself 329.73
    assert steps(paused, date(2026, 7, 25))[1:] == [
        ("running_interest", "9,159.05 × 14.4% ÷ 360 × 10 = 36.6362 ≈ 36.64"),
        ("pause_interest", "329.73"),
    ]


def test_interest_paid_ahead_counts(paid_three: Loan) -> None:
    services.record_payment(loan=paid_three, amount_minor=5000, key="p", channel="auto_debit", acting_user=None)
    # 84.26 - 50.00
    assert steps(paid_three, date(2026, 5, 8))[1:] == [("running_interest", "34.26")]


def test_paid_out_and_repaid_on_one_day_is_one_day(loan: Loan) -> None:
    # 12,000.00 x 14.4 % / 360 x 1 = 4.80
    assert steps(loan, date(2026, 1, 15)) == [
        ("principal", "12,000.00"),
        ("running_interest", "12,000.00 × 14.4% ÷ 360 × 1 = 4.80"),
    ]


def test_a_loan_repaid_at_the_end_owes_its_days_when_it_is_settled_before(
    make_loan: Callable[..., Loan], qinghe: Any
) -> None:
    product = product_of(qinghe, code="end", method="bullet")
    loan = services.disburse_loan(loan=make_loan(product=product, instalment_count=3), acting_user=None)
    # 46 days of 12,000.00 at 14.4 %; nothing is due before 15 April
    assert steps(loan, date(2026, 3, 1))[1:] == [("put_off_interest", "12,000.00 × 14.4% ÷ 360 × 46 = 220.80")]
