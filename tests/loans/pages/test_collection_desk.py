"""Overdue loans at the desk: the list, the letter, the step with its reason, and what stands in the way."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from loans import services
from loans.models import Forewarning, Loan, StageStep
from loans.services.staging import run_stages
from tests.conftest import TODAY
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import words

WORDS = "Two calls and a letter, no answer."


@pytest.fixture
def desk(inside: Callable[[User], Client], staff: SimpleNamespace) -> Client:
    return inside(staff.collections)


def page_of(loan: Loan) -> str:
    return reverse("admin:loans_loan_stage", args=[loan.pk])


def test_who_collects_finds_overdue_loans_and_their_stage(desk: Client, loan: Loan) -> None:
    run_stages(lender=loan.lender)
    response = desk.get(reverse("admin:loans_stagestep_overdue"))
    said = words(response)
    assert loan.number in said
    assert "82" in said
    assert page_of(loan) in response.content.decode()
    assert loan.number in words(desk.get(reverse("admin:loans_stagestep_overdue"), {"stage": "late"}))
    assert loan.number not in words(desk.get(reverse("admin:loans_stagestep_overdue"), {"stage": "early"}))
    assert "Nothing is overdue here." in words(desk.get(reverse("admin:loans_stagestep_overdue"), {"stage": "early"}))


def test_who_is_up_to_date_is_not_in_the_list(desk: Client, paid_three: Loan) -> None:
    assert paid_three.number not in words(desk.get(reverse("admin:loans_stagestep_overdue")))


def test_the_letter_then_the_step(desk: Client, loan: Loan, staff: SimpleNamespace) -> None:
    run_stages(lender=loan.lender)
    said = words(desk.get(page_of(loan)))
    assert "22 May 2026" in said
    assert "The letter that comes before it has not been written." in said
    assert "It is too early for it." in said
    desk.post(page_of(loan), {"letter": "demand"})
    assert Forewarning.objects.get().told_by == staff.collections
    with at_noon(date(2026, 5, 22)):
        desk.post(page_of(loan), {"into": "pre_legal", "words": WORDS})
        assert WORDS in words(desk.get(page_of(loan)))
    assert StageStep.objects.latest("pk").taken_by == staff.collections


def test_a_step_too_early_says_so_and_changes_nothing(desk: Client, loan: Loan) -> None:
    run_stages(lender=loan.lender)
    response = desk.post(page_of(loan), {"into": "pre_legal", "words": WORDS})
    assert response.status_code == 422
    assert "This step cannot be taken now." in words(response)
    assert StageStep.objects.count() == 2


def test_a_step_without_words_asks_for_them(desk: Client, loan: Loan) -> None:
    response = desk.post(page_of(loan), {"into": "pre_legal", "words": " "})
    assert response.status_code == 422
    assert "Give a reason in your own words." in words(response)


def test_what_stands_still_is_named(desk: Client, loan: Loan) -> None:
    services.open_holds(loan=loan, kinds=["legal", "contact"], source="R-7", from_on=TODAY, acting_user=None)
    said = words(desk.get(page_of(loan)))
    assert "R-7" in said
    assert "Legal steps" in said


@pytest.mark.parametrize("who, sees", [("auditor", 200), ("other_reviewer", 404), ("senior", 200)])
def test_others_look_or_find_nothing(
    inside: Callable[[User], Client], staff: SimpleNamespace, loan: Loan, who: str, sees: int
) -> None:
    client: Any = inside(getattr(staff, who))
    assert client.get(page_of(loan)).status_code == sees
    assert client.post(page_of(loan), {"letter": "demand"}).status_code == 404
    assert client.get(reverse("admin:loans_stagestep_overdue")).status_code == 404
    assert not Forewarning.objects.exists()


def test_the_list_of_loans_is_filtered_by_stage(
    inside: Callable[[User], Client], staff: SimpleNamespace, loan: Loan
) -> None:
    run_stages(lender=loan.lender)
    client = inside(staff.servicing)
    listed = reverse("admin:loans_loan_changelist")
    assert loan.number in words(client.get(listed, {"stage__exact": "late"}))
    assert loan.number not in words(client.get(listed, {"stage__exact": "legal"}))


# The borrower's page


def test_a_borrower_reads_what_the_stage_means_and_what_prevents_the_next(at: Client, loan: Loan) -> None:
    run_stages(lender=loan.lender)
    said = words(at.get(reverse("loans:detail", args=[loan.public_id])))
    assert "Our staff may get in touch with you about this loan." in said
    # 82 days late on 8 May; a letter of today has had its 14 days on the 22nd, and so have the 91 days.
    assert "22 May 2026" in said
    assert "Paying what is late ends all of this at once." in said


def test_under_a_hold_no_day_is_named(at: Client, loan: Loan) -> None:
    run_stages(lender=loan.lender)
    services.open_holds(loan=loan, kinds=["contact", "legal"], source="R-1", from_on=TODAY, acting_user=None)
    said = words(at.get(reverse("loans:detail", args=[loan.public_id])))
    assert "no further step of that kind is taken" in said
    assert "our legal staff may look at it" not in said


def test_who_is_not_overdue_reads_nothing_of_it(at: Client, paid_three: Loan) -> None:
    assert "ends all of this at once" not in words(at.get(reverse("loans:detail", args=[paid_three.public_id])))
