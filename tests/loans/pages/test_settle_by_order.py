"""Settling and repaying early through the gateway: the agreed sum, once, told while it is under way and when it fails.

9,159.05 are left on 8 May; 23 days cost 84.26, so 9,243.31 settles the loan (see test_settle.py).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import BankAccount, Borrower
from loans import services
from loans.books import violations
from loans.engine.prepayment import Keep
from loans.errors import InQuestion, OrderOpen
from loans.gateways.interface import Instruction, NoAnswer, Outcome, Report
from loans.models import Loan, Payment, PaymentOrder, ScheduleVersion, SuspenseItem
from tests.conftest import TODAY
from tests.loans.conftest import at_noon, product_of
from tests.loans.gateways.conftest import account_of
from tests.loans.pages.conftest import LANGUAGES, hidden, words

Page = Callable[..., Any]
SUM = 924_331


class Bank:
    """A gateway that says what the test wishes."""

    name = "callback"
    calls_out = False
    outcome: Outcome | None = Outcome.PENDING
    reason = ""

    def send_debit(self, instruction: Instruction) -> Report:
        if self.outcome is None:
            raise NoAnswer("time-out")
        return Report(
            key=instruction.key,
            outcome=self.outcome,
            amount_minor=instruction.amount_minor,
            currency=instruction.currency,
            reason=self.reason,
        )


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    found = Bank()
    for module in (
        "services.ordering", "services.sending", "selectors.pay_page", "selectors.settle_page", "selectors.early",
        "selectors.loan_page",
    ):  # fmt: skip
        monkeypatch.setattr(f"loans.{module}.gateway_for", lambda code: found)
    return found


@pytest.fixture
def card(borrower: Borrower) -> BankAccount:
    return account_of(borrower)


def send(at: Client, loan: Loan, form: Any, card: BankAccount, *, on: date = TODAY, **changed: Any) -> Any:
    sent = {name: hidden(form, name) for name in ("key", "seen", "total")} | {"account": str(card.pk)}
    with at_noon(on):
        return at.post(reverse("loans:settle", args=[loan.public_id]), sent | changed)


def tell(order: PaymentOrder, outcome: Outcome, on: date = TODAY, event_id: str = "ev-1", **changed: Any) -> str:
    said = {"key": order.key, "outcome": outcome, "amount_minor": order.amount_minor, "currency": "CNY"}
    report = Report(**(said | changed))
    with at_noon(on):
        taken = services.take_report(lender=order.lender, gateway="callback", event_id=event_id, report=report)
    return taken.answer.value


def test_an_answer_at_once_settles_and_leads_to_the_receipt(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    bank.outcome = Outcome.SUCCEEDED
    response = send(at, paid_three, page("settle", paid_three), card)
    payment = Payment.objects.latest("pk")
    assert response["Location"] == reverse("loans:payment", args=[paid_three.public_id, payment.public_id])
    paid_three.refresh_from_db()
    assert (payment.amount_minor, payment.channel, paid_three.state) == (SUM, "borrower", "settled")
    assert list(violations([paid_three.lender])) == []


@pytest.mark.parametrize("outcome", [Outcome.PENDING, None], ids=["asked", "no answer"])
def test_while_it_is_under_way_every_page_says_so_and_nothing_else_is_collected(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount, outcome: Outcome | None
) -> None:
    bank.outcome = outcome
    response = send(at, paid_three, page("settle", paid_three), card)
    assert response["Location"] == reverse("loans:detail", args=[paid_three.public_id])
    order = PaymentOrder.objects.get()
    assert (order.aim, order.amount_minor, order.ordered_on) == ("settle", SUM, TODAY)
    for name in ("detail", "settle", "pay"):
        shown = words(page(name, paid_three))
        assert "The settlement is on its way" in shown
        assert ("We go on asking until it does." in shown) == (outcome is None)
        assert "From which account" not in shown
    with pytest.raises(OrderOpen):
        services.order_debit(loan=paid_three, bank_account=card, amount_minor=1, key="k", acting_user=None)


def test_a_double_click_and_a_second_tab_order_once(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    first, second = page("settle", paid_three), page("settle", paid_three)
    assert [send(at, paid_three, first, card).status_code for _ in range(2)] == [302, 302]
    assert send(at, paid_three, second, card).status_code == 409
    assert PaymentOrder.objects.count() == 1


def test_the_sum_of_the_day_settles_even_if_the_bank_answers_days_later(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    send(at, paid_three, page("settle", paid_three), card)
    order = PaymentOrder.objects.get()
    assert tell(order, Outcome.SUCCEEDED, date(2026, 5, 11), value_on=date(2026, 5, 11)) == "applied"
    paid_three.refresh_from_db()
    assert (paid_three.state, paid_three.settled_on) == ("settled", TODAY)
    assert list(violations([paid_three.lender])) == []


def test_if_the_loan_changed_meanwhile_the_money_waits_for_a_person(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    send(at, paid_three, page("settle", paid_three), card)
    services.record_payment(loan=paid_three, amount_minor=100, key="desk", channel="staff", acting_user=None)
    assert tell(PaymentOrder.objects.get(), Outcome.SUCCEEDED) == "suspense"
    item = SuspenseItem.objects.get()
    assert (item.reason, item.amount_minor) == ("loan_changed", SUM)
    assert list(violations([paid_three.lender])) == []


def test_a_failure_is_told_with_its_reason_and_what_helps(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    bank.outcome, bank.reason = Outcome.FAILED, "AM04"
    send(at, paid_three, page("settle", paid_three), card)
    for name in ("detail", "settle", "pay"):
        shown = words(page(name, paid_three))
        assert "The last payment did not go through" in shown
        assert "The account did not hold enough." in shown
    assert "From which account" in words(page("settle", paid_three))
    assert "did not go through" not in words(page("settle", paid_three, on=date(2026, 5, 16)))


def test_what_may_have_come_is_not_asked_for_again_to_settle_or_to_repay_a_part(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    """The bank said no, then that it was paid: asked again, the borrower would pay for everything twice."""
    bank.outcome, bank.reason = Outcome.FAILED, "AM04"
    form, second = page("settle", paid_three), page("settle", paid_three)
    send(at, paid_three, form, card)
    tell(PaymentOrder.objects.get(), Outcome.SUCCEEDED)
    address = reverse("loans:repay_early", args=[paid_three.public_id])
    for shown in (words(page("settle", paid_three)), words(at.get(address, {"amount": "3,000"}))):
        assert "We are looking into a payment of yours" in shown
        assert "From which account" not in shown
        assert "did not go through" not in shown
    assert send(at, paid_three, second, card).status_code == 409
    with pytest.raises(InQuestion):
        services.order_early(
            loan=paid_three, bank_account=card, aim="settle", amount_minor=SUM, key="k", acting_user=None
        )
    assert PaymentOrder.objects.count() == 1


def test_what_was_returned_makes_the_loan_run_again(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    bank.outcome = Outcome.SUCCEEDED
    send(at, paid_three, page("settle", paid_three), card)
    assert tell(PaymentOrder.objects.get(), Outcome.RETURNED, reason="AM04") == "applied"
    paid_three.refresh_from_db()
    assert (paid_three.state, paid_three.principal_left_minor) == ("active", 915_905)
    assert list(violations([paid_three.lender])) == []


def test_an_order_that_was_not_sent_on_its_day_is_not_sent_any_more(
    qinghe: Any, bank: Bank, paid_three: Loan, card: BankAccount
) -> None:
    order = services.order_early(
        loan=paid_three, bank_account=card, aim="settle", amount_minor=SUM, key="k", acting_user=None
    )
    with at_noon(date(2026, 5, 9)):
        services.send_orders(lender=qinghe)
    order.refresh_from_db()
    assert (order.state, order.reason) == ("failed", "quote_over")


@pytest.mark.parametrize("total", ["924330", "1", ""])
def test_only_the_sum_that_was_shown(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount, total: str
) -> None:
    assert send(at, paid_three, page("settle", paid_three), card, total=total).status_code == 409
    assert not PaymentOrder.objects.exists()


def test_somebody_elses_account_is_not_asked(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount, stranger: Borrower
) -> None:
    theirs = account_of(stranger, "7777")
    assert "Choose one of your confirmed accounts." in words(send(at, paid_three, page("settle", paid_three), theirs))
    assert not PaymentOrder.objects.exists()


def test_a_settled_loan_says_so_kindly(at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount) -> None:
    form = page("settle", paid_three)
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    response = send(at, paid_three, form, card)
    assert response.status_code == 409
    assert "It was settled on 8 May 2026" in words(response)
    assert not PaymentOrder.objects.exists()


def test_without_a_confirmed_account_one_is_asked_for(page: Page, bank: Bank, paid_three: Loan) -> None:
    assert "First confirm a bank account" in words(page("settle", paid_three))


@pytest.mark.parametrize("keep, aim", [(Keep.COUNT, "repay_count"), (Keep.INSTALMENT, "repay_instalment")])
def test_a_part_is_repaid_the_same_way(
    at: Client, page: Page, bank: Bank, paid_three: Loan, card: BankAccount, keep: Keep, aim: str
) -> None:
    address = reverse("loans:repay_early", args=[paid_three.public_id])
    form = at.get(address, {"amount": "3,000"})
    assert "From which account" in words(form)
    sent = {name: hidden(form, name) for name in ("key", "seen", "total")}
    sent |= {"amount": "3,000", "keep": keep.value, "account": str(card.pk)}
    assert at.post(address, sent)["Location"] == reverse("loans:detail", args=[paid_three.public_id])
    assert at.post(address, sent).status_code == 302
    order = PaymentOrder.objects.get()
    assert order.aim == aim
    assert "It counts as of 8 May 2026" in words(page("detail", paid_three))
    assert tell(order, Outcome.SUCCEEDED, date(2026, 5, 11)) == "applied"
    version = ScheduleVersion.objects.filter(loan=paid_three).latest("number")
    assert (version.source, version.adopted_on) == ("prepayment", TODAY)
    assert list(violations([paid_three.lender])) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_in_every_language(
    page: Page, bank: Bank, paid_three: Loan, card: BankAccount, language: str
) -> None:
    assert "¥9,243.31" in words(page("settle", paid_three, language=language))


# giving the money back on the day it came


def test_money_given_back_on_its_day_costs_one_day_and_no_fee(
    at: Client, page: Page, demo: None, make_loan: Callable[..., Loan], qinghe: Any
) -> None:
    costly = product_of(qinghe, code="fee", early_fee_rate="0.01")
    loan = services.disburse_loan(loan=make_loan(product=costly, disbursed_on=TODAY), acting_user=None)
    shown = words(page("settle", loan))
    assert "Give the money back" in shown
    assert "costs the interest of one day, and no fee" in shown
    # 12,000.00 x 14.4 % / 360 = 4.80
    assert "¥12,004.80" in shown
    assert "Give the money back" in words(page("detail", loan))
    form = page("settle", loan)
    at.post(
        reverse("loans:settle", args=[loan.public_id]),
        {name: hidden(form, name) for name in ("key", "seen", "total")},
    )
    loan.refresh_from_db()
    assert loan.state == "settled"
    assert "Get the certificate" in words(page("detail", loan))
    assert list(violations([qinghe])) == []


def test_a_day_later_it_is_an_early_settlement(
    page: Page, demo: None, make_loan: Callable[..., Loan], qinghe: Any
) -> None:
    costly = product_of(qinghe, code="fee", early_fee_rate="0.01")
    loan = services.disburse_loan(loan=make_loan(product=costly, disbursed_on=TODAY), acting_user=None)
    shown = words(page("settle", loan, on=date(2026, 5, 9)))
    assert "Give the money back" not in shown
    # 12,000.00 + 4.80 + 1 % of 12,000.00
    assert "¥12,124.80" in shown
