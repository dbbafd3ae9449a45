"""Cases about somebody's identity: asked for by the borrower, closed by whoever manages people.

Managing people is a superuser's work: a case may be between customers of different lenders,
so no lender's staff may see it.
"""

from typing import Any

from django.db import transaction

from accounts.errors import Conflict, NotPermitted, Refused
from accounts.models import Borrower, Identity, IdentityCase, User
from accounts.services.telling import only_oneself, tell_lenders
from config import clock

_Outcome = IdentityCase.Outcome


@transaction.atomic
def ask_about_identity(*, borrower: Borrower, acting_user: Any) -> IdentityCase:
    """Let a person look at a number that could not be confirmed. Asked twice it is one case.

    `Conflict` if there is nothing to look at.
    """
    only_oneself(borrower.user, acting_user)
    if not Identity.objects.filter(borrower=borrower, state=Identity.State.MISMATCH).exists():
        raise Conflict("nothing to look at")
    case, _made = IdentityCase.objects.get_or_create(
        claimant=borrower,
        state=IdentityCase.State.OPEN,
        defaults={"ground": IdentityCase.Ground.ASKED, "opened_at": clock.now()},
    )
    IdentityCase.objects.filter(pk=case.pk, asked_at__isnull=True).update(asked_at=clock.now())
    case.refresh_from_db()
    return case


@transaction.atomic
def close_identity_case(*, case: IdentityCase, outcome: str, reason: str, acting_user: User) -> IdentityCase:
    """Say how the case ends, and why; taking the number back where the other account had no right to it.

    `Refused` ("outcome", "reason", "holder") if something is missing; `Conflict` if it was closed.
    """
    if not (acting_user.is_active and acting_user.is_superuser):
        raise NotPermitted("cases about identities are for those who manage people")
    codes = [code for code, given in (("outcome", outcome in _Outcome.values), ("reason", reason.strip())) if not given]
    if outcome == _Outcome.HOLDER_WRONG and case.holder is None:
        codes.append("holder")
    if codes:
        raise Refused(*codes)
    closed = IdentityCase.objects.filter(pk=case.pk, state=IdentityCase.State.OPEN).update(
        state=IdentityCase.State.CLOSED,
        outcome=outcome,
        reason=reason.strip(),
        closed_by=acting_user,
        closed_at=clock.now(),
    )
    if not closed:
        raise Conflict(f"identity case {case.pk} had been closed")
    if outcome == _Outcome.HOLDER_WRONG and case.holder is not None:
        _take_back(case.holder, acting_user)
    tell_lenders(case.claimant, "close_identity_case", {"outcome": outcome}, acting_user)
    case.refresh_from_db()
    return case


def _take_back(holder: Identity, acting_user: User) -> None:
    """The number is freed and forgotten; that account has to say anew who it is."""
    taken = Identity.objects.filter(pk=holder.pk, state=Identity.State.VERIFIED).update(
        state=Identity.State.REVOKED, verified_at=None, number_sealed="", number_hash="", number_masked=""
    )
    if not taken:
        raise Conflict("the other account's identity was changed meanwhile")
    tell_lenders(holder.borrower, "revoke_identity", {"state": "revoked"}, acting_user)
