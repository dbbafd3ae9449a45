"""A debit that its bank returned: taken back by itself, once, in whichever order it is told; else left to a person."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, BankAccount
from loans import services
from loans.books import violations
from loans.errors import NothingToReverse
from loans.models import GatewayEvent, Loan, Payment, PaymentCorrection, PaymentOrder, SuspenseItem
from tests.conftest import TODAY
from tests.loans.gateways.conftest import INSTALMENT, Tell, account, sent, words
from tests.loans.pages.conftest import words as shown

BACK = words(event_id="ev-2", outcome="returned", reason="AM04")


def orders(*said: dict[str, Any]) -> list[tuple[dict[str, Any], ...]]:
    return [said, tuple(reversed(said))]


@pytest.mark.parametrize("said", orders(words(), BACK), ids=["after it came", "before it was told that it came"])
def test_what_the_bank_returned_is_taken_back_in_either_order(
    tell: Tell, order: PaymentOrder, said: tuple[dict[str, Any], ...]
) -> None:
    cash = account(order.lender, "cash")
    assert [tell(each).status_code for each in said] == [200, 200]
    order.refresh_from_db()
    assert (order.state, order.moved_minor, order.reason) == ("succeeded", INSTALMENT, "")
    correction = PaymentCorrection.objects.get()
    assert (correction.payment.key, correction.kind, correction.reason) == ("order-1", "reversed", "AM04")
    order.loan.refresh_from_db()
    assert (order.loan.state, order.loan.principal_left_minor) == ("active", 915_905)
    assert account(order.lender, "cash") == cash
    assert not GatewayEvent.objects.to_review().exists()
    assert list(violations([order.lender])) == []


def test_told_again_and_again_it_is_taken_back_once(tell: Tell, order: PaymentOrder) -> None:
    for said in (words(), BACK, BACK, BACK | {"event_id": "ev-3"}):
        assert tell(said).status_code == 200
    assert PaymentCorrection.objects.count() == 1
    assert AuditEntry.objects.filter(verb="return_order").count() == 1


def test_a_loan_that_was_settled_after_it_runs_again(tell: Tell, order: PaymentOrder) -> None:
    loan = order.loan
    tell(words())
    services.settle_early(loan=loan, key="rest", acting_user=None)
    assert tell(BACK).status_code == 200
    loan.refresh_from_db()
    assert loan.state == "active"
    # interest is paid first, so of what ended the loan exactly what went back is missing, all of it principal
    assert loan.principal_left_minor == INSTALMENT
    assert list(violations([loan.lender])) == []


def test_another_sum_than_came_is_for_a_person(tell: Tell, order: PaymentOrder) -> None:
    tell(words())
    assert tell(BACK | {"amount_minor": INSTALMENT - 1}).status_code == 202
    assert not PaymentCorrection.objects.exists()


@pytest.mark.parametrize("first", [True, False])
def test_money_in_suspense_stays_there_for_a_person(tell: Tell, order: PaymentOrder, first: bool) -> None:
    off = {"amount_minor": INSTALMENT + 1}
    said = orders(words(**off), BACK | off)[first]
    answers = [tell(each).json()["answer"] for each in said]
    assert "review" in answers
    assert SuspenseItem.objects.open().get().amount_minor == INSTALMENT + 1
    assert not PaymentCorrection.objects.exists()
    assert list(violations([order.lender])) == []


def test_a_payout_that_came_back_is_for_a_person(tell: Tell, pending: Loan, card: BankAccount) -> None:
    payout = sent(services.order_payout(loan=pending, bank_account=card, acting_user=None))
    told = {"order": payout.key, "amount_minor": 1_200_000}
    tell(words(**told))
    assert tell(BACK | told).status_code == 202
    pending.refresh_from_db()
    assert pending.state == "active"


@pytest.mark.parametrize("state", ["created", "sent"])
def test_what_was_refunded_already_or_is_on_its_way_back_is_for_a_person(
    tell: Tell, order: PaymentOrder, card: BankAccount, state: str
) -> None:
    tell(words())
    # more than the loan needs: 9,159.05 of principal were left before the debit
    services.record_payment(loan=order.loan, amount_minor=2_000_000, key="too much", channel="staff", acting_user=None)
    refund = services.order_refund(loan=order.loan, bank_account=card, acting_user=None)
    if state == "sent":
        sent(refund)
    assert tell(BACK).status_code == 202
    assert not PaymentCorrection.objects.filter(kind="reversed").exists()


def test_the_borrower_reads_what_the_bank_said(tell: Tell, order: PaymentOrder, client: Client) -> None:
    tell(words())
    tell(BACK)
    client.force_login(order.loan.borrower.user)
    client.cookies["language"] = "en"
    payment = Payment.objects.get(key="order-1")
    page = shown(client.get(reverse("loans:payment", args=[order.loan.public_id, payment.public_id])))
    assert "This payment was taken back" in page
    assert "The account did not hold enough (AM04)" in page


def test_a_code_that_we_do_not_know_is_kept_as_it_was_said(tell: Tell, order: PaymentOrder) -> None:
    tell(words())
    services.reverse_returned(order=order, reason="MS03", value_on=TODAY)
    assert PaymentCorrection.objects.get().reason == "returned MS03"


def test_without_a_payment_there_is_nothing_to_reverse(order: PaymentOrder, staff: SimpleNamespace) -> None:
    with pytest.raises(NothingToReverse):
        services.reverse_returned(order=order, reason="AM04", value_on=TODAY)
