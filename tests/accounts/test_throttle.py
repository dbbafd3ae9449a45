"""How often one may try (`reliability.md` T2): per account and address, kept in the database."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import OutboxMessage, User
from tests.accounts.conftest import PASSWORD, sign_in, who

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("login", ["lin@example.org", "13812345678"])
def test_the_sixth_wrong_password_is_turned_away_with_a_time(
    client: Client, mail_user: User, phone_user: User, login: str
) -> None:
    for _ in range(5):
        assert sign_in(client, login, "wrong").status_code == 200
    answer = sign_in(client, login, "wrong")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "15" in answer.content.decode()
    assert sign_in(client, login).status_code == 429, "the right password has to wait too, from there"


def test_nobody_locks_out_somebody_elsewhere(client: Client, mail_user: User) -> None:
    for _ in range(6):
        sign_in(client, "lin@example.org", "wrong")
    owner = Client(REMOTE_ADDR="192.0.2.7")
    sign_in(owner, "lin@example.org")
    assert who(owner) == str(mail_user.pk)


def test_one_phone_s_failures_do_not_count_for_another(client: Client, phone_user: User) -> None:
    other = User.objects.create_user(phone="+8613987654321", phone_verified=True, password=PASSWORD)
    for _ in range(6):
        sign_in(client, "13812345678", "wrong")
    sign_in(client, "13987654321")
    assert who(client) == str(other.pk)


def test_an_attacker_does_not_stop_the_owner_s_confirmation(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    attacker = Client(REMOTE_ADDR="192.0.2.66")
    for _ in range(6):
        sign_in(attacker, "lin@example.org", "wrong")
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/people/"})
    assert answer.url == "/people/"


def test_a_right_password_does_not_use_up_the_tries(client: Client, mail_user: User) -> None:
    for _ in range(8):
        assert sign_in(client, "lin@example.org").status_code == 302
        client.post("/accounts/logout/")


def test_codes_are_not_sent_without_end(client: Client, mail_user: User) -> None:
    for _ in range(5):
        client.post("/accounts/login/code/", {"contact": "lin@example.org"})
        client.post("/accounts/logout/")
    assert OutboxMessage.objects.count() == 3


def test_a_phone_is_not_flooded_from_many_addresses(phone_user: User) -> None:
    for number in range(14):
        Client(REMOTE_ADDR=f"192.0.2.{number + 1}").post("/accounts/login/code/", {"contact": "13812345678"})
    assert OutboxMessage.objects.count() == 10


def test_the_count_is_kept_where_every_process_sees_it(settings: Any, client: Client, mail_user: User) -> None:
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    for _ in range(5):
        sign_in(client, "lin@example.org", "wrong")
    caches.close_all()
    del caches["default"]
    assert sign_in(Client(), "lin@example.org", "wrong").status_code == 429


def test_the_page_speaks_the_language_of_the_visitor(client: Client, mail_user: User) -> None:
    client.cookies["language"] = "en"
    for _ in range(6):
        answer = sign_in(client, "lin@example.org", "wrong")
    assert "Too many attempts" in answer.content.decode()
