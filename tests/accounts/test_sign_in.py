"""Signing in by password or code, and where one is sent afterwards."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from accounts.models import OutboxMessage, User
from tests.accounts.conftest import PASSWORD, last_code, sign_in, who

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("written", ["13812345678", "+86 138 1234 5678", "138 1234 5678", "１３８１２３４５６７８"])
def test_a_phone_is_recognised_however_it_is_written(client: Client, phone_user: User, written: str) -> None:
    assert sign_in(client, written).status_code == 302
    assert who(client) == str(phone_user.pk)


@pytest.mark.parametrize("written", ["lin@example.org", "LIN@Example.org", " lin@example.org ", "ｌｉｎ＠example.org"])
def test_an_email_is_recognised_whatever_its_case(client: Client, mail_user: User, written: str) -> None:
    sign_in(client, written)
    assert who(client) == str(mail_user.pk)


@pytest.mark.parametrize("login", ["lin@example.org", "13812345678"])
def test_a_wrong_password_lets_nobody_in(client: Client, mail_user: User, phone_user: User, login: str) -> None:
    answer = sign_in(client, login, "not the password")
    assert answer.status_code == 200
    assert who(client) is None


def test_an_operator_s_account_needs_no_code(client: Client) -> None:
    user = User.objects.create_superuser(email="root@example.org", password=PASSWORD)
    sign_in(client, "root@example.org")
    assert who(client) == str(user.pk)


@pytest.mark.parametrize("contact", ["lin@example.org", "138 1234 5678"])
def test_a_code_of_six_digits_signs_in(client: Client, mail_user: User, phone_user: User, contact: str) -> None:
    answer = client.post("/accounts/login/code/", {"contact": contact})
    assert answer.url == "/accounts/login/code/confirm/"
    code = last_code()
    client.post("/accounts/login/code/confirm/", {"code": f" {code[:3]} {code[3:]} "})
    assert who(client) == str((mail_user if "@" in contact else phone_user).pk)


def test_a_code_works_once(client: Client, mail_user: User) -> None:
    client.post("/accounts/login/code/", {"contact": "lin@example.org"})
    code = last_code()
    client.post("/accounts/login/code/confirm/", {"code": code})
    client.post("/accounts/logout/")
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert who(client) is None


def test_a_new_code_replaces_the_old(client: Client, mail_user: User) -> None:
    client.post("/accounts/login/code/", {"contact": "lin@example.org"})
    old = last_code()
    client.post("/accounts/login/code/confirm/", {"action": "resend"})
    assert OutboxMessage.objects.count() == 2
    if last_code() != old:
        client.post("/accounts/login/code/confirm/", {"code": old})
        assert who(client) is None
    client.post("/accounts/login/code/confirm/", {"code": last_code()})
    assert who(client) == str(mail_user.pk)


def test_a_closed_account_stays_out(client: Client, mail_user: User) -> None:
    User.objects.filter(pk=mail_user.pk).update(is_active=False)
    sign_in(client, "lin@example.org")
    assert who(client) is None


def test_closing_an_account_ends_its_sessions_with_the_next_request(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    assert client.get("/people/").status_code == 200
    User.objects.filter(pk=mail_user.pk).update(is_active=False)
    assert client.get("/people/").status_code == 302


def test_signing_in_gives_a_new_session(client: Client, mail_user: User) -> None:
    client.get("/accounts/login/?next=/people/")
    session = client.session
    session["planted"] = "by somebody who knew the key"
    session.save()
    before = session.session_key
    client.cookies["session"] = before
    sign_in(client, "lin@example.org")
    assert client.session.session_key != before
    client.cookies["session"] = before
    assert client.get("/people/").status_code == 302


def test_signing_out_makes_the_old_cookie_worthless(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    cookie = client.cookies["session"].value
    assert client.get("/accounts/logout/").status_code == 200
    assert who(client) == str(mail_user.pk), "asking does not sign out"
    client.post("/accounts/logout/")
    client.cookies["session"] = cookie
    assert client.get("/people/").status_code == 302


def test_changing_the_password_ends_the_other_sessions(client: Client, mail_user: User) -> None:
    other = Client()
    sign_in(client, "lin@example.org")
    sign_in(other, "lin@example.org")
    new = "a quite different sentence"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/people/").status_code == 200
    assert other.get("/people/").status_code == 302


def test_the_password_changes_only_for_who_knows_the_present_one(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    new = "a quite different sentence"
    client.post("/accounts/password/change/", {"oldpassword": "guess", "password1": new, "password2": new})
    mail_user.refresh_from_db()
    assert mail_user.check_password(PASSWORD)


def test_one_can_end_one_s_other_sessions(client: Client, mail_user: User) -> None:
    other = Client()
    sign_in(client, "lin@example.org")
    sign_in(other, "lin@example.org")
    assert len(client.get("/accounts/sessions/").context["sessions"]) == 2
    client.post("/accounts/sessions/")
    assert client.get("/people/").status_code == 200
    assert other.get("/people/").status_code == 302


def test_a_forgotten_password_is_replaced_by_code(client: Client, mail_user: User) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "lin@example.org"})
    assert answer.url == "/accounts/password/reset/confirm/"
    assert client.post(answer.url, {"code": last_code()}).url == "/accounts/password/reset/complete/"
    new = "a quite different sentence"
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    sign_in(client, "lin@example.org", new)
    assert who(client) == str(mail_user.pk)


HOSTILE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "\t//evil.example",
    "\x00//evil.example",
    " //evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "ftp://testserver/",
    "%2F%2Fevil.example",
    "https%3A%2F%2Fevil.example",
    "//testserver:80@evil.example/",
]


@pytest.mark.parametrize("target", HOSTILE)
def test_a_hostile_next_is_not_followed(client: Client, mail_user: User, target: str) -> None:
    answer = client.post("/accounts/login/", {"login": "lin@example.org", "password": PASSWORD, "next": target})
    assert who(client) == str(mail_user.pk)
    assert stays_here(answer.url)
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": target})
    assert stays_here(answer.url)
    assert stays_here(client.post("/language/", {"language": "en", "next": target}).url)
    assert stays_here(client.post("/accounts/logout/", {"next": target}).url)


def stays_here(url: str) -> bool:
    """Whether a browser that follows `url` stays on this host (browsers read a backslash as a slash)."""
    plain = "".join(letter for letter in url if letter > " ").replace("\\", "/")
    there = urlsplit(urljoin("http://testserver/accounts/login/", plain))
    return (there.scheme, there.netloc) == ("http", "testserver")


def test_a_next_of_this_site_is_followed(client: Client, mail_user: User) -> None:
    answer = client.post("/accounts/login/", {"login": "lin@example.org", "password": PASSWORD, "next": "/people/?a=1"})
    assert answer.url == "/people/?a=1"


def test_pages_of_one_s_account_ask_strangers_to_sign_in(client: Client) -> None:
    for page in ("/people/", "/people/confirm/", "/people/confirm/code/", "/accounts/email/", "/accounts/sessions/"):
        assert client.get(page).url.startswith("/accounts/login/?next=/"), page
