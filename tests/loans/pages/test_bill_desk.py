"""A monthly bill at the desk: a payment that came late to be known, and money given back."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower, Lender, User
from credit.models import MonthFact
from loans.books import violations
from loans.models import RevolvingAccount
from loans.services.bill_furnishing import furnish_all
from tests.credit.consents import give
from tests.loans import monthly
from tests.loans.conftest import at_noon


@pytest.fixture
def desk(inside: Callable[[User], Client], staff: SimpleNamespace) -> Client:
    return inside(staff.servicing)


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """Billed on the 20th, due on the 28th; 1,000.00 bought in May, the minimum paid on the 27th."""
    give(borrower, qinghe, "reporting")
    product = monthly.billed(qinghe, "bill_day=20;due_day=28")
    account = monthly.opened(monthly.limit_on(borrower, product))
    monthly.live(account, "2026-05-08 buy 100000; 2026-05-27 pay 10000")
    monthly.bill_up_to(account, date(2026, 6, 2))
    return account


def send(desk: Client, account: RevolvingAccount, page: str, **form: Any) -> Any:
    address = reverse(f"admin:loans_revolvingaccount_{page}", args=[account.pk])
    return desk.post(address, {"key": str(uuid4()), **form})


def test_a_payment_counts_on_the_day_it_came_and_its_months_are_judged_anew(
    desk: Client, account: RevolvingAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    with at_noon(date(2026, 6, 2)):
        furnish_all(lender=qinghe)
        assert MonthFact.objects.get(month=date(2026, 5, 1)).paid_minor == 10_000
        response = send(desk, account, "receive", amount="50", value_on="2026-05-28")
        assert response["Location"] == reverse("admin:loans_revolvingaccount_change", args=[account.pk])
        assert list(violations([qinghe])) == []
    may = MonthFact.objects.filter(month=date(2026, 5, 1)).latest("version")
    assert (may.paid_minor, may.version) == (15_000, 2)
    entry = account.entries.latest("sequence")
    assert (entry.value_on, entry.channel, entry.recorded_by) == (date(2026, 5, 28), "staff", staff.servicing)


@pytest.mark.parametrize(
    ("value_on", "says"),
    [
        ("2026-05-19", "A bill was made since. Enter the day of the last bill or a later one."),
        ("2026-06-03", "This day is still to come. Enter today or an earlier day."),
    ],
)
def test_a_day_that_cannot_be_says_how_it_can(
    desk: Client, account: RevolvingAccount, value_on: str, says: str
) -> None:
    with at_noon(date(2026, 6, 2)):
        response = send(desk, account, "receive", amount="100", value_on=value_on)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert account.entries.count() == 2


def test_only_what_no_bill_asks_for_is_given_back(desk: Client, account: RevolvingAccount, qinghe: Lender) -> None:
    with at_noon(date(2026, 6, 2)):
        send(desk, account, "receive", amount="1100", value_on="2026-05-28")
        refused = send(desk, account, "give_back", amount="200.01")
        assert "At most ¥200.00." in refused.content.decode()
        send(desk, account, "give_back", amount="200")
        assert list(violations([qinghe])) == []
    assert account.entries.latest("sequence").kind == "credit_returned"
