"""A person decides on an application: takes it, decides it with reasons and words, or gives it back.

A claim is a lease, taken by one conditional update; of two who reach for the same application
one gets it. Nobody decides their own, nor looks again at what they decided before.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import User
from accounts.roles import Verb
from accounts.services import require
from config import clock
from loans.application_states import ApplicationState as State
from loans.assessment import STEP_MINOR
from loans.errors import DecisionRefused, NotYourApplication
from loans.models import ApplicationDecision, LoanApplication
from loans.selectors.application_facts import range_of, rates_of
from loans.selectors.application_standing import active_limit
from loans.services.application_moves import move
from loans.services.limiting import grant
from loans.services.telling import tell_decided

LEASE = timedelta(minutes=30)
Outcome = ApplicationDecision.Outcome
# Why a person decides as they do; the words are in `loans/assessment_words.py`.
FOR_APPROVAL = ("budget_holds", "record_good", "words_convince", "security_of_income")
FOR_REFUSAL = ("budget_short", "late_now", "late_often", "income_unclear", "use_excluded")


@transaction.atomic
def claim_application(*, application: LoanApplication, acting_user: User) -> LoanApplication:
    """Take it, or renew one's own lease; raises `NotYourApplication` where somebody else holds it."""
    _permit(application, acting_user)
    now = clock.now()
    free = Q(state=State.MANUAL) | Q(state=State.IN_REVIEW, claimed_until__lte=now)
    own = Q(state=State.IN_REVIEW, claimed_by=acting_user)
    taken = LoanApplication.objects.filter(free | own, pk=application.pk, version=application.version).update(
        state=State.IN_REVIEW.value, claimed_by=acting_user, claimed_until=now + LEASE, version=application.version + 1
    )
    application.refresh_from_db()
    if taken != 1:
        raise NotYourApplication(application.number)
    _record(application, "claim_application", acting_user)
    return application


@transaction.atomic
def release_application(*, application: LoanApplication, acting_user: User) -> LoanApplication:
    """Give it back to the list; only who holds it can."""
    _permit(application, acting_user)
    _holds(application, acting_user)
    move(application, State.MANUAL)
    _record(application, "release_application", acting_user)
    return application


@transaction.atomic
def decide_application(
    *,
    application: LoanApplication,
    outcome: str,
    reasons: Sequence[str],
    words: str,
    limit_minor: int | None = None,
    rate_annual: Decimal | None = None,
    expected_version: int,
    acting_user: User,
) -> ApplicationDecision:
    """Approve with a limit and a rate inside what the product offers, or refuse; always with reasons and words.

    Raises `NotYourApplication`, or `DecisionRefused` naming what of it cannot stand.
    """
    _permit(application, acting_user)
    if application.version != expected_version:
        raise NotYourApplication(application.number)
    _holds(application, acting_user)
    is_approval = outcome == Outcome.APPROVED
    _check_words(reasons, words, FOR_APPROVAL if is_approval else FOR_REFUSAL)
    if is_approval:
        _check_terms(application, limit_minor, rate_annual)
    decision = ApplicationDecision.objects.create(
        application=application,
        lender=application.lender,
        outcome=outcome,
        limit_minor=limit_minor if is_approval else None,
        rate_annual=rate_annual if is_approval else None,
        reasons=list(reasons),
        words=words,
        decided_by=acting_user,
        decided_at=clock.now(),
        decided_on=application.lender.today(),
    )
    move(application, State.APPROVED if is_approval else State.REFUSED)
    if is_approval and limit_minor is not None and rate_annual is not None:
        grant(application=application, limit_minor=limit_minor, rate_annual=rate_annual, acting_user=acting_user)
    tell_decided(application, limit_minor if is_approval else None)
    _record(application, "decide_application", acting_user, outcome=str(outcome), limit_minor=decision.limit_minor)
    return decision


def may_decide(application: LoanApplication, user: User) -> bool:
    """Whether the person may decide this one at all: not their own, not one they decided before."""
    previous = application.previous
    decided_before = (
        previous is not None and hasattr(previous, "decision") and previous.decision.decided_by_id == user.pk
    )
    return application.borrower.user_id != user.pk and not decided_before


def _permit(application: LoanApplication, acting_user: User) -> None:
    require(lender=application.lender, verb=Verb.DECIDE_APPLICATION, user=acting_user)
    if not may_decide(application, acting_user):
        raise NotPermitted("another person looks at this one")


def _holds(application: LoanApplication, acting_user: User) -> None:
    lease = application.claimed_until
    if application.claimed_by_id != acting_user.pk or lease is None or lease <= clock.now():
        raise NotYourApplication(application.number)


def _check_words(reasons: Sequence[str], words: str, known: Sequence[str]) -> None:
    if not reasons or not set(reasons) <= set(known):
        raise DecisionRefused("reasons")
    if not words.strip():
        raise DecisionRefused("words")


def _check_terms(application: LoanApplication, limit_minor: int | None, rate_annual: Decimal | None) -> None:
    product = application.product
    least, most = range_of(product, active_limit(application.borrower, product), application.lender.today())
    most = min(most, application.wished_minor)
    if limit_minor is None or not least <= limit_minor <= most or limit_minor % STEP_MINOR:
        raise DecisionRefused("limit")
    band = rates_of(product)
    if rate_annual is None or not band["rate_annual_min"] <= rate_annual <= band["rate_annual_max"]:
        raise DecisionRefused("rate")


def _record(application: LoanApplication, verb: str, acting_user: User, **more: object) -> None:
    audit.record(
        lender=application.lender,
        verb=verb,
        subject=application.number,
        after={"state": str(application.state), **more},
        acting_user=acting_user,
    )
