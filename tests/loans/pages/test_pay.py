"""Paying: once per form, never too much, and with its receipt."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from loans import errors, services
from loans.models import Loan, Payment
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import LANGUAGES, hidden, words

Page = Callable[..., Any]
Send = Callable[..., Any]


@pytest.fixture
def send(at: Client, page: Page) -> Send:
    """Open the form and send it with this amount; `form` sends an older page's key again."""

    def send_it(loan: Loan, amount: str, *, on: date = date(2026, 5, 8), form: Any = None) -> Any:
        form = form or page("pay", loan, on=on)
        sent = {"amount": amount, "key": hidden(form, "key"), "seen": hidden(form, "seen")}
        with at_noon(on):
            return at.post(reverse("loans:pay", args=[loan.public_id]), sent)

    return send_it


def receipt(payment: Payment) -> str:
    return reverse("loans:payment", args=[payment.loan.public_id, payment.public_id])


@pytest.mark.usefixtures("demo")
class TestInTheDemonstration:
    def test_the_next_instalment_is_suggested(self, page: Page, paid_three: Loan) -> None:
        assert 'value="1,079.71"' in page("pay", paid_three).content.decode()

    def test_what_is_overdue_is_suggested_first(self, page: Page, paid_three: Loan) -> None:
        assert 'value="2,159.42"' in page("pay", paid_three, on=date(2026, 6, 20)).content.decode()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_sums_stand_in_every_language(self, page: Page, paid_three: Loan, language: str) -> None:
        shown = words(page("pay", paid_three, language=language))
        # still to pay; to settle on 8 May: 9,159.05 + 23 days of 1.2 % a month = 84.26
        assert all(amount in shown for amount in ("¥1,079.71", "¥9,717.32", "¥9,243.31"))

    @pytest.mark.parametrize("typed", ["1079.71", "1,079.71", "¥1,079.71", "１，０７９．７１", " 1079.71 元 "])
    def test_an_amount_is_read_as_people_type_it(self, send: Send, paid_three: Loan, typed: str) -> None:
        send(paid_three, typed)
        payment = Payment.objects.latest("pk")
        assert (payment.amount_minor, payment.value_on, payment.channel) == (107971, date(2026, 5, 8), "borrower")
        assert payment.recorded_by == paid_three.borrower.user

    def test_the_receipt_says_what_it_went_to_and_what_is_next(self, send: Send, at: Client, paid_three: Loan) -> None:
        response = send(paid_three, "1,079.71")
        assert response["Location"] == receipt(Payment.objects.latest("pk"))
        shown = words(at.get(response["Location"]))
        assert "¥1,079.71 is recorded" in shown
        assert "4 ¥969.80 ¥109.91 ¥1,079.71" in shown
        assert "Next instalment ¥1,079.71 Monday 15 June 2026" in shown
        assert "¥8,637.61 4 of 12 instalments paid" in shown  # 9,717.32 - 1,079.71

    def test_a_payment_over_two_instalments_names_both(self, send: Send, at: Client, paid_three: Loan) -> None:
        shown = words(at.get(send(paid_three, "1,500")["Location"]))
        assert "4 ¥969.80 ¥109.91 ¥1,079.71" in shown
        assert "5 ¥322.02 ¥98.27 ¥420.29" in shown  # interest first: 420.29 - 98.27

    def test_a_double_click_is_one_payment_and_one_receipt(self, send: Send, page: Page, paid_three: Loan) -> None:
        form = page("pay", paid_three)
        first, second = (send(paid_three, "1,079.71", form=form) for _ in range(2))
        assert first["Location"] == second["Location"] == receipt(Payment.objects.latest("pk"))
        assert paid_three.payments.count() == 4

    def test_the_last_payments_form_sent_again_shows_its_receipt(
        self, send: Send, page: Page, make_loan: Callable[..., Loan]
    ) -> None:
        free = services.disburse_loan(loan=make_loan(rate_annual=Decimal(0)), acting_user=None)
        form = page("pay", free)
        first, second = (send(free, "12,000.00", form=form) for _ in range(2))
        assert first["Location"] == second["Location"]
        free.refresh_from_db()
        assert free.state == Loan.State.SETTLED

    def test_a_second_window_is_told_that_something_changed(self, send: Send, page: Page, paid_three: Loan) -> None:
        one, other = page("pay", paid_three), page("pay", paid_three)
        send(paid_three, "1,079.71", form=one)
        response = send(paid_three, "1,079.71", form=other)
        assert response.status_code == 409
        assert "Something changed meanwhile" in words(response)
        assert paid_three.payments.count() == 4
        # The page is new: sent as it stands, it pays.
        assert send(paid_three, "1,079.71", form=response).status_code == 302

    @pytest.mark.parametrize("error", [errors.AlreadySettled, errors.KeyTaken, errors.DateRefused])
    def test_what_happens_at_the_last_moment_is_told_too(
        self, send: Send, paid_three: Loan, monkeypatch: Any, error: type[Exception]
    ) -> None:
        def refuse(**given: Any) -> None:
            raise error("not_today")

        monkeypatch.setattr("loans.views.loan.record_payment", refuse)
        response = send(paid_three, "1,079.71")
        assert response.status_code == 409
        assert "Nothing was recorded just now." in words(response)

    @pytest.mark.parametrize(
        "typed, told",
        [
            ("", "Enter how much you want to pay."),
            ("　", "Enter how much you want to pay."),
            ("a lot", "Enter the amount in digits, for example 12,000."),
            ("1,5", "Enter the amount in digits, for example 12,000."),
            ("1e3", "Enter the amount in digits, for example 12,000."),
            ("9" * 41, "Enter the amount in digits, for example 12,000."),
            ("0", "Enter an amount above zero."),
            ("0.00", "Enter an amount above zero."),
            ("-5", "Enter an amount above zero, without a minus sign."),
            ("10.005", "Enter at most two digits after the point."),
            ("9" * 20, "Enter a smaller amount; this is more than any loan here."),
            ("9,243.31", "¥9,243.31 is enough to settle this loan today."),
            ("20,000", "¥9,243.31 is enough to settle this loan today."),
        ],
    )
    def test_a_wrong_amount_is_explained_and_nothing_is_written(
        self, send: Send, paid_three: Loan, typed: str, told: str
    ) -> None:
        response = send(paid_three, typed)
        body, shown = response.content.decode(), words(response)
        assert shown.count(told) == 2  # in the summary, and beside the field
        assert shown.count("Amount to pay") == 2
        assert "<title>Error: make a payment" in body
        assert 'href="#id_amount"' in body
        assert 'aria-describedby="id_amount_error"' in body
        assert paid_three.payments.count() == 3

    def test_one_fen_less_than_settling_is_taken(self, send: Send, paid_three: Loan) -> None:
        assert send(paid_three, "9,243.30").status_code == 302

    def test_more_than_is_owed_names_the_most(self, send: Send, make_loan: Callable[..., Loan]) -> None:
        free = services.disburse_loan(loan=make_loan(rate_annual=Decimal(0)), acting_user=None)
        response = send(free, "12,000.01")
        assert "This is more than you owe. The most you can pay on this loan is ¥12,000.00." in words(response)
        assert free.payments.count() == 0

    def test_what_was_typed_is_still_there(self, send: Send, paid_three: Loan) -> None:
        assert 'value="a lot"' in send(paid_three, "a lot").content.decode()

    @pytest.mark.parametrize("sent", [{}, {"key": "x", "seen": "y"}, {"key": "", "seen": ""}])
    def test_a_form_without_its_hidden_parts_is_not_taken(
        self, at: Client, paid_three: Loan, sent: dict[str, str]
    ) -> None:
        response = at.post(reverse("loans:pay", args=[paid_three.public_id]), {"amount": "1,079.71", **sent})
        assert "Part of this page was missing when it was sent." in words(response)
        assert paid_three.payments.count() == 3

    def test_a_key_of_another_loan_does_not_open_its_receipt(
        self, at: Client, paid_three: Loan, make_loan: Callable[..., Loan]
    ) -> None:
        other = services.disburse_loan(loan=make_loan(), acting_user=None)
        key = str(uuid4())
        services.record_payment(loan=other, amount_minor=100, key=key, channel="auto_debit", acting_user=None)
        sent = {"amount": "1.00", "key": key, "seen": paid_three.version}
        response = at.post(reverse("loans:pay", args=[paid_three.public_id]), sent)
        assert (response.status_code, paid_three.payments.count()) == (409, 3)

    def test_the_last_instalment_leads_to_settling_where_that_costs_less(self, page: Page, paid_three: Loan) -> None:
        for number in range(4, 12):
            services.record_payment(
                loan=paid_three, amount_minor=107971, key=f"q{number}", channel="auto_debit", acting_user=None
            )
        response = page("pay", paid_three, on=date(2026, 12, 20))
        assert response["Location"] == reverse("loans:settle", args=[paid_three.public_id])

    def test_a_settled_loan_says_so_and_takes_nothing(self, at: Client, page: Page, paid_three: Loan) -> None:
        services.settle_early(loan=paid_three, key="end", acting_user=None)
        shown = words(page("pay", paid_three))
        assert "This loan is settled Nothing is left to pay. It was settled on 8 May 2026 ." in shown
        response = at.post(reverse("loans:pay", args=[paid_three.public_id]), {"amount": "1", "key": uuid4()})
        assert (response.status_code, paid_three.payments.count()) == (409, 4)

    def test_a_pending_loan_takes_nothing(self, at: Client, page: Page, pending: Loan) -> None:
        assert "There is nothing to pay before you have received the money." in words(page("pay", pending))
        assert at.post(reverse("loans:pay", args=[pending.public_id]), {"amount": "1"}).status_code == 409

    def test_seven_queries(self, page: Page, paid_three: Loan, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(7):  # session, person, loan; version, rows, paid
            page("pay", paid_three)

    def test_eight_queries_for_a_receipt(self, page: Page, paid_three: Loan, django_assert_num_queries: Any) -> None:
        payment = paid_three.payments.first()
        with django_assert_num_queries(8):  # those of the form, the payment and its parts
            page("payment", paid_three, payment.public_id)


def test_elsewhere_the_page_says_how_to_pay(page: Page, paid_three: Loan) -> None:
    shown = words(page("pay", paid_three))
    assert "This site does not take payments. Please pay Qinghe Consumer Finance the way you always do" in shown
    assert "Record this payment" not in shown


def test_elsewhere_a_post_is_refused_and_nothing_is_faked(at: Client, paid_three: Loan) -> None:
    sent = {"amount": "1,079.71", "key": uuid4(), "seen": paid_three.version}
    response = at.post(reverse("loans:pay", args=[paid_three.public_id]), sent)
    assert response.status_code == 403
    assert "This site does not take payments." in words(response)
    assert paid_three.payments.count() == 3
