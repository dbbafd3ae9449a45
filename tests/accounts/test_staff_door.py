"""Who may open the staff's site: staff, in a session that used their authenticator."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import Borrower, User
from tests.accounts.conftest import set_up_authenticator, sign_in, totp, who
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
Enter = Callable[[Client, User], None]


def test_a_stranger_is_led_to_the_one_sign_in(client: Client) -> None:
    answer = client.get("/staff/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=%2Fstaff%2F"


def test_a_borrower_finds_nothing(client: Client, borrower: Borrower) -> None:
    sign_in(client, "xiaoyu@example.org")
    assert client.get("/staff/", follow=True).status_code == 404
    assert client.get("/people/second-factor/").status_code == 404


def test_staff_without_an_authenticator_are_told_how_to_get_one(client: Client, staff: SimpleNamespace) -> None:
    sign_in(client, "auditor@example.org")
    answer = client.get("/staff/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/people/second-factor/")
    assert "/accounts/2fa/totp/activate/" in answer.content.decode()


def test_having_an_authenticator_is_not_enough(client: Client, staff: SimpleNamespace) -> None:
    """The session that set it up was opened by a password alone."""
    secret = set_up_authenticator(client, staff.auditor)
    answer = client.get("/staff/accounts/auditentry/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/reauthenticate/")
    answer = client.post(
        "/accounts/2fa/reauthenticate/", {"code": totp(secret), "next": "/staff/accounts/auditentry/"}, follow=True
    )
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == "/staff/accounts/auditentry/"


def test_a_sign_in_with_the_authenticator_opens_it(
    client: Client, staff: SimpleNamespace, enter_with_factor: Enter
) -> None:
    enter_with_factor(client, staff.auditor)
    assert client.get("/staff/").status_code == 200


def test_a_superuser_needs_it_too(client: Client, enter_with_factor: Enter) -> None:
    root = User.objects.create_superuser(email="root@example.org", password=PASSWORD)
    sign_in(client, "root@example.org")
    assert client.get("/staff/").status_code == 302
    client.post("/accounts/logout/")
    enter_with_factor(client, root)
    assert client.get("/staff/").status_code == 200


def test_losing_the_authenticator_or_the_post_closes_it_at_once(
    client: Client, staff: SimpleNamespace, enter_with_factor: Enter
) -> None:
    enter_with_factor(client, staff.auditor)
    User.objects.filter(pk=staff.auditor.pk).update(is_staff=False)
    assert client.get("/staff/").status_code == 302
    User.objects.filter(pk=staff.auditor.pk).update(is_staff=True)
    assert client.get("/staff/").status_code == 200
    staff.auditor.authenticator_set.all().delete()
    assert client.get("/staff/").status_code == 302


@pytest.mark.parametrize("demo, opens", [(True, 200), (False, 302)])
def test_the_one_click_entrance_counts_in_the_demonstration_only(
    client: Client, staff: SimpleNamespace, settings: Any, demo: bool, opens: int
) -> None:
    settings.DEMO = demo
    client.force_login(staff.auditor)
    session = client.session
    session["demo_entrance"] = True
    session.save()
    assert client.get("/staff/").status_code == opens


def test_signing_out_of_it_needs_a_post(client: Client, staff: SimpleNamespace, enter_with_factor: Enter) -> None:
    enter_with_factor(client, staff.auditor)
    assert client.get("/staff/logout/").status_code == 405
    assert who(client) is not None
    assert client.post("/staff/logout/").url == "/"
    assert who(client) is None


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"])
def test_its_next_stays_on_this_site(
    client: Client, staff: SimpleNamespace, enter_with_factor: Enter, target: str
) -> None:
    assert "evil" not in client.get("/staff/login/", {"next": target}).url
    enter_with_factor(client, staff.auditor)
    assert client.get("/staff/login/", {"next": target}).url == "/staff/"


def test_it_speaks_the_language_of_the_site(client: Client, staff: SimpleNamespace, enter_with_factor: Enter) -> None:
    enter_with_factor(client, staff.auditor)
    client.cookies["language"] = "en"
    assert 'lang="en' in client.get("/staff/accounts/auditentry/").content.decode()
    client.cookies["language"] = "zh-hant"
    assert 'lang="zh-' in client.get("/staff/accounts/auditentry/").content.decode()


def test_third_parties_admins_are_kept_out(client: Client, enter_with_factor: Enter) -> None:
    root = User.objects.create_superuser(email="root@example.org", password=PASSWORD)
    enter_with_factor(client, root)
    for path in ("mfa/authenticator", "account/emailaddress", "usersessions/usersession", "auth/group"):
        assert client.get(f"/staff/{path}/").status_code == 404, path
