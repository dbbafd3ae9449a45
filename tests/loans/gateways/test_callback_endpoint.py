"""What a gateway may say to us over HTTP, and what it is answered (the table of docs/payments.md)."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, BankAccount
from loans import services
from loans.books import violations
from loans.gateways.configured import seconds
from loans.gateways.signature import signature
from loans.models import GatewayEvent, Loan, Payment, PaymentOrder, SuspenseItem
from tests.loans.gateways.conftest import INSTALMENT, KEY, OTHER_KEY, Tell, account, sent, words

JOURNAL = "/payments/callbacks/qinghe/"


def state(order: PaymentOrder) -> str:
    order.refresh_from_db()
    return order.state


def test_a_success_is_booked_once_and_answered(tell: Tell, order: PaymentOrder) -> None:
    response = tell(words(reference="B-1"))
    assert (response.status_code, response.json()) == (200, {"answer": "applied", "replay": False})
    payment = Payment.objects.get(key="order-1")
    assert (payment.amount_minor, str(payment.value_on), payment.channel) == (INSTALMENT, "2026-05-08", "borrower")
    assert (state(order), order.moved_minor, order.reference) == ("succeeded", INSTALMENT, "B-1")
    assert list(violations([order.lender])) == []


def test_a_failure_ends_the_order_and_moves_nothing(tell: Tell, order: PaymentOrder) -> None:
    response = tell(words(outcome="failed", reason="insufficient_funds"))
    assert response.json() == {"answer": "applied", "replay": False}
    assert (state(order), order.reason, order.moved_minor) == ("failed", "insufficient_funds", 0)
    assert not Payment.objects.filter(key="order-1").exists()


def test_a_message_that_comes_again_gets_the_same_answer(tell: Tell, order: PaymentOrder) -> None:
    tell(words())
    assert tell(words()).json() == {"answer": "applied", "replay": True}
    assert tell(words()).status_code == 200
    assert GatewayEvent.objects.count() == 1
    assert Payment.objects.filter(loan=order.loan).count() == 4
    assert AuditEntry.objects.filter(verb="end_order").count() == 1


def test_the_same_success_as_another_event_says_nothing_new(tell: Tell, order: PaymentOrder) -> None:
    tell(words())
    assert tell(words(event_id="ev-2")).json() == {"answer": "noted", "replay": False}
    assert Payment.objects.filter(loan=order.loan).count() == 4


def test_one_event_with_two_contents_is_a_conflict_that_is_kept(tell: Tell, order: PaymentOrder) -> None:
    tell(words(outcome="pending"))
    response = tell(words())
    assert (response.status_code, response.json()["answer"]) == (409, "conflict")
    assert tell(words()).json() == {"answer": "conflict", "replay": True}
    assert state(order) == "sent"
    assert [event.answer for event in GatewayEvent.objects.to_review()] == ["conflict"]


def test_a_message_without_a_genuine_signature_is_refused(tell: Tell, order: PaymentOrder) -> None:
    for response in (
        tell(words(), key="another key, as long as the lender's"),
        tell(words(), key=OTHER_KEY),
        tell(words(), **{"Leeway-Signature": ""}),
        tell(words(), **{"Leeway-Timestamp": ""}),
        tell(words(), **{"Leeway-Timestamp": str(seconds() + 1)}),
        tell(words(), to="nobody"),
    ):
        assert (response.status_code, response.json()) == (401, {"error": "signature"})
    assert GatewayEvent.objects.count() == 0
    assert state(order) == "sent"


def test_another_lenders_key_opens_only_that_lenders_address(tell: Tell, order: PaymentOrder, jiangpan: Any) -> None:
    response = tell(words(), to="jiangpan", key=OTHER_KEY)
    assert response.json()["answer"] == "suspense"  # at Jiangpan nobody knows this order
    assert SuspenseItem.objects.get().lender == jiangpan
    assert state(order) == "sent"


@pytest.mark.parametrize("seconds_off, status", [(-300, 200), (-301, 401), (300, 200), (301, 401)])
def test_a_message_is_fresh_for_five_minutes(tell: Tell, order: PaymentOrder, seconds_off: int, status: int) -> None:
    assert tell(words(), at=seconds() + seconds_off).status_code == status


def test_while_a_key_is_changed_both_are_good(tell: Tell, order: PaymentOrder, settings: Any) -> None:
    new = "the newer key of qinghe, still unknown to the gateway"
    settings.GATEWAY_KEYS = {"qinghe": (new, KEY)}
    assert tell(words(), key=KEY).status_code == 200
    assert tell(words(), key=new).json()["replay"] is True
    settings.GATEWAY_KEYS = {"qinghe": (new,)}
    assert tell(words(), key=KEY).status_code == 401


def test_a_sender_may_sign_with_two_keys(tell: Tell, order: PaymentOrder) -> None:
    body, now = json.dumps(words()).encode(), seconds()
    both = f"{signature('x' * 40, now, body)}, {signature(KEY, now, body)}"
    assert tell(body, **{"Leeway-Signature": both}).status_code == 200


def test_a_changed_body_is_refused(client: Client, order: PaymentOrder) -> None:
    body, now = json.dumps(words()).encode(), seconds()
    signed = {"Leeway-Timestamp": str(now), "Leeway-Signature": signature(KEY, now, body)}
    path = reverse("payments:callback", args=["qinghe"])
    response = client.post(path, body.replace(b"107971", b"107972"), content_type="application/json", headers=signed)
    assert response.status_code == 401


def test_a_body_that_is_too_large_is_not_read(tell: Tell, order: PaymentOrder) -> None:
    assert tell(b" " * 1_000_000).status_code == 413
    assert tell(b" " * (16 * 1024)).status_code == 400  # signed and empty, but not too large


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_only_json_is_read(tell: Tell, order: PaymentOrder, content_type: str) -> None:
    assert tell(words(), content_type=content_type).status_code == 415


def test_only_post_is_answered(client: Client, qinghe: Any) -> None:
    assert client.get(reverse("payments:callback", args=["qinghe"])).status_code == 405


def test_it_needs_no_session_and_no_token(qinghe: Any, order: PaymentOrder) -> None:
    body, now = json.dumps(words()).encode(), seconds()
    signed = {"Leeway-Timestamp": str(now), "Leeway-Signature": signature(KEY, now, body)}
    client = Client(enforce_csrf_checks=True)
    path = reverse("payments:callback", args=["qinghe"])
    assert client.post(path, body, content_type="application/json", headers=signed).status_code == 200


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": "107971"}, "amount_minor"),
        ({"amount_minor": True}, "amount_minor"),
        ({"outcome": "done"}, "outcome"),
        ({"outcome": ["failed"]}, "outcome"),
        ({"value_on": "8 May"}, "value_on"),
        ({"value_on": 20260508}, "value_on"),
        ({"event_id": ""}, "event_id"),
        ({"event_id": "x" * 101}, "event_id"),
        ({"order": "a\u0000b"}, "order"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tell: Tell, order: PaymentOrder, changed: dict, field: str) -> None:
    response = tell(words(**changed))
    assert (response.status_code, response.json()) == (400, {"error": "unreadable", "field": field})
    assert GatewayEvent.objects.count() == 0


@pytest.mark.parametrize(
    "body, field",
    [
        (b"[]", "body"),
        (b"{", "body"),
        (b"\xff", "body"),
        (b"[" * 10_000, "body"),
        (b'{"amount_minor": 1.5}', "amount_minor"),
        (b'{"amount_minor": NaN}', "amount_minor"),
        (b'{"order": "a", "order": "b"}', "order"),
        (b'{"order": "a"}', "event_id"),
    ],
)
def test_what_is_not_one_whole_object_is_refused(tell: Tell, order: PaymentOrder, body: bytes, field: str) -> None:
    assert tell(body).json() == {"error": "unreadable", "field": field}


def test_success_after_failure_is_kept_for_a_person(tell: Tell, order: PaymentOrder) -> None:
    tell(words(outcome="failed"))
    assert tell(words(event_id="ev-2")).status_code == 409
    assert state(order) == "failed"
    assert not Payment.objects.filter(key="order-1").exists()
    assert GatewayEvent.objects.to_review().get().event_id == "ev-2"


def test_failure_after_success_is_kept_for_a_person(tell: Tell, order: PaymentOrder) -> None:
    tell(words())
    assert tell(words(event_id="ev-2", outcome="failed")).status_code == 409
    assert state(order) == "succeeded"
    assert Payment.objects.filter(key="order-1").count() == 1


@pytest.mark.parametrize("off", [-1, 1])
def test_a_cent_more_or_less_goes_into_suspense_and_ends_the_order(tell: Tell, order: PaymentOrder, off: int) -> None:
    assert tell(words(amount_minor=INSTALMENT + off)).json()["answer"] == "suspense"
    item = SuspenseItem.objects.get()
    assert (item.amount_minor, item.reason, item.loan) == (INSTALMENT + off, "amount_differs", order.loan)
    assert (state(order), order.moved_minor) == ("succeeded", INSTALMENT + off)
    assert account(order.lender, "suspense") == -(INSTALMENT + off)
    assert list(violations([order.lender])) == []


def test_another_currency_is_a_conflict(tell: Tell, order: PaymentOrder) -> None:
    assert tell(words(currency="EUR")).status_code == 409
    assert state(order) == "sent"


def test_money_for_an_order_nobody_knows_goes_into_suspense(tell: Tell, order: PaymentOrder) -> None:
    assert tell(words(order="order-2")).json()["answer"] == "suspense"
    item = SuspenseItem.objects.get()
    assert (item.key, item.reason, item.loan) == ("order-2", "unknown_order", None)
    assert tell(words(order="order-2")).json() == {"answer": "suspense", "replay": True}
    assert account(order.lender, "suspense") == -INSTALMENT


@pytest.mark.parametrize("outcome, answer", [("failed", "noted"), ("pending", "noted"), ("returned", "review")])
def test_other_news_of_an_unknown_order_moves_nothing(
    tell: Tell, order: PaymentOrder, outcome: str, answer: str
) -> None:
    assert tell(words(order="order-2", outcome=outcome)).json()["answer"] == answer
    assert not SuspenseItem.objects.exists()


def test_money_for_a_loan_that_is_settled_goes_into_suspense(tell: Tell, order: PaymentOrder) -> None:
    services.settle_early(loan=order.loan, key="settled", acting_user=None)
    assert tell(words()).json()["answer"] == "suspense"
    assert (SuspenseItem.objects.get().reason, state(order)) == ("loan_closed", "succeeded")
    assert list(violations([order.lender])) == []


def test_nobody_can_report_on_what_was_not_sent(tell: Tell, paid_three: Loan, card: BankAccount) -> None:
    waiting = services.order_debit(
        loan=paid_three, bank_account=card, amount_minor=INSTALMENT, key="order-1", acting_user=None
    )
    assert tell(words()).status_code == 409
    assert state(waiting) == "created"


@pytest.mark.parametrize(
    "reported, counted", [("2026-05-08", "2026-05-08"), ("2026-05-07", "2026-05-08"), ("2026-05-20", "2026-05-08")]
)
def test_the_money_counts_within_the_life_of_the_order(
    tell: Tell, order: PaymentOrder, reported: str, counted: str
) -> None:
    tell(words(value_on=reported))
    assert str(Payment.objects.get(key="order-1").value_on) == counted


def test_a_payout_disburses_the_loan(tell: Tell, pending: Loan, card: BankAccount) -> None:
    payout = sent(services.order_payout(loan=pending, bank_account=card, acting_user=None))
    assert tell(words(order=payout.key, amount_minor=1_200_000)).json()["answer"] == "applied"
    pending.refresh_from_db()
    assert (pending.state, pending.principal_left_minor) == ("active", 1_200_000)
    assert list(violations([pending.lender])) == []


def test_a_payout_of_another_sum_is_a_conflict(tell: Tell, pending: Loan, card: BankAccount) -> None:
    payout = sent(services.order_payout(loan=pending, bank_account=card, acting_user=None))
    assert tell(words(order=payout.key, amount_minor=1_199_999)).status_code == 409
    pending.refresh_from_db()
    assert pending.state == "pending"
