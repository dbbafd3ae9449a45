"""The pages of one's consents and of who looked: what they say, whose they are, what a button does."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower, Lender
from credit import services
from credit.consent_texts import consent_text
from credit.models import Consent, ConsentRefusal, Tradeline
from tests.conftest import TODAY
from tests.credit.consents import give

LIST, LOOKS = "/credit/consents/", "/credit/inquiries/"
GIVE = "/credit/consents/give/qinghe/"


def page(client: Client, user: Any, path: str, language: str = "en") -> str:
    client.force_login(user)
    client.cookies["language"] = language
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def address(consent: Consent, name: str = "consent") -> str:
    return reverse(f"credit:{name}", args=[consent.public_id])


def look(borrower: Borrower, lender: Lender, **more: Any) -> None:
    asked = {"purpose": "application", "reference": "A-2026-000001", "on": TODAY, "acting_user": None}
    services.inquire(borrower=borrower, lender=lender, **{**asked, **more})


def test_the_list_says_what_is_allowed_since_when_and_when_it_was_used(
    client: Client, borrower: Borrower, qinghe: Lender, tradeline: Tradeline
) -> None:
    given = give(borrower, qinghe, "query")
    text = page(client, borrower.user, LIST)
    assert consent_text("query", "en", lender="Qinghe Consumer Finance").kinds in text
    assert "not yet" in text
    look(borrower, qinghe)
    text = page(client, borrower.user, LIST)
    assert "not yet" not in text
    for words in ("8 May 2026", "8 May 2027", address(given), "Read it, or take it back"):
        assert words in text


def test_reporting_says_why_it_stays_and_that_it_ends(
    client: Client, borrower: Borrower, qinghe: Lender, tradeline: Tradeline
) -> None:
    given = give(borrower, qinghe, "reporting")
    assert "the account is settled" in page(client, borrower.user, LIST)
    text = page(client, borrower.user, address(given))
    assert "Account LN-2026-000001 is still open" in text
    assert address(given, "withdraw_consent") not in text
    answer = client.post(address(given, "withdraw_consent"), follow=True)
    assert "cannot be taken back yet: account LN-2026-000001" in answer.content.decode()
    assert Consent.objects.standing().count() == 1


def test_after_the_last_account_taking_back_is_proposed(
    client: Client, borrower: Borrower, qinghe: Lender, tradeline: Tradeline
) -> None:
    give(borrower, qinghe, "reporting")
    assert "We suggest" not in page(client, borrower.user, LIST)
    services.close_tradeline(lender=qinghe, reference=tradeline.reference, on=TODAY, acting_user=None)
    assert "We suggest that you take them back" in page(client, borrower.user, LIST)


def test_a_consent_is_read_again_in_the_words_and_the_language_that_were_shown(
    client: Client, borrower: Borrower, qinghe: Lender
) -> None:
    given = give(borrower, qinghe, "query", language="zh-hant")
    text = page(client, borrower.user, address(given))
    assert '<div lang="zh-Hant">' in text
    assert "我同意青禾消費金融查詢我的信用記錄。" in text
    assert given.text_sha256 in text


def test_one_button_takes_it_back(client: Client, borrower: Borrower, qinghe: Lender) -> None:
    given = give(borrower, qinghe, "query")
    page(client, borrower.user, LIST)
    answer = client.post(address(given, "withdraw_consent"), follow=True)
    assert "From now on it is not used any more." in answer.content.decode()
    assert address(given, "withdraw_consent") not in answer.content.decode()
    again = client.post(address(given, "withdraw_consent"), follow=True)
    assert "nothing was changed" in again.content.decode()
    assert "taken back 8 May 2026" in page(client, borrower.user, LIST).replace(
        '<time datetime="2026-05-08">', ""
    ).replace("</time>", "")


def test_giving_takes_only_what_is_ticked(client: Client, borrower: Borrower, qinghe: Lender) -> None:
    text = page(client, borrower.user, GIVE)
    assert '" checked' not in text
    shown = {p: consent_text(p, "en", lender=qinghe.name_en).sha256 for p in
             ("query", "reporting", "debit", "sensitive_evidence", "marketing")}  # fmt: skip
    data = {f"consent-{purpose}-sha256": sha256 for purpose, sha256 in shown.items()}
    assert client.post(GIVE, data, follow=True).redirect_chain[0][0] == LIST
    assert not Consent.objects.exists()
    client.post(GIVE, {**data, "consent-query": "on"}, headers={"user-agent": "Firefox"})
    given = Consent.objects.get()
    assert (given.purpose, given.language, given.user_agent, given.ip_address) == (
        "query",
        "en",
        "Firefox",
        "127.0.0.1",
    )
    assert not ConsentRefusal.objects.exists()


def test_a_text_that_was_not_shown_is_shown_and_not_taken(client: Client, borrower: Borrower) -> None:
    client.force_login(borrower.user)
    client.cookies["language"] = "en"
    answer = client.post(f"{GIVE}?ask=query", {"consent-query": "on", "consent-query-sha256": "0" * 64})
    assert answer.status_code == 422
    assert "This text has changed since you opened the page" in answer.content.decode()
    assert '" checked' not in answer.content.decode()
    assert not Consent.objects.exists()


def test_one_question_can_be_opened_by_itself(client: Client, borrower: Borrower, qinghe: Lender) -> None:
    text = page(client, borrower.user, f"{GIVE}?ask=marketing")
    assert text.count('type="checkbox"') == 1
    give(borrower, qinghe, "marketing")
    assert client.get(f"{GIVE}?ask=marketing").status_code == 302


def test_a_sharing_is_offered_for_ones_other_lenders_only(
    client: Client, borrower: Borrower, stranger: Borrower, jiangpan: Lender
) -> None:
    assert "Jiangpan" not in page(client, borrower.user, LIST)
    borrower.relations.create(lender=jiangpan, reference="C-9", since=date(2026, 2, 1))
    assert "?ask=sharing-jiangpan" in page(client, borrower.user, LIST)
    assert "my account with Jiangpan Bank" in page(client, borrower.user, f"{GIVE}?ask=sharing-jiangpan")
    assert "Jiangpan" not in page(client, stranger.user, LIST)


def test_consents_of_somebody_else_are_not_there(
    client: Client, borrower: Borrower, stranger: Borrower, elsewhere: Borrower, qinghe: Lender, staff: SimpleNamespace
) -> None:
    given = give(borrower, qinghe, "query")
    for user in (stranger.user, elsewhere.user, staff.reviewer):
        client.force_login(user)
        assert client.get(address(given)).status_code == 404
        assert client.post(address(given, "withdraw_consent")).status_code == 404
        assert str(given.public_id) not in client.get(LIST).content.decode()
    for user in (elsewhere.user, staff.reviewer):
        client.force_login(user)
        assert client.get(GIVE).status_code == 404


@pytest.mark.parametrize(
    "language, words",
    [
        ("zh-hans", "同意与授权"),
        ("zh-hant", "同意與授權"),
        ("en", "Consents"),
    ],
)
def test_the_page_is_called_as_the_texts_call_it(client: Client, borrower: Borrower, language: str, words: str) -> None:
    assert f"<h1>{words}</h1>" in page(client, borrower.user, LIST, language)
    text = consent_text("query", language, lender="L").rows[4][1]
    assert words in text


def test_every_look_is_told_with_who_and_why(
    client: Client, borrower: Borrower, qinghe: Lender, jiangpan: Lender, tradeline: Tradeline
) -> None:
    look(borrower, jiangpan, reference="A-2026-000009")
    give(borrower, qinghe, "query")
    look(borrower, qinghe)
    text = page(client, borrower.user, LOOKS)
    assert "Your application, A-2026-000001. Shown: accounts with Qinghe Consumer Finance" in text
    assert "Your application, A-2026-000009. There was no consent" in text
    assert text.index("A-2026-000001") < text.index("A-2026-000009")


def test_looks_are_told_for_two_years(client: Client, borrower: Borrower, qinghe: Lender) -> None:
    look(borrower, qinghe, on=date(2024, 5, 1), reference="A-2024-000002")
    look(borrower, qinghe, on=date(2024, 4, 30), reference="A-2024-000001")
    text = page(client, borrower.user, LOOKS)
    assert "A-2024-000002" in text
    assert "A-2024-000001" not in text


def test_looks_at_others_are_not_told(
    client: Client, borrower: Borrower, stranger: Borrower, qinghe: Lender, staff: SimpleNamespace
) -> None:
    look(borrower, qinghe)
    for user in (stranger.user, staff.reviewer):
        assert "A-2026-000001" not in page(client, user, LOOKS)


def test_the_queries_stay_the_same_however_much_there_is(
    client: Client, borrower: Borrower, qinghe: Lender, jiangpan: Lender, django_assert_max_num_queries: Any
) -> None:
    for purpose in ("query", "reporting", "debit", "marketing"):
        give(borrower, qinghe, purpose)
        give(borrower, jiangpan, purpose, language="en")
        look(borrower, qinghe)
    client.force_login(borrower.user)
    with django_assert_max_num_queries(9):  # session, user and five of the page
        assert client.get(LIST).status_code == 200
    with django_assert_max_num_queries(6):
        assert client.get(LOOKS).status_code == 200


def test_the_way_there_stands_on_the_record_and_on_ones_account(client: Client, borrower: Borrower) -> None:
    assert LIST in page(client, borrower.user, "/credit/")
    assert LOOKS in page(client, borrower.user, "/credit/")
    assert LIST in page(client, borrower.user, "/people/")
