"""People, lenders and posts in the staff's site: a superuser's work, recorded."""

from typing import Any

import pytest
from django.test import Client

from accounts.appointments import withdraw
from accounts.errors import Conflict
from accounts.models import AuditEntry, Lender, Membership, User
from accounts.roles import Role
from tests.conftest import PASSWORD, in_address, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(settings: Any) -> Client:
    settings.DEMO = True
    client = Client()
    client.force_login(User.objects.create_superuser(email="root@example.org", password=PASSWORD))
    session = client.session
    session["demo_entrance"] = True
    session.save()
    return client


def appoint(root: Client, user: User, lender: Lender) -> Membership:
    post = {"user": user.pk, "lender": lender.pk, "role": "reviewer", "handle": "A-77"}
    answer = root.post("/staff/accounts/membership/add/", post)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return Membership.objects.get(user=user)


def test_appointing_is_recorded_in_the_lender_s_chain(root: Client, qinghe: Lender) -> None:
    user = person("new@example.org", "新人")
    membership = appoint(root, user, qinghe)
    assert (membership.role, membership.handle, membership.is_active) == ("reviewer", "A-77", True)
    user.refresh_from_db()
    assert user.is_staff
    entry = AuditEntry.objects.get(lender=qinghe)
    assert (entry.verb, entry.subject, entry.after) == ("appoint", str(user.public_id), {"role": "reviewer"})
    assert entry.actor == User.objects.get(email="root@example.org")


def test_ending_a_post_is_recorded_and_closes_the_staff_site(root: Client, qinghe: Lender) -> None:
    user = person("new@example.org", "新人")
    membership = appoint(root, user, qinghe)
    url = f"/staff/accounts/membership/{in_address(membership)}/change/"
    root.post(url, {})
    membership.refresh_from_db()
    user.refresh_from_db()
    assert not membership.is_active
    assert not user.is_staff
    entry = AuditEntry.objects.filter(lender=qinghe).first()
    assert entry is not None
    assert (entry.verb, entry.before) == ("withdraw_appointment", {"role": "reviewer"})
    root.post(url, {"is_active": "on"})
    membership.refresh_from_db()
    assert membership.is_active
    assert AuditEntry.objects.filter(lender=qinghe).count() == 3


def test_saving_without_a_change_records_nothing(root: Client, qinghe: Lender) -> None:
    membership = appoint(root, person("new@example.org", "新人"), qinghe)
    root.post(f"/staff/accounts/membership/{in_address(membership)}/change/", {"is_active": "on"})
    assert AuditEntry.objects.count() == 1


def test_the_second_to_end_a_post_gets_a_conflict(qinghe: Lender) -> None:
    membership = Membership.objects.create(user=person("a@example.org", "甲"), lender=qinghe, role=Role.AUDITOR)
    withdraw(membership=membership, acting_user=None)
    with pytest.raises(Conflict):
        withdraw(membership=membership, acting_user=None)
    assert AuditEntry.objects.count() == 1


def test_who_has_another_post_keeps_the_staff_site(qinghe: Lender, jiangpan: Lender) -> None:
    user = person("a@example.org", "甲", is_staff=True)
    one = Membership.objects.create(user=user, lender=qinghe, role=Role.AUDITOR)
    Membership.objects.create(user=user, lender=jiangpan, role=Role.AUDITOR)
    withdraw(membership=one, acting_user=None)
    user.refresh_from_db()
    assert user.is_staff


def test_somebody_new_is_entered_without_a_password(root: Client) -> None:
    post = {"phone": "138 1234 5678", "name": "林", "language": "zh-hans", "is_active": "on"}
    root.post("/staff/accounts/user/add/", post)
    user = User.objects.get(name="林")
    assert (user.phone, user.email, user.has_usable_password()) == ("+8613812345678", None, False)


def test_rights_are_not_given_by_the_person_s_form(root: Client) -> None:
    user = person("a@example.org", "甲")
    post = {"name": "甲", "language": "en", "is_active": "on", "email": "b@example.org"}
    post |= {"is_staff": "on", "is_superuser": "on"}
    root.post(f"/staff/accounts/user/{in_address(user)}/change/", post)
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser, user.email, user.language) == (False, False, "a@example.org", "en")


def test_people_and_lenders_are_never_deleted(root: Client, qinghe: Lender) -> None:
    user = person("a@example.org", "甲")
    assert root.post(f"/staff/accounts/user/{in_address(user)}/delete/", {"post": "yes"}).status_code == 403
    assert root.post(f"/staff/accounts/lender/{in_address(qinghe)}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()
