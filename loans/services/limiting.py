"""Limits: opened and raised by an approved application, cut with notice, drawn from by one tab at a time.

Every change and every draw-down first counts up the row version of the limit, as it was read;
of two that read the same one, one gets `Conflict` and looks again.
"""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from accounts import audit
from accounts.errors import Conflict
from accounts.models import LenderRelation, User
from accounts.roles import Verb
from accounts.services import enrol_borrower, next_reference, require
from config import clock
from loans.errors import KeyTaken, LimitExceeded, LimitRefused
from loans.limits import NOTICE_DAYS, cut_from, lowest_cut
from loans.models import CreditLimit, Hold, LimitChange, LimitReservation, Loan, LoanApplication
from loans.selectors.limit_use import use_of
from loans.services.telling import tell_cut

Kind = LimitChange.Kind


@transaction.atomic
def grant(
    *, application: LoanApplication, limit_minor: int, rate_annual: Decimal, acting_user: User | None
) -> CreditLimit:
    """The limit of an approved application: a new one, or the one there is, raised."""
    lender, borrower, product = application.lender, application.borrower, application.product
    today = lender.today()
    limit = (
        CreditLimit.objects.active()
        .filter(borrower=borrower, lender=lender, product_code=product.code)
        .select_related("lender", "borrower", "product")
        .first()
    )
    if limit is None:
        enrol_borrower(lender=lender, name=borrower.name, since=today, user=borrower.user, acting_user=None)
        limit = CreditLimit.objects.create(
            lender=lender, borrower=borrower, product=product, product_code=product.code, rate_annual=rate_annual,
            number=next_reference(lender=lender, prefix="LM", year=today.year), opened_on=today,
        )  # fmt: skip
        kind, old_minor = Kind.OPENED, 0
    else:
        kind, old_minor = Kind.RAISED, use_of(limit, today).limit_minor
        if limit_minor <= old_minor:
            raise LimitRefused("not_more")
        _take(limit, rate_annual=rate_annual, product=product)
    _change(
        limit, kind, old_minor, limit_minor, reason="application", words="", effective_on=today,
        acting_user=acting_user, application=application,
    )  # fmt: skip
    return limit


@transaction.atomic
def cut_limit(
    *,
    limit: CreditLimit,
    limit_minor: int,
    reason: str,
    words: str,
    notice_days: int = NOTICE_DAYS,
    acting_user: User | None,
) -> LimitChange:
    """Announce a lower limit: never below what is drawn, in force after the notice, and reversible.

    Raises `LimitRefused` where it is no cut, the limit is closed, or limits stand still (`held`).
    """
    _permit(limit, acting_user)
    limit = _read(limit)
    today = limit.lender.today()
    of_borrower = Q(loan__borrower=limit.borrower) | Q(bill_account__borrower=limit.borrower)
    if Hold.objects.on(today).filter(of_borrower, kind=Hold.Kind.LIMIT, lender=limit.lender).exists():
        raise LimitRefused("held")
    use = use_of(limit, today)
    new_minor = lowest_cut(limit_minor, use.drawn_minor)
    if new_minor >= use.limit_minor or limit_minor < 0:
        raise LimitRefused("drawn" if limit_minor < use.limit_minor else "not_less")
    _take(limit)
    change = _change(
        limit, Kind.CUT, use.limit_minor, new_minor, reason=reason, words=words,
        effective_on=cut_from(today, notice_days), acting_user=acting_user,
    )  # fmt: skip
    tell_cut(change)
    return change


@transaction.atomic
def restore_limit(*, change: LimitChange, words: str, acting_user: User | None) -> LimitChange:
    """Take a cut back, begun or not: what was before holds from today. Raises `Conflict`, `LimitRefused`."""
    _permit(change.limit, acting_user)
    limit = _read(change.limit)
    if change.kind != Kind.CUT:
        raise LimitRefused("not_less")
    if hasattr(change, "taken_back_by"):
        raise Conflict(f"{change} is taken back already")
    today = limit.lender.today()
    now_minor = use_of(limit, today).limit_minor
    _take(limit)
    return _change(
        limit, Kind.RESTORED, now_minor, max(change.old_minor, now_minor), reason="restored", words=words,
        effective_on=today, acting_user=acting_user, takes_back=change,
    )  # fmt: skip


@transaction.atomic
def close_limit(*, limit: CreditLimit, acting_user: User | None) -> CreditLimit:
    """End the limit; what is drawn must be repaid first. The borrower's own wish, or the system's."""
    limit = _read(limit)
    if acting_user is not None and limit.borrower.user_id != acting_user.pk:
        _permit(limit, acting_user)
    today = limit.lender.today()
    if use_of(limit, today).drawn_minor:
        raise LimitRefused("drawn")
    _take(limit, state=CreditLimit.State.CLOSED, closed_on=today)
    _record(limit, "close_limit", acting_user, closed_on=today.isoformat())
    return limit


@transaction.atomic
def reserve(*, limit: CreditLimit, amount_minor: int, reference: str, acting_user: User | None) -> LimitReservation:
    """Set a part of the limit aside for one draw-down; the same reference is the same reservation.

    Raises `LimitExceeded` with what can be drawn, `Conflict` where another tab was quicker,
    `KeyTaken` where the reference stands for another sum or was given back.
    """
    limit = _read(limit)
    known = LimitReservation.objects.filter(limit=limit, reference=reference).first()
    if known is not None:
        if known.amount_minor != amount_minor or known.released_at is not None:
            raise KeyTaken(reference)
        return known
    _check_staying(limit)
    use = use_of(limit, limit.lender.today())
    if not 0 < amount_minor <= use.available_minor:
        raise LimitExceeded(use.available_minor)
    _take(limit)
    made = LimitReservation.objects.create(
        limit=limit, lender=limit.lender, reference=reference, amount_minor=amount_minor, reserved_at=clock.now()
    )
    _record(limit, "reserve", acting_user, reference=reference, amount_minor=amount_minor)
    return made


@transaction.atomic
def draw_on(*, limit: CreditLimit, amount_minor: int, acting_user: User | None) -> CreditLimit:
    """Take so much of what is left now, for a purchase that the caller writes in the same transaction.

    Raises `LimitExceeded` with what is left, `Conflict` where another tab was quicker, `LimitRefused`.
    """
    limit = _read(limit)
    _check_staying(limit)
    use = use_of(limit, limit.lender.today())
    if not 0 < amount_minor <= use.available_minor:
        raise LimitExceeded(use.available_minor)
    _take(limit)
    return limit


@transaction.atomic
def release(*, limit: CreditLimit, reference: str, acting_user: User | None) -> LimitReservation:
    """Give back what was set aside and not drawn; giving it back twice gives it back once."""
    held = LimitReservation.objects.select_for_update(of=("self",), no_key=True).get(limit=limit, reference=reference)
    if held.loan_id is not None:
        raise LimitRefused("drawn")
    if held.released_at is None:
        LimitReservation.objects.filter(pk=held.pk, released_at__isnull=True).update(released_at=clock.now())
        held.refresh_from_db()
        _record(limit, "release", acting_user, reference=reference, amount_minor=held.amount_minor)
    return held


@transaction.atomic
def attach_loan(*, limit: CreditLimit, reference: str, loan: Loan, acting_user: User | None) -> LimitReservation:
    """The loan that a reservation became; from now on its principal left counts, and the rest is free again."""
    held = LimitReservation.objects.select_for_update(of=("self",), no_key=True).get(limit=limit, reference=reference)
    if held.loan_id == loan.pk:
        return held
    free = LimitReservation.objects.filter(pk=held.pk, loan__isnull=True, released_at__isnull=True)
    if loan.borrower_id != limit.borrower_id or loan.principal_minor > held.amount_minor or not free.update(loan=loan):
        raise KeyTaken(reference)
    held.refresh_from_db()
    _record(limit, "draw", acting_user, reference=reference, loan=loan.number)
    return held


def _read(limit: CreditLimit) -> CreditLimit:
    """The limit as it is now; on PostgreSQL nobody else can change it until the transaction ends."""
    locked = CreditLimit.objects.select_for_update(of=("self",), no_key=True).select_related(
        "lender", "borrower", "product"
    )
    return locked.get(pk=limit.pk)


def _check_staying(limit: CreditLimit) -> None:
    if LenderRelation.objects.filter(borrower=limit.borrower, lender=limit.lender, state="closing").exists():
        raise LimitRefused("leaving")


def _permit(limit: CreditLimit, acting_user: User | None) -> None:
    if acting_user is not None:
        require(lender=limit.lender, verb=Verb.CHANGE_LIMIT, user=acting_user)


def _take(limit: CreditLimit, **columns: Any) -> None:
    """Count the row version up, if nobody has since it was read."""
    rows = CreditLimit.objects.filter(pk=limit.pk, version=limit.version, state=CreditLimit.State.ACTIVE)
    if not rows.update(version=F("version") + 1, **columns):
        raise Conflict(f"{limit.number} was changed by somebody else, or is closed")
    limit.version += 1
    for name, value in columns.items():
        setattr(limit, name, value)


def _change(
    limit: CreditLimit, kind: str, old_minor: int, new_minor: int, *, acting_user: User | None, **columns: Any
) -> LimitChange:
    made = LimitChange.objects.create(
        limit=limit, lender=limit.lender, number=limit.changes.count() + 1, kind=kind, old_minor=old_minor,
        new_minor=new_minor, announced_at=clock.now(), announced_on=limit.lender.today(), made_by=acting_user,
        **columns,
    )  # fmt: skip
    _record(
        limit, f"limit_{kind}", acting_user, old_minor=old_minor, new_minor=new_minor,
        effective_on=made.effective_on.isoformat(), reason=made.reason,
    )  # fmt: skip
    return made


def _record(limit: CreditLimit, verb: str, acting_user: User | None, **after: Any) -> None:
    audit.record(lender=limit.lender, verb=verb, subject=limit.number, after=after, acting_user=acting_user)
