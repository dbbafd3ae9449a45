"""One request, as its borrower sees it in every state, and the ways out of it."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower
from config import clock
from deferrals import services
from deferrals.models import ReliefPlan, ReliefRequest
from deferrals.states import RequestState
from loans.models import Loan
from loans.services import settle_early
from tests.deferrals.conftest import ask, noon, signed
from tests.deferrals.pages import reader, said_after, url
from tests.deferrals.test_story import approve
from tests.loans.pages.conftest import LANGUAGES, speak, words


@pytest.fixture
def at(borrower: Borrower) -> Client:
    return reader(borrower.user)


@pytest.fixture
def brought_to(loan: Loan, staff: SimpleNamespace) -> Callable[[str], ReliefRequest]:
    """A request on 8 May, taken to a state by the people whose move it is."""

    def bring(state: str) -> ReliefRequest:
        request, user = ask(loan), loan.borrower.user
        if state == "withdrawn":
            services.withdraw(request=request, acting_user=user)
        elif state == "in_review":
            services.claim(request=request, acting_user=staff.reviewer)
        elif state == "denied":
            services.claim(request=request, acting_user=staff.reviewer)
            services.deny(
                request=request, reason_codes=["R06"], words="x", expected_version=request.version,
                acting_user=staff.reviewer,
            )  # fmt: skip
        elif state == "ended_early":
            settle_early(loan=loan, key="end", acting_user=None)
            services.tick(lender=loan.lender)
        elif state != "ready":
            end(approve(request, staff.reviewer), state, user)
        request.refresh_from_db()
        assert request.state == state
        return request

    def end(offer: Any, state: str, user: Any) -> None:
        if state == "offer_declined":
            services.decline(offer=offer, acting_user=user)
        elif state == "offer_expired":
            with clock.at(noon(date(2026, 5, 23))):
                services.tick(lender=loan.lender)
        elif state != "offered":
            plan = services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=user)
            if state == "rescinded":
                services.rescind(plan=plan, acting_user=user)
            elif state == "completed":
                with clock.at(noon(date(2026, 8, 15))):
                    services.tick(lender=loan.lender)

    return bring


WITHDRAW, RESCIND, AGAIN, OFFER = "Withdraw the request", "Take the arrangement back", "Ask again", "See the offer"
STATES = {
    "ready": ("Your request is being looked at", {WITHDRAW}),
    "in_review": ("Your request is being looked at", {WITHDRAW}),
    "offered": ("Your request is approved; the offer waits for you", {WITHDRAW, OFFER}),
    "active": ("Your arrangement is in force", {RESCIND}),
    "completed": ("Your pause is over; payments have resumed", {AGAIN}),
    "denied": ("Your request was not approved", {AGAIN}),
    "withdrawn": ("You withdrew this request", {AGAIN}),
    "offer_declined": ("You did not accept the offer", {AGAIN}),
    "offer_expired": ("The offer has lapsed", {AGAIN}),
    "rescinded": ("You took the arrangement back", {AGAIN}),
    "ended_early": ("The loan is settled, so this request is closed", set()),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_says_where_it_is_and_what_one_still_can_do(
    at: Client, brought_to: Callable[[str], ReliefRequest], state: str
) -> None:
    request = brought_to(state)
    heading, ways = STATES[state]
    said = words(at.get(url("request", request)))
    assert heading in said
    assert "R-2026-000001" in said
    assert "See the loan and its schedule" in said
    assert {way for way in (WITHDRAW, RESCIND, AGAIN, OFFER) if way in said} == ways


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_each_state_is_shown_in_every_language(
    at: Client, brought_to: Callable[[str], ReliefRequest], state: str, language: str
) -> None:
    request = brought_to(state)
    speak(at, language)
    response = at.get(url("request", request))
    assert response.status_code == 200
    assert "R-2026-000001" in words(response)


def test_the_same_dates_as_the_supervisor_sees_stand_on_it(
    at: Client, brought_to: Callable[[str], ReliefRequest]
) -> None:
    said = words(at.get(url("request", brought_to("ready"))))
    assert "Target decision 14 May 2026 counted in working days 6 days left" in said
    assert "Latest decision 29 May 2026 calendar days; this date never stops 21 days left" in said
    assert "A reviewer answers by Thursday 14 May 2026 ." in said


@pytest.mark.parametrize(
    ("on", "left"),
    [
        (date(2026, 5, 13), "counted in working days 1 day left"),
        (date(2026, 5, 14), "counted in working days today"),
        (date(2026, 5, 15), "counted in working days we were late by 1 day"),
        (date(2026, 5, 16), "counted in working days we were late by 2 days"),
    ],
)
def test_our_own_lateness_is_said_to_the_day(
    at: Client, brought_to: Callable[[str], ReliefRequest], on: date, left: str
) -> None:
    request = brought_to("ready")
    with clock.at(noon(on)):
        assert left in words(at.get(url("request", request)))


def test_a_promise_kept_stays_kept(at: Client, brought_to: Callable[[str], ReliefRequest]) -> None:
    request = brought_to("denied")
    with clock.at(noon(date(2026, 7, 1))):
        said = words(at.get(url("request", request)))
    assert "counted in working days kept" in said
    assert "late" not in said


def test_nobody_was_late_with_a_request_that_was_withdrawn(
    at: Client, brought_to: Callable[[str], ReliefRequest]
) -> None:
    request = brought_to("withdrawn")
    with clock.at(noon(date(2026, 7, 1))):
        said = words(at.get(url("request", request)))
    assert said.count("no longer needed") == 2
    assert "late" not in said
    assert "A person looks at it" not in said
    assert "Withdrawn 8 May 2026" in said


def test_withdrawn_after_the_promise_broke_the_lateness_stays_what_it_was(at: Client, loan: Loan) -> None:
    request = ask(loan)
    with clock.at(noon(date(2026, 5, 16))):
        services.withdraw(request=request, acting_user=loan.borrower.user)
    with clock.at(noon(date(2026, 7, 1))):
        assert "we were late by 2 days" in words(at.get(url("request", request)))


def test_what_stands_still_says_until_when(at: Client, brought_to: Callable[[str], ReliefRequest]) -> None:
    request = brought_to("ready")
    said = words(at.get(url("request", request)))
    assert said.count("since 8 May 2026 , until we have decided") == 5  # auto-debit was kept on
    services.withdraw(request=request, acting_user=request.borrower.user)
    assert words(at.get(url("request", request))).count("from 8 May 2026 to 15 May 2026") == 5
    with clock.at(noon(date(2026, 5, 16))):
        assert "What stands still now" not in words(at.get(url("request", request)))


def test_an_arrangement_stands_still_until_payments_resume(
    at: Client, brought_to: Callable[[str], ReliefRequest]
) -> None:
    said = words(at.get(url("request", brought_to("active"))))
    assert said.count("from 8 May 2026 to 14 August 2026") == 6
    assert "You accepted 8 May 2026" in said
    assert "Payments resume on Saturday 15 August 2026 ." in said
    assert "You can take this back until 15 May 2026 , 24:00, free of charge." in said


def test_an_offer_past_its_last_day_no_longer_asks_for_a_decision(
    at: Client, brought_to: Callable[[str], ReliefRequest]
) -> None:
    """Even before the hourly work has closed it."""
    request = brought_to("offered")
    with clock.at(noon(date(2026, 5, 22))):
        assert "decide by Friday 22 May 2026 , 24:00" in words(at.get(url("request", request)))
    with clock.at(noon(date(2026, 5, 23))):
        said = words(at.get(url("request", request)))
    assert "The offer has lapsed" in said
    assert "It is your move." not in said


def test_a_settled_loan_is_not_asked_about_again(at: Client, brought_to: Callable[[str], ReliefRequest]) -> None:
    request = brought_to("withdrawn")
    settle_early(loan=request.loans.get().loan, key="end", acting_user=None)
    said = words(at.get(url("request", request)))
    assert AGAIN not in said
    assert "Pay a part" not in said


def test_the_list_holds_the_persons_own_newest_first(at: Client, loan: Loan, stranger: Borrower) -> None:
    assert "You have not asked for relief." in words(at.get(reverse("relief:list")))
    services.withdraw(request=ask(loan), acting_user=loan.borrower.user)
    with clock.at(noon(date(2026, 5, 9))):
        ask(loan, key="second")
    said = words(at.get(reverse("relief:list")))
    assert 0 < said.index("R-2026-000002, Qinghe Consumer Finance") < said.index("R-2026-000001")
    assert "R-2026" not in words(reader(stranger.user).get(reverse("relief:list")))


# withdrawing


def test_withdrawing_asks_first_and_leaves_no_mark(at: Client, loan: Loan) -> None:
    request = ask(loan)
    page = at.get(url("withdraw", request))
    assert "What stands still keeps standing still for 7 days more." in words(page)
    request.refresh_from_db()
    assert request.state == RequestState.READY
    assert said_after(at, at.post(url("withdraw", request))) == ["Withdrawn. No mark is left."]
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN


def test_too_late_to_withdraw_is_told(at: Client, brought_to: Callable[[str], ReliefRequest]) -> None:
    request = brought_to("active")
    assert at.get(url("withdraw", request)).headers["Location"] == url("request", request)
    told = said_after(at, at.post(url("withdraw", request)))
    assert told == ["This request can no longer be withdrawn. Here is where it stands."]
    request.refresh_from_db()
    assert request.state == RequestState.ACTIVE


# taking back


def test_taking_back_asks_first_and_restores_the_schedule(
    at: Client, brought_to: Callable[[str], ReliefRequest], loan: Loan
) -> None:
    request = brought_to("active")
    assert "Interest is as if there had been no pause." in words(at.get(url("rescind", request)))
    assert ReliefPlan.objects.get().state == ReliefPlan.State.ACTIVE
    told = said_after(at, at.post(url("rescind", request)))
    assert told == ["Taken back. The schedule before it is in force again."]
    loan.refresh_from_db()
    assert (loan.current_version, loan.oldest_unpaid_due_on) == (3, date(2026, 5, 15))


def test_after_its_last_day_it_can_no_longer_be_taken_back(
    at: Client, brought_to: Callable[[str], ReliefRequest]
) -> None:
    request = brought_to("active")
    last = ReliefPlan.objects.get().rescind_until_on
    assert last == date(2026, 5, 15)
    with clock.at(noon(last)):
        assert at.get(url("rescind", request)).status_code == 200
    with clock.at(noon(last + timedelta(days=1))):
        assert at.get(url("rescind", request)).headers["Location"] == url("request", request)
        told = said_after(at, at.post(url("rescind", request)))
    assert told == ["This arrangement can no longer be taken back."]
    assert ReliefPlan.objects.get().state == ReliefPlan.State.ACTIVE


def test_without_an_arrangement_there_is_nothing_to_take_back(
    at: Client, brought_to: Callable[[str], ReliefRequest]
) -> None:
    request = brought_to("ready")
    assert at.get(url("rescind", request)).headers["Location"] == url("request", request)
    assert at.post(url("rescind", request)).headers["Location"] == url("request", request)


# who else comes, and how much is asked of the database


@pytest.mark.parametrize("name", ["request", "offer", "decline", "withdraw", "rescind"])
def test_somebody_elses_request_is_not_there(
    brought_to: Callable[[str], ReliefRequest], stranger: Borrower, staff: SimpleNamespace, name: str
) -> None:
    request = brought_to("offered")
    for user in (stranger.user, staff.reviewer, staff.auditor, staff.other_reviewer):
        assert reader(user).get(url(name, request)).status_code == 404
        if name not in ("request", "offer"):
            assert reader(user).post(url(name, request)).status_code == 404
    request.refresh_from_db()
    assert request.state == RequestState.OFFERED


@pytest.mark.parametrize("name", ["request", "offer", "decline", "withdraw", "rescind"])
def test_whoever_is_not_signed_in_comes_back_after_the_sign_in(client: Client, loan: Loan, name: str) -> None:
    path = url(name, ask(loan))
    assert client.get(path).headers["Location"] == f"{reverse('account_login')}?next={path}"


@pytest.mark.parametrize("state", ["ready", "offered", "active", "completed"])
def test_the_page_asks_as_many_queries_in_every_state(
    at: Client, brought_to: Callable[[str], ReliefRequest], state: str, django_assert_num_queries: Any
) -> None:
    request = brought_to(state)
    # session, person, request; loan, plan, clocks, holds, letters, decision, offer
    with django_assert_num_queries(10):
        at.get(url("request", request))
