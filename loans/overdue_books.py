"""Whether what is kept about overdue loans follows from what was done about them."""

from collections.abc import Iterator

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Lender
from loans.models import Loan, StageStep

Found = Iterator[tuple[str, str]]


def stages_follow_steps(lender: Lender) -> Found:
    """The stage of each loan is where its last step led; without one it is none."""
    last = StageStep.objects.filter(loan=OuterRef("pk")).order_by("-pk").values("to_stage")[:1]
    loans = Loan.objects.filter(lender=lender).annotate(derived=Coalesce(Subquery(last), Value("none")))
    for number, stage, derived in loans.exclude(stage=F("derived")).values_list("number", "stage", "derived"):
        yield number, f"stage is {stage}, the last step led to {derived}"
