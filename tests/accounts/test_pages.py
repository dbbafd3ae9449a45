"""Every page of signing up, in and of one's account is ours, in words of the page's language."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings as project
from django.test import Client

from accounts.models import User
from accounts.selectors import account_page
from tests.accounts.conftest import set_up_authenticator, sign_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

FOR_STRANGERS = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nonsense/",
]
FOR_ONESELF = [
    "/people/",
    "/accounts/email/",
    "/accounts/phone/change/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/sessions/",
    "/accounts/logout/",
    "/accounts/2fa/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
]


def check(answer: Any) -> str:
    """The page is whole, ours, and obeys the content security policy."""
    assert answer.status_code == 200, answer.request["PATH_INFO"]
    first = answer.templates[0]
    assert first.origin.name.startswith(str(project.BASE_DIR / "templates")), first.origin.name
    page = str(answer.content.decode())
    assert page.count("<h1") == 1
    assert 'id="main"' in page
    assert "style=" not in page
    assert "placeholder=" not in page
    assert "<script" not in page
    return page


@pytest.mark.parametrize("path", FOR_STRANGERS)
def test_a_stranger_s_pages_are_ours(client: Client, path: str) -> None:
    check(client.get(path))


def test_one_s_own_pages_are_ours_and_not_kept_by_caches(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    check(client.get("/people/confirm/code/"))
    set_up_authenticator(client, mail_user)
    for path in FOR_ONESELF:
        answer = client.get(path)
        check(answer)
        assert "no-store" in answer.headers["Cache-Control"], path


def test_setting_up_an_authenticator_shows_picture_and_key(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = check(client.get("/accounts/2fa/totp/activate/"))
    assert "data:image/svg+xml;base64," in page


def test_the_steps_on_the_way_in_are_ours(client: Client, mail_user: User) -> None:
    client.post("/accounts/login/code/", {"contact": "lin@example.org"})
    check(client.get("/accounts/login/code/confirm/"))
    client.post("/accounts/logout/")
    client.post("/accounts/signup/", {"contact": "13812345678"})
    check(client.get("/accounts/phone/verify/"))
    client.post("/accounts/logout/")
    client.post("/accounts/password/reset/", {"email": "lin@example.org"})
    check(client.get("/accounts/password/reset/confirm/"))


def test_who_has_no_password_can_set_one(client: Client) -> None:
    user = User.objects.create_user(phone="+8613812345678", phone_verified=True)
    client.force_login(user)
    check(client.get("/accounts/password/set/"))
    assert client.get("/accounts/password/change/").url == "/accounts/password/set/"


def test_an_email_is_changed_by_the_link_and_takes_the_old_one_s_place(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": "1"})
    mail_user.refresh_from_db()
    assert mail_user.email == "lin@example.org"
    check(client.get("/accounts/email/"))
    key = EmailConfirmationHMAC(EmailAddress.objects.get(email="new@example.org")).key
    check(client.get(f"/accounts/confirm-email/{key}/"))
    mail_user.refresh_from_db()
    assert mail_user.email == "lin@example.org", "a link that is only looked at changes nothing"
    client.post(f"/accounts/confirm-email/{key}/")
    mail_user.refresh_from_db()
    assert mail_user.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.org"]


def test_an_email_is_not_changed_without_a_fresh_proof(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    answer = client.post("/accounts/email/", {"email": "new@example.org", "action_add": "1"})
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


def test_the_overview_costs_two_queries(mail_user: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        page = account_page(mail_user)
    assert (page.email, page.has_password, page.has_authenticator) == ("lin@example.org", True, False)
