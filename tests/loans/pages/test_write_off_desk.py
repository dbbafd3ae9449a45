"""Writing off at the desk: propose, decide as a second person, withdraw, and the list of what waits."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from loans import services
from loans.models import Loan, WriteOff
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import hidden, words
from tests.loans.writing_off import WORDS, WRITTEN_OFF_ON, pay, supervisor

pytestmark = pytest.mark.django_db
QUEUE = "admin:loans_writeoff_queue"


@pytest.fixture(autouse=True)
def first_of_september() -> Any:
    with at_noon(WRITTEN_OFF_ON):
        yield


def page_of(loan: Loan) -> str:
    return reverse("admin:loans_loan_write_off", args=[loan.pk])


@pytest.fixture
def proposed(late: Loan, staff: SimpleNamespace) -> WriteOff:
    return services.propose_write_off(loan=late, ground="late", words=WORDS, acting_user=staff.collections)


def test_who_collects_proposes_and_nothing_happens_to_the_loan(
    inside: Callable[[User], Client], late: Loan, staff: SimpleNamespace
) -> None:
    desk = inside(staff.collections)
    said = words(desk.get(page_of(late)))
    assert "198" in said
    assert "Nothing stands in the way." in said
    assert late.borrower.name not in said
    said = words(desk.post(page_of(late), {"do": "propose", "ground": "late", "words": WORDS}, follow=True))
    assert "Another person decides. You can withdraw it." in said
    assert "Approve" not in said
    late.refresh_from_db()
    assert (late.state, late.write_offs.get().proposed_by) == ("active", staff.collections)
    assert late.number in words(desk.get(reverse(QUEUE)))


def test_what_stands_in_the_way_is_said_for_each_ground(
    inside: Callable[[User], Client], loan: Loan, staff: SimpleNamespace
) -> None:
    desk = inside(staff.collections)
    said = words(desk.get(page_of(loan)))
    assert "The demand letter, or the last letter before a suit, has not been written." in said
    response = desk.post(page_of(loan), {"do": "propose", "ground": "late", "words": WORDS}, follow=True)
    assert "This cannot be done now, and nothing was done." in words(response)
    assert not WriteOff.objects.exists()


def test_a_proposal_needs_a_ground_and_words(
    inside: Callable[[User], Client], late: Loan, staff: SimpleNamespace
) -> None:
    response = inside(staff.collections).post(page_of(late), {"do": "propose", "ground": "mistake"})
    assert response.status_code == 422
    assert "Choose a ground." in words(response)
    assert "Give a reason in your own words." in words(response)


def test_a_second_person_approves(
    inside: Callable[[User], Client], late: Loan, proposed: WriteOff, staff: SimpleNamespace
) -> None:
    desk = inside(staff.supervisor)
    assert late.number in words(desk.get(reverse(QUEUE)))
    page = desk.get(page_of(late))
    assert WORDS in words(page)
    said = words(desk.post(page_of(late), {"do": "approve", "seen": hidden(page, "seen")}, follow=True))
    assert "Approved, and done. The borrower is told." in said
    assert "12,000.00" in said
    late.refresh_from_db()
    assert late.state == "written_off"
    assert "Nothing waits." in words(desk.get(reverse(QUEUE)))


def test_declining_needs_words(
    inside: Callable[[User], Client], late: Loan, proposed: WriteOff, staff: SimpleNamespace
) -> None:
    desk = inside(staff.supervisor)
    seen = hidden(desk.get(page_of(late)), "seen")
    assert desk.post(page_of(late), {"do": "decline", "seen": seen}).status_code == 422
    desk.post(page_of(late), {"do": "decline", "seen": seen, "words": "Visit first."})
    assert late.write_offs.get().outcome == "declined"
    assert "Visit first." in words(desk.get(page_of(late)))


def test_what_was_not_seen_is_not_approved(
    inside: Callable[[User], Client], late: Loan, proposed: WriteOff, staff: SimpleNamespace
) -> None:
    """Withdrawn and proposed anew for another reason between the look and the click."""
    desk = inside(staff.supervisor)
    seen = hidden(desk.get(page_of(late)), "seen")
    services.withdraw_proposal(proposal=proposed, acting_user=staff.collections)
    services.propose_write_off(loan=late, ground="death", words=WORDS, acting_user=staff.collections)
    said = words(desk.post(page_of(late), {"do": "approve", "seen": seen}, follow=True))
    assert "This cannot be done now" in said
    late.refresh_from_db()
    assert late.state == "active"


def test_who_proposed_it_withdraws_and_cannot_approve(
    inside: Callable[[User], Client], late: Loan, proposed: WriteOff, staff: SimpleNamespace
) -> None:
    desk = inside(staff.collections)
    seen = hidden(desk.get(page_of(late)), "seen")
    assert desk.post(page_of(late), {"do": "approve", "seen": seen}).status_code == 404
    desk.post(page_of(late), {"do": "withdraw", "seen": seen})
    assert late.write_offs.get().outcome == "withdrawn"


@pytest.mark.parametrize("do", ["propose", "approve", "decline", "withdraw", "undo", "nonsense"])
def test_who_only_looks_changes_nothing(
    inside: Callable[[User], Client], late: Loan, proposed: WriteOff, staff: SimpleNamespace, do: str
) -> None:
    desk = inside(staff.auditor)
    page = desk.get(page_of(late))
    assert "Somebody else decides." in words(page)
    assert desk.post(page_of(late), {"do": do, "words": WORDS}).status_code == 404
    assert late.write_offs.get().outcome == "open"


def test_a_mistake_is_proposed_and_approved_on_the_same_page(
    inside: Callable[[User], Client], gone: Loan, staff: SimpleNamespace
) -> None:
    desk = inside(staff.collections)
    assert "Was it a mistake?" in words(desk.get(page_of(gone)))
    desk.post(page_of(gone), {"do": "undo", "words": "Wrong number."})
    desk = inside(staff.supervisor)
    page = desk.get(page_of(gone))
    assert "lets the loan run again by the schedule of before" in words(page)
    desk.post(page_of(gone), {"do": "approve", "seen": hidden(page, "seen")})
    gone.refresh_from_db()
    assert gone.state == "active"


def test_a_supervisor_of_another_lender_finds_nothing(
    inside: Callable[[User], Client], late: Loan, proposed: WriteOff, jiangpan: Any
) -> None:
    desk = inside(supervisor(jiangpan, "other"))
    assert desk.get(page_of(late)).status_code == 404
    assert late.number not in words(desk.get(reverse(QUEUE)))


def test_the_stage_page_says_that_it_is_over_and_the_queue_what_is_left(
    inside: Callable[[User], Client], gone: Loan, staff: SimpleNamespace
) -> None:
    desk = inside(staff.collections)
    said = words(desk.get(reverse("admin:loans_loan_stage", args=[gone.pk])))
    assert "This loan is written off. There is no further step" in said
    # past 90 days what comes is put to principal, row by row, then to that row's interest
    with at_noon(date(2026, 9, 2)):
        pay(gone, 107_971, "r")
        assert "11,064.29" in words(desk.get(reverse(QUEUE)))
        said = words(desk.get(page_of(gone)))
    assert "Recovered of it" in said
    assert "935.71" in said


def test_the_queries_stay_the_same_however_many_wait(
    inside: Callable[[User], Client],
    late: Loan,
    proposed: WriteOff,
    make_loan: Any,
    staff: SimpleNamespace,
    django_assert_max_num_queries: Any,
) -> None:
    desk = inside(staff.supervisor)
    for _ in range(5):
        other = services.disburse_loan(loan=make_loan(), acting_user=None)
        services.propose_write_off(loan=other, ground="death", words=WORDS, acting_user=staff.collections)
    with django_assert_max_num_queries(16):
        desk.get(reverse(QUEUE))
