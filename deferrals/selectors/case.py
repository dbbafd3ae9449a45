"""One case on one page: what was known, what is so now, what was asked, and what supports it.

While the request is with us its figures are those of today; once decided they are those
of the decision and its offer. Nothing is decided here: what a service would refuse (a
lease that ran out, a limit) is only said before somebody tries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Count

from accounts.models import AuditEntry
from accounts.roles import Verb
from config import clock
from deferrals import reasons, rules
from deferrals.beside import Pair, beside
from deferrals.casework import asked_periods, case_of
from deferrals.models import Clock, Decision, Offer, ReliefPlan, ReliefRequest
from deferrals.reasons import Reason
from deferrals.rules import Facts, Outcome, Policy, RuleHit
from deferrals.selectors.desk import Desk
from deferrals.selectors.promises import Left, left_until
from deferrals.states import WITH_US
from loans.engine.projection import Projection
from loans.models import Hold, Loan


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts as frozen and as they count, what was asked on these facts, and what speaks for and against it."""

    frozen: Facts
    current: Facts
    projection: Projection | None = None
    hits: tuple[RuleHit, ...] = ()
    for_approval: tuple[Reason, ...] = ()
    for_denial: tuple[Reason, ...] = ()

    @property
    def short_after_minor(self) -> int:
        """How much of the instalment after relief is more than they can pay now; 0 where it fits."""
        need_minor = self.projection.resume_minor if self.projection is not None else 0
        return max(0, need_minor - self.current.affordable_minor)

    @property
    def short_now_minor(self) -> int:
        """The same of what is still to pay on the next instalment as it is."""
        due_minor = self.projection.before[0].due_minor if self.projection is not None else self.current.next_due_minor
        return max(0, due_minor - self.current.affordable_minor)

    @property
    def may_approve(self) -> bool:
        """Whether what was asked is possible and within the policy's limits."""
        return self.projection is not None and not self.projection.refused


@dataclass(frozen=True, slots=True)
class Line:
    """Instalments `first` to `last` ask for the same, old and new; the dates are those of the first and the last.

    A schedule that asks for nothing on these days has no dates, and 0.
    """

    first: int
    last: int
    old_from: date | None
    old_to: date | None
    old_minor: int
    new_from: date | None
    new_to: date | None
    new_minor: int

    @property
    def more_minor(self) -> int:
        return self.new_minor - self.old_minor


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock; `left` only while it runs, `late_days` where it was met too late."""

    name: str
    label: str
    due_on: date
    late_days: int
    left: Left | None


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What this person may do with the case now. `held_until` is the end of whoever's lease runs."""

    with_us: bool
    is_mine: bool
    held_until: datetime | None
    may_claim: bool
    may_take_next: bool
    may_decide: bool
    above_limit: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    request: ReliefRequest
    loan: Loan
    policy: Policy
    on: date
    asked: int
    reading: Reading
    lines: tuple[Line, ...]
    promises: tuple[Promise, ...]
    holds: tuple[Hold, ...]
    earlier_plans: tuple[ReliefPlan, ...]
    earlier_decisions: Mapping[str, int]
    notes: tuple[AuditEntry, ...]
    decision: Decision | None
    offer: Offer | None
    stand: Standpoint = field(repr=False)


def case_page(request: ReliefRequest, desk: Desk) -> CasePage:
    """Thirteen queries while the request is with us; fewer once it is decided."""
    on = request.lender.today()
    asked = request.loans.select_related("loan__borrower__user", "loan__lender").get()
    decision = Decision.objects.select_related("decided_by").filter(request=request).first()
    offer = request.offers.order_by("-number").first()
    reading = _reading(request, asked.loan, on, decision, offer)
    policy = Policy.from_dict(request.policy.terms)
    return CasePage(
        request=request,
        loan=asked.loan,
        policy=policy,
        on=on,
        asked=asked_periods(asked.components),
        reading=reading,
        lines=_lines(reading.projection) if reading.projection is not None else (),
        promises=tuple(_promise(each, on) for each in request.clocks.order_by("pk")),
        holds=tuple(Hold.objects.on(on).filter(loan=asked.loan).order_by("pk")),
        earlier_plans=_earlier_plans(request, asked.loan),
        earlier_decisions=_earlier_decisions(request),
        notes=_notes(request),
        decision=decision,
        offer=offer,
        stand=_standpoint(request, asked.loan, reading, policy, desk),
    )


def _reading(request: ReliefRequest, loan: Loan, on: date, decision: Decision | None, offer: Offer | None) -> Reading:
    frozen = Facts.from_dict(request.facts)
    if decision is not None:
        hits = tuple(RuleHit(**{**hit, "outcome": Outcome(hit["outcome"])}) for hit in decision.rule_hits)
        projection = Projection.from_dict(offer.projection) if offer is not None else None
        return Reading(frozen, Facts.from_dict(decision.facts), projection, hits)
    if request.state not in WITH_US or loan.state != Loan.State.ACTIVE:
        return Reading(frozen, frozen)
    case = case_of(request, on)
    return Reading(
        frozen=frozen,
        current=case.facts,
        projection=case.projection,
        hits=rules.evaluate(case.policy, case.facts),
        for_approval=reasons.for_approval(case.policy, case.facts, case.need_minor),
        for_denial=reasons.for_denial(case.policy, case.facts, case.need_minor),
    )


def _lines(projection: Projection) -> tuple[Line, ...]:
    """Old beside new, neighbours that ask for the same drawn together."""
    return tuple(_line(list(run)) for _key, run in groupby(beside(projection), key=_sums))


def _sums(pair: Pair) -> tuple[int, ...]:
    return tuple(row.due_minor if row is not None else 0 for row in pair)


def _line(run: Sequence[Pair]) -> Line:
    (old_from, new_from), (old_to, new_to) = (_dates(run[0]), _dates(run[-1]))
    first, last = (next(row.number for row in pair if row is not None) for pair in (run[0], run[-1]))
    old_minor, new_minor = _sums(run[0])
    return Line(first, last, old_from, old_to, old_minor, new_from, new_to, new_minor)


def _dates(pair: Pair) -> tuple[date | None, ...]:
    return tuple(row.due_on if row is not None else None for row in pair)


def _promise(each: Clock, on: date) -> Promise:
    met = each.met_on
    return Promise(
        name=each.name,
        label=each.get_name_display(),
        due_on=each.due_on,
        late_days=max(0, (met - each.due_on).days) if met is not None else 0,
        left=None if met is not None else left_until(each.due_on, since=each.starts_on, on=on),
    )


def _earlier_plans(request: ReliefRequest, loan: Loan) -> tuple[ReliefPlan, ...]:
    plans = ReliefPlan.objects.filter(loan=loan).exclude(request=request).select_related("request")
    return tuple(plans.order_by("-from_on", "-pk"))


def _earlier_decisions(request: ReliefRequest) -> dict[str, int]:
    """How requests with this ground were decided at this lender so far, by outcome."""
    others = Decision.objects.filter(lender=request.lender, request__ground=request.ground).exclude(request=request)
    found: dict[str, Any] = dict.fromkeys(Decision.Outcome.values, 0)
    return found | dict(others.order_by().values_list("outcome").annotate(Count("pk")))


def _notes(request: ReliefRequest) -> tuple[AuditEntry, ...]:
    entries = AuditEntry.objects.filter(lender=request.lender_id, subject=request.number)
    return tuple(entries.select_related("actor").order_by("-number"))


def _standpoint(request: ReliefRequest, loan: Loan, reading: Reading, policy: Policy, desk: Desk) -> Standpoint:
    def may(verb: Verb) -> bool:
        return any(lender.pk == request.lender_id for lender in desk.lenders_for(verb))

    lease = request.claimed_until
    held_until = lease if lease is not None and lease > clock.now() else None
    is_own = request.claimed_by_id == desk.user.pk
    is_mine = is_own and held_until is not None
    with_us = request.state in WITH_US
    above = reading.current.principal_left_minor > policy.reviewer_limit_minor and not may(Verb.DECIDE_ABOVE_LIMIT)
    free_to_me = with_us and (held_until is None or is_mine)
    return Standpoint(
        with_us=with_us,
        is_mine=is_mine,
        held_until=held_until,
        may_claim=free_to_me and may(Verb.CLAIM) and (is_own or may(Verb.CLAIM_ANY)),
        may_take_next=may(Verb.CLAIM),
        may_decide=is_mine and may(Verb.DECIDE) and not above and loan.state == Loan.State.ACTIVE,
        above_limit=above,
    )


def is_fresh(page: CasePage, *, version: int, seen: str) -> bool:
    """Whether the case is still what the reviewer looked at: the same row version and the same figures."""
    return version == page.request.version and seen == figures_seen(page)


def figures_seen(page: CasePage) -> str:
    """What stands for the figures on the page: the hash of the projection, or nothing where there is none."""
    return page.reading.projection.hash if page.reading.projection is not None else ""
