"""Deciding a case: a person, with reasons that rest on facts.

Rules and projection are run again on the facts of the day; what the reviewer saw when
they opened the case may be an hour old, and `expected_version` says which it was.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from accounts import audit
from accounts.errors import Conflict, NotPermitted
from accounts.models import Membership, User
from accounts.roles import Verb
from accounts.services import require
from deferrals import reasons, rules
from deferrals.casework import Case, case_of, components_of
from deferrals.clocks import calendar_for, forward
from deferrals.errors import AboveYourLimit, PolicyRefuses, ReasonsNeeded
from deferrals.letters import write_letter
from deferrals.models import Clock, Decision, Letter, Offer, ReliefRequest
from deferrals.reasons import Reason
from deferrals.services.moves import meet, move
from deferrals.services.reviewing import holds_it
from deferrals.states import RequestState
from loans.engine.components import component_as_dict
from loans.engine.relief import Projection
from loans.models import Loan
from loans.services import end_holds

MOST_REASONS = 4


@transaction.atomic
def approve(
    *, request: ReliefRequest, reason_codes: Sequence[str], words: str, expected_version: int, acting_user: User
) -> Offer:
    """Approve as asked: the decision, and an offer with today's figures, open for the policy's days."""
    case = _open_case(request, expected_version, acting_user)
    if case.projection is None or case.projection.refused:
        raise PolicyRefuses(case.projection.refused if case.projection is not None else ("resume_in_past",))
    supported = reasons.for_approval(case.policy, case.facts, case.need_minor)
    decision = _decision(case, Decision.Outcome.APPROVED, _chosen(supported, reason_codes), words, acting_user)
    offer = make_offer(case, case.projection, number=1)
    meet(request, Clock.Name.TARGET, Clock.Name.HARD)
    Clock.objects.create(
        request=request, lender=request.lender, name=Clock.Name.OFFER, starts_on=case.now.on, due_on=offer.expires_on
    )
    move(request, RequestState.OFFERED)
    _record(request, decision, {"offer": offer.number, "hash": offer.projection_hash}, acting_user)
    write_letter(request=request, kind=Letter.Kind.APPROVED)
    return offer


@transaction.atomic
def deny(
    *, request: ReliefRequest, reason_codes: Sequence[str], words: str, expected_version: int, acting_user: User
) -> Decision:
    """Do not approve: the decision with its reasons; what stood still stays so for the policy's days."""
    case = _open_case(request, expected_version, acting_user)
    supported = reasons.for_denial(case.policy, case.facts, case.need_minor)
    decision = _decision(case, Decision.Outcome.DENIED, _chosen(supported, reason_codes), words, acting_user)
    meet(request, Clock.Name.TARGET, Clock.Name.HARD)
    move(request, RequestState.DENIED)
    end_holds(
        loan=case.loan,
        source=request.number,
        until_on=case.now.on + timedelta(days=case.policy.hold_days_after_denial),
        acting_user=acting_user,
    )
    _record(request, decision, {}, acting_user)
    write_letter(request=request, kind=Letter.Kind.DENIED)
    return decision


def make_offer(case: Case, projection: Projection, *, number: int) -> Offer:
    """Write an offer with this projection, open for the policy's days from today.

    A last day on which nobody works moves forward: it is the borrower's deadline.
    """
    calendar = calendar_for(case.request.lender.time_zone)
    return Offer.objects.create(
        request=case.request,
        lender=case.request.lender,
        number=number,
        components=[component_as_dict(one) for one in components_of(case.now, case.components)],
        projection=projection.as_dict(),
        projection_hash=projection.hash,
        expires_on=forward(case.now.on + timedelta(days=case.policy.offer_days), calendar),
    )


def _open_case(request: ReliefRequest, expected_version: int, acting_user: User) -> Case:
    """Lock the loan, then check that this person may decide this case as they saw it."""
    asked = request.loans.get()
    Loan.objects.select_for_update(no_key=True).get(pk=asked.loan_id)
    request.refresh_from_db()
    require(lender=request.lender, verb=Verb.DECIDE, user=acting_user)
    if request.borrower.user_id == acting_user.pk:
        raise NotPermitted("nobody decides their own request")
    if request.version != expected_version:
        raise Conflict(f"{request.number} was changed since it was opened")
    holds_it(request, acting_user)
    case = case_of(request, request.lender.today())
    if case.facts.principal_left_minor > case.policy.reviewer_limit_minor:
        _require_senior(request, acting_user)
    return case


def _require_senior(request: ReliefRequest, acting_user: User) -> None:
    try:
        require(lender=request.lender, verb=Verb.DECIDE_ABOVE_LIMIT, user=acting_user)
    except NotPermitted as error:
        raise AboveYourLimit(f"{request.number} is above this role's limit") from error


def _chosen(supported: Sequence[Reason], codes: Sequence[str]) -> list[Reason]:
    """The supported reasons with these codes, in their own order; at least one, at most four."""
    chosen = [reason for reason in supported if reason.code in codes]
    if not 1 <= len(chosen) <= MOST_REASONS or len(chosen) != len(set(codes)):
        raise ReasonsNeeded("one to four reasons that rest on facts of the case")
    return chosen


def _decision(
    case: Case, outcome: Decision.Outcome, chosen: Sequence[Reason], words: str, acting_user: User
) -> Decision:
    if not words.strip():
        raise ReasonsNeeded("words to the borrower are missing")
    post = Membership.objects.allowing(Verb.DECIDE).filter(user=acting_user, lender=case.request.lender).first()
    return Decision.objects.create(
        request=case.request,
        lender=case.request.lender,
        outcome=outcome,
        decided_by=acting_user,
        handle=post.handle if post is not None else "",
        decided_on=case.now.on,
        reasons=[reason.as_dict() for reason in chosen],
        words=words.strip(),
        policy=case.request.policy,
        rule_hits=[hit.as_dict() for hit in rules.evaluate(case.policy, case.facts)],
        facts=case.facts.as_dict(),
    )


def _record(request: ReliefRequest, decision: Decision, more: dict[str, object], acting_user: User) -> None:
    audit.record(
        lender=request.lender,
        verb="decide",
        subject=request.number,
        after={"outcome": decision.outcome, "reasons": decision.reasons, **more},
        acting_user=acting_user,
    )
