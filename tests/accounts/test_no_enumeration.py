"""Known or unknown: the same page, the same status, about the same time (`reliability.md` T1)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.models import OutboxMessage, User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

QUIET = "a quiet sentence"
KNOWN = {"mail": "lin@example.org", "phone": "13812345678"}
UNKNOWN = {"mail": "nobody@example.org", "phone": "13900000000"}
CASES: dict[str, Callable[[Client, str], Any]] = {
    "sign in": lambda c, who: c.post("/accounts/login/", {"login": who, "password": "wrong"}),
    "code": lambda c, who: c.post("/accounts/login/code/", {"contact": who}, follow=True),
    "sign up": lambda c, who: c.post("/accounts/signup/", {"contact": who, "password1": QUIET}, follow=True),
    "reset": lambda c, who: c.post("/accounts/password/reset/", {"email": who}, follow=True),
}


def seen(answer: Any, contact: str) -> tuple[int, list[Any], str]:
    """Status, redirects, and the page without what differs anyhow: the address and the tokens."""
    text = answer.content.decode()
    for form in (contact, "+86" + contact):
        text = text.replace(form, "…")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "token", text)
    return answer.status_code, getattr(answer, "redirect_chain", []), text.replace("+86", "")


@pytest.mark.parametrize(
    "case, kind", [(case, kind) for case in CASES for kind in KNOWN if (case, kind) != ("reset", "phone")]
)
def test_the_answer_does_not_tell_whether_an_account_exists(
    mail_user: User, phone_user: User, case: str, kind: str
) -> None:
    act = CASES[case]
    known = seen(act(Client(), KNOWN[kind]), KNOWN[kind])
    unknown = seen(act(Client(REMOTE_ADDR="127.0.0.2"), UNKNOWN[kind]), UNKNOWN[kind])
    assert known == unknown


@pytest.mark.parametrize("case", ["code", "sign up", "reset"])
def test_one_message_leaves_in_either_case(mail_user: User, case: str) -> None:
    for contact in ("lin@example.org", "nobody@example.org"):
        before = OutboxMessage.objects.count()
        CASES[case](Client(), contact)
        assert OutboxMessage.objects.count() == before + 1, contact


def test_no_code_reaches_who_has_no_account(client: Client) -> None:
    client.post("/accounts/login/code/", {"contact": "nobody@example.org"})
    assert not re.search(r"\b\d{6}\b", OutboxMessage.objects.get().body)
    client.post("/accounts/login/code/confirm/", {"code": ""})
    client.post("/accounts/login/code/confirm/", {"code": "000000"})
    assert not User.objects.exists()


def test_signing_up_again_makes_no_second_account_and_says_so_only_by_message(client: Client, mail_user: User) -> None:
    client.post("/accounts/signup/", {"contact": "lin@example.org", "password1": "a quiet sentence"})
    assert User.objects.count() == 1
    mail_user.refresh_from_db()
    assert mail_user.check_password(PASSWORD)
    assert OutboxMessage.objects.get().to == "lin@example.org"


@pytest.mark.parametrize("case", ["sign in", "sign up"])
def test_the_work_does_not_tell_either(monkeypatch: pytest.MonkeyPatch, settings: Any, case: str) -> None:
    """Hashing is what takes time: a known and an unknown address cost as many hashes."""
    settings.ACCOUNT_RATE_LIMITS = False
    User.objects.create_user(email="lin@example.org", password=PASSWORD)
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    work = {}
    for contact in ("lin@example.org", "nobody@example.org"):
        hashed.clear()
        CASES[case](Client(), contact)
        work[contact] = len(hashed)
    assert work["lin@example.org"] == work["nobody@example.org"] > 0
