"""Accepting: the signature, the hash, and figures that changed meanwhile."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotPermitted
from accounts.models import Borrower
from config import clock
from deferrals import services
from deferrals.errors import (
    CannotRescind,
    CannotWithdraw,
    FiguresChanged,
    NameDiffers,
    OfferClosed,
    OfferLapsed,
    TicksMissing,
)
from deferrals.models import Acceptance, Letter, Offer, ReliefPlan
from deferrals.services import accepting
from deferrals.states import OfferState, RequestState
from loans.models import Hold, Loan, ScheduleVersion
from loans.services import record_payment
from tests.deferrals.conftest import TICKS, ask, noon, signed
from tests.deferrals.test_story import approve


@pytest.fixture
def offer(loan: Loan, staff: SimpleNamespace) -> Offer:
    return approve(ask(loan), staff.reviewer)


def take(offer: Offer, **changes: object) -> ReliefPlan:
    terms = {"shown_hash": offer.projection_hash, "signature": signed(), **changes}
    return services.accept(offer=offer, acting_user=offer.request.borrower.user, **terms)


def untouched(offer: Offer) -> bool:
    offer.refresh_from_db()
    loan = offer.request.loans.get().loan
    return offer.state == OfferState.LIVE and loan.current_version == 1 and not Acceptance.objects.exists()


def test_another_person_cannot_accept(offer: Offer, stranger: Borrower) -> None:
    with pytest.raises(NotPermitted):
        services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=stranger.user)
    assert untouched(offer)


def test_the_name_must_be_the_borrowers(offer: Offer) -> None:
    with pytest.raises(NameDiffers):
        take(offer, signature=signed("陈一"))
    assert untouched(offer)


@pytest.mark.parametrize("missing", sorted(TICKS))
def test_every_statement_must_be_ticked(offer: Offer, missing: str) -> None:
    with pytest.raises(TicksMissing):
        take(offer, signature=signed(ticks=TICKS - {missing}))
    assert untouched(offer)


def test_an_offer_is_accepted_once(offer: Offer) -> None:
    take(offer)
    with pytest.raises(OfferClosed) as closed:
        take(offer)
    assert closed.value.state == OfferState.ACCEPTED
    assert ScheduleVersion.objects.count() == 2
    assert ReliefPlan.objects.count() == 1


def test_on_the_last_day_it_can_be_accepted_on_the_next_it_has_lapsed(offer: Offer) -> None:
    with clock.at(noon(offer.expires_on + timedelta(days=1))), pytest.raises(OfferLapsed):
        take(offer)
    offer.refresh_from_db()
    assert offer.state == OfferState.EXPIRED
    assert offer.request.loans.get().loan.current_version == 1


def test_the_last_day_counts(offer: Offer) -> None:
    with clock.at(noon(offer.expires_on)):
        assert take(offer).state == ReliefPlan.State.ACTIVE


def test_figures_shown_on_an_old_page_are_not_accepted(offer: Offer) -> None:
    with pytest.raises(FiguresChanged):
        take(offer, shown_hash="0" * 64)
    assert untouched(offer)
    assert Offer.objects.count() == 1


def test_a_payment_before_acceptance_brings_a_new_offer_not_a_silent_change(offer: Offer) -> None:
    loan = offer.request.loans.get().loan
    record_payment(loan=loan, amount_minor=50_000, key="part", channel="borrower", acting_user=loan.borrower.user)
    with pytest.raises(FiguresChanged):
        take(offer)
    offer.refresh_from_db()
    newer = Offer.objects.get(state=OfferState.LIVE)
    assert (offer.state, newer.number) == (OfferState.SUPERSEDED, 2)
    # 500.00 pay the interest of instalment 4 (109.91) and 390.09 of principal:
    # simple interest on the rest, (9,159.05 - 390.09) x 1.2 % x 3 = 315.68
    assert newer.projection["pause_interest_minor"] == 31_568
    assert Letter.objects.latest("pk").kind == "reprojected"
    assert ScheduleVersion.objects.count() == 1
    take(newer)
    loan.refresh_from_db()
    assert loan.current_version == 2


def test_a_declined_offer_leaves_the_schedule_and_holds_14_days_more(offer: Offer) -> None:
    request = services.decline(offer=offer, acting_user=offer.request.borrower.user)
    loan = request.loans.get().loan
    assert request.state == RequestState.OFFER_DECLINED
    held = Hold.objects.filter(loan=loan, kind="penalty").get()
    assert held.until_on == clock.today("Asia/Shanghai") + timedelta(days=14)
    with pytest.raises(OfferClosed):
        take(offer)


def test_an_accepted_request_cannot_be_withdrawn(offer: Offer) -> None:
    take(offer)
    with pytest.raises(CannotWithdraw):
        services.withdraw(request=offer.request, acting_user=offer.request.borrower.user)


def test_an_arrangement_cannot_be_taken_back_after_its_days(offer: Offer) -> None:
    plan = take(offer)
    assert plan.rescind_until_on is not None
    with clock.at(noon(plan.rescind_until_on + timedelta(days=1))), pytest.raises(CannotRescind):
        services.rescind(plan=plan, acting_user=offer.request.borrower.user)


def test_an_acceptance_is_never_changed(offer: Offer) -> None:
    take(offer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Acceptance.objects.update(typed_name="x")


def test_a_crash_while_activating_leaves_nothing(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(**_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(accepting, "open_holds", crash)
    with pytest.raises(RuntimeError):
        take(offer)
    assert untouched(offer)
    assert not ReliefPlan.objects.exists()
    assert ScheduleVersion.objects.count() == 1
