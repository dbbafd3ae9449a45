"""Is it still the same person?"""

import time
from typing import Any

import pytest
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from accounts.models import OutboxMessage, User
from accounts.reauthentication import DEMO_PASSWORD, confirm_url, recently_confirmed, record_confirmed
from tests.accounts.conftest import PASSWORD, last_code, set_up_authenticator, sign_in

pytestmark = pytest.mark.django_db


def request_of(user: Any) -> Any:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.user = AnonymousUser()
    if user is not None:
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return request


def later(client: Client, seconds: int) -> None:
    """Make everything that this session proved `seconds` older."""
    session = client.session
    session["account_authentication_methods"] = [
        {**one, "at": one["at"] - seconds} for one in session["account_authentication_methods"]
    ]
    session.save()


def test_a_session_without_proof_is_not_confirmed(mail_user: User) -> None:
    assert not recently_confirmed(request_of(None))
    assert not recently_confirmed(request_of(mail_user)), "one click, as in the demonstration, proves nothing"


@pytest.mark.parametrize("method, counts", [("password", True), ("code", True), ("mfa", True), ("cookie", False)])
def test_a_proof_just_given_counts(mail_user: User, method: str, counts: bool) -> None:
    request = request_of(mail_user)
    record_confirmed(request, method)
    assert recently_confirmed(request) is counts


@pytest.mark.parametrize("age, counts", [(9 * 60 + 50, True), (10 * 60 + 1, False)])
def test_a_proof_holds_for_ten_minutes(mail_user: User, age: int, counts: bool, monkeypatch: Any) -> None:
    request = request_of(mail_user)
    record_confirmed(request, "password")
    now = time.time()
    monkeypatch.setattr("accounts.reauthentication.time.time", lambda: now + age)
    assert recently_confirmed(request) is counts


def test_somebody_else_s_proof_in_the_same_session_does_not_count(mail_user: User, phone_user: User) -> None:
    request = request_of(mail_user)
    record_confirmed(request, "password")
    request.user = phone_user
    assert not recently_confirmed(request)


def test_one_comes_back_where_one_was_going(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    ask = confirm_url(client.get("/people/").wsgi_request, "/people/?offer=1")
    page = client.get(ask, follow=True)
    assert page.request["PATH_INFO"] == "/accounts/reauthenticate/"
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/people/?offer=1"})
    assert answer.url == "/people/?offer=1"


def test_a_wrong_password_confirms_nothing(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    later(client, 3600)
    assert client.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code == 200
    assert not recently_confirmed(client.get("/people/").wsgi_request)


def test_who_has_no_password_confirms_by_a_code(client: Client) -> None:
    User.objects.create_user(phone="+8613812345678", phone_verified=True, name="林")
    client.post("/accounts/login/code/", {"contact": "13812345678"})
    client.post("/accounts/login/code/confirm/", {"code": last_code()})
    later(client, 3600)
    page = client.get("/people/confirm/?next=/people/", follow=True)
    assert page.request["PATH_INFO"] == "/people/confirm/code/"
    before = OutboxMessage.objects.count()
    client.post("/people/confirm/code/", {"action": "send", "next": "/people/"})
    assert OutboxMessage.objects.count() == before + 1
    shown = client.get("/people/confirm/code/?next=/people/").content.decode()
    assert "5678" in shown
    assert "13812345678" not in shown
    assert client.post("/people/confirm/code/", {"code": last_code(), "next": "/people/"}).url == "/people/"
    assert recently_confirmed(client.get("/people/").wsgi_request)


def test_three_wrong_answers_end_a_code(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    later(client, 3600)
    client.post("/people/confirm/code/", {"action": "send"})
    right = last_code()
    for _ in range(3):
        client.post("/people/confirm/code/", {"code": "000000" if right != "000000" else "000001"})
    client.post("/people/confirm/code/", {"code": right})
    assert not recently_confirmed(client.get("/people/").wsgi_request)


def test_who_has_no_password_is_asked_before_a_way_in_changes(client: Client) -> None:
    User.objects.create_user(phone="+8613812345678", phone_verified=True, name="林")
    client.post("/accounts/login/code/", {"contact": "13812345678"})
    client.post("/accounts/login/code/confirm/", {"code": last_code()})
    later(client, 3600)
    answer = client.post("/accounts/phone/change/", {"phone": "13987654321"})
    assert answer.url.startswith("/people/confirm/code/")
    assert User.objects.get().phone == "+8613812345678"


def test_the_demonstration_shows_its_password_and_the_real_site_does_not(
    client: Client, mail_user: User, settings: Any
) -> None:
    sign_in(client, "lin@example.org")
    assert DEMO_PASSWORD not in client.get("/accounts/reauthenticate/").content.decode()
    settings.DEMO = True
    assert DEMO_PASSWORD in client.get("/accounts/reauthenticate/").content.decode()


def test_who_has_an_authenticator_does_not_confirm_by_text_message(client: Client, mail_user: User) -> None:
    set_up_authenticator(client, mail_user)
    later(client, 3600)
    before = OutboxMessage.objects.count()
    answer = client.post("/people/confirm/code/", {"action": "send"})
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert OutboxMessage.objects.count() == before
