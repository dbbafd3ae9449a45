"""Accepting an offer and putting it in force, in one transaction.

The figures the borrower saw are named by their hash; the projection is computed again on
the locked loan, and only if it is the same, to the fen, is the schedule adopted. If a
payment or a date has changed it, nothing is adopted: a new offer with the new figures is
made and the borrower is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.chain import digest
from accounts.errors import NotPermitted
from accounts.models import User
from deferrals.agreement import STATEMENTS, agreement_blocks, same_name
from deferrals.casework import Case, case_of
from deferrals.clocks import rescind_until
from deferrals.errors import FiguresChanged, NameDiffers, OfferClosed, OfferLapsed, TicksMissing
from deferrals.letters import write_letter
from deferrals.models import Acceptance, Clock, Letter, Offer, ReliefMonth, ReliefPlan
from deferrals.services.closing import expire_offer
from deferrals.services.deciding import make_offer
from deferrals.services.moves import meet, move
from deferrals.states import OfferState, RequestState
from loans.engine.calendar import month_of
from loans.engine.relief import Projection
from loans.models import Hold, Loan
from loans.services import adopt_schedule, end_holds, open_holds


@dataclass(frozen=True, slots=True)
class Signature:
    """How the borrower signed: what they typed and ticked, and from where."""

    typed_name: str
    ticks: frozenset[str]
    method: str
    language: str
    ip_address: str | None = None
    user_agent: str = ""


def accept(*, offer: Offer, shown_hash: str, signature: Signature, acting_user: User) -> ReliefPlan:
    """Accept `offer` as it was shown (`shown_hash`) and put it in force.

    Raises `OfferLapsed`, `OfferClosed`, `NameDiffers`, `TicksMissing`, or `FiguresChanged`
    after a newer offer has been made.
    """
    with transaction.atomic():
        outcome = _accept(offer, shown_hash, signature, acting_user)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _accept(offer: Offer, shown_hash: str, signature: Signature, acting_user: User) -> ReliefPlan | Exception:
    """The plan, or an error to raise once what was written with it is committed."""
    request = offer.request
    Loan.objects.select_for_update(no_key=True).get(pk=request.loans.get().loan_id)
    request.refresh_from_db()
    offer.refresh_from_db()
    if request.borrower.user_id != acting_user.pk:
        raise NotPermitted("only the borrower accepts")
    if offer.state != OfferState.LIVE or request.state != RequestState.OFFERED:
        raise OfferClosed(offer.state)
    on = request.lender.today()
    if on > offer.expires_on:
        expire_offer(offer, acting_user=None)
        return OfferLapsed(OfferState.EXPIRED)
    _check_signature(offer, signature)
    case = case_of(request, on)
    if case.projection is None:
        expire_offer(offer, acting_user=None)
        return OfferLapsed(OfferState.EXPIRED)
    if case.projection.hash != offer.projection_hash or shown_hash != offer.projection_hash:
        return _renew(offer, case, case.projection)
    return _activate(offer, case, case.projection, signature, acting_user)


def _check_signature(offer: Offer, signature: Signature) -> None:
    borrower = offer.request.borrower
    if not set(STATEMENTS) <= signature.ticks:
        raise TicksMissing("every statement must be ticked")
    if not same_name(signature.typed_name, borrower.name, borrower.name_latin):
        raise NameDiffers("the typed name is not the borrower's")


def _renew(offer: Offer, case: Case, projection: Projection) -> Exception:
    """Replace stale figures by a new offer; a stale page alone changes nothing."""
    if projection.hash == offer.projection_hash:
        return FiguresChanged("the page showed older figures")
    Offer.objects.filter(pk=offer.pk, state=OfferState.LIVE).update(state=OfferState.SUPERSEDED)
    renewed = make_offer(case, projection, number=offer.number + 1)
    Clock.objects.filter(request=offer.request, name=Clock.Name.OFFER).update(due_on=renewed.expires_on)
    audit.record(
        lender=offer.lender,
        verb="renew_offer",
        subject=offer.request.number,
        before={"hash": offer.projection_hash},
        after={"hash": renewed.projection_hash},
        acting_user=None,
    )
    write_letter(request=offer.request, kind=Letter.Kind.REPROJECTED)
    return FiguresChanged("a new offer was made")


def _activate(offer: Offer, case: Case, projection: Projection, signature: Signature, acting_user: User) -> ReliefPlan:
    request, on = offer.request, case.now.on
    text = agreement_blocks(offer, language=signature.language)
    acceptance = Acceptance.objects.create(
        offer=offer,
        lender=offer.lender,
        accepted_by=acting_user,
        typed_name=signature.typed_name,
        method=signature.method,
        language=signature.language,
        ip_address=signature.ip_address,
        user_agent=signature.user_agent[:300],
        text=text,
        text_sha256=digest(text),
        projection_hash=projection.hash,
    )
    Offer.objects.filter(pk=offer.pk, state=OfferState.LIVE).update(state=OfferState.ACCEPTED)
    move(request, RequestState.ACCEPTED)
    version = adopt_schedule(
        loan=case.loan,
        rows=projection.schedule_after,
        source="relief",
        reference=request.number,
        paused_on=projection.paused_on,
        remembered=case.now.remembered.then(projection.remembered),
        expected_version=case.now.version_number,
        adopted_on=on,
        acting_user=acting_user,
    )
    plan = ReliefPlan.objects.create(
        request=request,
        lender=request.lender,
        loan=case.loan,
        acceptance=acceptance,
        schedule_number=version.number,
        previous_schedule_number=case.now.version_number,
        from_on=on,
        resume_on=projection.resume_on,
        rescind_until_on=rescind_until(on, projection.paused_on, case.policy.rescind_days),
    )
    _cover(plan, case, projection, acting_user)
    meet(request, Clock.Name.OFFER)
    move(request, RequestState.ACTIVE)
    audit.record(
        lender=request.lender,
        verb="accept",
        subject=request.number,
        after=_evidence(acceptance, version.number),
        acting_user=acting_user,
    )
    write_letter(request=request, kind=Letter.Kind.AGREEMENT)
    return plan


def _evidence(acceptance: Acceptance, version_number: int) -> Mapping[str, Any]:
    return {
        "text_sha256": acceptance.text_sha256,
        "projection_hash": acceptance.projection_hash,
        "schedule_version": version_number,
    }


def _cover(plan: ReliefPlan, case: Case, projection: Projection, acting_user: User) -> None:
    """The months of relief, and what stands still from the acceptance to the day before payments resume."""
    months = sorted({month_of(day) for day in projection.paused_on})
    ReliefMonth.objects.bulk_create(
        ReliefMonth(plan=plan, lender=plan.lender, loan=plan.loan, month=month) for month in months
    )
    source = case.request.number
    end_holds(loan=case.loan, source=source, until_on=plan.from_on, acting_user=acting_user)
    held = f"{source}/plan"
    open_holds(loan=case.loan, kinds=list(Hold.Kind), source=held, from_on=plan.from_on, acting_user=acting_user)
    end_holds(loan=case.loan, source=held, until_on=plan.resume_on - timedelta(days=1), acting_user=acting_user)
