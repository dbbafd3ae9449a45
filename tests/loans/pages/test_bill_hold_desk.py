"""Holds on a monthly bill at the desk, and what its borrower reads of them."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower, Lender, User
from loans.models import Hold, RevolvingAccount
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import words

TODAY = date(2026, 6, 5)
REASON = "家属来电，借款人已去世。"


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe)))
    monthly.live(made, "2026-05-20 buy 100000")
    monthly.bill_up_to(made, date(2026, 6, 1))
    return made


@pytest.fixture
def desk(inside: Callable[[User], Client], staff: SimpleNamespace) -> Client:
    return inside(staff.servicing)


def at_desk(desk: Client, account: RevolvingAccount, page: str = "hold", **form: Any) -> Any:
    path = reverse(f"admin:loans_revolvingaccount_{page}", args=[account.pk])
    with at_noon(TODAY):
        return desk.post(path, form) if form else desk.get(path)


def test_a_clerk_lets_things_stand_still_sees_them_and_ends_them(desk: Client, account: RevolvingAccount) -> None:
    path = reverse("admin:loans_revolvingaccount_hold", args=[account.pk])
    assert path in at_desk(desk, account, "change").content.decode()
    assert "Nothing stands still." in words(at_desk(desk, account))
    made = at_desk(desk, account, kinds=["contact", "bureau"], until_on="2026-06-20", words=REASON)
    assert (made.status_code, made["Location"]) == (302, path)
    shown = words(at_desk(desk, account))
    for said in ("Requests for payment", "Credit record", "HD-2026-000001", "5 June 2026 to 20 June 2026", REASON):
        assert said in shown
    assert "HD-2026-000001" in words(at_desk(desk, account, "change"))
    listed = words(desk.get(reverse("admin:loans_hold_changelist")))
    assert account.number in listed
    assert at_desk(desk, account, end="HD-2026-000001").status_code == 302
    assert list(Hold.objects.values_list("until_on", flat=True)) == [TODAY, TODAY]
    assert "This has ended already." in words(desk.get(at_desk(desk, account, end="HD-2026-000001")["Location"]))


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"words": REASON}, "Choose what is to stand still."),
        ({"kinds": ["penalty"], "words": REASON}, "Select a valid choice."),
        ({"kinds": ["contact"]}, "Give a reason in your own words."),
        ({"kinds": ["contact"], "words": REASON, "until_on": "2026-06-04"}, "This day is over."),
    ],
)
def test_what_is_missing_is_said(desk: Client, account: RevolvingAccount, form: dict[str, Any], says: str) -> None:
    answer = at_desk(desk, account, **form)
    assert (answer.status_code, Hold.objects.exists()) == (422, False)
    assert says in words(answer)


def test_the_borrower_reads_what_stands_still_and_not_why(
    desk: Client, account: RevolvingAccount, borrower: Borrower
) -> None:
    at_desk(desk, account, kinds=["contact"], until_on="2026-06-20", words=REASON)
    at_desk(desk, account, kinds=["auto_debit"], words=REASON)
    desk.force_login(borrower.user)
    with at_noon(TODAY):
        shown = words(desk.get(reverse("loans:bill_account", args=[account.public_id])))
    assert "Requests for payment: up to and with 20 June 2026" in shown
    assert "Auto-debit: until further notice" in shown
    assert REASON not in shown


def test_who_only_looks_sees_holds_and_no_form(
    inside: Callable[[User], Client], account: RevolvingAccount, staff: SimpleNamespace
) -> None:
    reader = inside(staff.reviewer)
    assert at_desk(reader, account).status_code == 404
    assert at_desk(reader, account, kinds=["contact"], words=REASON).status_code == 404
    path = reverse("admin:loans_revolvingaccount_hold", args=[account.pk])
    assert path not in at_desk(reader, account, "change").content.decode()
