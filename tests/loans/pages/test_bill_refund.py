"""Money kept on a monthly bill: the borrower asks for it, a clerk sends it; and a payment taken back by hand."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import BankAccount, Borrower, Lender, User
from loans import services
from loans.books import violations
from loans.gateways.interface import Outcome, Report
from loans.models import AccountEntry, PaymentOrder, RefundWish, RevolvingAccount
from loans.services.bill_paying import return_credit
from loans.services.bill_refunding import order_bill_refund, wish_bill_refund
from tests.house.visits import signed_in
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account_of, sent
from tests.loans.pages.conftest import LANGUAGES, hidden, speak, words

JUNE = date(2026, 6, 5)


@pytest.fixture
def card(borrower: Borrower, settings: Any) -> BankAccount:
    settings.GATEWAY_URLS = {"qinghe": "https://pay.example/v1"}
    settings.GATEWAY_HOSTS = ("pay.example",)
    settings.GATEWAY_KEYS = {"qinghe": ("a key of qinghe that nobody else knows",)}
    return account_of(borrower)


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 were billed on 1 June, 1,200.00 were paid on the 5th: 200.00 are kept for the borrower."""
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe)))
    monthly.live(made, "2026-05-20 buy 100000")
    monthly.bill_up_to(made, date(2026, 6, 1))
    monthly.live(made, "2026-06-05 pay 120000")
    return made


@pytest.fixture
def desk(inside: Callable[[User], Client], staff: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("loans.views.bill_refunds.send_orders", lambda **given: None)
    return inside(staff.servicing)


def visit(client: Client, account: RevolvingAccount, page: str = "refund", sent: Any = None) -> Any:
    path = reverse(f"loans:bill_{page}", args=[account.public_id])
    with at_noon(JUNE):
        return client.get(path) if sent is None else client.post(path, sent)


def at_desk(desk: Client, of: RevolvingAccount, page: str = "refund", **form: Any) -> Any:
    path = reverse(f"admin:loans_revolvingaccount_{page}", args=[of.pk])
    with at_noon(JUNE):
        return desk.post(path, form) if form else desk.get(path)


def take_back(desk: Client, entry: AccountEntry, **form: Any) -> Any:
    path = reverse("admin:loans_accountentry_take_back", args=[entry.pk])
    with at_noon(JUNE):
        return desk.post(path, form) if form else desk.get(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_bill_leads_to_what_is_kept(
    at: Client, account: RevolvingAccount, card: BankAccount, language: str
) -> None:
    speak(at, language)
    link = reverse("loans:bill_refund", args=[account.public_id])
    for page in ("account", "close"):
        assert link in visit(at, account, page).content.decode()
    assert "200.00" in words(visit(at, account))


def test_asked_for_twice_it_is_one_wish_that_the_page_shows(
    at: Client, account: RevolvingAccount, card: BankAccount
) -> None:
    assert visit(at, account, sent={"account": "0"}).status_code == 422
    assert visit(at, account, sent={"account": card.pk}).status_code == 302
    assert visit(at, account, sent={"account": card.pk}).status_code == 409
    wish = RefundWish.objects.get()
    assert (wish.amount_minor, wish.bank_account, wish.bill_account) == (20_000, card, account)
    assert "You have asked for it" in words(visit(at, account))


def test_who_has_no_account_is_told_to_confirm_one(at: Client, account: RevolvingAccount) -> None:
    assert "First confirm a bank account" in words(visit(at, account))


def test_a_clerk_sends_it_and_everybody_sees_how_far_it_is(
    desk: Client, account: RevolvingAccount, borrower: Borrower, card: BankAccount, staff: SimpleNamespace
) -> None:
    second = account_of(borrower, "5678")
    with at_noon(JUNE):
        wish_bill_refund(account=account, bank_account=second, acting_user=borrower.user)
    link = reverse("admin:loans_revolvingaccount_refund", args=[account.pk])
    assert link in at_desk(desk, account, "change").content.decode()
    change = reverse("admin:loans_revolvingaccount_change", args=[account.pk])
    assert change in desk.get(reverse("admin:loans_refundwish_changelist")).content.decode()
    form = words(at_desk(desk, account))
    assert "The borrower asked for it on" in form
    assert "••••5678" in form
    for wrong in ("200.01", "0", ""):
        assert at_desk(desk, account, amount=wrong, account=second.pk, key=str(uuid4())).status_code == 422
    assert at_desk(desk, account, amount="200", account=second.pk, key=str(uuid4())).status_code == 302
    order = PaymentOrder.objects.get()
    assert (order.direction, order.amount_minor, order.bank_account) == ("refund", 20_000, second)
    assert order.ordered_by == staff.servicing
    again = at_desk(desk, account, amount="200", account=second.pk, key=str(uuid4()))
    assert (again.status_code, PaymentOrder.objects.count()) == (422, 1)
    assert "A refund, or a payment of everything, is under way." in words(again)
    by_hand = at_desk(desk, account, "give_back", amount="200", key=str(uuid4()))
    assert "A refund, or a payment of everything, is under way." in words(by_hand)
    desk.force_login(borrower.user)
    for page in ("refund", "account", "close"):
        assert "A refund is on its way" in words(visit(desk, account, page))


def test_a_refund_that_failed_is_said_to_both(
    at: Client, account: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    with at_noon(JUNE):
        order = sent(order_bill_refund(account=account, bank_account=card, acting_user=None))
        said = Report(key=order.key, outcome=Outcome.FAILED, amount_minor=20_000, currency="CNY", reason="AC04")
        services.take_report(lender=qinghe, gateway=order.gateway, event_id="e", report=said)
    shown = words(visit(at, account))
    assert "The last refund did not go through" in shown
    assert "it is closed or blocked" in shown


def test_while_it_is_not_clear_whether_it_went_both_pages_say_so_and_nothing_goes(
    desk: Client, account: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    with at_noon(JUNE):
        order = sent(order_bill_refund(account=account, bank_account=card, acting_user=None))
        for event, outcome in (("e", Outcome.FAILED), ("late", Outcome.SUCCEEDED)):
            said = Report(key=order.key, outcome=outcome, amount_minor=20_000, currency="CNY", reason="not_received")
            services.take_report(lender=qinghe, gateway=order.gateway, event_id=event, report=said)
    for page, form in (("refund", {"amount": "200", "account": card.pk}), ("give_back", {"amount": "200"})):
        answer = at_desk(desk, account, page, key=str(uuid4()), **form)
        assert answer.status_code == 422
        assert "It is not clear whether an earlier refund went." in words(answer)
    shown = at_desk(desk, account).content.decode()
    assert reverse("admin:loans_gatewayevent_changelist") + "?waiting=yes" in shown
    assert reverse("admin:loans_suspenseitem_changelist") + "?waiting=yes" in shown
    desk.force_login(account.borrower.user)
    own = visit(desk, account)
    assert "not clear yet whether an earlier refund reached you" in words(own)
    assert "You can start again" not in words(own)
    assert visit(desk, account, sent={"account": card.pk}).status_code == 409
    assert PaymentOrder.objects.count() == 1


def test_the_same_form_sent_twice_is_one_refund(
    desk: Client, account: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    """A gateway that answers at once has sent the first by then, and the rest is still kept."""
    for key in ("", "x"):
        assert at_desk(desk, account, amount="50", account=card.pk, key=key).status_code == 422
    key = hidden(at_desk(desk, account), "key")
    for _time in range(2):
        assert at_desk(desk, account, amount="50", account=card.pk, key=key).status_code == 302
        order = PaymentOrder.objects.get()
        if order.state == "created":
            sent(order)
        said = Report(key=order.key, outcome=Outcome.SUCCEEDED, amount_minor=5_000, currency="CNY")
        with at_noon(JUNE):
            services.take_report(lender=qinghe, gateway=order.gateway, event_id="e", report=said)
    assert [row.amount_minor for row in account.entries.filter(kind="credit_returned")] == [5_000]


def test_a_payment_is_taken_back_by_hand_with_a_reason_once(
    desk: Client, account: RevolvingAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    entry = account.entries.get(kind="payment")
    link = reverse("admin:loans_accountentry_take_back", args=[entry.pk])
    change = reverse("admin:loans_accountentry_change", args=[entry.pk])
    assert link in desk.get(change).content.decode()
    assert take_back(desk, entry, reason="error").status_code == 422, "an error is explained"
    assert take_back(desk, entry, reason="error", words="Wrong account").status_code == 302
    back = account.entries.get(kind="taken_back")
    assert (back.about, back.reason, back.recorded_by) == (entry, "error Wrong account", staff.servicing)
    assert take_back(desk, entry, reason="AM04")["Location"] == change
    assert account.entries.filter(kind="taken_back").count() == 1
    assert link not in desk.get(change).content.decode()
    with at_noon(JUNE):
        assert list(violations([qinghe])) == []


def test_what_was_given_back_of_it_stands_in_the_way_and_is_said(desk: Client, account: RevolvingAccount) -> None:
    with at_noon(JUNE):
        return_credit(account=account, amount_minor=20_000, key="back", acting_user=None)
    answer = take_back(desk, account.entries.get(kind="payment"), reason="AM04")
    assert answer.status_code == 422
    assert "What this payment left over was paid back or used since" in words(answer)
    assert not account.entries.filter(kind="taken_back").exists()


def test_only_a_payment_is_taken_back_and_by_those_who_may(
    desk: Client, client: Client, account: RevolvingAccount, staff: SimpleNamespace, settings: Any
) -> None:
    assert take_back(desk, account.entries.get(kind="purchase")).status_code == 404
    settings.DEMO = False
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in(staff.reviewer)
    assert take_back(client, account.entries.get(kind="payment")).status_code == 404
    assert at_desk(client, account).status_code == 404
