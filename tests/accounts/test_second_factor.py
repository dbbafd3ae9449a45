"""Authenticator apps and recovery codes."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.adapters import SecondFactorAdapter
from accounts.models import OutboxMessage, User
from tests.accounts.conftest import PASSWORD, last_code, set_up_authenticator, sign_in, totp, who

pytestmark = pytest.mark.django_db


def test_the_published_example_comes_out() -> None:
    """RFC 6238, appendix B: SHA-1, secret "12345678901234567890", the last 6 of its 8 digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [totp(secret, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_signing_in_asks_for_the_code_of_the_app(client: Client, mail_user: User) -> None:
    secret = set_up_authenticator(client, mail_user)
    client.post("/accounts/logout/")
    assert sign_in(client, "lin@example.org").url == "/accounts/2fa/authenticate/"
    assert who(client) is None
    right = totp(secret)
    client.post("/accounts/2fa/authenticate/", {"code": "000000" if right != "000000" else "000001"})
    assert who(client) is None
    client.post("/accounts/2fa/authenticate/", {"code": right})
    assert who(client) == str(mail_user.pk)


def test_a_code_by_mail_does_not_pass_by_the_app(client: Client, mail_user: User) -> None:
    set_up_authenticator(client, mail_user)
    client.post("/accounts/logout/")
    client.post("/accounts/login/code/", {"contact": "lin@example.org"})
    client.post("/accounts/login/code/confirm/", {"code": last_code()})
    assert who(client) is None


def test_a_code_of_the_app_counts_once(client: Client, mail_user: User) -> None:
    secret = set_up_authenticator(client, mail_user)
    code = totp(secret)
    for expected in (str(mail_user.pk), None):
        client.post("/accounts/logout/")
        sign_in(client, "lin@example.org")
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert who(client) == expected


def test_a_recovery_code_opens_once(client: Client, mail_user: User) -> None:
    set_up_authenticator(client, mail_user)
    codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(set(codes)) == 10
    for expected in (str(mail_user.pk), None):
        client.post("/accounts/logout/")
        sign_in(client, "lin@example.org")
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert who(client) == expected


def test_setting_up_asks_for_the_password_first(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")


def test_an_account_that_an_operator_made_can_set_one_up(client: Client) -> None:
    """Looking at the e-mail page makes allauth note the e-mail as unproved."""
    user = User.objects.create_superuser(email="root@example.org", password=PASSWORD)
    sign_in(client, "root@example.org")
    assert client.get("/accounts/email/").status_code == 200
    assert set_up_authenticator(client, user)


def test_setting_up_is_told_by_mail(client: Client, mail_user: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        set_up_authenticator(client, mail_user)
    assert OutboxMessage.objects.filter(to="lin@example.org").count() == 1


def test_the_secret_is_not_readable_in_the_database(client: Client, mail_user: User) -> None:
    secret = set_up_authenticator(client, mail_user)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept


def test_a_secret_survives_a_change_of_the_key(settings: Any) -> None:
    kept = SecondFactorAdapter().encrypt("GEZDGNBV")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert SecondFactorAdapter().decrypt(kept) == "GEZDGNBV"


def test_six_wrong_codes_are_turned_away(client: Client, mail_user: User) -> None:
    secret = set_up_authenticator(client, mail_user)
    client.post("/accounts/logout/")
    sign_in(client, "lin@example.org")
    right = totp(secret)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000" if right != "000000" else "000001"})
    client.post("/accounts/2fa/authenticate/", {"code": right})
    assert who(client) is None
