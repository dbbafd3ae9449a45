"""Money owed back: the borrower asks, a clerk orders, never above what is owed and never twice."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import NotPermitted
from accounts.models import BankAccount, Borrower
from loans import services
from loans.books import violations
from loans.errors import AccountRefused, AmountRefused, InQuestion, OrderOpen
from loans.gateways.interface import Outcome, Report
from loans.models import GatewayEvent, Loan, PaymentOrder, RefundWish
from loans.services.refunding import wish_refund
from tests.house.visits import signed_in
from tests.loans.gateways.conftest import account, account_of
from tests.loans.pages.conftest import LANGUAGES, hidden, words

# 9,717.39 were left to pay of the worked example; 20,000.00 came
OWED = 2_000_000 - 971_732


@pytest.fixture
def card(borrower: Borrower) -> BankAccount:
    return account_of(borrower)


@pytest.fixture
def overpaid(paid_three: Loan, card: BankAccount, settings: Any) -> Loan:
    settings.GATEWAY_URLS = {"qinghe": "https://pay.example/v1"}
    settings.GATEWAY_HOSTS = ("pay.example",)
    settings.GATEWAY_KEYS = {"qinghe": ("a key of qinghe that nobody else knows",)}
    services.record_payment(loan=paid_three, amount_minor=2_000_000, key="too much", channel="staff", acting_user=None)
    paid_three.refresh_from_db()
    return paid_three


@pytest.fixture
def desk(client: Client, staff: SimpleNamespace, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("loans.views.refunds.send_orders", lambda **given: None)
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in(staff.servicing)
    client.cookies["language"] = "en"
    return client


def address(loan: Loan) -> str:
    return reverse("admin:loans_loan_refund", args=[loan.pk])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_loan_page_says_what_is_owed_back_and_leads_there(
    page: Callable[..., Any], overpaid: Loan, language: str
) -> None:
    shown = page("detail", overpaid, language=language)
    assert "¥10,282.68" in words(shown)
    assert reverse("loans:refund", args=[overpaid.public_id]) in shown.content.decode()
    assert "10,282.68" in words(page("refund", overpaid, language=language))


def test_asking_twice_is_one_wish_that_the_page_shows(at: Client, overpaid: Loan, card: BankAccount) -> None:
    path = reverse("loans:refund", args=[overpaid.public_id])
    assert at.post(path).status_code == 422
    assert at.post(path, {"account": card.pk}).status_code == 302
    assert at.post(path, {"account": card.pk}).status_code == 409
    wish = RefundWish.objects.get()
    assert (wish.amount_minor, wish.bank_account) == (OWED, card)
    assert "You have asked for it" in words(at.get(path))


def test_nobody_asks_for_anothers_money_or_to_anothers_account(
    overpaid: Loan, card: BankAccount, stranger: Borrower, staff: SimpleNamespace
) -> None:
    for user in (stranger.user, staff.servicing):
        with pytest.raises(NotPermitted):
            wish_refund(loan=overpaid, bank_account=card, acting_user=user)
    with pytest.raises(AccountRefused):
        wish_refund(loan=overpaid, bank_account=account_of(stranger, "7777"), acting_user=overpaid.borrower.user)


def test_where_nothing_is_owed_nothing_is_asked(loan: Loan, card: BankAccount) -> None:
    with pytest.raises(AmountRefused):
        wish_refund(loan=loan, bank_account=card, acting_user=loan.borrower.user)


def test_a_clerk_orders_it_to_the_account_that_was_wished_for(
    desk: Client, overpaid: Loan, borrower: Borrower, staff: SimpleNamespace
) -> None:
    second = account_of(borrower, "5678")
    wish_refund(loan=overpaid, bank_account=second, acting_user=borrower.user)
    assert address(overpaid) in desk.get(reverse("admin:loans_loan_change", args=[overpaid.pk])).content.decode()
    assert address(overpaid) in desk.get(reverse("admin:loans_refundwish_changelist")).content.decode()
    form = desk.get(address(overpaid))
    assert "10,282.68" in form.content.decode()
    assert "••••5678" in words(form)
    assert (
        desk.post(address(overpaid), {"amount": "10,282.68", "account": second.pk, "key": str(uuid4())}).status_code
        == 302
    )
    order = PaymentOrder.objects.get()
    assert (order.direction, order.amount_minor, order.bank_account) == ("refund", OWED, second)
    assert order.ordered_by == staff.servicing
    with pytest.raises(OrderOpen):
        wish_refund(loan=overpaid, bank_account=second, acting_user=borrower.user)


@pytest.mark.parametrize("amount", ["10,282.69", "0", "-1", ""])
def test_never_more_than_is_owed(desk: Client, overpaid: Loan, card: BankAccount, amount: str) -> None:
    assert desk.post(address(overpaid), {"amount": amount, "account": card.pk, "key": str(uuid4())}).status_code == 422
    assert not PaymentOrder.objects.exists()


def test_of_two_clerks_one_is_told(desk: Client, overpaid: Loan, card: BankAccount) -> None:
    sent = {"amount": "10,282.68", "account": card.pk}
    assert desk.post(address(overpaid), {**sent, "key": str(uuid4())}).status_code == 302
    answer = desk.post(address(overpaid), {**sent, "key": str(uuid4())})
    assert (answer.status_code, PaymentOrder.objects.count()) == (422, 1)
    assert "under way already" in words(answer)


def test_sent_back_nothing_is_owed_any_more(desk: Client, overpaid: Loan, card: BankAccount) -> None:
    desk.post(address(overpaid), {"amount": "10,282.68", "account": card.pk, "key": str(uuid4())})
    order = PaymentOrder.objects.get()
    PaymentOrder.objects.update(state="sent", sent_at=order.created_at)
    said = Report(key=order.key, outcome=Outcome.SUCCEEDED, amount_minor=OWED, currency="CNY")
    services.take_report(lender=order.lender, gateway="callback", event_id="e", report=said)
    assert account(overpaid.lender, "borrower_credit") == 0
    assert list(violations([overpaid.lender])) == []
    assert desk.post(address(overpaid), {"amount": "1", "account": card.pk, "key": str(uuid4())}).status_code == 422


def test_the_same_form_sent_twice_is_one_refund(desk: Client, overpaid: Loan, card: BankAccount) -> None:
    """A gateway that answers at once has sent the first by then, and the rest is still owed."""
    sent = {"amount": "100", "account": card.pk, "key": hidden(desk.get(address(overpaid)), "key")}
    for _time in range(2):
        assert desk.post(address(overpaid), sent).status_code == 302
        order = PaymentOrder.objects.get()
        PaymentOrder.objects.filter(state="created").update(state="sent", sent_at=order.created_at)
        said = Report(key=order.key, outcome=Outcome.SUCCEEDED, amount_minor=10_000, currency="CNY")
        services.take_report(lender=order.lender, gateway="callback", event_id="e", report=said)
    assert account(overpaid.lender, "borrower_credit") == -(OWED - 10_000)


@pytest.mark.parametrize("key", ["", "x"])
def test_a_form_without_its_key_is_refused(desk: Client, overpaid: Loan, card: BankAccount, key: str) -> None:
    assert desk.post(address(overpaid), {"amount": "1", "account": card.pk, "key": key}).status_code == 422
    assert not PaymentOrder.objects.exists()


def test_while_it_is_not_clear_whether_it_went_both_pages_say_so_and_nothing_goes(
    desk: Client, overpaid: Loan, card: BankAccount, staff: SimpleNamespace
) -> None:
    order = services.order_refund(loan=overpaid, bank_account=card, acting_user=None)
    PaymentOrder.objects.update(state="sent", sent_at=order.created_at)
    for event, outcome in (("e", Outcome.FAILED), ("late", Outcome.SUCCEEDED)):
        said = Report(key=order.key, outcome=outcome, amount_minor=OWED, currency="CNY", reason="not_received")
        services.take_report(lender=order.lender, gateway="callback", event_id=event, report=said)
    for _look in range(2):
        with pytest.raises(InQuestion):
            services.order_refund(loan=overpaid, bank_account=card, acting_user=None)
        with pytest.raises(InQuestion):
            wish_refund(loan=overpaid, bank_account=card, acting_user=overpaid.borrower.user)
        answer = desk.post(address(overpaid), {"amount": "10,282.68", "account": card.pk, "key": str(uuid4())})
        assert (answer.status_code, PaymentOrder.objects.count()) == (422, 1)
        assert "It is not clear whether an earlier refund went." in words(answer)
        if event := GatewayEvent.objects.to_review().first():
            services.review_event(event=event, words="Statement.", has_come=True, acting_user=staff.servicing)
    shown = desk.get(address(overpaid)).content.decode()
    assert reverse("admin:loans_suspenseitem_changelist") + "?waiting=yes" in shown
    desk.force_login(overpaid.borrower.user)
    own = words(desk.get(reverse("loans:refund", args=[overpaid.public_id])))
    assert "not clear yet whether an earlier refund reached you" in own
    assert "You can start again" not in own


def test_others_find_nothing(client: Client, overpaid: Loan, staff: SimpleNamespace, settings: Any) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in(staff.reviewer)
    assert client.get(address(overpaid)).status_code == 404
