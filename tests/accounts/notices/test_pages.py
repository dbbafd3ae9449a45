"""The inbox over letters and notices, one notice, and choosing what comes outside the inbox."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import NotPermitted, Refused
from accounts.models import AuditEntry, Borrower, Lender, Notice, NoticePreferences, NoticeReading, User
from accounts.services import choose_notices
from config import clock
from tests.accounts.notices.facts import LOAN, said
from tests.accounts.notices.test_writing import tell
from tests.conftest import NOON
from tests.loans.pages.conftest import LANGUAGES, speak, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(borrower: Borrower) -> Client:
    client = Client()
    client.force_login(borrower.user)
    speak(client, "en")
    return client


@pytest.fixture
def notice(borrower: Borrower, qinghe: Lender) -> Notice:
    return tell(borrower, qinghe)


def page_of(notice: Notice) -> str:
    return reverse("accounts:notice", args=[notice.public_id])


def read(notice: Notice) -> str:
    return reverse("accounts:notice_read", args=[notice.public_id])


def test_the_inbox_shows_notices_and_marks_the_unread(at: Client, notice: Notice) -> None:
    page = at.get(reverse("relief:inbox"))
    assert "Unread 收到您的还款" in words(page)
    assert page_of(notice) in page.content.decode()


def test_the_home_page_shows_and_counts_them(at: Client, notice: Notice) -> None:
    page = at.get(reverse("home"))
    assert "1 unread letter" in words(page)
    assert page_of(notice) in page.content.decode()


def test_the_inbox_goes_on_to_the_older_ones(at: Client, borrower: Borrower, qinghe: Lender) -> None:
    for number in range(52):
        with clock.at(NOON - timedelta(days=number)):
            tell(borrower, qinghe, f"p{number}")
    first = at.get(reverse("relief:inbox"))
    assert len(first.context["page"].entries) == 50
    older = first.context["page"].older
    second = at.get(reverse("relief:inbox"), {"before": older.isoformat()})
    assert len(second.context["page"].entries) == 2
    assert second.context["page"].older is None
    assert "Older ones" in words(first)
    assert "Older ones" not in words(second)


@pytest.mark.parametrize("odd", ["", "x", "2026-05-08", "2026-05-08T12:00:00", "9999-99-99"])
def test_an_odd_place_in_the_inbox_is_its_beginning(at: Client, notice: Notice, odd: str) -> None:
    assert len(at.get(reverse("relief:inbox"), {"before": odd}).context["page"].entries) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_shown_in_its_own_language(at: Client, notice: Notice, language: str) -> None:
    speak(at, language)
    sheet = at.get(page_of(notice)).content.decode().split("<article")[1]
    assert 'lang="zh-Hans"' in sheet
    assert "青禾消费金融" in sheet
    assert LOAN in sheet


def test_looking_does_not_mark_it_read_but_the_button_does(at: Client, notice: Notice) -> None:
    assert "Mark as read" in words(at.get(page_of(notice)))
    assert not NoticeReading.objects.exists()
    assert at.get(read(notice)).status_code == 405
    assert at.post(read(notice)).headers["Location"] == reverse("relief:inbox")
    assert "Mark as read" not in words(at.get(page_of(notice)))
    assert "Unread" not in words(at.get(reverse("relief:inbox")))


def test_somebody_elses_notice_is_not_there(notice: Notice, stranger: Borrower) -> None:
    client = Client()
    client.force_login(stranger.user)
    assert client.get(page_of(notice)).status_code == 404
    assert client.post(read(notice)).status_code == 404
    assert "收到您的还款" not in words(client.get(reverse("relief:inbox")))


def test_a_notice_for_later_is_not_there_yet(at: Client, borrower: Borrower, qinghe: Lender) -> None:
    later = tell(borrower, qinghe, due_at=NOON + timedelta(hours=1))
    assert at.get(page_of(later)).status_code == 404


# choosing

CHOICE = {
    "reminder": ["email", "sms"],
    "payment": ["email"],
    "service": [],
    "language": "zh-hant",
    "quiet_from": "20",
    "quiet_until": "10",
}


def choose(at: Client, **changed: Any) -> Any:
    return at.post(reverse("accounts:notices"), {**CHOICE, **changed})


def test_a_choice_is_kept_and_shown_again(at: Client, borrower: Borrower) -> None:
    response = choose(at)
    assert response.headers["Location"] == reverse("accounts:notices")
    kept = NoticePreferences.objects.get(user=borrower.user)
    assert (kept.reminder_by_sms, kept.payment_by_email, kept.payment_by_sms, kept.service_by_email) == (
        True, True, False, False,
    )  # fmt: skip
    assert (kept.quiet_from, kept.quiet_until) == (20, 10)
    assert User.objects.get(pk=borrower.user_id).language == "zh-hant"
    assert response.cookies["language"].value == "zh-hant"
    initial = at.get(reverse("accounts:notices")).context["form"].initial
    assert initial == {**CHOICE}


def test_whoever_chose_nothing_gets_everything(at: Client) -> None:
    initial = at.get(reverse("accounts:notices")).context["form"].initial
    assert [initial[kind] for kind in ("reminder", "payment", "service")] == [["email", "sms"]] * 3
    assert (initial["quiet_from"], initial["quiet_until"]) == ("22", "8")


@pytest.mark.parametrize(
    "field, value", [("quiet_from", "23"), ("quiet_until", "7"), ("language", "fr"), ("payment", ["fax"])]
)
def test_what_is_not_offered_cannot_be_chosen(at: Client, field: str, value: Any) -> None:
    assert choose(at, **{field: value}).status_code == 422
    assert not NoticePreferences.objects.exists()


def test_the_law_stands_on_the_page_and_is_no_choice(at: Client) -> None:
    page = at.get(reverse("accounts:notices"))
    assert "whatever you choose here" in words(page)
    assert 'name="legal"' not in page.content.decode()


def test_the_service_refuses_a_shorter_night_and_somebody_elses_choice(borrower: Borrower, stranger: Borrower) -> None:
    hours = {"quiet_from": 23, "quiet_until": 8}
    with pytest.raises(Refused, match="quiet_hours"):
        choose_notices(user=borrower.user, chosen=hours, language="en", acting_user=borrower.user)
    with pytest.raises(Refused, match="language"):
        choose_notices(user=borrower.user, chosen={**hours, "quiet_from": 22}, language="fr", acting_user=borrower.user)
    with pytest.raises(NotPermitted):
        choose_notices(user=borrower.user, chosen={**hours, "quiet_from": 22}, language="en", acting_user=stranger.user)


def test_the_lenders_chain_says_that_it_changed(at: Client, borrower: Borrower) -> None:
    choose(at)
    entry = AuditEntry.objects.get(verb="choose_notices")
    assert entry.after["payment_by_sms"] is False


def test_a_new_notice_is_in_the_new_language(at: Client, borrower: Borrower, qinghe: Lender) -> None:
    choose(at)
    assert tell(borrower, qinghe, facts=said()).title == "收到您的還款"
