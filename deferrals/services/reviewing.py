"""Taking a case from the queue and giving it back.

A claim is a lease: it belongs to one person until it runs out, and is taken by one
conditional update, so that of two who reach for the same case exactly one gets it.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import Lender, User
from accounts.roles import Verb
from accounts.services import require
from config import clock
from deferrals.errors import ClaimLost, NothingToClaim, NotYourCase, TooManyClaims
from deferrals.models import ReliefRequest
from deferrals.rules import Policy
from deferrals.services.moves import move
from deferrals.states import RequestState

LOOKED_AT = 100  # cases; far more than anybody skips


@transaction.atomic
def claim(*, request: ReliefRequest, acting_user: User) -> ReliefRequest:
    """Take `request` for review, or renew one's own lease.

    Raises `ClaimLost` if somebody else holds it, `TooManyClaims` past the policy's number,
    `NotPermitted` for a person without the right, and for their own request.
    """
    require(lender=request.lender, verb=Verb.CLAIM, user=acting_user)
    _not_own(request, acting_user)
    policy = Policy.from_dict(request.policy.terms)
    mine = ReliefRequest.objects.filter(
        lender=request.lender, claimed_by=acting_user, claimed_until__gt=clock.now()
    ).exclude(pk=request.pk)
    if mine.count() >= policy.open_claims:
        raise TooManyClaims(policy.open_claims)
    until = clock.now() + timedelta(minutes=policy.lease_minutes)
    free = ReliefRequest.objects.filter(pk=request.pk, version=request.version).free(clock.now())
    own = ReliefRequest.objects.filter(pk=request.pk, version=request.version, claimed_by=acting_user)
    taken = (free | own).update(
        state=RequestState.IN_REVIEW, claimed_by=acting_user, claimed_until=until, version=request.version + 1
    )
    request.refresh_from_db()
    if taken != 1:
        winner = request.claimed_by
        raise ClaimLost(winner.name if winner is not None else "")
    audit.record(
        lender=request.lender,
        verb="claim",
        subject=request.number,
        after={"until": until.isoformat()},
        acting_user=acting_user,
    )
    return request


def claim_next(*, acting_user: User) -> ReliefRequest:
    """Take the free case whose promise is nearest and which this person may decide.

    Cases above a reviewer's limit are left to those who may decide them; if another person
    is quicker, the next case is tried. Raises `NothingToClaim` where none is left.
    """
    waiting = (
        ReliefRequest.objects.for_review_by(acting_user)
        .filter(lender__in=Lender.objects.where(acting_user, Verb.CLAIM))
        .free(clock.now())
        .select_related("lender", "policy", "borrower")
        .by_promise(clock.today(settings.TIME_ZONE))
    )
    above = set(Lender.objects.where(acting_user, Verb.DECIDE_ABOVE_LIMIT).values_list("pk", flat=True))
    for request in waiting[:LOOKED_AT]:
        if request.lender_id not in above and _is_above_limit(request):
            continue
        try:
            return claim(request=request, acting_user=acting_user)
        except ClaimLost:
            continue
    raise NothingToClaim("no case is waiting")


def _is_above_limit(request: ReliefRequest) -> bool:
    """Judged by the facts frozen with the request; the decision judges again by those of its day."""
    limit_minor = Policy.from_dict(request.policy.terms).reviewer_limit_minor
    return int(request.facts["principal_left_minor"]) > limit_minor


@transaction.atomic
def release(*, request: ReliefRequest, acting_user: User) -> ReliefRequest:
    """Give a case back to the queue; only the person who holds it can."""
    require(lender=request.lender, verb=Verb.CLAIM, user=acting_user)
    holds_it(request, acting_user)
    move(request, RequestState.READY)
    audit.record(lender=request.lender, verb="release", subject=request.number, acting_user=acting_user)
    return request


def holds_it(request: ReliefRequest, user: User) -> None:
    """Raise `NotYourCase` unless `user` holds a lease on the case that has not run out."""
    lease = request.claimed_until
    if request.claimed_by_id != user.pk or lease is None or lease <= clock.now():
        raise NotYourCase(f"{request.number} is not claimed by this person")


def _not_own(request: ReliefRequest, user: User) -> None:
    if request.borrower.user_id == user.pk:
        raise NotPermitted("nobody reviews their own request")
