"""Money that nobody could place: matched or sent back, once, by who may, with a reason."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, BankAccount, Lender
from loans import services
from loans.books import violations
from loans.errors import (
    AccountRefused,
    AlreadyResolved,
    AlreadySettled,
    AmountRefused,
    KeyTaken,
    OrderOpen,
    WordsNeeded,
)
from loans.models import GatewayEvent, Loan, PaymentOrder, SuspenseItem
from tests.house.visits import signed_in
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import INSTALMENT, Tell, account, account_of, sent, words
from tests.loans.pages.conftest import words as shown

PRINCIPAL = 1_200_000


@pytest.fixture
def item(tell: Tell, paid_three: Loan) -> SuspenseItem:
    """1,079.71 for an order that nobody knows."""
    tell(words(order="nobody's"))
    return SuspenseItem.objects.get()


def test_matched_money_is_a_payment_of_the_day_it_came(
    item: SuspenseItem, paid_three: Loan, staff: SimpleNamespace
) -> None:
    with at_noon(item.value_on.replace(day=20)):
        payment = services.match_suspense(item=item, loan=paid_three, words=" seen ", acting_user=staff.servicing)
    assert (payment.amount_minor, payment.value_on, payment.channel) == (INSTALMENT, item.value_on, "staff")
    assert account(item.lender, "suspense") == 0
    assert (item.resolution.outcome, item.resolution.words, item.resolution.payment) == ("matched", "seen", payment)
    assert AuditEntry.objects.get(verb="match_suspense").actor == staff.servicing
    assert list(violations([item.lender])) == []


def test_money_sent_back_leaves_the_books_as_they_were(item: SuspenseItem, staff: SimpleNamespace) -> None:
    cash = account(item.lender, "cash")
    services.return_suspense(item=item, words="sent back", acting_user=staff.servicing)
    assert (account(item.lender, "suspense"), account(item.lender, "cash")) == (0, cash - INSTALMENT)
    assert list(violations([item.lender])) == []


def test_money_is_placed_once(item: SuspenseItem, paid_three: Loan, staff: SimpleNamespace) -> None:
    services.return_suspense(item=item, words="sent back", acting_user=staff.servicing)
    with pytest.raises(AlreadyResolved):
        services.match_suspense(item=item, loan=paid_three, words="seen", acting_user=staff.servicing)
    assert paid_three.payments.count() == 3


def test_it_needs_a_reason_and_a_running_loan(item: SuspenseItem, paid_three: Loan, staff: SimpleNamespace) -> None:
    for text in ("", "  ", "x" * 301):
        with pytest.raises(WordsNeeded):
            services.match_suspense(item=item, loan=paid_three, words=text, acting_user=staff.servicing)
    services.settle_early(loan=paid_three, key="settled", acting_user=None)
    with pytest.raises(AlreadySettled):
        services.match_suspense(item=item, loan=paid_three, words="seen", acting_user=staff.servicing)
    assert account(item.lender, "suspense") == -INSTALMENT


def test_only_staff_who_may_place_money(item: SuspenseItem, paid_three: Loan, staff: SimpleNamespace) -> None:
    for user in (staff.reviewer, staff.auditor, staff.collections, staff.other_reviewer, paid_three.borrower.user):
        with pytest.raises(NotPermitted):
            services.match_suspense(item=item, loan=paid_three, words="seen", acting_user=user)
        with pytest.raises(NotPermitted):
            services.return_suspense(item=item, words="seen", acting_user=user)


def test_a_contradiction_that_brought_money_is_put_into_suspense(
    tell: Tell, order: PaymentOrder, staff: SimpleNamespace
) -> None:
    tell(words(outcome="failed"))
    tell(words(event_id="ev-2"))
    event = GatewayEvent.objects.to_review().get()
    services.review_event(event=event, words="on the statement", has_come=True, acting_user=staff.servicing)
    found = SuspenseItem.objects.get()
    assert (found.amount_minor, found.reason, found.loan) == (INSTALMENT, "found_in_review", order.loan)
    assert not GatewayEvent.objects.to_review().exists()
    with pytest.raises(AlreadyResolved):
        services.review_event(event=event, words="again", acting_user=staff.servicing)
    assert list(violations([order.lender])) == []


def test_a_contradiction_of_failure_brings_no_money(tell: Tell, order: PaymentOrder, staff: SimpleNamespace) -> None:
    tell(words())
    tell(words(event_id="ev-2", outcome="failed"))
    event = GatewayEvent.objects.to_review().get()
    with pytest.raises(NotPermitted):
        services.review_event(event=event, words="?", has_come=True, acting_user=staff.servicing)
    services.review_event(event=event, words="a mistake of the gateway", acting_user=staff.servicing)
    assert not SuspenseItem.objects.exists()


def test_a_refund_sends_back_what_is_owed_and_no_more(
    tell: Tell, loan: Loan, card: BankAccount, staff: SimpleNamespace
) -> None:
    services.record_payment(loan=loan, amount_minor=2_000_000, key="too much", channel="staff", acting_user=None)
    owed = -account(loan.lender, "borrower_credit")
    assert owed > 0
    with pytest.raises(AmountRefused):
        services.order_refund(loan=loan, bank_account=card, amount_minor=owed + 1, acting_user=staff.servicing)
    refund = sent(services.order_refund(loan=loan, bank_account=card, acting_user=staff.servicing))
    assert refund.amount_minor == owed
    with pytest.raises(OrderOpen):
        services.order_refund(loan=loan, bank_account=card, amount_minor=1, acting_user=staff.servicing)
    assert tell(words(order=refund.key, amount_minor=owed)).json()["answer"] == "applied"
    assert account(loan.lender, "borrower_credit") == 0
    with pytest.raises(AmountRefused):
        services.order_refund(loan=loan, bank_account=card, acting_user=staff.servicing)
    assert list(violations([loan.lender])) == []


def test_a_payout_is_ordered_once_and_again_only_after_failure(
    tell: Tell, pending: Loan, card: BankAccount, staff: SimpleNamespace
) -> None:
    first = services.order_payout(loan=pending, bank_account=card, acting_user=staff.servicing)
    assert services.order_payout(loan=pending, bank_account=card, acting_user=staff.servicing) == first
    sent(first)
    tell(words(order=first.key, outcome="failed", amount_minor=PRINCIPAL))
    second = services.order_payout(loan=pending, bank_account=card, acting_user=None)
    assert second.key != first.key
    with pytest.raises(NotPermitted):
        services.order_payout(loan=pending, bank_account=card, acting_user=staff.reviewer)


def test_money_goes_only_to_proved_accounts_of_the_borrower(
    pending: Loan, stranger: Any, borrower: Any, paid_three: Loan
) -> None:
    for account_ in (
        account_of(stranger),
        account_of(borrower, "5555", verified_at=None),
    ):
        with pytest.raises(AccountRefused):
            services.order_debit(
                loan=paid_three, bank_account=account_, amount_minor=100, key="k", acting_user=borrower.user
            )


def test_a_form_sent_twice_is_one_order(order: PaymentOrder, card: BankAccount) -> None:
    again = services.order_debit(
        loan=order.loan, bank_account=card, amount_minor=INSTALMENT, key="order-1", acting_user=None
    )
    assert again == order
    with pytest.raises(KeyTaken):
        services.order_debit(loan=order.loan, bank_account=card, amount_minor=1, key="order-1", acting_user=None)


def test_a_stranger_orders_nothing(paid_three: Loan, card: BankAccount, stranger: Any) -> None:
    with pytest.raises(NotPermitted):
        services.order_debit(loan=paid_three, bank_account=card, amount_minor=100, key="k", acting_user=stranger.user)


@pytest.fixture
def clerk(client: Client, staff: SimpleNamespace, settings: Any) -> Client:
    """Qinghe's servicing clerk on the staff's site, reading English."""
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in(staff.servicing)
    client.cookies["language"] = "en"
    return client


def test_the_page_puts_money_on_a_loan(clerk: Client, item: SuspenseItem, paid_three: Loan) -> None:
    path = reverse("admin:loans_suspenseitem_place", args=[item.public_id])
    assert "¥1,079.71 waits to be placed" in shown(clerk.get(path))
    sent_form = {"outcome": "matched", "number": paid_three.number, "words": "on the statement"}
    response = clerk.post(path, sent_form, follow=True)
    assert f"¥1,079.71 is on loan {paid_three.number}" in response.content.decode()
    assert paid_three.payments.count() == 4
    assert "has been placed already" in clerk.post(path, sent_form, follow=True).content.decode()


@pytest.mark.parametrize("number", ["", "LN-1999-000001"])
def test_the_page_says_what_is_wrong_with_a_number(clerk: Client, item: SuspenseItem, number: str) -> None:
    path = reverse("admin:loans_suspenseitem_place", args=[item.public_id])
    response = clerk.post(path, {"outcome": "matched", "number": number, "words": "x"})
    assert response.status_code == 422
    assert "There is no loan and no monthly bill of this number here." in response.content.decode()


def test_the_lists_lead_to_what_is_to_be_done(
    clerk: Client, item: SuspenseItem, tell: Tell, order: PaymentOrder
) -> None:
    tell(words(outcome="failed", event_id="ev-8"))
    tell(words(event_id="ev-9"))
    for name, said in (("loans_suspenseitem", "Place it"), ("loans_gatewayevent", "Look at it")):
        path = reverse(f"admin:{name}_changelist")
        for page in (clerk.get(path), clerk.get(path, {"waiting": "yes"})):
            assert said in shown(page), name
    event = GatewayEvent.objects.to_review().get()
    path = reverse("admin:loans_gatewayevent_look", args=[event.pk])
    page = shown(clerk.get(path))
    assert "contradicts what is known" in page
    assert "¥1,079.71: moved" in page
    clerk.post(path, {"words": "seen"})
    assert not GatewayEvent.objects.to_review().exists()


def test_money_of_one_lender_is_not_seen_at_another(clerk: Client, jiangpan: Lender, tell: Tell) -> None:
    from tests.loans.gateways.conftest import OTHER_KEY

    tell(words(order="theirs"), to="jiangpan", key=OTHER_KEY)
    item = SuspenseItem.objects.get()
    assert clerk.get(reverse("admin:loans_suspenseitem_place", args=[item.public_id])).status_code == 404
    assert "theirs" not in clerk.get(reverse("admin:loans_suspenseitem_changelist")).content.decode()
