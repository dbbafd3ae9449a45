"""Opening an account: by e-mail or by phone, proved by a code."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import OutboxMessage, User
from tests.accounts.conftest import PASSWORD, last_code, sign_in, who

pytestmark = pytest.mark.django_db
SIGN_UP = "/accounts/signup/"
CONFIRM_MAIL = "/accounts/login/code/confirm/"
CONFIRM_PHONE = "/accounts/phone/verify/"
GOOD = "riding a bicycle at dawn"


def test_somebody_signs_up_by_phone(client: Client) -> None:
    answer = client.post(SIGN_UP, {"contact": "138 1234 5678"})
    assert answer.url == CONFIRM_PHONE
    assert who(client) is None
    message = OutboxMessage.objects.get()
    assert (message.channel, message.to) == ("sms", "+8613812345678")
    client.post(CONFIRM_PHONE, {"code": last_code()})
    user = User.objects.get()
    assert (user.phone, user.phone_verified, user.email) == ("+8613812345678", True, None)
    assert not user.has_usable_password()
    assert who(client) == str(user.pk)


def test_somebody_signs_up_by_email_with_a_password(client: Client) -> None:
    answer = client.post(SIGN_UP, {"contact": "Lin@Example.ORG", "password1": GOOD})
    assert answer.url == CONFIRM_MAIL
    assert who(client) is None
    client.post(CONFIRM_MAIL, {"code": last_code()})
    user = User.objects.get()
    assert (user.email, user.phone) == ("lin@example.org", None)
    assert user.check_password(GOOD)
    assert EmailAddress.objects.get().verified
    assert who(client) == str(user.pk)


def test_a_new_account_speaks_the_language_of_the_page(client: Client) -> None:
    client.cookies["language"] = "en"
    client.post(SIGN_UP, {"contact": "lin@example.org"})
    assert User.objects.get().language == "en"
    assert "Your code is" in OutboxMessage.objects.get().body


def test_a_role_sent_with_the_form_is_ignored(client: Client) -> None:
    extra = {"is_staff": "on", "is_superuser": "on", "role": "supervisor", "phone_verified": "on", "name": "x"}
    client.post(SIGN_UP, {"contact": "13812345678", **extra})
    user = User.objects.get()
    assert [user.is_staff, user.is_superuser, user.phone_verified] == [False, False, False]
    assert not user.memberships.exists()


@pytest.mark.parametrize("contact", ["", "lin", "lin@", "12345", "010-62771234", "@example.org"])
def test_what_is_neither_email_nor_mobile_is_asked_again(client: Client, contact: str) -> None:
    answer = client.post(SIGN_UP, {"contact": contact})
    assert answer.status_code == 200
    assert answer.context["form"].errors["contact"]
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "password1234"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    answer = client.post(SIGN_UP, {"contact": "lin@example.org", "password1": password})
    assert answer.context["form"].errors["password1"]
    assert not User.objects.exists()


def test_a_long_password_counts_to_its_last_letter(client: Client) -> None:
    long = "ten thousand li of rivers and mountains " * 4
    client.post(SIGN_UP, {"contact": "lin@example.org", "password1": long})
    client.post(CONFIRM_MAIL, {"code": last_code()})
    user = User.objects.get()
    assert user.check_password(long)
    assert not user.check_password(long[:-1])


@pytest.mark.parametrize("contact", ["owner@example.org", "+8613812345678"])
def test_a_password_chosen_for_somebody_else_s_address_never_works(client: Client, contact: str) -> None:
    thief = Client()
    thief.post(SIGN_UP, {"contact": contact, "password1": GOOD})
    sign_in(thief, contact, GOOD)
    assert who(thief) is None
    client.post("/accounts/login/code/", {"contact": contact})
    client.post(CONFIRM_MAIL, {"code": last_code()})
    owner = User.objects.get()
    assert who(client) == str(owner.pk)
    assert client.get("/people/").status_code == 200
    sign_in(thief, contact, GOOD)
    assert who(thief) is None
    assert not owner.has_usable_password()


def test_a_chosen_password_does_not_land_on_another_account(client: Client, mail_user: User) -> None:
    session = client.session
    session["accounts_chosen_password"] = {"user": mail_user.pk + 1, "password": make_password(GOOD)}
    session.save()
    sign_in(client, "lin@example.org")
    mail_user.refresh_from_db()
    assert who(client) == str(mail_user.pk)
    assert mail_user.check_password(PASSWORD)


def test_three_wrong_codes_end_the_attempt(client: Client) -> None:
    client.post(SIGN_UP, {"contact": "lin@example.org"})
    right = last_code()
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(3):
        client.post(CONFIRM_MAIL, {"code": wrong})
    client.post(CONFIRM_MAIL, {"code": right})
    assert who(client) is None


def test_an_account_and_its_code_are_written_together_or_not_at_all(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**fields: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("accounts.outbox.write_sms", broken)
    with pytest.raises(OSError):
        client.post(SIGN_UP, {"contact": "13812345678"})
    assert not User.objects.exists()
