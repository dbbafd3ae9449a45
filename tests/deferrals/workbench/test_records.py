"""The plain lists behind the workbench: read-only, one's own lenders', never one's own case."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Lender, User
from accounts.roles import Role
from accounts.services import appoint
from deferrals import services
from deferrals.models import Letter, ReliefRequest
from tests.deferrals.conftest import signed
from tests.deferrals.workbench.conftest import address, at_desk

MODELS = ["reliefrequest", "decision", "offer", "reliefplan", "letter", "policyversion"]


@pytest.fixture
def running(mine: ReliefRequest, staff: Any) -> ReliefRequest:
    """Approved and accepted: a row in every list."""
    offer = services.approve(
        request=mine, reason_codes=["A01"], words="可以。", expected_version=mine.version, acting_user=staff.reviewer
    )
    services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=mine.borrower.user)
    return mine


def listed(user: User, model: str) -> Any:
    return at_desk(user).get(reverse(f"admin:deferrals_{model}_changelist"))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", ["reviewer", "senior", "auditor"])
def test_who_may_look_sees_the_list(model: str, role: str, running: ReliefRequest, staff: Any) -> None:
    assert listed(getattr(staff, role), model).context["cl"].result_count >= 1


@pytest.mark.parametrize("model", MODELS)
def test_another_lenders_staff_see_an_empty_list_and_no_row(model: str, running: ReliefRequest, staff: Any) -> None:
    own = listed(staff.auditor, model).context["cl"].queryset.first()
    response = listed(staff.other_auditor, model)
    assert response.context["cl"].queryset.count() == 0
    change = reverse(f"admin:deferrals_{model}_change", args=[own.pk])
    assert at_desk(staff.other_auditor).get(change).status_code == 404
    assert at_desk(staff.auditor).get(change).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_collections_and_superusers_see_nothing(model: str, running: ReliefRequest, staff: Any) -> None:
    root = User.objects.create_superuser(email="root@example.org", password="x" * 12, name="root")
    for user in (staff.collections, root):
        assert listed(user, model).status_code in (403, 404)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_changed_or_deleted(model: str, running: ReliefRequest, staff: Any) -> None:
    own = listed(staff.senior, model).context["cl"].queryset.first()
    client = at_desk(staff.senior)
    for name, arguments in (("add", []), ("change", [own.pk]), ("delete", [own.pk])):
        assert client.post(reverse(f"admin:deferrals_{model}_{name}", args=arguments)).status_code == 403
    assert type(own).objects.filter(pk=own.pk).exists()


def test_a_member_of_staff_does_not_see_their_own_case(running: ReliefRequest, qinghe: Lender) -> None:
    user = running.borrower.user
    appoint(user=user, lender=qinghe, role=Role.AUDITOR, acting_user=None)
    for model in ("reliefrequest", "decision", "offer", "reliefplan", "letter"):
        assert listed(user, model).context["cl"].queryset.count() == 0


def test_the_list_leads_to_the_case_and_the_queue(running: ReliefRequest, staff: Any) -> None:
    text = listed(staff.auditor, "reliefrequest").content.decode()
    assert address("case", running) in text
    assert reverse("admin:deferrals_reliefrequest_queue") in text
    assert "On arrangement" in text


def test_the_list_is_filtered_by_state(running: ReliefRequest, staff: Any) -> None:
    url = reverse("admin:deferrals_reliefrequest_changelist")
    client = at_desk(staff.auditor)
    assert client.get(url, {"state": "active"}).context["cl"].result_count == 1
    assert client.get(url, {"state": "denied"}).context["cl"].result_count == 0


def test_a_letter_is_shown_as_it_was_written(running: ReliefRequest, staff: Any) -> None:
    letter = Letter.objects.get(request=running, kind=Letter.Kind.APPROVED)
    text = at_desk(staff.auditor).get(reverse("admin:deferrals_letter_change", args=[letter.pk])).content.decode()
    assert '<div class="letter-text" lang="zh-Hans">' in text
    assert "可以。" in text
    assert "¥1,116.35" in text
