"""A due day that the borrower chooses: offered by the product, shown in the figures, kept in loan and contract."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import BankAccount, Borrower, Lender
from loans.books import violations
from loans.due_days import DAYS, LEAST_DAYS, first_due_on
from loans.engine.schedule import Method, Terms
from loans.errors import TermsRefused
from loans.models import Contract, CreditLimit, DrawDown
from loans.selectors.in_force import in_force
from loans.services import drawing
from tests.conftest import TODAY
from tests.contracts import sign
from tests.loans.applicants import offered, ready, send
from tests.loans.pages.conftest import speak, words


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.sampled_from(list(DAYS)))
def test_the_first_date_is_that_day_and_neither_too_near_nor_too_far(paid_out_on: date, day: int) -> None:
    first = first_due_on(paid_out_on, day)
    assert first.day == day
    assert LEAST_DAYS <= (first - paid_out_on).days <= 60
    terms = Terms(1_200_000, Decimal(0), Method.LEVEL, 12, paid_out_on, first_due_on=first)
    assert {due_on.day for due_on in terms.due_dates()} == {day}


@pytest.fixture
def limit(borrower: Borrower, qinghe: Lender) -> CreditLimit:
    """20,000.00 of a product whose due day is chosen."""
    ready(borrower, qinghe)
    send(borrower, offered(qinghe, due_day_choice="chosen"), wished_minor=2_000_000)
    return CreditLimit.objects.get()


def ask(limit: CreditLimit, due_day: int | None) -> DrawDown:
    account = BankAccount.objects.filter(borrower=limit.borrower, verified_at__isnull=False).earliest("pk")
    return drawing.ask_to_draw(
        limit=limit, amount_minor=100_000, instalment_count=3, method="level", account=account, due_day=due_day,
        acting_user=limit.borrower.user,
    )  # fmt: skip


def test_the_loan_is_due_on_the_day_that_was_chosen(limit: CreditLimit) -> None:
    contract = sign(ask(limit, 25))
    loan = contract.loan
    due = [row.due_on for row in in_force([loan], TODAY)[loan.pk].rows]
    assert due == [date(2026, 5, 25), date(2026, 6, 25), date(2026, 7, 25)]
    assert (loan.first_due_on, loan.anchor_day) == (due[0], 25)
    assert any("还款日" in block.get("text", "") or "25" in block.get("text", "") for block in contract.blocks)
    assert list(violations([limit.lender])) == []


@pytest.mark.parametrize("due_day", [None, 0, 29, -1])
def test_a_day_has_to_be_chosen_and_exist(limit: CreditLimit, due_day: int | None) -> None:
    with pytest.raises(TermsRefused):
        ask(limit, due_day)


def test_a_product_without_the_choice_offers_none(borrower: Borrower, qinghe: Lender) -> None:
    ready(borrower, qinghe)
    send(borrower, offered(qinghe), wished_minor=2_000_000)
    with pytest.raises(TermsRefused):
        ask(CreditLimit.objects.get(), 10)


def test_the_choice_stays_as_it_was(limit: CreditLimit) -> None:
    ask(limit, 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        DrawDown.objects.update(due_day=11)


def test_the_pages_ask_and_show_it(client: Client, limit: CreditLimit) -> None:
    client.force_login(limit.borrower.user)
    speak(client, "en")
    path = reverse("loans:draw", args=[limit.public_id])
    assert "On which day of the month do you want to pay?" in words(client.get(path))
    account = BankAccount.objects.filter(borrower=limit.borrower, verified_at__isnull=False).earliest("pk")
    sent: dict[str, Any] = {"amount": "1,000", "count": "3", "method": "level", "account": str(account.public_id)}
    assert "Choose a day of the month." in words(client.post(path, sent))
    assert "Choose a day from 1 to 28." in words(client.post(path, sent | {"due_day": "29"}))
    costs = client.post(path, sent | {"due_day": "10"})["Location"]
    assert "Due on day 10 of the month, as you chose, for the first time on 10 June 2026" in words(client.get(costs))
    assert not Contract.objects.exists()
