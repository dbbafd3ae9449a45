"""A loan and its write-off as staff see it, and every proposal of the lenders where one may decide or collect."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import Lender
from accounts.sealed_key import sealed
from loans.models import Loan, WriteOff
from loans.selectors.standing import standing
from loans.selectors.what_now import WhatNow, what_now
from loans.selectors.write_off_facts import Balances, balances, case_of, undo_hindrances
from loans.stages import Facts
from loans.write_off_words import HINDRANCES
from loans.writing_off import Ground, hindrances

MOST = 200


@dataclass(frozen=True, slots=True)
class GroundLine:
    """A ground, and what stands in its way today, in words."""

    name: Any
    reasons: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class WriteOffPage:
    """`grounds` are empty unless the loan runs; `undo_reasons` is None unless it is written off."""

    loan: Loan
    now: WhatNow
    late: Facts
    books: Balances
    proposal: WriteOff | None
    seen: str
    history: tuple[WriteOff, ...]
    grounds: tuple[GroundLine, ...]
    undo_reasons: tuple[Any, ...] | None

    @property
    def may_propose(self) -> bool:
        return self.proposal is None and any(not line.reasons for line in self.grounds)

    @property
    def may_propose_undo(self) -> bool:
        return self.proposal is None and self.undo_reasons == ()


@dataclass(frozen=True, slots=True)
class Queue:
    """`waiting` for a second person, the oldest first; `owed` is what was written off and is still to pay."""

    waiting: tuple[WriteOff, ...]
    owed: tuple[Loan, ...]
    more: bool


def write_off_page(loan: Loan, on: date) -> WriteOffPage:
    """Nine queries and those of `standing`, five more where it is written off."""
    rows = tuple(loan.write_offs.select_related("proposed_by", "decided_by"))
    proposal = next((row for row in rows if row.outcome == WriteOff.Outcome.OPEN), None)
    names = dict(WriteOff.Grounds.choices)
    cases = {ground: case_of(loan, ground, on) for ground in Ground}
    is_running = loan.state == Loan.State.ACTIVE
    is_gone = loan.state == Loan.State.WRITTEN_OFF
    return WriteOffPage(
        loan=loan,
        now=what_now(standing(loan, on)),
        late=cases[Ground.LATE].late,
        books=balances(loan),
        proposal=proposal,
        seen=sealed(WriteOff, proposal.pk) if proposal is not None else "",
        history=tuple(row for row in rows if row is not proposal),
        grounds=tuple(
            GroundLine(names[ground.value], tuple(HINDRANCES[reason] for reason in hindrances(case)))
            for ground, case in cases.items()
            if is_running
        ),
        undo_reasons=tuple(HINDRANCES[reason] for reason in undo_hindrances(loan)) if is_gone else None,
    )


def queue(lenders: QuerySet[Lender]) -> Queue:
    """Two queries."""
    waiting = WriteOff.objects.open().filter(lender__in=lenders).order_by("proposed_at", "pk")
    owed = Loan.objects.filter(state=Loan.State.WRITTEN_OFF, lender__in=lenders).order_by("-written_off_on", "number")
    listed = list(owed.select_related("lender")[: MOST + 1])
    return Queue(
        waiting=tuple(waiting.select_related("loan__lender", "proposed_by")[:MOST]),
        owed=tuple(listed[:MOST]),
        more=len(listed) > MOST,
    )
