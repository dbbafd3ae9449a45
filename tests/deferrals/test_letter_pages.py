"""The inbox, a letter, and the page on which anybody checks one."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower
from deferrals import services
from deferrals.models import Letter, LetterReading
from loans.models import Loan
from tests.deferrals.conftest import ask
from tests.deferrals.pages import beside, reader, title, url
from tests.deferrals.test_story import approve
from tests.loans.pages.conftest import LANGUAGES, speak, words

OURS, NOT_OURS = "The letter is ours, unchanged.", "We did not write a letter with this number and code."


@pytest.fixture
def at(borrower: Borrower) -> Client:
    return reader(borrower.user)


@pytest.fixture
def letter(loan: Loan) -> Letter:
    return ask(loan, language="en").letters.get()


def test_an_empty_inbox_says_what_will_be_there(at: Client) -> None:
    assert "No letters yet." in words(at.get(reverse("relief:inbox")))


def test_the_inbox_holds_own_letters_newest_first_and_marks_the_unread(
    at: Client, loan: Loan, stranger: Borrower, staff: SimpleNamespace
) -> None:
    approve(ask(loan, language="en"), staff.reviewer)
    first = Letter.objects.earliest("pk")
    LetterReading.objects.create(letter=first)
    said = words(at.get(reverse("relief:inbox")))
    assert 0 < said.index("Unread Decision: approved") < said.index("We have your request")
    assert "Unread We have your request" not in said
    assert "Qinghe Consumer Finance, R-2026-000001" in said
    assert "Decision" not in words(reader(stranger.user).get(reverse("relief:inbox")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_shown_in_its_own_language_on_every_page(at: Client, letter: Letter, language: str) -> None:
    speak(at, language)
    page = at.get(url("letter", letter))
    sheet = page.content.decode().split("<article")[1].split("</article>")[0]
    assert 'lang="en"' in sheet
    assert "Qinghe Consumer Finance" in sheet
    assert "青禾" not in sheet
    assert "8 May 2026" in sheet
    assert "To check this letter, enter number" in sheet
    assert letter.check_code in sheet


def test_a_letter_leads_to_its_request_and_back(at: Client, letter: Letter) -> None:
    page = at.get(url("letter", letter)).content.decode()
    assert url("request", letter.request) in page
    assert f'href="{reverse("relief:inbox")}"' in page


def test_looking_at_a_letter_does_not_mark_it_read_but_the_button_does_once(at: Client, letter: Letter) -> None:
    page = at.get(url("letter", letter))
    assert "Mark as read" in words(page)
    assert not LetterReading.objects.exists()
    assert at.get(url("read", letter)).status_code == 405
    assert at.post(url("read", letter)).headers["Location"] == reverse("relief:inbox")
    at.post(url("read", letter))
    assert LetterReading.objects.get().letter == letter
    assert "Mark as read" not in words(at.get(url("letter", letter)))


def test_what_is_in_a_letter_is_text_never_html(at: Client, loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan, language="en")
    services.claim(request=request, acting_user=staff.reviewer)
    services.deny(
        request=request, reason_codes=["R06"], words="<script>alert(1)</script>", expected_version=request.version,
        acting_user=staff.reviewer,
    )  # fmt: skip
    page = at.get(url("letter", request.letters.latest("pk"))).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_somebody_elses_letter_is_not_there(letter: Letter, stranger: Borrower, staff: SimpleNamespace) -> None:
    for user in (stranger.user, staff.reviewer, staff.other_reviewer):
        assert reader(user).post(url("read", letter)).status_code == 404
        assert reader(user).get(url("letter", letter)).status_code == 404
    assert not LetterReading.objects.exists()


def test_whoever_is_not_signed_in_comes_back_after_the_sign_in(client: Client, letter: Letter) -> None:
    for path in (reverse("relief:inbox"), url("letter", letter)):
        assert client.get(path).headers["Location"] == f"{reverse('account_login')}?next={path}"


def test_a_sign_in_never_leads_to_another_site(client: Client, borrower: Borrower) -> None:
    client.force_login(borrower.user)
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        response = client.get(f"{reverse('account_login')}?next={target}")
        assert response.status_code == 302
        assert response.headers["Location"] == reverse("home"), target


# checking a letter, by anybody


def checked(client: Client, number: str, code: str, language: str = "en") -> Any:
    speak(client, language)
    return client.get(reverse("relief:verify"), {"number": number, "code": code})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_open_to_everybody(client: Client, db: None, language: str) -> None:
    speak(client, language)
    page = client.get(reverse("relief:verify"))
    assert page.status_code == 200
    assert "R-2026-000123" in words(page)


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: code.replace(" ", ""), lambda code: f"  {code} "])
def test_a_letter_of_ours_is_known_however_its_code_is_typed(client: Client, letter: Letter, typed: Any) -> None:
    said = words(checked(client, letter.request.number.lower(), typed(letter.check_code)))
    assert OURS in said
    assert "We have your request, Qinghe Consumer Finance, 8 May 2026 ." in said
    assert "王晓雨" not in said
    assert "LN-2026" not in said


def test_a_letter_that_is_not_ours_is_told_without_telling_more(client: Client, letter: Letter) -> None:
    number, code = letter.request.number, letter.check_code
    for pair in ((number, "0000 0000 0000 0000"), (code, number), ("R-2026-000002", code), (number, code[:-1])):
        said = words(checked(client, *pair))
        assert NOT_OURS in said, pair
        assert "do not pay anybody because of that letter; call 12378" in said
        assert "Qinghe" not in said


def test_what_is_missing_is_asked_for(client: Client, db: None) -> None:
    page = checked(client, "", "")
    assert title(page).startswith("Error: Check a letter")
    assert beside(page, "number") == ["Enter the request number of the letter."]
    assert beside(page, "code") == ["Enter the check code of the letter."]
    assert NOT_OURS not in words(page)


@pytest.mark.parametrize("odd", ["\x00", "x" * 500, "'; DROP TABLE", "%s%s", "Ｒ－２０２６－０００００１"])
def test_odd_input_is_answered_calmly(client: Client, letter: Letter, odd: str) -> None:
    assert checked(client, odd, odd).status_code == 200


def test_the_inbox_asks_four_queries_however_many_letters(
    at: Client, letter: Letter, django_assert_num_queries: Any
) -> None:
    # session, person, letters, notices
    with django_assert_num_queries(4):
        at.get(reverse("relief:inbox"))
    services.withdraw(request=letter.request, acting_user=letter.borrower.user)
    with django_assert_num_queries(4):
        at.get(reverse("relief:inbox"))
