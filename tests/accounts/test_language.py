"""The language of the pages: chosen by POST, kept in a cookie and with the account."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import sign_in

pytestmark = pytest.mark.django_db


def test_a_choice_is_kept_in_a_cookie_and_one_goes_back(client: Client) -> None:
    answer = client.post("/language/", {"language": "zh-hant", "next": "/accounts/login/?a=1"})
    assert answer.url == "/accounts/login/?a=1"
    assert answer.cookies["language"].value == "zh-hant"
    assert 'lang="zh-Hant"' in client.get("/accounts/login/").content.decode()


def test_reading_changes_nothing(client: Client) -> None:
    answer = client.get("/language/?language=en")
    assert answer.status_code == 405
    assert "language" not in answer.cookies


@pytest.mark.parametrize("code", ["", "fr", "../etc", "en\r\nX: y"])
def test_a_language_that_is_not_offered_is_ignored(client: Client, code: str) -> None:
    assert "language" not in client.post("/language/", {"language": code}).cookies


def test_the_account_remembers_the_choice(client: Client, mail_user: User) -> None:
    sign_in(client, "lin@example.org")
    client.post("/language/", {"language": "en"})
    mail_user.refresh_from_db()
    assert mail_user.language == "en"


def test_another_browser_speaks_it_too(mail_user: User) -> None:
    User.objects.filter(pk=mail_user.pk).update(language="en")
    assert sign_in(Client(), "lin@example.org").cookies["language"].value == "en"


def test_what_this_browser_chose_wins_over_what_was_remembered(client: Client, mail_user: User) -> None:
    client.post("/language/", {"language": "zh-hant"})
    sign_in(client, "lin@example.org")
    mail_user.refresh_from_db()
    assert mail_user.language == "zh-hant"
