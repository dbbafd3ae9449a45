"""Overdue loans as who collects sees them: how late, in which stage, and what stands still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Lender
from loans.models import Hold, Loan
from loans.models.loan import STAGES
from loans.selectors.stage_facts import held_kinds
from loans.stages import Facts, Stage

MOST = 200


@dataclass(frozen=True, slots=True)
class OverdueLine:
    loan: Loan
    days: int
    held: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class CollectionList:
    """`lines` are at most 200, the latest first; `more` says that there are others."""

    lines: tuple[OverdueLine, ...]
    more: bool
    stage: str
    stages: Sequence[tuple[str, Any]] = tuple(STAGES)


def collection_list(lenders: QuerySet[Lender], stage: str = "") -> CollectionList:
    """Two queries, and one for the holds of each day that it is at the lenders."""
    late = Q(oldest_unpaid_due_on__lt=max((lender.today() for lender in lenders), default=date.min))
    loans = Loan.objects.running().filter(~Q(stage=Stage.NONE.value) | late, lender__in=lenders)
    if stage in list(Stage):
        loans = loans.filter(stage=stage)
    listed = list(loans.select_related("lender").order_by("oldest_unpaid_due_on", "pk")[: MOST + 1])
    days = {loan.pk: loan.lender.today() for loan in listed}
    held = {on: held_kinds([loan for loan in listed if days[loan.pk] == on], on) for on in set(days.values())}
    names = dict(Hold.Kind.choices)
    lines = []
    for loan in listed:
        facts = Facts(days[loan.pk], Stage(loan.stage), loan.oldest_unpaid_due_on, loan.grace_days)
        if facts.days or loan.stage != Stage.NONE:
            lines.append(OverdueLine(loan, facts.days, tuple(names[kind] for kind in sorted(held[facts.on][loan.pk]))))
    return CollectionList(tuple(lines[:MOST]), len(listed) > MOST, stage)
