"""Paying through the lender's gateway: from one's own account, seen while it is under way, never twice unasked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import BankAccount, Borrower
from loans import services
from loans.errors import InQuestion
from loans.gateways.interface import Instruction, NoAnswer, Outcome, Report
from loans.models import Loan, Payment, PaymentOrder
from tests.loans.gateways.conftest import account_of
from tests.loans.pages.conftest import LANGUAGES, hidden, words

Page = Callable[..., Any]


class Bank:
    """A gateway that says what the test wishes."""

    name = "callback"
    calls_out = False
    outcome: Outcome | None = Outcome.PENDING

    def send_debit(self, instruction: Instruction) -> Report:
        if self.outcome is None:
            raise NoAnswer("time-out")
        return Report(
            key=instruction.key,
            outcome=self.outcome,
            amount_minor=instruction.amount_minor,
            currency=instruction.currency,
        )


@pytest.fixture
def bank(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Bank:
    found = Bank()
    for module in ("loans.services.ordering", "loans.services.sending", "loans.selectors.pay_page"):
        monkeypatch.setattr(f"{module}.gateway_for", lambda code: found)
    return found


@pytest.fixture
def card(borrower: Borrower) -> BankAccount:
    return account_of(borrower)


def send(at: Client, loan: Loan, form: Any, **changed: str) -> Any:
    sent = {"amount": "1,079.71", "key": hidden(form, "key"), "seen": hidden(form, "seen")}
    return at.post(reverse("loans:pay", args=[loan.public_id]), sent | changed)


def test_without_a_gateway_the_lenders_own_ways_are_named(page: Page, paid_three: Loan, card: BankAccount) -> None:
    assert "Pay through your lender" in words(page("pay", paid_three))


def test_what_seems_not_to_have_come_is_not_collected_again_until_a_person_has_looked(
    page: Page, at: Client, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    """The bank said no, then that it was paid: asked again, the borrower would pay twice."""
    form, second = page("pay", paid_three), page("pay", paid_three)
    send(at, paid_three, form, account=str(card.pk))
    order = PaymentOrder.objects.get()
    for event, outcome in (("e", Outcome.FAILED), ("late", Outcome.SUCCEEDED)):
        said = Report(key=order.key, outcome=outcome, amount_minor=order.amount_minor, currency="CNY")
        services.take_report(lender=order.lender, gateway="callback", event_id=event, report=said)
    with pytest.raises(InQuestion):
        services.order_debit(
            loan=paid_three, bank_account=card, amount_minor=100, key="k", acting_user=paid_three.borrower.user
        )
    assert send(at, paid_three, second, account=str(card.pk)).status_code == 409
    shown = words(page("pay", paid_three))
    assert "We are looking into a payment of yours" in shown
    assert "No money has moved" not in shown
    assert PaymentOrder.objects.count() == 1


def test_without_a_confirmed_account_one_is_asked_for(page: Page, bank: Bank, paid_three: Loan) -> None:
    shown = words(page("pay", paid_three))
    assert "First confirm a bank account" in shown
    assert "Amount to pay" not in shown


def test_the_bank_is_asked_and_the_page_says_so(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    form = page("pay", paid_three)
    assert "No money moves here" not in words(form)
    response = send(at, paid_three, form, account=str(card.pk))
    assert response["Location"] == reverse("loans:pay", args=[paid_three.public_id])
    order = PaymentOrder.objects.get()
    assert (order.amount_minor, order.state, order.ordered_by) == (107_971, "sent", paid_three.borrower.user)
    shown = words(at.get(response["Location"]))
    assert "We are collecting ¥1,079.71 from" in shown
    assert "1234" in shown
    assert not Payment.objects.filter(channel="borrower").exists()


def test_an_answer_at_once_leads_to_the_receipt(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    bank.outcome = Outcome.SUCCEEDED
    response = send(at, paid_three, page("pay", paid_three), account=str(card.pk))
    payment = Payment.objects.get(channel="borrower")
    assert response["Location"] == reverse("loans:payment", args=[paid_three.public_id, payment.public_id])


def test_a_form_sent_twice_orders_once(at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount) -> None:
    form = page("pay", paid_three)
    for _ in range(2):
        assert send(at, paid_three, form, account=str(card.pk)).status_code == 302
    assert PaymentOrder.objects.count() == 1


@pytest.mark.parametrize("outcome", [Outcome.PENDING, None])
def test_a_second_payment_beside_one_under_way_is_made_only_when_asked_for(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount, outcome: Outcome | None
) -> None:
    bank.outcome = outcome
    send(at, paid_three, page("pay", paid_three), account=str(card.pk))
    form = page("pay", paid_three)
    refused = send(at, paid_three, form, account=str(card.pk))
    assert "A payment is on its way already." in words(refused)
    assert PaymentOrder.objects.count() == 1
    assert send(at, paid_three, form, account=str(card.pk), again="on").status_code == 302
    assert PaymentOrder.objects.count() == 2


def test_somebody_elses_account_is_not_taken(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount, stranger: Borrower
) -> None:
    theirs = account_of(stranger, "7777")
    response = send(at, paid_three, page("pay", paid_three), account=str(theirs.pk))
    assert "Choose one of your confirmed accounts." in words(response)
    assert not PaymentOrder.objects.exists()


def test_in_the_demonstration_too_a_payment_under_way_is_said(
    page: Page, demo: None, paid_three: Loan, card: BankAccount
) -> None:
    services.order_debit(
        loan=paid_three, bank_account=card, amount_minor=107_971, key="o1", acting_user=paid_three.borrower.user
    )
    for name in ("pay", "detail"):
        assert "A payment is on its way" in words(page(name, paid_three))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_in_every_language(
    page: Page, bank: Bank, paid_three: Loan, card: BankAccount, language: str
) -> None:
    services.order_debit(loan=paid_three, bank_account=card, amount_minor=107_971, key="o1", acting_user=None)
    assert "¥1,079.71" in words(page("pay", paid_three, language=language))
