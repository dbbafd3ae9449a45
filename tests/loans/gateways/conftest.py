"""A lender with a gateway, a mandate, an account, and ways to hear what the gateway says."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import BankAccount, Borrower, Lender
from config import clock
from loans import services
from loans.gateways.configured import seconds
from loans.gateways.signature import signature
from loans.models import Loan, PaymentOrder, Posting
from tests.conftest import NOON

KEY = "a key of qinghe that nobody else knows"
OTHER_KEY = "a key of jiangpan that nobody else knows"
INSTALMENT = 107_971


@pytest.fixture(autouse=True)
def gateways(settings: Any) -> None:
    settings.GATEWAY_URLS = {"qinghe": "https://pay.example/v1", "jiangpan": "https://pay.example/v2"}
    settings.GATEWAY_HOSTS = ("pay.example",)
    settings.GATEWAY_KEYS = {"qinghe": (KEY,), "jiangpan": (OTHER_KEY,)}


@pytest.fixture
def card(borrower: Borrower) -> BankAccount:
    """The borrower's first account, proved."""
    return account_of(borrower)


@pytest.fixture
def order(paid_three: Loan, card: BankAccount) -> PaymentOrder:
    """A debit of the fourth instalment's 1,079.71 that is with the gateway since noon on 8 May."""
    return sent(services.order_debit(
        loan=paid_three, bank_account=card, amount_minor=INSTALMENT, key="order-1", acting_user=None
    ))  # fmt: skip


def account_of(borrower: Borrower, last4: str = "1234", **fields: Any) -> BankAccount:
    """A proved account of a borrower, after those there are."""
    known = {
        "bank_code": "ICBC",
        "bank_name": "工商银行",
        "holder": borrower.name,
        "last4": last4,
        "number_hash": last4,
        "verified_at": NOON,
        "position": borrower.bank_accounts.count() + 1,
    }
    return BankAccount.objects.create(borrower=borrower, **(known | fields))


def sent(order: PaymentOrder) -> PaymentOrder:
    """The order as if the gateway had been told."""
    PaymentOrder.objects.filter(pk=order.pk).update(state="sent", sent_at=clock.now())
    order.refresh_from_db()
    return order


def words(**changed: Any) -> dict[str, Any]:
    """A message of success for `order-1`."""
    said = {
        "event_id": "ev-1",
        "order": "order-1",
        "outcome": "succeeded",
        "amount_minor": INSTALMENT,
        "currency": "CNY",
    }
    return said | changed


Tell = Callable[..., Any]


@pytest.fixture
def tell(client: Client) -> Tell:
    """Send a message to a lender's address; signed with the lender's key, now, unless told otherwise."""

    def send(
        said: dict[str, Any] | bytes,
        *,
        to: str = "qinghe",
        key: str = KEY,
        at: int | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        timestamp = seconds() if at is None else at
        signed = {"Leeway-Timestamp": str(timestamp), "Leeway-Signature": signature(key, timestamp, body)}
        path = reverse("payments:callback", args=[to])
        return client.post(path, body, content_type=content_type, headers=signed | headers)

    return send


def account(lender: Lender, name: str) -> int:
    """The balance of an account in the lender's books, debit positive."""
    return sum(Posting.objects.filter(lender=lender, account=name).values_list("amount_minor", flat=True))
