"""Taking a case and giving it back: exactly one person has it, and the other is told who."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from config import clock
from deferrals import services
from deferrals.models import ReliefRequest
from tests.conftest import NOON
from tests.deferrals.workbench.conftest import QUEUE, address, at_desk

NEXT = "admin:deferrals_reliefrequest_next"


def text(response: Any) -> str:
    return str(response.content.decode())


def holder(request: ReliefRequest) -> User | None:
    request.refresh_from_db()
    return request.claimed_by


def test_the_next_case_is_the_one_whose_promise_is_nearest(
    relief: ReliefRequest, many: Callable[..., list[ReliefRequest]], staff: Any
) -> None:
    (older,) = many(1, on=(NOON - timedelta(days=2)).date())
    response = at_desk(staff.reviewer).post(reverse(NEXT))
    assert response.headers["Location"] == address("case", older)
    assert (holder(older), holder(relief)) == (staff.reviewer, None)
    at_desk(staff.second_reviewer).post(reverse(NEXT))
    assert holder(relief) == staff.second_reviewer


def test_nothing_to_claim_is_said(staff: Any, mine: ReliefRequest) -> None:
    response = at_desk(staff.second_reviewer).post(reverse(NEXT), follow=True)
    assert "No case is waiting for you." in text(response)


def test_who_holds_five_cases_decides_one_first(many: Callable[..., list[ReliefRequest]], staff: Any) -> None:
    client = at_desk(staff.reviewer)
    requests = many(6)
    for _ in range(5):
        client.post(reverse(NEXT))
    response = client.post(reverse(NEXT), follow=True)
    assert "You hold 5 cases" in text(response)
    assert sum(holder(request) == staff.reviewer for request in requests) == 5


def test_of_two_who_reach_for_a_case_one_has_it_and_the_other_is_told_who(relief: ReliefRequest, staff: Any) -> None:
    services.claim(request=relief, acting_user=staff.reviewer)
    response = at_desk(staff.senior).post(address("claim", relief), follow=True)
    assert "reviewer has this case. Take the next one instead." in text(response)
    assert "Check and send" not in text(response)
    assert holder(relief) == staff.reviewer


def test_a_reviewer_does_not_pick_a_case(relief: ReliefRequest, staff: Any) -> None:
    client = at_desk(staff.reviewer)
    shown = text(client.get(address("case", relief)))
    assert "Take this case" not in shown
    assert "Cases are taken in the order of their promises." in shown
    assert client.post(address("claim", relief)).status_code == 404
    assert holder(relief) is None


def test_a_senior_reviewer_may_pick_a_case(relief: ReliefRequest, staff: Any) -> None:
    client = at_desk(staff.senior)
    assert "Take this case" in text(client.get(address("case", relief)))
    response = client.post(address("claim", relief), follow=True)
    assert "yours until 13:00" in text(response)
    assert holder(relief) == staff.senior


def test_a_lease_is_kept_longer_by_its_holder(mine: ReliefRequest, staff: Any) -> None:
    with clock.at(NOON + timedelta(minutes=50)):
        response = at_desk(staff.reviewer).post(address("claim", mine), follow=True)
    assert "yours until 13:50" in text(response)


def test_a_lease_that_ran_out_frees_the_case(mine: ReliefRequest, staff: Any) -> None:
    with clock.at(NOON + timedelta(minutes=60)):
        assert "Check and send" not in text(at_desk(staff.reviewer).get(address("case", mine)))
        at_desk(staff.second_reviewer).post(reverse(NEXT))
    assert holder(mine) == staff.second_reviewer


def test_ones_own_case_is_opened_again_after_the_lease(mine: ReliefRequest, staff: Any) -> None:
    with clock.at(NOON + timedelta(minutes=90)):
        client = at_desk(staff.reviewer)
        assert "Take this case" in text(client.get(address("case", mine)))
        client.post(address("claim", mine))
        assert "Check and send" in text(client.get(address("case", mine)))


def test_a_case_is_given_back(mine: ReliefRequest, staff: Any) -> None:
    response = at_desk(staff.reviewer).post(address("release", mine), follow=True)
    assert f"{mine.number} is back in the queue." in text(response)
    assert holder(mine) is None


def test_nobody_gives_back_anothers_case(mine: ReliefRequest, staff: Any) -> None:
    response = at_desk(staff.second_reviewer).post(address("release", mine), follow=True)
    assert "This case is not yours" in text(response)
    assert holder(mine) == staff.reviewer


@pytest.mark.parametrize("verb", ["claim", "release", "decide"])
def test_an_auditor_changes_nothing(verb: str, relief: ReliefRequest, staff: Any) -> None:
    assert at_desk(staff.auditor).post(address(verb, relief)).status_code == 404
    assert holder(relief) is None


@pytest.mark.parametrize("verb", ["claim", "release", "decide", "case"])
@pytest.mark.parametrize("role", ["other_reviewer", "collections", "root"])
def test_strangers_find_nothing(verb: str, role: str, relief: ReliefRequest, staff: Any) -> None:
    entries = AuditEntry.objects.count()
    root = User.objects.create_superuser(email="root@example.org", password="x" * 12, name="root")
    client = at_desk(root if role == "root" else getattr(staff, role))
    send = client.get if verb == "case" else client.post
    assert send(address(verb, relief)).status_code == 404
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("verb", ["claim", "release", "decide"])
def test_a_look_changes_nothing(verb: str, relief: ReliefRequest, staff: Any) -> None:
    assert at_desk(staff.senior).get(address(verb, relief)).status_code == 405
    assert at_desk(staff.senior).get(reverse(NEXT)).status_code == 405
    assert holder(relief) is None


def test_the_desk_opens_only_with_a_second_factor(relief: ReliefRequest, staff: Any, client: Any) -> None:
    client.force_login(staff.reviewer, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse(QUEUE)).status_code == 302
    assert client.post(reverse(NEXT)).status_code == 302
    assert holder(relief) is None
