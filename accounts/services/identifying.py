"""From somebody signed in to somebody known: name and identity number, confirmed by a register.

The register is asked before the transaction begins; what it answers is settled in one. A
number that is not confirmed is forgotten at once. A confirmed number that already belongs to
another account is answered like one that is not confirmed, and opens a case for a person.

A borrower who came with an import and has no user yet is never taken over by knowing their
number: whoever enters it gets the same answer and the same case.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import identity_check, identity_number, person_name
from accounts.errors import Conflict, Refused
from accounts.identity_check import Answer
from accounts.models import Borrower, Identity, IdentityCase, IdentityCheck, User
from accounts.sealed_box import sealed_box
from accounts.services.telling import only_oneself, tell_lenders
from config import clock

NUMBER = "identity number"  # the kind of text, for fingerprints
_State, _Outcome = Identity.State, IdentityCheck.Outcome
_LONGEST_WAIT = timedelta(hours=4)
_ANSWERS_TO_A_CASE: dict[str, IdentityCase.Ground] = {
    _Outcome.HELD: IdentityCase.Ground.HELD,
    _Outcome.OTHER_NAME: IdentityCase.Ground.OTHER_NAME,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of themself. The number stays out of what is printed."""

    name: str
    number: str = field(repr=False)

    def codes(self) -> tuple[str, ...]:
        """What is wrong with it today, as codes: `name`, and those of `identity_number.problems`."""
        wrong = () if person_name.is_a_name(self.name) else ("name",)
        return (*wrong, *identity_number.problems(self.number, clock.today(settings.TIME_ZONE)))


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of asking again did, in people."""

    settled: int = 0
    waiting: int = 0


def identify_person(*, user: User, name: str, number: str, acting_user: Any) -> Borrower:
    """Who `user` is; the borrower behind them, made if new. `borrower.identity.state` says how it went.

    `Refused` with codes if name or number cannot be right; `Conflict` if they are known already.
    """
    only_oneself(user, acting_user)
    claim = Claim(person_name.normalised(name), identity_number.normalised(number))
    if codes := claim.codes():
        raise Refused(*codes)
    if Identity.objects.filter(borrower__user=user, state=_State.VERIFIED).exists():
        raise Conflict("already identified")
    answer = identity_check.ask(name=claim.name, number=claim.number)
    with transaction.atomic():
        borrower, _made = Borrower.objects.get_or_create(user=user, defaults={"name": claim.name})
        return _settle(borrower, claim, answer, acting_user)


def recheck_identities(*, acting_user: User | None = None) -> Round:
    """Ask again about everybody whose turn has come, the longest waiting first.

    Each is claimed by compare-and-set, so two rounds at once ask about nobody twice. The
    pause doubles from five minutes to four hours.
    """
    settled = waiting = 0
    due = Identity.objects.filter(state=_State.WAITING, next_check_at__lte=clock.now()).order_by("next_check_at", "pk")
    for identity in due.select_related("borrower")[:1000]:
        claimed = Identity.objects.filter(pk=identity.pk, state=_State.WAITING, attempts=identity.attempts).update(
            attempts=identity.attempts + 1, next_check_at=clock.now() + _pause(identity.attempts + 1)
        )
        if not claimed:
            continue
        claim = Claim(identity.name, sealed_box().open(identity.number_sealed, identity.seal_of))
        answer = identity_check.ask(name=claim.name, number=claim.number)
        if answer.outcome == identity_check.Outcome.UNAVAILABLE:
            IdentityCheck.objects.create(
                borrower=identity.borrower, outcome=_Outcome.UNAVAILABLE, method=answer.method, at=clock.now()
            )
            waiting += 1
            continue
        with transaction.atomic():
            _settle(identity.borrower, claim, answer, acting_user, asked_for=identity)
        settled += 1
    return Round(settled, waiting)


def _pause(attempts: int) -> timedelta:
    return min(timedelta(minutes=5 << min(attempts, 10)), _LONGEST_WAIT)


def _settle(
    borrower: Borrower, claim: Claim, answer: Answer, acting_user: User | None, *, asked_for: Identity | None = None
) -> Borrower:
    """Write what follows from the register's answer, inside the caller's transaction.

    `asked_for` is the row that a later round asked about; given anew meanwhile, it is left alone.
    """
    Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
    before = Identity.objects.filter(borrower=borrower).first()
    if asked_for is not None and (before is None or before.number_hash != asked_for.number_hash):
        return borrower
    if before is not None and before.state == _State.VERIFIED:
        raise Conflict("already identified")
    outcome, holder = _outcome(borrower, claim, answer)
    now = clock.now()
    _write(before, borrower, _values(borrower, claim, outcome, answer.method))
    IdentityCheck.objects.create(borrower=borrower, outcome=outcome, method=answer.method, at=now)
    if outcome in _ANSWERS_TO_A_CASE:
        IdentityCase.objects.update_or_create(
            claimant=borrower,
            state=IdentityCase.State.OPEN,
            defaults={"ground": _ANSWERS_TO_A_CASE[outcome], "holder": holder},
        )
    if outcome == _Outcome.VERIFIED:
        _name_them(borrower, claim.name)
    tell_lenders(borrower, "identify", {"outcome": str(outcome)}, acting_user)
    borrower.refresh_from_db()
    return borrower


def _outcome(borrower: Borrower, claim: Claim, answer: Answer) -> tuple[str, Identity | None]:
    """The register's answer in the light of what this house knows; and who holds the number, if another does."""
    if answer.outcome != identity_check.Outcome.VERIFIED:
        return _Outcome(answer.outcome.value), None
    known = sealed_box().fingerprints(claim.number, NUMBER)
    holder = Identity.objects.filter(number_hash__in=known, state=_State.VERIFIED).exclude(borrower=borrower).first()
    if holder is not None:
        return _Outcome.HELD, holder
    if borrower.relations.exists() and not person_name.same(claim.name, borrower.name):
        return _Outcome.OTHER_NAME, None
    return _Outcome.VERIFIED, None


def _values(borrower: Borrower, claim: Claim, outcome: str, method: str) -> dict[str, Any]:
    now = clock.now()
    values: dict[str, Any] = {"name": claim.name, "method": method, "submitted_at": now, "attempts": 0}
    values |= {"verified_at": None, "next_check_at": None}
    if outcome not in (_Outcome.VERIFIED, _Outcome.UNAVAILABLE):
        return {**values, "state": _State.MISMATCH, "number_sealed": "", "number_hash": "", "number_masked": ""}
    box = sealed_box()
    values["number_sealed"] = box.seal(claim.number, f"identity {borrower.public_id}")
    values["number_hash"] = box.fingerprint(claim.number, NUMBER)
    values["number_masked"] = identity_number.masked(claim.number)
    if outcome == _Outcome.VERIFIED:
        return {**values, "state": _State.VERIFIED, "verified_at": now}
    return {**values, "state": _State.WAITING, "next_check_at": now + _pause(0)}


def _write(before: Identity | None, borrower: Borrower, values: dict[str, Any]) -> None:
    """Two people with one number at the same instant: the database lets one through, the other tries again."""
    try:
        with transaction.atomic():
            if before is None:
                Identity.objects.create(borrower=borrower, **values)
            elif not Identity.objects.filter(pk=before.pk, state=before.state).update(**values):
                raise Conflict("the identity was changed meanwhile")
    except IntegrityError as error:
        raise Conflict("the same number at the same instant") from error


def _name_them(borrower: Borrower, name: str) -> None:
    """A confirmed name is the name, unless a lender already keeps this customer's."""
    if not borrower.relations.exists():
        Borrower.objects.filter(pk=borrower.pk).update(name=name)
    if borrower.user is not None and not borrower.user.name:
        User.objects.filter(pk=borrower.user.pk).update(name=name)
