"""A decision is looked at once more, then sent as it was looked at, or not at all."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from config import clock
from deferrals import services
from deferrals.models import Decision, Letter, Offer, ReliefRequest
from deferrals.states import RequestState
from loans.models import Loan
from loans.services import record_payment
from tests.conftest import NOON
from tests.deferrals.workbench.conftest import address, at_desk

WORDS = "请安心休养。恢复还款前，我们会提醒您。"
YES: dict[str, Any] = {"outcome": "approved", "approve_reasons": ["A01", "A02"], "words": WORDS}
NO: dict[str, Any] = {"outcome": "denied", "deny_reasons": ["R06"], "words": WORDS}


@pytest.fixture
def desk(staff: Any) -> Client:
    return at_desk(staff.reviewer)


def hidden(desk: Client, request: ReliefRequest) -> dict[str, Any]:
    """What the form carries unseen."""
    form = desk.get(address("case", request)).context["form"]
    return {name: form[name].value() for name in ("expected_version", "seen")}


def post(desk: Client, request: ReliefRequest, step: str, **written: Any) -> Any:
    return desk.post(address("decide", request), {**hidden(desk, request), "step": step, **written})


def nothing_decided(request: ReliefRequest) -> bool:
    request.refresh_from_db()
    return request.state == RequestState.IN_REVIEW and not Decision.objects.exists() and not Offer.objects.exists()


def test_checking_shows_what_will_be_sent_and_sends_nothing(desk: Client, mine: ReliefRequest) -> None:
    response = post(desk, mine, "check", **YES)
    text = response.content.decode()
    assert response.status_code == 200
    for words in ("Check before it is sent", "¥1,116.35", "¥329.73", "15 August 2026", "22 May 2026", WORDS):
        assert words in text
    assert nothing_decided(mine)


def test_the_reasons_are_shown_in_the_borrowers_language(desk: Client, loan: Loan, staff: Any) -> None:
    request = services.claim(
        request=services.submit_request(
            loan=loan, pause_count=3, ground="illness", affordable_minor=0, auto_debit="keep", key="k", language="en",
            acting_user=loan.borrower.user,
        ),
        acting_user=staff.reviewer,
    )  # fmt: skip
    response = post(at_desk(staff.reviewer, "zh-hans"), request, "check", **YES)
    assert '<ol lang="en"><li>You have paid 3 instalments of this loan so far.</li>' in response.content.decode()


def test_an_approval_makes_the_offer_with_the_published_figures(desk: Client, mine: ReliefRequest, staff: Any) -> None:
    checked = post(desk, mine, "check", **YES).context["form"]
    sent = {name: checked[name].value() for name in checked.fields if checked[name].value() is not None}
    response = desk.post(address("decide", mine), {**sent, "step": "send"}, follow=True)
    assert f"{mine.number} is decided, and the borrower has the letter." in response.content.decode()
    mine.refresh_from_db()
    offer = Offer.objects.get(request=mine)
    assert (mine.state, offer.state, offer.expires_on) == (RequestState.OFFERED, "live", date(2026, 5, 22))
    assert (offer.projection["resume_minor"], offer.projection["cost_to_borrower_minor"]) == (111_635, 32_973)
    decision = mine.decision
    assert (decision.decided_by, decision.words, decision.handle) == (staff.reviewer, WORDS, "A-02")
    assert [reason["code"] for reason in decision.reasons] == ["A01", "A02"]
    assert Letter.objects.filter(request=mine, kind=Letter.Kind.APPROVED).count() == 1


def test_a_denial_is_sent_with_its_reason_and_the_fact_it_rests_on(desk: Client, mine: ReliefRequest) -> None:
    text = post(desk, mine, "check", **NO).content.decode()
    assert "What stands still for them stays so until" in text
    assert "22 May 2026" in text  # 14 days
    post(desk, mine, "send", **NO)
    mine.refresh_from_db()
    assert mine.state == RequestState.DENIED
    assert mine.decision.reasons == [{"code": "R06", "facts": {"able": 0, "need": 111_635}}]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({**YES, "outcome": ""}, "Say whether you approve."),
        ({**YES, "approve_reasons": []}, "Tick at least one reason."),
        ({**YES, "words": "   "}, "Write a few words to the borrower."),
        ({**YES, "deny_reasons": ["R06"]}, "These reasons are for the other decision."),
        ({**NO, "deny_reasons": ["R01"]}, "R01"),
        ({**NO, "deny_reasons": ["A01"]}, "A01"),
        ({**NO, "deny_reasons": []}, "Tick at least one reason."),
        ({**YES, "words": "字" * 1001}, "1000"),
    ],
)
@pytest.mark.parametrize("step", ["check", "send"])
def test_what_is_missing_is_said_and_nothing_is_sent(
    step: str, written: dict[str, Any], problem: str, desk: Client, mine: ReliefRequest
) -> None:
    response = post(desk, mine, step, **written)
    assert response.status_code == 422
    assert problem in response.content.decode()
    assert nothing_decided(mine)


def test_what_was_written_can_be_changed_before_it_is_sent(desk: Client, mine: ReliefRequest) -> None:
    response = post(desk, mine, "change", **YES)
    assert response.status_code == 200
    assert WORDS in response.content.decode()
    assert response.context["form"]["approve_reasons"].value() == ["A01", "A02"]
    assert nothing_decided(mine)


@pytest.mark.parametrize("step", ["check", "send"])
def test_a_case_that_changed_since_it_was_opened_is_not_decided(
    step: str, desk: Client, mine: ReliefRequest, staff: Any
) -> None:
    seen = hidden(desk, mine)
    services.claim(request=mine, acting_user=staff.reviewer)
    response = desk.post(address("decide", mine), {**seen, **YES, "step": step})
    text = response.content.decode()
    assert response.status_code == 409
    assert "The case has changed since you opened it." in text
    assert WORDS in text
    assert nothing_decided(mine)
    renewed = response.context["form"]
    desk.post(address("decide", mine), {**YES, **{n: renewed[n].value() for n in seen}, "step": "send"})
    assert Offer.objects.filter(request=mine).count() == 1


def test_figures_that_changed_since_they_were_looked_at_are_not_sent(
    desk: Client, mine: ReliefRequest, loan: Loan
) -> None:
    seen = hidden(desk, mine)
    record_payment(loan=loan, amount_minor=20_000, key="part", channel="borrower", acting_user=loan.borrower.user)
    response = desk.post(address("decide", mine), {**seen, **YES, "step": "send"})
    assert response.status_code == 409
    assert nothing_decided(mine)


def test_words_are_kept_when_the_lease_ran_out(desk: Client, mine: ReliefRequest, staff: Any) -> None:
    seen = hidden(desk, mine)
    with clock.at(NOON + timedelta(minutes=61)):
        services.claim(request=mine, acting_user=staff.second_reviewer)
        response = at_desk(staff.reviewer).post(address("decide", mine), {**seen, **YES, "step": "send"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "This case is not yours, or your time with it has run out." in text
    assert "What you wrote, kept for you to copy" in text
    assert WORDS in text
    assert nothing_decided(mine)


def test_a_second_decision_is_not_possible(desk: Client, mine: ReliefRequest) -> None:
    seen = hidden(desk, mine)
    sent = {**seen, **YES, "step": "send"}
    assert desk.post(address("decide", mine), sent).status_code == 302
    assert desk.post(address("decide", mine), sent).status_code == 409
    assert Offer.objects.count() == 1


@pytest.mark.parametrize("role", ["auditor", "collections", "other_reviewer"])
def test_who_may_not_decide_finds_nothing_to_decide(role: str, mine: ReliefRequest, desk: Client, staff: Any) -> None:
    sent = {**hidden(desk, mine), **YES, "step": "send"}
    assert at_desk(getattr(staff, role)).post(address("decide", mine), sent).status_code == 404
    assert nothing_decided(mine)


def test_another_reviewer_does_not_decide_what_they_do_not_hold(mine: ReliefRequest, desk: Client, staff: Any) -> None:
    sent = {**hidden(desk, mine), **YES, "step": "send"}
    assert at_desk(staff.second_reviewer).post(address("decide", mine), sent).status_code == 409
    assert nothing_decided(mine)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_check_opens_in_each_language(language: str, mine: ReliefRequest, staff: Any) -> None:
    response = post(at_desk(staff.reviewer, language), mine, "check", **YES)
    assert response.status_code == 200
    assert WORDS in response.content.decode()
