"""A loan that was written off as its borrower sees it: still owed, nothing added, and how to pay."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deferrals.services import publish_policy
from loans.models import Loan
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import LANGUAGES, hidden, words
from tests.loans.writing_off import ALL_MINOR, INTEREST_MINOR, WRITTEN_OFF_ON

Page = Callable[..., Any]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_of_september() -> Any:
    with at_noon(WRITTEN_OFF_ON):
        yield


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_owed_stands_first_in_every_language(page: Page, gone: Loan, language: str) -> None:
    shown = words(page("detail", gone, language=language))
    assert "12,800.77" in shown  # 12,000.00 and 800.77 of interest
    assert f'href="{reverse("loans:pay", args=[gone.public_id])}"' in page("detail", gone).content.decode()


def test_the_page_says_what_it_means_and_offers_no_dead_ends(page: Page, gone: Loan) -> None:
    response = page("detail", gone)
    shown, body = words(response), response.content.decode()
    for said in (
        "This loan is written off, and still owed",
        "It does not mean that the debt is gone.",
        "no interest, no penalty interest, no fee",
        "If you think that this is a mistake, tell us: 12378. Free advice: 12345.",
    ):
        assert said in shown
    for dead in ("loans:settle", "loans:repay_early"):
        assert reverse(dead, args=[gone.public_id]) not in body
    assert reverse("relief:new", args=[gone.public_id]) not in body


def test_it_can_be_paid_in_parts(page: Page, at: Client, gone: Loan, settings: Any) -> None:
    settings.DEMO = True
    form = page("pay", gone)
    assert "Left to pay, in one sum or in parts" in words(form)
    assert "Settle early" not in words(form)
    sent = {"amount": "1079.71", "key": hidden(form, "key"), "seen": hidden(form, "seen")}
    assert at.post(reverse("loans:pay", args=[gone.public_id]), sent).status_code == 302
    gone.refresh_from_db()
    assert (gone.state, gone.payments.get().amount_minor) == ("written_off", 107_971)
    assert gone.principal_left_minor == ALL_MINOR - 93_571


def test_paid_in_full_it_is_settled(page: Page, at: Client, gone: Loan, settings: Any) -> None:
    settings.DEMO = True
    form = page("pay", gone)
    amount = f"{(ALL_MINOR + INTEREST_MINOR) // 100}.{(ALL_MINOR + INTEREST_MINOR) % 100:02d}"
    at.post(
        reverse("loans:pay", args=[gone.public_id]),
        {"amount": amount, "key": hidden(form, "key"), "seen": hidden(form, "seen")},
    )
    assert "This loan is settled" in words(page("detail", gone))


@pytest.mark.parametrize("name", ["settle", "repay_early"])
def test_ending_it_early_is_not_offered_and_says_why(page: Page, gone: Loan, name: str) -> None:
    assert "There is nothing to settle early any more." in words(page(name, gone))


def test_relief_says_that_nothing_is_left_to_pause(at: Client, gone: Loan) -> None:
    publish_policy(lender=gone.lender, code="P-1", terms={}, effective_from=date(2026, 1, 1), acting_user=None)
    response = at.get(reverse("relief:new", args=[gone.public_id]))
    assert "This loan is written off." in words(response)
    assert "It has no due dates any more that could be paused" in words(response)


def test_the_list_and_the_home_name_it(page: Page, at: Client, gone: Loan) -> None:
    shown = words(at.get(reverse("loans:list")))
    assert "Written off, still owed" in shown
    assert "It is still owed, and nothing is added to it." in shown
    home = words(at.get(reverse("home")))
    assert "A loan that was written off is still owed" in home
    assert "Nothing is owed" not in home
    assert "A payment is overdue" not in home
