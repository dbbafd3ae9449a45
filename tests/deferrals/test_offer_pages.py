"""The offer: everything said before it can be signed, and what happens when something is not as it was."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower
from config import clock
from deferrals import services
from deferrals.models import Acceptance, Offer, ReliefPlan, ReliefRequest
from deferrals.states import OfferState, RequestState
from loans.models import Loan
from loans.services import record_payment, settle_early
from tests.deferrals.conftest import ask, noon
from tests.deferrals.pages import SIGNED, beside, chosen, confirm, reader, said_after, title, url
from tests.deferrals.test_story import approve
from tests.loans.pages.conftest import LANGUAGES, hidden, speak, words

CLOSED = "This offer is no longer open. Here is where your request stands."
FRESH = "Something changed since you opened this page. These are the figures now; please read them again. Nothing was accepted."  # noqa: E501


@pytest.fixture
def at(borrower: Borrower) -> Client:
    client = reader(borrower.user)
    confirm(client, borrower.user)
    return client


@pytest.fixture
def request_(loan: Loan, staff: SimpleNamespace) -> ReliefRequest:
    request = ask(loan)
    approve(request, staff.reviewer)
    return request


def sign(at: Client, request: ReliefRequest, **changes: Any) -> Any:
    """Fill in the form that the offer's page shows, and send it."""
    shown = at.get(url("offer", request))
    return at.post(url("accept", request), {"shown_hash": hidden(shown, "shown_hash"), **SIGNED, **changes})


def untouched(request: ReliefRequest) -> bool:
    offer = request.offers.latest("number")
    loan = request.loans.get().loan
    return offer.state == OfferState.LIVE and loan.current_version == 1 and not Acceptance.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_stands_on_the_page_in_every_language(at: Client, request_: ReliefRequest, language: str) -> None:
    """Source: the worked table of the relief process, `A2_SHIFT_SPREAD`."""
    speak(at, language)
    said = words(at.get(url("offer", request_)))
    for figure in (
        "¥329.73", "¥1,116.35", "¥1,116.25", "+3.4%", "14.15%", "14.40%", "9,717.32", "10,047.05", "+36.64",
        "+36.61", "R-2026-000001", "12378", "12345",
    ):  # fmt: skip
        assert figure in said, figure


def test_nothing_that_must_be_said_before_signing_is_missing(at: Client, request_: ReliefRequest) -> None:
    said = words(at.get(url("offer", request_)))
    for fact in (
        "You can accept until Friday 22 May 2026 , 24:00. Nothing changes before you do.",
        "15 August 2026 , +3.4% against before",
        "15 April 2027 , 3 months later",
        "Lump sum at the end none",
        "Interest on interest ¥0.00",
        "Fee ¥0.00",
        "May 2026 On arrangement, nothing due; not late",
        "from August 2026 Measured against the new dates",
        "Requests for payment none until 15 August 2026",
        "off until 15 August 2026 , then ¥1,116.35",
        "if you accept today, you can take it back until 15 May 2026 , free of charge",
        "Do nothing: your old schedule stays, with ¥1,079.71 on 15 May 2026 . Or pay a part now.",
        "If a new instalment is missed, it counts as any other",
    ):
        assert fact in said, fact


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_instalment_before_and_after_and_the_cost_is_worked_out_in_every_language(
    at: Client, request_: ReliefRequest, language: str
) -> None:
    speak(at, language)
    said = words(at.get(url("offer", request_)))
    for formula in (
        "9,159.05 × 1.2% × 3 = 329.7258 ≈ 329.73",
        "36.64 × 8 + 36.61 = 329.73",
        "9,717.32 + 329.73 = 10,047.05",
        "329.73 ÷ 9 = 36.6366… ≈ 36.64",
        "969.80 + 109.91 + 36.64 = 1,116.35",
        "329.73 − 36.64 × 8 = 36.61",
        "969.80 + 109.91 = 1,079.71",
    ):
        assert formula in said, formula
    # each of the nine instalments once, with its old and its new sum
    assert said.count("8,189.25 × 1.2%") == 2


def test_each_step_of_the_cost_has_its_name(at: Client, request_: ReliefRequest) -> None:
    said = words(at.get(url("offer", request_)))
    assert "Interest of the pause 9,159.05 × 1.2%" in said
    assert "Shared out over the instalments 36.64 × 8" in said
    assert "Left to pay 9,717.32 + 329.73" in said
    assert "More than before 10,047.05 − 9,717.32 = 329.73" in said
    assert "How is each new instalment computed?" in said
    assert "How was each old instalment computed?" in said


def test_nothing_is_ticked_for_anybody(at: Client, request_: ReliefRequest) -> None:
    page = at.get(url("offer", request_))
    assert chosen(page, "ticks") == []
    assert title(page) == "Your offer - Leeway"


def test_without_a_fresh_confirmation_there_is_no_form_but_a_way_to_confirm(
    borrower: Borrower, request_: ReliefRequest
) -> None:
    client = reader(borrower.user)
    page = client.get(url("offer", request_)).content.decode()
    assert 'name="typed_name"' not in page
    link = re.search(r'<a class="button" href="([^"]*)">Confirm that it is you', page)
    assert link is not None
    assert link[1] == f"{reverse('accounts:confirm')}?next={url('offer', request_).replace('/', '%2F')}"


def test_a_signature_without_a_fresh_confirmation_is_not_taken(borrower: Borrower, request_: ReliefRequest) -> None:
    client = reader(borrower.user)
    offer = request_.offers.get()
    response = client.post(url("accept", request_), {"shown_hash": offer.projection_hash, **SIGNED})
    assert response.headers["Location"].startswith(reverse("accounts:confirm"))
    assert "accept" not in response.headers["Location"]
    assert untouched(request_)


def test_accepted_it_is_in_force(at: Client, request_: ReliefRequest, loan: Loan) -> None:
    response = sign(at, request_)
    assert response.headers["Location"] == url("request", request_)
    assert said_after(at, response) == ["Accepted. Your new schedule is in force."]
    loan.refresh_from_db()
    assert loan.current_version == 2
    acceptance = Acceptance.objects.get()
    assert (acceptance.typed_name, acceptance.language, acceptance.ip_address) == ("王晓雨", "en", "127.0.0.1")
    page = at.get(url("offer", request_))
    assert "You accepted this offer." in words(page)
    assert 'name="typed_name"' not in page.content.decode()


@pytest.mark.parametrize("missing", ["dates", "cost", "record"])
def test_a_missing_tick_is_named_and_nothing_typed_is_lost(at: Client, request_: ReliefRequest, missing: str) -> None:
    kept = [tick for tick in SIGNED["ticks"] if tick != missing]
    page = sign(at, request_, ticks=kept)
    assert page.status_code == 422
    assert beside(page, "ticks") == ["Tick each line if you agree with it."]
    assert title(page).startswith("Error: Your offer")
    assert words(page).count("Tick each line if you agree with it.") == 2
    assert chosen(page, "ticks") == kept
    assert 'value="王晓雨"' in page.content.decode()
    assert untouched(request_)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "Type your full name, as on your agreement."),
        ("王小雨", "Type your name as on your agreement: 王晓雨."),
        ("陈一", "Type your name as on your agreement: 王晓雨."),
    ],
)
def test_a_wrong_name_is_told_beside_the_field(at: Client, request_: ReliefRequest, name: str, error: str) -> None:
    page = sign(at, request_, typed_name=name)
    assert page.status_code == 422
    assert beside(page, "typed_name") == [error]
    assert title(page).startswith("Error: Your offer")
    assert words(page).count(error) == 2
    assert chosen(page, "ticks") == ["dates", "cost", "record"]
    assert untouched(request_)


@pytest.mark.parametrize("name", ["王晓雨", "wang xiaoyu", " Wang  Xiaoyu "])
def test_the_name_may_be_typed_in_either_writing(at: Client, request_: ReliefRequest, name: str) -> None:
    assert sign(at, request_, typed_name=name).status_code == 302
    assert ReliefPlan.objects.exists()


def test_nothing_sent_at_all_accepts_nothing(at: Client, request_: ReliefRequest) -> None:
    assert at.post(url("accept", request_), {}).status_code == 422
    assert untouched(request_)


@pytest.mark.parametrize("sent", [SIGNED, {"typed_name": ""}])
def test_a_second_tab_is_told_that_it_is_done(at: Client, request_: ReliefRequest, sent: dict[str, Any]) -> None:
    shown = hidden(at.get(url("offer", request_)), "shown_hash")
    said_after(at, sign(at, request_))
    response = at.post(url("accept", request_), {"shown_hash": shown, **sent})
    assert response.headers["Location"] == url("request", request_)
    assert said_after(at, response) == [CLOSED]
    assert Acceptance.objects.count() == 1


def test_a_payment_meanwhile_shows_the_new_figures_and_accepts_nothing(
    at: Client, request_: ReliefRequest, loan: Loan
) -> None:
    """500.00 pay the interest of instalment 4 and 390.09 of principal: 3 x 1.2 % of 8,768.96 = 315.68."""
    shown = hidden(at.get(url("offer", request_)), "shown_hash")
    record_payment(loan=loan, amount_minor=50_000, key="part", channel="borrower", acting_user=loan.borrower.user)
    response = at.post(url("accept", request_), {"shown_hash": shown, **SIGNED})
    assert response.headers["Location"] == url("offer", request_)
    page = at.get(url("offer", request_))
    assert [str(message) for message in page.context["messages"]] == [FRESH]
    assert "¥315.68" in words(page)
    assert "¥329.73" not in words(page)
    assert untouched(request_)
    # the old figures are not accepted a second time either, the new ones are
    assert at.post(url("accept", request_), {"shown_hash": shown, **SIGNED}).headers["Location"] == url(
        "offer", request_
    )
    assert untouched(request_)
    assert sign(at, request_).headers["Location"] == url("request", request_)
    assert Acceptance.objects.get().offer.number == 2


def test_on_the_last_day_it_can_be_signed(at: Client, request_: ReliefRequest) -> None:
    with clock.at(noon(date(2026, 5, 22))):
        sign(at, request_)
    assert ReliefPlan.objects.exists()


@pytest.mark.parametrize("sent", [SIGNED, {"typed_name": ""}])
def test_the_day_after_it_has_lapsed_and_a_new_request_can_be_sent_at_once(
    at: Client, request_: ReliefRequest, loan: Loan, sent: dict[str, Any]
) -> None:
    shown = hidden(at.get(url("offer", request_)), "shown_hash")
    with clock.at(noon(date(2026, 5, 23))):
        response = at.post(url("accept", request_), {"shown_hash": shown, **sent})
        assert said_after(at, response) == [
            "The last day to accept has passed, so nothing was changed. You can send a new request; it is free."
        ]
        request_.refresh_from_db()
        assert request_.state == RequestState.OFFER_EXPIRED
        assert at.get(url("new", loan)).status_code == 200


def test_an_offer_on_a_loan_paid_off_meanwhile_is_not_accepted_and_the_borrower_is_told(
    at: Client, request_: ReliefRequest, loan: Loan
) -> None:
    shown = hidden(at.get(url("offer", request_)), "shown_hash")
    settle_early(loan=loan, key="end", acting_user=None)
    response = at.post(url("accept", request_), {"shown_hash": shown, **SIGNED})
    assert response.headers["Location"] == url("request", request_)
    assert said_after(at, response) == [CLOSED]
    assert not Acceptance.objects.exists()


def test_a_lapsed_offer_says_so_and_has_no_form(at: Client, request_: ReliefRequest) -> None:
    with clock.at(noon(date(2026, 5, 23))):
        before = at.get(url("offer", request_))
        services.tick(lender=request_.lender)
        after = at.get(url("offer", request_))
    for page in (before, after):
        assert "This offer is no longer open." in words(page)
        assert "The last day to accept was 22 May 2026 . Nothing was changed" in words(page)
        assert 'name="typed_name"' not in page.content.decode()


def test_without_an_offer_there_is_only_the_request(at: Client, loan: Loan) -> None:
    request = ask(loan)
    for name in ("offer", "decline"):
        assert at.get(url(name, request)).headers["Location"] == url("request", request)
    assert at.post(url("accept", request), SIGNED).headers["Location"] == url("request", request)


def test_late_days_before_asking_stay_and_the_page_says_so(at: Client, loan: Loan, staff: SimpleNamespace) -> None:
    """On 20 June instalment 4 is 36 days late."""
    with clock.at(noon(date(2026, 6, 20))):
        request = ask(loan)
        approve(request, staff.reviewer)
        said = words(at.get(url("offer", request)))
    assert "On arrangement, nothing due; it stays as it stood when you asked: 36 days late" in said


# declining


def test_declining_asks_first_and_leaves_the_old_schedule(at: Client, request_: ReliefRequest) -> None:
    page = at.get(url("decline", request_))
    assert "Your old schedule stays as it is: ¥1,079.71 on 15 May 2026 ." in words(page)
    assert untouched(request_)
    told = said_after(at, at.post(url("decline", request_)))
    assert told == ["You did not accept the offer. Your old schedule stays as it is."]
    request_.refresh_from_db()
    assert request_.state == RequestState.OFFER_DECLINED
    assert "You did not accept it, so your schedule stays as it is." in words(at.get(url("offer", request_)))


@pytest.mark.parametrize("method", ["get", "post"])
def test_declining_what_was_accepted_in_another_tab_is_told(at: Client, request_: ReliefRequest, method: str) -> None:
    said_after(at, sign(at, request_))
    response = getattr(at, method)(url("decline", request_))
    assert said_after(at, response) == [CLOSED]
    assert Offer.objects.get().state == OfferState.ACCEPTED


# who else comes, and how much is asked of the database


def test_somebody_else_cannot_sign(request_: ReliefRequest, stranger: Borrower, staff: SimpleNamespace) -> None:
    offer = request_.offers.get()
    for user in (stranger.user, staff.reviewer, staff.other_reviewer):
        client = reader(user)
        confirm(client, user)
        sent = {"shown_hash": offer.projection_hash, **SIGNED}
        assert client.post(url("accept", request_), sent).status_code == 404
    assert untouched(request_)


def test_signing_is_not_done_by_looking(at: Client, request_: ReliefRequest) -> None:
    assert at.get(url("accept", request_)).status_code == 405


def test_the_page_asks_as_many_queries_before_and_after_signing(
    at: Client, request_: ReliefRequest, django_assert_num_queries: Any
) -> None:
    # session, person, request; offer, loan, acceptance
    with django_assert_num_queries(6):
        at.get(url("offer", request_))
    said_after(at, sign(at, request_))
    with django_assert_num_queries(6):
        at.get(url("offer", request_))
