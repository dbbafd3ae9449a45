"""The other ends of a request: withdrawn, declined, lapsed, taken back, completed."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from django.db import transaction

from accounts import audit
from accounts.errors import Conflict, NotPermitted
from accounts.models import Lender, User
from deferrals.errors import CannotRescind, CannotWithdraw, OfferClosed
from deferrals.letters import write_letter
from deferrals.models import Letter, Offer, ReliefMonth, ReliefPlan, ReliefRequest
from deferrals.rules import Policy
from deferrals.services.moves import move
from deferrals.states import OfferState, RequestState
from loans.engine.remembered import Remembered
from loans.models import Loan, ScheduleVersion
from loans.services import adopt_schedule, end_holds

SETTLED_ENDS = frozenset({RequestState.READY, RequestState.IN_REVIEW, RequestState.OFFERED, RequestState.ACTIVE})
WITHDRAWABLE = frozenset({RequestState.SUBMITTED, RequestState.READY, RequestState.IN_REVIEW, RequestState.OFFERED})


@transaction.atomic
def withdraw(*, request: ReliefRequest, acting_user: User) -> ReliefRequest:
    """Take a request back before anything was accepted; no mark is left, holds last some days more."""
    loan = _lock(request)
    _own(request, acting_user)
    if request.state not in WITHDRAWABLE:
        raise CannotWithdraw(f"{request.number} is {request.state}")
    request.offers.filter(state=OfferState.LIVE).update(state=OfferState.DECLINED)
    policy = Policy.from_dict(request.policy.terms)
    _end(request, loan, RequestState.WITHDRAWN, policy.hold_days_after_withdrawal, Letter.Kind.WITHDRAWN, acting_user)
    return request


@transaction.atomic
def decline(*, offer: Offer, acting_user: User) -> ReliefRequest:
    """Say no to an offer; the old schedule stays, holds last some days more."""
    request = offer.request
    loan = _lock(request)
    _own(request, acting_user)
    declined = Offer.objects.filter(pk=offer.pk, state=OfferState.LIVE).update(state=OfferState.DECLINED)
    if declined != 1:
        offer.refresh_from_db()
        raise OfferClosed(offer.state)
    policy = Policy.from_dict(request.policy.terms)
    _end(request, loan, RequestState.OFFER_DECLINED, policy.hold_days_after_offer, Letter.Kind.DECLINED, acting_user)
    return request


@transaction.atomic
def expire_offer(offer: Offer, *, acting_user: User | None) -> None:
    """Close an offer whose last day has passed."""
    request = offer.request
    loan = _lock(request)
    if Offer.objects.filter(pk=offer.pk, state=OfferState.LIVE).update(state=OfferState.EXPIRED) != 1:
        raise OfferClosed(offer.state)
    policy = Policy.from_dict(request.policy.terms)
    _end(request, loan, RequestState.OFFER_EXPIRED, policy.hold_days_after_offer, Letter.Kind.EXPIRED, acting_user)


@transaction.atomic
def rescind(*, plan: ReliefPlan, acting_user: User) -> ReliefPlan:
    """Take an accepted arrangement back within its days: the schedule before it is adopted again."""
    request = plan.request
    loan = _lock(request)
    plan.refresh_from_db()
    _own(request, acting_user)
    on = request.lender.today()
    if plan.state != ReliefPlan.State.ACTIVE or plan.rescind_until_on is None or on > plan.rescind_until_on:
        raise CannotRescind(f"{request.number} can no longer be taken back")
    if loan.current_version != plan.schedule_number:
        raise CannotRescind(f"{loan.number} has a newer schedule")
    before = ScheduleVersion.objects.get(loan=loan, number=plan.previous_schedule_number)
    adopt_schedule(
        loan=loan,
        rows=tuple(instalment.row for instalment in before.instalments.order_by("number")),
        source="relief",
        reference=request.number,
        paused_on=tuple(date.fromisoformat(day) for day in before.paused_on),
        remembered=Remembered.from_dict(before.remembered),
        expected_version=loan.current_version,
        adopted_on=on,
        acting_user=acting_user,
    )
    ReliefMonth.objects.filter(plan=plan).update(is_effective=False)
    ReliefPlan.objects.filter(pk=plan.pk).update(state=ReliefPlan.State.RESCINDED)
    end_holds(loan=loan, source=f"{request.number}/plan", until_on=on, acting_user=acting_user)
    _end(request, loan, RequestState.RESCINDED, 0, Letter.Kind.RESCINDED, acting_user)
    plan.refresh_from_db()
    return plan


def tick(*, lender: Lender, on: date | None = None) -> dict[str, int]:
    """Fire what time and payments bring for one lender. Safe to repeat.

    Requests on loans that were settled meanwhile are closed, offers past their last day
    lapse, pauses that are over are completed.
    """
    day = on or lender.today()
    done = {"settled": 0, "offers_lapsed": 0, "pauses_ended": 0}
    open_or_running = ReliefRequest.objects.filter(lender=lender, state__in=SETTLED_ENDS)
    for request in open_or_running.filter(loans__loan__state=Loan.State.SETTLED).select_related("lender"):
        done["settled"] += _quietly(partial(_end_settled, request))
    late = Offer.objects.filter(lender=lender, state=OfferState.LIVE, expires_on__lt=day)
    for offer in late.select_related("request__lender"):
        done["offers_lapsed"] += _quietly(partial(expire_offer, offer, acting_user=None))
    running = ReliefPlan.objects.filter(lender=lender, state=ReliefPlan.State.ACTIVE, resume_on__lte=day)
    for plan in running.select_related("request__lender"):
        done["pauses_ended"] += _complete(plan)
    return done


def _quietly(deed: Callable[[], None]) -> int:
    """Do it, unless somebody else was quicker."""
    try:
        deed()
    except Conflict:
        return 0
    return 1


@transaction.atomic
def _end_settled(request: ReliefRequest) -> None:
    loan = _lock(request)
    if request.state not in SETTLED_ENDS:
        raise Conflict(f"{request.number} is {request.state}")
    request.offers.filter(state=OfferState.LIVE).update(state=OfferState.EXPIRED)
    ReliefPlan.objects.filter(request=request, state=ReliefPlan.State.ACTIVE).update(state=ReliefPlan.State.ENDED_EARLY)
    end_holds(loan=loan, source=f"{request.number}/plan", until_on=request.lender.today(), acting_user=None)
    _end(request, loan, RequestState.ENDED_EARLY, 0, Letter.Kind.SETTLED, None)


@transaction.atomic
def _complete(plan: ReliefPlan) -> int:
    running = ReliefPlan.objects.filter(pk=plan.pk, state=ReliefPlan.State.ACTIVE)
    if running.update(state=ReliefPlan.State.COMPLETED) != 1:
        return 0
    move(plan.request, RequestState.COMPLETED)
    audit.record(lender=plan.lender, verb="complete_relief", subject=plan.request.number, acting_user=None)
    return 1


def _lock(request: ReliefRequest) -> Loan:
    """Lock the loan first, as every writer does, then read the request again."""
    loan = Loan.objects.select_for_update(no_key=True).get(pk=request.loans.get().loan_id)
    request.refresh_from_db()
    return loan


def _own(request: ReliefRequest, acting_user: User) -> None:
    if request.borrower.user_id != acting_user.pk:
        raise NotPermitted("only the borrower does this")


def _end(
    request: ReliefRequest,
    loan: Loan,
    state: RequestState,
    hold_days: int,
    letter: Letter.Kind,
    acting_user: User | None,
) -> None:
    before = request.state
    move(request, state)
    until = request.lender.today() + timedelta(days=hold_days)
    end_holds(loan=loan, source=request.number, until_on=until, acting_user=acting_user)
    audit.record(
        lender=request.lender,
        verb=state.value,
        subject=request.number,
        before={"state": before},
        acting_user=acting_user,
    )
    write_letter(request=request, kind=letter)
