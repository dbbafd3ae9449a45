"""The whole way of one request, through the services, with the published figures of the fixture."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from accounts import audit
from config import clock
from deferrals import services
from deferrals.casework import case_of
from deferrals.models import Acceptance, Decision, Letter, Offer, ReliefMonth, ReliefPlan
from deferrals.states import OfferState, RequestState
from loans.models import Hold, Loan, ScheduleVersion
from tests.deferrals.conftest import ask, noon, signed


def approve(request, reviewer):
    services.claim(request=request, acting_user=reviewer)
    return services.approve(
        request=request,
        reason_codes=["A01", "A03"],
        words="三期之后可以恢复。",
        expected_version=request.version,
        acting_user=reviewer,
    )


def test_the_fixture_through_the_whole_path_gives_the_published_figures(loan: Loan, staff: SimpleNamespace) -> None:
    """Source: the worked table of the relief process, `A2_SHIFT_SPREAD`."""
    request = ask(loan)
    offer = approve(request, staff.reviewer)
    plan = services.accept(
        offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user
    )
    loan.refresh_from_db()
    version = ScheduleVersion.objects.get(loan=loan, number=loan.current_version)
    rows = list(version.instalments.order_by("number"))
    assert loan.current_version == 2
    assert [row.due_minor for row in rows[3:]] == [111_635] * 8 + [111_625]
    assert [row.due_on for row in rows[3:]] == [date(2026, m, 15) for m in range(8, 13)] + [
        date(2027, m, 15) for m in range(1, 5)
    ]
    assert sum(row.due_minor for row in rows[3:]) == 1_004_705
    assert offer.projection["cost_to_borrower_minor"] == 32_973
    assert version.paused_on == ["2026-05-15", "2026-06-15", "2026-07-15"]
    assert version.source_reference == request.number
    assert plan.resume_on == date(2026, 8, 15)
    assert list(ReliefMonth.objects.values_list("month", flat=True)) == [date(2026, m, 1) for m in (5, 6, 7)]
    request.refresh_from_db()
    assert request.state == RequestState.ACTIVE
    assert audit.first_break(loan.lender) is None


def test_what_is_adopted_is_what_was_previewed_offered_and_signed(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    previewed = case_of(request, date(2026, 5, 8)).projection
    offer = approve(request, staff.reviewer)
    services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user)
    adopted = ScheduleVersion.objects.get(loan=loan, number=2)
    assert previewed is not None
    assert [row.row for row in adopted.instalments.order_by("number")] == list(previewed.schedule_after)
    acceptance = Acceptance.objects.get()
    assert previewed.hash == offer.projection_hash == acceptance.projection_hash


def test_things_stand_still_from_the_moment_of_asking(loan: Loan) -> None:
    request = ask(loan)
    held = Hold.objects.on(date(2026, 5, 8)).filter(loan=loan)
    assert set(held.values_list("kind", flat=True)) == {"contact", "legal", "penalty", "bureau", "limit"}
    assert all(hold.source == request.number and hold.until_on is None for hold in held)
    assert Hold.objects.active(loan=loan, kind="contact", on=date(2026, 5, 7)) is False


def test_auto_debit_stands_still_only_if_the_borrower_chose_so(loan: Loan) -> None:
    ask(loan, auto_debit="pause")
    assert Hold.objects.active(loan=loan, kind="auto_debit", on=date(2026, 5, 8))


def test_after_acceptance_everything_stands_still_until_the_day_before_payments_resume(
    loan: Loan, staff: SimpleNamespace
) -> None:
    request = ask(loan)
    offer = approve(request, staff.reviewer)
    services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user)
    for kind in Hold.Kind.values:
        assert Hold.objects.active(loan=loan, kind=kind, on=date(2026, 8, 14)), kind
        assert not Hold.objects.active(loan=loan, kind=kind, on=date(2026, 8, 15)), kind


def test_each_step_is_written_to_the_borrower_in_their_language(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan, language="en")
    offer = approve(request, staff.reviewer)
    services.accept(
        offer=offer,
        shown_hash=offer.projection_hash,
        signature=signed("wang xiaoyu", language="en"),
        acting_user=loan.borrower.user,
    )
    letters = list(Letter.objects.order_by("pk"))
    assert [letter.kind for letter in letters] == ["received", "approved", "agreement"]
    assert {letter.language for letter in letters} == {"en"}
    text = str([letter.blocks for letter in letters])
    assert "¥329.73" in text
    assert "15 August 2026" in text
    assert "1,116.35" in text


def test_asked_by_the_deadline_and_answered_by_the_promise(loan: Loan) -> None:
    """Friday 8 May, 5 business days: Saturday 9 May is a make-up day; 21 days end on Friday 29 May."""
    request = ask(loan)
    assert (request.target_on, request.decide_by_on) == (date(2026, 5, 14), date(2026, 5, 29))


def test_taken_back_within_its_days_the_old_schedule_is_in_force_again(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    offer = approve(request, staff.reviewer)
    plan = services.accept(
        offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user
    )
    assert plan.rescind_until_on == date(2026, 5, 15)
    services.rescind(plan=plan, acting_user=loan.borrower.user)
    loan.refresh_from_db()
    first, last = (ScheduleVersion.objects.get(loan=loan, number=number) for number in (1, 3))
    assert loan.current_version == 3
    assert [r.row for r in first.instalments.order_by("number")] == [r.row for r in last.instalments.order_by("number")]
    assert not ReliefMonth.objects.filter(is_effective=True).exists()
    assert ReliefPlan.objects.get().state == ReliefPlan.State.RESCINDED
    assert not Hold.objects.active(loan=loan, kind="contact", on=date(2026, 5, 9))


def test_a_pause_that_is_over_completes_by_itself_once(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    offer = approve(request, staff.reviewer)
    services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user)
    with clock.at(noon(date(2026, 8, 15))):
        assert services.tick(lender=loan.lender)["pauses_ended"] == 1
        assert services.tick(lender=loan.lender)["pauses_ended"] == 0
    request.refresh_from_db()
    assert request.state == RequestState.COMPLETED


def test_an_offer_nobody_answers_lapses_and_the_old_schedule_stays(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    offer = approve(request, staff.reviewer)
    with clock.at(noon(offer.expires_on)):
        assert services.tick(lender=loan.lender)["offers_lapsed"] == 0
    with clock.at(noon(offer.expires_on + timedelta(days=1))):
        assert services.tick(lender=loan.lender)["offers_lapsed"] == 1
    offer.refresh_from_db()
    request.refresh_from_db()
    loan.refresh_from_db()
    assert (offer.state, request.state, loan.current_version) == (OfferState.EXPIRED, RequestState.OFFER_EXPIRED, 1)
    assert Letter.objects.latest("pk").kind == "expired"


def test_a_denial_gives_reasons_with_facts_and_keeps_things_still_for_14_days(
    loan: Loan, staff: SimpleNamespace
) -> None:
    request = ask(loan, affordable_minor=120_000)
    services.claim(request=request, acting_user=staff.reviewer)
    services.deny(
        request=request,
        reason_codes=["R05"],
        words="可以先还一部分。",
        expected_version=request.version,
        acting_user=staff.reviewer,
    )
    decision = Decision.objects.get()
    assert decision.reasons == [{"code": "R05", "facts": {"able": 120_000, "instalment": 107_971}}]
    assert decision.handle == "A-02"
    letter = Letter.objects.latest("pk")
    assert letter.kind == "denied"
    assert "¥1,200.00" in str(letter.blocks)
    assert Hold.objects.active(loan=loan, kind="contact", on=date(2026, 5, 22))
    assert not Hold.objects.active(loan=loan, kind="contact", on=date(2026, 5, 23))
    assert not Offer.objects.exists()


@pytest.mark.parametrize("count", [1, 2])
def test_a_shorter_pause_moves_by_as_many_months(loan: Loan, staff: SimpleNamespace, count: int) -> None:
    request = ask(loan, count=count)
    offer = approve(request, staff.reviewer)
    assert offer.projection["resume_on"] == f"2026-0{5 + count}-15"
    # simple interest: count × 1.2 % of 9,159.05
    assert offer.projection["cost_to_borrower_minor"] == {1: 10_991, 2: 21_982}[count]
