"""This room's tools: fast passwords, plain static files, one's authenticator in a function."""

import base64
import hashlib
import hmac
import re
import struct
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts import audit
from accounts.models import Membership, OutboxMessage, User
from tests.conftest import PASSWORD

SLOW_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


STILL = 1_778_212_815  # the authenticator's clock stands, so no code runs out between two lines


@pytest.fixture(autouse=True)
def room(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: STILL))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.ALLOWED_HOSTS = ["testserver"]


def totp(secret: str, at: int = STILL) -> str:
    """RFC 6238 with SHA-1, 30 seconds, 6 digits; written here so that it checks allauth's."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", at // 30), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def last_code() -> str:
    """The six digits of the newest message."""
    message = OutboxMessage.objects.order_by("-pk").first()
    assert message is not None
    found = re.search(r"\b\d{6}\b", message.body)
    assert found, message.body
    return found.group()


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password}, **extra)


def who(client: Client) -> str | None:
    """The primary key of whoever is signed in, as the session says it."""
    return client.session.get("_auth_user_id")


@pytest.fixture
def staff(staff: SimpleNamespace) -> SimpleNamespace:
    """Here their appointments are on the chains of their lenders, as in the world."""
    for post in Membership.objects.select_related("user", "lender").order_by("pk"):
        subject = str(post.user.public_id)
        audit.record(lender=post.lender, verb="appoint", subject=subject, after={"role": post.role}, acting_user=None)
    return staff


@pytest.fixture
def phone_user(db: None) -> User:
    return User.objects.create_user(phone="+8613812345678", phone_verified=True, name="林", password=PASSWORD)


@pytest.fixture
def mail_user(db: None) -> User:
    user = User.objects.create_user(email="lin@example.org", name="林", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def enter_with_factor() -> Callable[[Client, User], None]:
    """Sign `user` in by password, set an authenticator up, sign in again with it. Everything by the pages."""

    def enter(client: Client, user: User) -> None:
        secret = set_up_authenticator(client, user)
        client.post("/accounts/logout/")
        assert sign_in(client, str(user.email)).url == "/accounts/2fa/authenticate/"
        client.post("/accounts/2fa/authenticate/", {"code": totp(secret)})
        assert who(client) == str(user.pk)

    return enter


def set_up_authenticator(client: Client, user: User) -> str:
    """The secret that the set-up page shows, after its first code was given."""
    sign_in(client, str(user.email))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = str(client.get("/accounts/2fa/totp/activate/").context["form"].secret)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret
