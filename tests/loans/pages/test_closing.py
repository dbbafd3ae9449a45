"""Closing a service on the pages: what is in the way, two steps with a confirmation, and one button back."""

import html
from typing import Any

import pytest
from django.test import Client

from accounts.chain import digest
from accounts.models import Borrower, Lender, LenderRelation
from loans import services
from loans.leaving_words import effects_text
from loans.models import Loan, ServiceClosure
from loans.selectors.leaving import closing_page
from loans.services.leaving import finish_closing
from tests.credit.consents import give
from tests.deferrals.pages import confirm
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import hidden, speak, words
from tests.loans.test_leaving import AFTER, UNTIL, limit

__all__ = ["limit"]
FIRST, SECOND, UNDO = "/loans/closing/qinghe/", "/loans/closing/qinghe/confirm/", "/loans/closing/qinghe/undo/"


@pytest.fixture
def confirmed(at: Client, borrower: Borrower) -> Client:
    """王晓雨, who has just given her password."""
    confirm(at, borrower.user)
    return at


def close(client: Client) -> Any:
    page = client.get(SECOND)
    return client.post(SECOND, {"read": "on", "shown_sha256": hidden(page, "shown_sha256")}, follow=True)


def test_what_is_in_the_way_is_listed_with_the_way_to_it(at: Client, paid_three: Loan) -> None:
    answer = at.get(FIRST)
    said = words(answer)
    assert "One thing is still open." in said
    assert "A loan is open" in said
    assert "¥9,159.05" in said
    assert f'href="/loans/{paid_three.public_id}/"' in answer.content.decode()
    assert SECOND not in answer.content.decode()
    assert at.get(SECOND)["Location"] == FIRST
    assert at.post(SECOND, {"read": "on", "shown_sha256": "x"})["Location"] == FIRST
    assert not ServiceClosure.objects.exists()


def test_the_effects_are_said_before_anything_happens(
    at: Client, borrower: Borrower, qinghe: Lender, limit: Any
) -> None:
    give(borrower, qinghe, "query")
    said = html.unescape(words(at.get(FIRST)))
    for sentence in (
        "Until Friday 15 May 2026, 24:00, you can take this back with one click. Nothing can be drawn meanwhile.",
        "After that your limit ends: LM-1.",
        "If you want to borrow from Qinghe Consumer Finance again, you apply anew and are assessed anew.",
        "Your consents to Qinghe Consumer Finance are taken back: Looking at your credit record.",
        "Your credit record stays as it is.",
        "Settlement certificates and letters stay here for you",
    ):
        assert sentence in said


def test_the_second_step_asks_whether_it_is_still_you(at: Client, borrower: Borrower) -> None:
    answer = at.get(SECOND)
    assert "Confirm that it is you" in words(answer)
    assert "shown_sha256" not in answer.content.decode()
    page = closing_page(borrower.relations.get(), AFTER)
    sent = at.post(SECOND, {"read": "on", "shown_sha256": digest(effects_text(page, "en"))})
    assert sent["Location"].startswith("/people/confirm/")
    assert not ServiceClosure.objects.exists()


def test_two_steps_close_it_and_keep_what_was_read(confirmed: Client, borrower: Borrower) -> None:
    said = words(close(confirmed))
    assert "You asked to close it. It closes at the end of Friday 15 May 2026" in said
    asked = ServiceClosure.objects.get()
    assert asked.undo_until_on == UNTIL
    assert asked.text.startswith("Until Friday 15 May 2026, 24:00")
    assert asked.text_sha256 == digest(asked.text)
    assert confirmed.get(SECOND)["Location"] == FIRST


def test_without_the_tick_nothing_is_closed(confirmed: Client) -> None:
    shown = hidden(confirmed.get(SECOND), "shown_sha256")
    answer = confirmed.post(SECOND, {"shown_sha256": shown})
    assert answer.status_code == 422
    assert "Please tick this if you want to close." in words(answer)
    assert not ServiceClosure.objects.exists()


def test_what_changed_since_it_was_read_is_read_again(confirmed: Client, borrower: Borrower, qinghe: Lender) -> None:
    shown = hidden(confirmed.get(SECOND), "shown_sha256")
    give(borrower, qinghe, "marketing")
    answer = confirmed.post(SECOND, {"read": "on", "shown_sha256": shown}, follow=True)
    assert "Something changed since you opened this page" in words(answer)
    assert not ServiceClosure.objects.exists()


def test_one_button_takes_it_back(confirmed: Client) -> None:
    close(confirmed)
    said = words(confirmed.post(UNDO, follow=True))
    assert "Taken back. Everything is as it was." in said
    assert LenderRelation.objects.get().state == "active"
    assert "There is nothing to take back here." in words(confirmed.post(UNDO, follow=True))


def test_when_it_is_closed_the_page_says_how_to_come_back(confirmed: Client, paid_three: Loan) -> None:
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    close(confirmed)
    with at_noon(AFTER):
        finish_closing(relation=LenderRelation.objects.get())
        said = words(confirmed.get(FIRST))
    assert "It is closed. You can apply again at any time" in said
    assert "Get the certificate" in said
    assert "The days to think it over had passed" in said


@pytest.mark.parametrize(
    "language, title",
    [
        ("zh-hans", "关闭青禾消费金融的服务"),
        ("zh-hant", "關閉青禾消費金融的服務"),
        ("en", "Close the service with Qinghe"),
    ],
)
def test_it_is_told_in_each_language(at: Client, language: str, title: str) -> None:
    speak(at, language)
    assert title in words(at.get(FIRST))


def test_it_is_there_for_customers_of_the_lender_alone(
    client: Client, elsewhere: Borrower, staff: Any, qinghe: Lender
) -> None:
    for user in (elsewhere.user, staff.servicing):
        client.force_login(user)
        assert client.get(FIRST).status_code == 404
        assert client.get(SECOND).status_code == 404
        assert client.post(UNDO).status_code == 404


def test_the_way_there_stands_on_the_list_and_on_a_settled_loan(page: Any, at: Client, paid_three: Loan) -> None:
    assert FIRST in at.get("/loans/").content.decode()
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    paid_three.refresh_from_db()
    assert FIRST in page("detail", paid_three).content.decode()
