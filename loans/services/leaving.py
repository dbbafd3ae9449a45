"""Leaving a lender: asked for by the borrower, undone within seven days, then done; begun anew by applying.

    active ─► closing ─► closed
      ▲─────────┘           │     taken back, or something is open when the time comes
      ▲─────────────────────┘     a new application

While it is closing nothing can be drawn. When it is closed the limits end and the consents
that were given to this lender are taken back. The record stays, as do papers.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.chain import digest
from accounts.errors import Conflict, NotPermitted
from accounts.models import Lender, LenderRelation, User
from accounts.services import next_reference
from config import clock
from credit.services import withdraw_unneeded
from loans.leaving_errors import LeavingBlocked, NotLeaving, TextDiffers
from loans.models import CreditLimit, ServiceClosure
from loans.selectors.leaving import COOLING_DAYS, blockers
from loans.services.limiting import close_limit

State, Kind, Reason = LenderRelation.State, ServiceClosure.Kind, ServiceClosure.Reason


@transaction.atomic
def ask_to_close(
    *, relation: LenderRelation, text: str, shown_sha256: str, language: str, acting_user: User
) -> ServiceClosure:
    """Begin to leave: nothing new from now on, and seven days to think again.

    `text` is what the page said of the effects, `shown_sha256` what came back with the form.
    Raises `LeavingBlocked` with all that is open, `TextDiffers`, `Conflict`.
    """
    relation = _read(relation)
    _own(relation, acting_user)
    today = relation.lender.today()
    if found := blockers(relation.borrower, relation.lender, today):
        raise LeavingBlocked(found)
    if digest(text) != shown_sha256:
        raise TextDiffers(relation.reference)
    until = today + timedelta(days=COOLING_DAYS)
    _move(relation, State.ACTIVE, State.CLOSING, closing_on=until)
    number = next_reference(lender=relation.lender, prefix="CL", year=today.year)
    return _step(
        relation, number, Kind.ASKED, Reason.BORROWER, acting_user, undo_until_on=until, language=language,
        text=text, text_sha256=shown_sha256,
    )  # fmt: skip


@transaction.atomic
def undo_closing(*, relation: LenderRelation, acting_user: User) -> ServiceClosure:
    """Take it back while it is closing; everything is as it was. Raises `NotLeaving` once it is closed."""
    relation = _read(relation)
    _own(relation, acting_user)
    if relation.state != State.CLOSING or _is_over(relation, relation.lender.today()):
        raise NotLeaving(relation.reference)
    return _undo(relation, Reason.BORROWER, acting_user)


@transaction.atomic
def finish_closing(*, relation: LenderRelation, acting_user: User | None = None) -> ServiceClosure:
    """Close it, its days being over: limits end, consents are taken back. The system's work.

    Where something has been opened meanwhile, the leaving is undone instead, and says so.
    """
    relation = _read(relation)
    if acting_user is not None:
        raise NotPermitted("the days run out by themselves")
    today = relation.lender.today()
    if relation.state != State.CLOSING or not _is_over(relation, today):
        raise NotLeaving(relation.reference)
    if blockers(relation.borrower, relation.lender, today):
        return _undo(relation, Reason.BLOCKED, None)
    for limit in CreditLimit.objects.active().filter(borrower=relation.borrower, lender=relation.lender):
        close_limit(limit=limit, acting_user=None)
    taken_back = withdraw_unneeded(borrower=relation.borrower, lender=relation.lender, acting_user=None)
    _move(relation, State.CLOSING, State.CLOSED, closing_on=None)
    return _step(relation, _asked(relation).number, Kind.CLOSED, Reason.TIME, None, consents=len(taken_back))


@transaction.atomic
def reopen(*, relation: LenderRelation, application: str, acting_user: User | None) -> ServiceClosure | None:
    """Be a customer again, by applying: what was being closed goes on, what was closed begins anew.

    None where nothing was closed or being closed.
    """
    relation = _read(relation)
    if relation.state == State.CLOSING:
        return _undo(relation, Reason.APPLICATION, acting_user, application)
    if relation.state != State.CLOSED:
        return None
    _move(relation, State.CLOSED, State.ACTIVE, closing_on=None)
    number = _asked(relation).number
    return _step(relation, number, Kind.REOPENED, Reason.APPLICATION, acting_user, reference=application)


def finish_all(lender: Lender) -> dict[str, int]:
    """Finish every leaving whose days are over; each in a transaction of its own. Safe to repeat."""
    counts = {"closed": 0, "undone": 0}
    over = LenderRelation.objects.filter(lender=lender, state=State.CLOSING, closing_on__lt=lender.today())
    for relation in over.order_by("pk"):
        try:
            done = finish_closing(relation=relation)
        except (Conflict, NotLeaving):
            continue  # taken back at this very moment
        counts["closed" if done.kind == Kind.CLOSED else "undone"] += 1
    return counts


def _is_over(relation: LenderRelation, today: date) -> bool:
    return relation.closing_on is not None and today > relation.closing_on


def _read(relation: LenderRelation) -> LenderRelation:
    """The relation as it is now; on PostgreSQL nobody else can change it until the transaction ends."""
    locked = LenderRelation.objects.select_for_update(of=("self",), no_key=True).select_related("lender", "borrower")
    return locked.get(pk=relation.pk)


def _own(relation: LenderRelation, acting_user: User) -> None:
    if relation.borrower.user_id is None or relation.borrower.user_id != acting_user.pk:
        raise NotPermitted("only the person themself leaves")


def _move(relation: LenderRelation, old: str, new: str, closing_on: date | None) -> None:
    rows = LenderRelation.objects.filter(pk=relation.pk, state=old)
    if not rows.update(state=new, closing_on=closing_on):
        raise Conflict(f"{relation.reference} is not {old} any more")
    relation.state, relation.closing_on = new, closing_on


def _asked(relation: LenderRelation) -> ServiceClosure:
    """The leaving that is under way, or was the last."""
    return ServiceClosure.objects.filter(relation=relation, kind=Kind.ASKED).latest("pk")


def _undo(relation: LenderRelation, reason: str, acting_user: User | None, reference: str = "") -> ServiceClosure:
    _move(relation, State.CLOSING, State.ACTIVE, closing_on=None)
    return _step(relation, _asked(relation).number, Kind.UNDONE, reason, acting_user, reference=reference)


def _step(
    relation: LenderRelation,
    number: str,
    kind: str,
    reason: str,
    acting_user: User | None,
    *,
    consents: int = 0,
    **columns: Any,
) -> ServiceClosure:
    made = ServiceClosure.objects.create(
        lender=relation.lender, borrower=relation.borrower, relation=relation, number=number, kind=kind,
        reason=reason, done_at=clock.now(), done_on=relation.lender.today(), done_by=acting_user, **columns,
    )  # fmt: skip
    after = {"step": str(kind), "reason": str(reason), "relation": relation.reference, "consents": consents}
    audit.record(
        lender=relation.lender,
        verb="close_service",
        subject=number,
        after=after | ({"sha256": made.text_sha256} if made.text_sha256 else {}),
        acting_user=acting_user,
    )
    return made
