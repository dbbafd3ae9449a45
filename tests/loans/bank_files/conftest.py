"""A lender that collects by files, people with accounts and mandates, and a bank that answers."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accounts.models import BankAccount, Borrower, Lender
from accounts.sealed_box import sealed_box
from config import clock
from loans import services
from loans.bank_files import sandbox
from loans.models import BankFile, Loan, PaymentOrder
from loans.services.bank_reading import TakenFile, take_file
from loans.services.bank_writing import write_collections
from tests.credit.consents import give
from tests.known import CARD
from tests.loans.gateways.conftest import account_of

ACCOUNT = "DE89370400440532013000"
DUE_ON = date(2026, 5, 15)


@pytest.fixture(autouse=True)
def by_files(settings: Any) -> None:
    settings.GATEWAY_URLS = {}
    settings.BANK_FILES = {
        "qinghe": (ACCOUNT, "ICBKCNBJ", "CN98ZZZ09999999999"),
        "jiangpan": ("6222020000000000000", "102100099996", ""),
    }


def sealed_account(borrower: Borrower, number: str = CARD, **fields: Any) -> BankAccount:
    """A proved account of a borrower whose number can be opened."""
    account = account_of(borrower, number[-4:], **fields)
    account.number_sealed = sealed_box().seal(number, account.seal_of)
    account.save(update_fields=["number_sealed"])
    return account


@pytest.fixture
def card(borrower: Borrower) -> BankAccount:
    return sealed_account(borrower)


@pytest.fixture
def loan_due(paid_three: Loan, card: BankAccount, qinghe: Lender, borrower: Borrower) -> Loan:
    """1,079.71 are due on 15 May, under a mandate of 8 May."""
    give(borrower, qinghe, "debit")
    return paid_three


def lend(lender: Lender, borrower: Borrower, product: Any, count: int) -> list[Loan]:
    """Loans of 12,000.00 whose first three instalments were paid on time."""
    loans = []
    for number in range(count):
        loan = services.open_loan(
            lender=lender, borrower=borrower, product=product, principal_minor=1_200_000, instalment_count=12,
            disbursed_on=date(2026, 1, 15), number=f"F-{number:03d}", acting_user=None,
        )  # fmt: skip
        services.disburse_loan(loan=loan, acting_user=None)
        for month in (2, 3, 4):
            services.record_payment(
                loan=loan, amount_minor=107_971, key=f"{loan.number}-{month}", channel="auto_debit",
                value_on=date(2026, month, 15), acting_user=None,
            )  # fmt: skip
        loan.refresh_from_db()
        loans.append(loan)
    return loans


def instruct(lender: Lender) -> None:
    """Order what is due now."""
    now = clock.local(lender.time_zone)
    services.instruct_debits(lender=lender, on=now.date(), at=now.time())


def written(lender: Lender, **more: Any) -> tuple[BankFile, bytes]:
    """A file of what waits, and its bytes."""
    sink = io.BytesIO()
    file = write_collections(lender=lender, sink=sink, acting_user=None, **more).file
    assert file is not None
    return file, sink.getvalue()


def told(answer: sandbox.Answer, on: date = DUE_ON, number: int = 1) -> io.BytesIO:
    """What the bank says, as a file."""
    sink = io.BytesIO()
    sandbox.write(sink, answer, on=on, number=number)
    sink.seek(0)
    return sink


Take = Callable[..., TakenFile]


@pytest.fixture
def take(qinghe: Lender) -> Take:
    def took(source: io.BytesIO | bytes, **more: Any) -> TakenFile:
        source = io.BytesIO(source) if isinstance(source, bytes) else source
        return take_file(**{"lender": qinghe, "source": source, "name": "camt.xml", "acting_user": None, **more})

    return took


def order_of(loan: Loan) -> PaymentOrder:
    return PaymentOrder.objects.filter(loan=loan).latest("pk")
