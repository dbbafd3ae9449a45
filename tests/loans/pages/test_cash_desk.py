"""Money at the desk: a payment recorded by hand, one taken back, and what stands in the way."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from loans import services
from loans.models import Loan, Payment, PaymentCorrection
from tests.loans.pages.conftest import words


@pytest.fixture
def desk(inside: Callable[[User], Client], staff: SimpleNamespace) -> Client:
    return inside(staff.servicing)


def receive(desk: Client, loan: Loan, **sent: Any) -> Any:
    form = {"amount": "1,079.71", "value_on": "2026-05-08", "key": str(uuid4())} | sent
    return desk.post(reverse("admin:loans_loan_receive", args=[loan.pk]), form)


def take_back(desk: Client, payment: Payment, **sent: Any) -> Any:
    return desk.post(reverse("admin:loans_payment_take_back", args=[payment.pk]), {"reason": "AM04"} | sent)


def test_a_payment_is_recorded_and_shown(desk: Client, paid_three: Loan, staff: SimpleNamespace) -> None:
    loan_page = desk.get(reverse("admin:loans_loan_change", args=[paid_three.pk]))
    assert reverse("admin:loans_loan_receive", args=[paid_three.pk]) in loan_page.content.decode()
    response = receive(desk, paid_three)
    payment = Payment.objects.latest("pk")
    assert response["Location"] == reverse("admin:loans_payment_change", args=[payment.pk])
    assert (payment.amount_minor, payment.channel, payment.recorded_by) == (107_971, "staff", staff.servicing)


def test_sent_twice_it_is_one_payment(desk: Client, paid_three: Loan) -> None:
    key = str(uuid4())
    assert receive(desk, paid_three, key=key)["Location"] == receive(desk, paid_three, key=key)["Location"]
    assert Payment.objects.count() == 4


@pytest.mark.parametrize(
    "sent, says",
    [
        ({"amount": ""}, "Enter the amount that was received."),
        ({"amount": "0"}, "Enter an amount above zero."),
        ({"amount": "1.234"}, "Enter at most two digits after the point."),
        ({"value_on": "2026-05-09"}, "This day is still to come. Enter today or an earlier day."),
        ({"value_on": "2026-01-14"}, "The loan was not paid out yet on this day."),
        ({"value_on": "31 February"}, "Enter a day, for example 2026-05-08."),
    ],
)
def test_what_cannot_be_says_how_it_can(desk: Client, paid_three: Loan, sent: Any, says: str) -> None:
    response = receive(desk, paid_three, **sent)
    assert response.status_code == 422
    assert says in words(response)
    assert Payment.objects.count() == 3


def test_a_payment_is_taken_back_with_a_reason(desk: Client, paid_three: Loan, staff: SimpleNamespace) -> None:
    payment = Payment.objects.get(key="p3")
    change = reverse("admin:loans_payment_change", args=[payment.pk])
    assert "Take this payment back" in words(desk.get(change))
    assert take_back(desk, payment)["Location"] == change
    correction = PaymentCorrection.objects.get()
    assert (correction.kind, correction.reason, correction.made_by) == ("reversed", "AM04", staff.servicing)
    shown = words(desk.get(change))
    assert "Take this payment back" not in shown
    assert "Taken back" in shown
    assert take_back(desk, payment)["Location"] == change
    assert PaymentCorrection.objects.count() == 1


@pytest.mark.parametrize(
    "sent, says",
    [({"reason": ""}, "Choose a reason."), ({"reason": "error"}, "Say in a few words what happened.")],
)
def test_without_a_reason_nothing_is_taken_back(desk: Client, paid_three: Loan, sent: Any, says: str) -> None:
    response = take_back(desk, Payment.objects.get(key="p3"), **sent)
    assert response.status_code == 422
    assert says in words(response)
    assert not PaymentCorrection.objects.exists()


def test_a_later_agreement_stands_in_the_way(desk: Client, paid_three: Loan) -> None:
    early = services.repay_early(loan=paid_three, amount_minor=200_000, keep="COUNT", key="e", acting_user=None)
    again = {"keep": "COUNT", "key": "f", "value_on": date(2026, 5, 8), "acting_user": None}
    services.repay_early(loan=paid_three, amount_minor=100_000, **again)
    assert "A later agreement stands on this payment." in words(take_back(desk, early))
    assert not PaymentCorrection.objects.exists()


def test_the_borrower_sees_that_it_was_taken_back(at: Client, paid_three: Loan) -> None:
    payment = Payment.objects.get(key="p1")
    services.reverse_payment(payment=payment, reason="AM04 told on the phone", acting_user=None)
    shown = words(at.get(reverse("loans:payment", args=[paid_three.public_id, payment.public_id])))
    assert "This payment was taken back" in shown
    assert "The account did not hold enough (AM04)" in shown
    assert "told on the phone" in shown
    moved = Payment.objects.get(key="p2")
    assert "Shared out anew" in words(at.get(reverse("loans:payment", args=[paid_three.public_id, moved.public_id])))
    assert "Taken back" in words(at.get(reverse("loans:detail", args=[paid_three.public_id])))
