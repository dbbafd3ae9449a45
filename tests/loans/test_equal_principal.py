"""The published case of equal principal (rule R4), from the product to the last line of the statement.

2,500.00 at 0.05 % a day over five months of 31, 30, 31, 31 and 30 days, drawn on 8 May 2026:

    due on        8 June   8 July   8 August   8 September   8 October
    interest       38.75    30.00      23.25         15.50        7.50     115.00 in all
    to pay        538.75   530.00     523.25        515.50      507.50

A published page prints 23.35 for the third; 1,500.00 x 0.05 % x 31 is 23.25.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower, Lender
from config import clock
from loans import services
from loans.books import violations
from loans.models import Account, Contract, CreditLimit, Loan, PaymentOrder
from loans.services import drawing
from tests.contracts import sign
from tests.credit.consents import give
from tests.loans.applicants import offered, ready, send
from tests.loans.gateways.conftest import account as balance
from tests.loans.pages.conftest import words

INTEREST = (3_875, 3_000, 2_325, 1_550, 750)
DAYS = tuple(date(2026, month, 8) for month in range(6, 11))
WRITTEN = ("538.75", "530.00", "523.25", "515.50", "507.50")


@pytest.fixture
def loan(jiangpan: Lender, borrower: Borrower, settings: Any) -> Loan:
    """Offered, applied for, approved, drawn, signed and paid out, all by the services."""
    settings.DEMO = True  # its gateway does everything at once
    product = offered(
        jiangpan, code="micro", method="equal_principal", instalment_counts=[5, 10, 20],
        profile={"base": "consumer-cn"}, rate_annual=Decimal("0.1825"), rate_annual_min=None, rate_annual_max=None,
        grace_days=1,
    )  # fmt: skip
    send(ready(borrower, jiangpan), product)
    give(borrower, jiangpan, "debit")
    limit = CreditLimit.objects.get(product=product)
    sign(drawing.ask_to_draw(
        limit=limit, amount_minor=250_000, instalment_count=5, method="equal_principal",
        account=borrower.bank_accounts.get(), acting_user=borrower.user,
    ))  # fmt: skip
    services.collect(lender=jiangpan)
    return Loan.objects.get(product=product)


def at_ten(day: date) -> Any:
    """Five minutes past ten in Shanghai, when debits are due."""
    return clock.at(datetime(day.year, day.month, day.day, 2, 5, tzinfo=UTC))


def test_the_contract_names_the_published_figures(loan: Loan) -> None:
    contract = Contract.objects.get(loan=loan)
    table = next(block for block in contract.blocks if block["kind"] == "table")
    interest = [f"{minor // 100}.{minor % 100:02d}" for minor in INTEREST]
    assert [row[2:] for row in table["rows"]] == [["500.00", interest[index], WRITTEN[index]] for index in range(5)]
    assert table["foot"][2:] == ["2,500.00", "115.00", "2,615.00"]
    assert (loan.state, loan.disbursed_on) == ("active", date(2026, 5, 8))


def test_five_debits_collect_them_to_the_fen_and_settle_the_loan(loan: Loan, jiangpan: Lender) -> None:
    for number, day in enumerate(DAYS, start=1):
        with at_ten(day):
            services.collect(lender=jiangpan)
        order = PaymentOrder.objects.get(loan=loan, direction="debit", instalment_number=number)
        assert (order.state, order.moved_minor) == ("succeeded", 50_000 + INTEREST[number - 1])
    loan.refresh_from_db()
    assert (loan.state, loan.settled_on) == ("settled", DAYS[-1])
    assert balance(jiangpan, Account.INTEREST_INCOME) == -11_500
    assert balance(jiangpan, Account.CASH) == 11_500
    assert list(violations([jiangpan])) == []


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_page_states_what_was_agreed_and_what_was_paid(loan: Loan, jiangpan: Lender, language: str) -> None:
    for day in DAYS[:2]:
        with at_ten(day):
            services.collect(lender=jiangpan)
    client = Client()
    client.force_login(loan.borrower.user)
    client.cookies["language"] = language
    with at_ten(date(2026, 7, 20)):
        shown = words(client.get(reverse("loans:detail", args=[loan.public_id])))
        for text in WRITTEN:
            assert text in shown
        # Paid 538.75 + 530.00; left 1,500.00 and 23.25 + 15.50 + 7.50.
        assert "¥1,068.75" in shown
        assert "¥1,546.25" in shown
        # Twelve days of 1,500.00 at 0.05 % are 9.00.
        settle = words(client.get(reverse("loans:settle", args=[loan.public_id])))
        assert "¥1,509.00" in settle or "¥ 1,509.00" in settle
