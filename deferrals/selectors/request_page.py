"""One request as its borrower sees it: whose move, by when, what stands still, what was written."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from deferrals import casework
from deferrals.beside import beside
from deferrals.clocks import rescind_until
from deferrals.models import Acceptance, Clock, Decision, Letter, Offer, ReliefPlan, ReliefRequest
from deferrals.rules import Policy
from deferrals.selectors.computing import Arithmetic, arithmetic
from deferrals.states import OPEN, WITH_US, OfferState, RequestState
from loans.engine.components import component_from_dict
from loans.engine.relief import Projection
from loans.engine.schedule import Row
from loans.models import Hold, Loan

GOING_ON = OPEN | {RequestState.ACTIVE}


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock: `tone` is near, late or empty; `days` counts to it, or past it.

    `is_over` says that the request ended before this date: nothing was kept, nothing broken.
    """

    name: str
    due_on: date
    met_on: date | None
    days: int
    tone: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class RequestPage:
    """`closed_on` is the day on which the request left the open states, `offer` the one that can be accepted today."""

    request: ReliefRequest
    loan: Loan
    pause_count: int
    promises: tuple[Promise, ...]
    holds: tuple[Hold, ...]
    letters: tuple[Letter, ...]
    decision: Decision | None
    offer: Offer | None
    plan: ReliefPlan | None
    closed_on: date | None
    with_us: bool
    may_withdraw: bool
    may_rescind: bool
    may_ask_again: bool


@dataclass(frozen=True, slots=True)
class OfferPage:
    """The offer with everything that must be said before it can be accepted."""

    request: ReliefRequest
    loan: Loan
    offer: Offer
    projection: Projection
    rows: tuple[tuple[Row | None, Row | None, int], ...]
    before_points: tuple[tuple[date, int], ...]
    after_points: tuple[tuple[date, int], ...]
    how: Arithmetic
    late_days: int
    rescind_until_on: date | None
    is_live: bool
    acceptance: Acceptance | None

    @property
    def is_appended(self) -> bool:
        """Whether instalments go behind the last one, and not all of them wait."""
        return any(one["kind"] == "APPEND" for one in self.offer.components)


def requests_of(user: Any) -> tuple[ReliefRequest, ...]:
    """The person's requests at every lender, newest first. One query."""
    return tuple(ReliefRequest.objects.of(user).select_related("lender"))


def request_page(request: ReliefRequest) -> RequestPage:
    """Seven queries."""
    on = request.lender.today()
    closed_on = _closed_on(request)
    asked = request.loans.select_related("loan__lender").get()
    plan = ReliefPlan.objects.filter(request=request).first()
    clocks = request.clocks.exclude(name=Clock.Name.OFFER).order_by("pk")
    return RequestPage(
        request=request,
        loan=asked.loan,
        pause_count=casework.asked_periods(asked.components),
        promises=tuple(_promise(clock, on, closed_on) for clock in clocks),
        holds=tuple(_holds(asked.loan, request.number, on)),
        letters=tuple(request.letters.select_related("reading").order_by("written_at", "pk")),
        decision=Decision.objects.filter(request=request).first(),
        offer=request.offers.filter(state=OfferState.LIVE, expires_on__gte=on).first(),
        plan=plan,
        closed_on=closed_on,
        with_us=request.state in WITH_US,
        may_withdraw=request.state in OPEN and request.state != RequestState.ACCEPTED,
        may_rescind=_may_rescind(plan, on),
        may_ask_again=request.state not in GOING_ON and asked.loan.state == Loan.State.ACTIVE,
    )


def offer_page(request: ReliefRequest) -> OfferPage | None:
    """The newest offer of a request, or None if there is none. Four queries."""
    offer = request.offers.order_by("-number").first()
    if offer is None:
        return None
    on = request.lender.today()
    projection = Projection.from_dict(offer.projection)
    asked = request.loans.select_related("loan__lender").get()
    return OfferPage(
        request=request,
        loan=asked.loan,
        offer=offer,
        projection=projection,
        rows=tuple((old, new, _due_minor(new) - _due_minor(old)) for old, new in beside(projection)),
        before_points=tuple((row.due_on, row.due_minor) for row in projection.before),
        after_points=tuple((row.due_on, row.due_minor) for row in projection.after),
        how=arithmetic(projection, asked.loan, [component_from_dict(one) for one in offer.components]),
        late_days=int(request.facts["days_past_due"]),
        rescind_until_on=rescind_until(on, projection.paused_on, Policy.from_dict(request.policy.terms).rescind_days),
        is_live=offer.state == OfferState.LIVE and on <= offer.expires_on,
        acceptance=Acceptance.objects.filter(offer=offer).first(),
    )


def _due_minor(row: Row | None) -> int:
    return row.due_minor if row is not None else 0


def _closed_on(request: ReliefRequest) -> date | None:
    """The lender's calendar day on which the request left the open states."""
    at = request.closed_at
    return at.astimezone(ZoneInfo(request.lender.time_zone)).date() if at is not None else None


def _promise(clock: Clock, on: date, closed_on: date | None) -> Promise:
    """How a promise stands; one that was open when the request ended stands as on that day."""
    days = (clock.due_on - (clock.met_on or closed_on or on)).days
    is_open = clock.met_on is None and closed_on is None
    tone = "late" if days < 0 else "near" if is_open and days <= 1 else ""
    is_over = clock.met_on is None and closed_on is not None and days >= 0
    return Promise(clock.name, clock.due_on, clock.met_on, abs(days), tone, is_over)


def _holds(loan: Loan, number: str, on: date) -> list[Hold]:
    """What stands still today because of this request or its arrangement, one of each kind, the longest."""
    found: dict[str, Hold] = {}
    held = Hold.objects.on(on).filter(loan=loan, source__in=(number, f"{number}/plan"))
    for hold in held.order_by("pk"):
        known = found.get(hold.kind)
        if known is None or (known.until_on is not None and (hold.until_on is None or hold.until_on > known.until_on)):
            found[hold.kind] = hold
    return [found[kind] for kind in Hold.Kind.values if kind in found]


def _may_rescind(plan: ReliefPlan | None, on: date) -> bool:
    running = plan is not None and plan.state == ReliefPlan.State.ACTIVE
    return bool(running and plan and plan.rescind_until_on and on <= plan.rescind_until_on)
