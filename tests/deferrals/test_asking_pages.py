"""From "I cannot pay" to "sent": every page, every error, and nothing typed is lost."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as people
from accounts.models import Borrower, Lender
from config import clock
from deferrals import services
from deferrals.models import ReliefRequest
from loans.models import Loan
from loans.services import record_payment, settle_early
from tests.deferrals.conftest import ask, fixture_loan, noon, publish, signed
from tests.deferrals.pages import ANSWERS, beside, chosen, draft, reader, said_after, title, url
from tests.deferrals.test_story import approve
from tests.loans.pages.conftest import LANGUAGES, speak, words


@pytest.fixture
def at(borrower: Borrower) -> Client:
    return reader(borrower.user)


# before the form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_is_open_to_everybody_in_every_language(client: Client, db: None, language: str) -> None:
    speak(client, language)
    response = client.get(reverse("relief:start"))
    assert response.status_code == 200
    assert f"{reverse('account_login')}?next={reverse('relief:choose')}" in response.content.decode()
    assert "12378" in words(response)


def test_a_borrower_goes_from_the_start_straight_to_asking(at: Client) -> None:
    page = at.get(reverse("relief:start")).content.decode()
    assert f'href="{reverse("relief:choose")}"' in page
    assert f'href="{reverse("relief:list")}"' in page


@pytest.mark.parametrize(
    ("lasts", "after", "advice"),
    [
        ("weeks", "yes", "A pause fits."),
        ("weeks", "unknown", "Begin with a pause of one instalment."),
        ("weeks", "no", "A pause alone may not be enough."),
        ("months", "yes", "A pause fits."),
        ("months", "unknown", "Begin with a pause of one instalment."),
        ("months", "no", "A pause alone may not be enough."),
        ("longer", "yes", "A pause alone may not be enough."),
        ("longer", "unknown", "A pause alone may not be enough."),
        ("longer", "no", "A pause alone may not be enough."),
        ("unknown", "yes", "Begin with a pause of one instalment."),
        ("unknown", "unknown", "Begin with a pause of one instalment."),
        ("unknown", "no", "A pause alone may not be enough."),
    ],
)
def test_two_questions_lead_to_one_answer_and_never_to_a_closed_door(
    at: Client, lasts: str, after: str, advice: str
) -> None:
    page = at.get(reverse("relief:check"), {"lasts": lasts, "after": after})
    assert advice in words(page)
    assert f'href="{reverse("relief:choose")}"' in page.content.decode()


@pytest.mark.parametrize("sent", [{"lasts": "weeks"}, {"lasts": "", "after": ""}, {"lasts": "x", "after": "yes"}])
def test_an_answer_that_is_missing_is_asked_for_again(at: Client, sent: dict[str, str]) -> None:
    page = at.get(reverse("relief:check"), sent)
    assert title(page).startswith("Error:")
    assert "A pause" not in words(page)


# which loan


def test_without_a_running_loan_there_is_nothing_to_choose(at: Client) -> None:
    page = at.get(reverse("relief:choose"))
    assert "there is nothing to pause" in words(page)


def test_with_one_loan_the_form_comes_at_once(at: Client, loan: Loan) -> None:
    assert at.get(reverse("relief:choose")).headers["Location"] == url("new", loan)


def test_with_two_loans_the_one_due_first_stands_on_top(
    at: Client, loan: Loan, jiangpan: Lender, borrower: Borrower
) -> None:
    publish(jiangpan)
    people.enrol_borrower(lender=jiangpan, name="王晓雨", since=date(2026, 1, 10), user=borrower.user, acting_user=None)
    late = fixture_loan(jiangpan, borrower, paid=2)
    said = words(at.get(reverse("relief:choose")))
    assert 0 < said.index("Jiangpan Bank, loan") < said.index("Qinghe Consumer Finance, loan")
    assert "Due since 15 April 2026" in said
    assert "Next due 15 May 2026" in said
    assert "Due since 15 April 2026 : ¥1,079.71 ." in words(at.get(url("new", late)))


def test_a_loan_with_an_open_request_leads_to_the_request(at: Client, loan: Loan) -> None:
    request = ask(loan)
    page = at.get(reverse("relief:choose"))
    assert f"Request {request.number} is on its way." in words(page)
    assert url("request", request) in page.content.decode()


# the form


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_forward_shows_the_same_figures(at: Client, loan: Loan, language: str) -> None:
    """Simple interest of the pause: 1.2 % of 9,159.05 a month."""
    speak(at, language)
    page = at.get(url("new", loan))
    said = words(page)
    for figure in ("¥9,717.32", "¥109.91", "¥219.82", "¥329.73", "¥1,116.35", "+3.4%", "¥1,079.71"):
        assert figure in said, figure
    for count, formula in ((1, "1.2% = 109.9086 ≈ 109.91"), (2, "1.2% × 2 = 219.8172"), (3, "1.2% × 3 = 329.7258")):
        assert f"9,159.05 × {formula}" in said, count
    assert chosen(page, "pause") == []
    assert chosen(page, "auto_debit") == []


def test_a_settled_loan_says_so_and_leads_back(at: Client, loan: Loan) -> None:
    settle_early(loan=loan, key="end", acting_user=None)
    page = at.get(url("new", loan))
    assert "This loan is settled." in words(page)
    assert "<form" not in page.content.decode().split("<main")[1]
    assert reverse("loans:detail", args=[loan.public_id]) in page.content.decode()


def test_an_open_request_is_shown_instead_of_a_second_form(at: Client, loan: Loan) -> None:
    request = ask(loan)
    assert at.get(url("new", loan)).headers["Location"] == url("request", request)
    assert draft(at, loan).headers["Location"] == url("request", request)


def test_a_running_pause_says_from_when_one_can_ask_again(at: Client, loan: Loan, staff: SimpleNamespace) -> None:
    offer = approve(ask(loan), staff.reviewer)
    services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user)
    assert "You can ask again from 15 August 2026 , when its pause is over." in words(at.get(url("new", loan)))
    draft(at, loan)
    assert at.get(url("answers", loan)).headers["Location"] == url("new", loan)
    assert ReliefRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "name", "error"),
    [
        ({"pause": ""}, "pause", "Choose one of the ways forward."),
        ({"pause": "0"}, "pause", "A pause is 1 to 3 instalments. Choose one of the ways forward."),
        ({"pause": "99"}, "pause", "A pause is 1 to 3 instalments. Choose one of the ways forward."),
        ({"pause": "x"}, "pause", "A pause is 1 to 3 instalments. Choose one of the ways forward."),
        ({"pause": "-1"}, "pause", "A pause is 1 to 3 instalments. Choose one of the ways forward."),
        ({"ground": ""}, "ground", "Choose what happened, or “I prefer not to say”."),
        ({"affordable_minor": ""}, "affordable_minor", "Enter an amount; 0 if you can pay nothing."),
        ({"affordable_minor": "  "}, "affordable_minor", "Enter an amount; 0 if you can pay nothing."),
        ({"affordable_minor": "abc"}, "affordable_minor", "Enter the amount in digits, for example 500.00."),
        ({"affordable_minor": "1,5"}, "affordable_minor", "Enter the amount in digits, for example 500.00."),
        ({"affordable_minor": "-5"}, "affordable_minor", "The amount cannot be below 0."),
        ({"affordable_minor": "1.234"}, "affordable_minor", "Amounts have at most two decimals."),
        ({"affordable_minor": "9" * 30}, "affordable_minor", "That amount is too large; check the digits."),
        ({"auto_debit": ""}, "auto_debit", "Choose whether auto-debit goes on while we decide."),
        ({"words": "x" * 501}, "words", "At most 500 characters; you have written 501."),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(
    at: Client, loan: Loan, changes: dict[str, str], name: str, error: str
) -> None:
    page = draft(at, loan, **changes)
    assert beside(page, name) == [error]
    assert title(page).startswith("Error: Ask for a pause")
    assert words(page).count(error) == 2  # in the summary and beside the field
    sent = {**ANSWERS, **changes}
    html = page.content.decode()
    assert chosen(page, "pause") == ([sent["pause"]] if sent["pause"] == "3" else [])
    assert chosen(page, "auto_debit") == ([sent["auto_debit"]] if sent["auto_debit"] else [])
    assert sent["words"] in html
    assert f'<option value="{sent["ground"]}" selected' in html
    assert sent["affordable_minor"].strip() in html
    assert at.get(url("answers", loan)).status_code == 302  # no draft was kept


def test_nothing_sent_at_all_is_five_things_to_look_at_but_no_crash(at: Client, loan: Loan) -> None:
    page = at.post(url("new", loan), {})
    assert sorted(page.context["form"].errors) == ["affordable_minor", "auto_debit", "ground", "pause"]


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("0", 0), ("500", 50_000), ("¥1,079.71", 107_971), ("１２０．５", 12_050), ("300元", 30_000), (" 20 ", 2_000)],
)
def test_an_amount_is_read_as_people_write_it(at: Client, loan: Loan, typed: str, minor: int) -> None:
    assert draft(at, loan, affordable_minor=typed).headers["Location"] == url("answers", loan)
    assert at.get(url("answers", loan)).context["draft"]["affordable_minor"] == minor


def test_a_pause_that_would_already_be_over_is_not_taken(at: Client, loan: Loan) -> None:
    """On 20 June, instalment 4 is 36 days late: one month would end on 15 June."""
    with clock.at(noon(date(2026, 6, 20))):
        page = at.get(url("new", loan))
        assert "would be due on 15 June 2026, and that is over, so it would not help." in words(page)
        page = draft(at, loan, pause="1")
        assert beside(page, "pause") == ["That pause would already be over. Choose a longer one."]
        assert draft(at, loan, pause="2").status_code == 302


def test_no_change_sends_nothing_and_says_so(at: Client, loan: Loan) -> None:
    response = draft(at, loan, pause="keep")
    assert response.headers["Location"] == reverse("loans:detail", args=[loan.public_id])
    assert said_after(at, response) == ["Nothing was sent. Your schedule stays as it is."]
    assert not ReliefRequest.objects.exists()


def test_paying_a_part_leads_to_paying(at: Client, loan: Loan) -> None:
    assert draft(at, loan, pause="part").headers["Location"] == reverse("loans:pay", args=[loan.public_id])


# check your answers


def test_without_answers_there_is_nothing_to_check(at: Client, loan: Loan) -> None:
    assert at.get(url("answers", loan)).headers["Location"] == url("new", loan)
    assert at.post(url("answers", loan)).headers["Location"] == url("new", loan)
    assert not ReliefRequest.objects.exists()


def test_the_answers_are_shown_with_what_follows_and_lead_back_filled_in(at: Client, loan: Loan) -> None:
    draft(at, loan)
    said = words(at.get(url("answers", loan)))
    for fact in (
        "Nothing has been sent yet.", "pause 3 instalments", "Illness", "¥500.00", "In hospital until June.",
        "May 2026 June 2026 July 2026", "Saturday 15 August 2026 ¥1,116.35", "¥329.73",
        "Our target is Thursday 14 May 2026 ; you will have an answer by Friday 29 May 2026 at the latest.",
    ):  # fmt: skip
        assert fact in said, fact
    page = at.get(url("new", loan))
    assert (chosen(page, "pause"), chosen(page, "auto_debit")) == (["3"], ["pause"])
    assert 'value="500.00"' in page.content.decode()
    assert "In hospital until June." in page.content.decode()


def test_sent_it_is_one_request_with_a_number(at: Client, loan: Loan) -> None:
    draft(at, loan)
    response = at.post(url("answers", loan))
    request = ReliefRequest.objects.get()
    assert response.headers["Location"] == url("request", request)
    assert said_after(at, response) == ["Sent. Your request has the number R-2026-000001."]
    assert (request.words, request.affordable_minor, request.auto_debit, request.language) == (
        "In hospital until June.", 50_000, "pause", "en",
    )  # fmt: skip


def test_sent_twice_it_is_still_one_request(at: Client, loan: Loan) -> None:
    draft(at, loan)
    first, second = at.post(url("answers", loan)), at.post(url("answers", loan))
    assert first.headers["Location"] == second.headers["Location"] == url("request", ReliefRequest.objects.get())


def test_a_request_sent_in_another_tab_is_shown_instead(at: Client, loan: Loan) -> None:
    draft(at, loan)
    request = ask(loan, key="the other tab")
    assert at.get(url("answers", loan)).headers["Location"] == url("request", request)
    assert at.post(url("answers", loan)).headers["Location"] == url("request", request)
    assert ReliefRequest.objects.count() == 1


def test_a_loan_settled_meanwhile_is_not_asked_for(at: Client, loan: Loan) -> None:
    draft(at, loan)
    settle_early(loan=loan, key="end", acting_user=None)
    assert at.post(url("answers", loan)).headers["Location"] == url("new", loan)
    assert not ReliefRequest.objects.exists()


def test_a_pause_that_time_made_too_short_is_told_when_sent(at: Client, loan: Loan) -> None:
    draft(at, loan, pause="1")
    with clock.at(noon(date(2026, 6, 20))):
        assert at.get(url("answers", loan)).status_code == 200
        response = at.post(url("answers", loan))
        assert response.headers["Location"] == url("new", loan)
        assert said_after(at, response) == ["That pause would already be over. Choose a longer one."]
    assert not ReliefRequest.objects.exists()


def test_figures_that_changed_before_sending_are_those_of_the_day(at: Client, loan: Loan) -> None:
    """500.00 pay the interest of instalment 4 and 390.09 of principal: 3 x 1.2 % of 8,768.96 = 315.68."""
    draft(at, loan)
    record_payment(loan=loan, amount_minor=50_000, key="part", channel="borrower", acting_user=loan.borrower.user)
    assert "¥315.68" in words(at.get(url("answers", loan)))
    at.post(url("answers", loan))
    assert ReliefRequest.objects.get().facts["principal_left_minor"] == 876_896


# who else comes


@pytest.mark.parametrize("name", ["new", "answers"])
def test_somebody_elses_loan_is_not_there(loan: Loan, stranger: Borrower, staff: SimpleNamespace, name: str) -> None:
    for user in (stranger.user, staff.reviewer, staff.other_reviewer):
        assert reader(user).get(url(name, loan)).status_code == 404
        assert reader(user).post(url(name, loan), ANSWERS).status_code == 404


@pytest.mark.parametrize("name", ["new", "answers"])
def test_whoever_is_not_signed_in_comes_back_after_the_sign_in(client: Client, loan: Loan, name: str) -> None:
    path = url(name, loan)
    assert client.get(path).headers["Location"] == f"{reverse('account_login')}?next={path}"


def test_the_form_asks_as_many_queries_whatever_the_history(
    at: Client, loan: Loan, django_assert_num_queries: Any
) -> None:
    # session, person; loan, policy, open request; version, rows, payments; running pause
    with django_assert_num_queries(9):
        at.get(url("new", loan))
    services.withdraw(request=ask(loan), acting_user=loan.borrower.user)
    with django_assert_num_queries(9):
        at.get(url("new", loan))
