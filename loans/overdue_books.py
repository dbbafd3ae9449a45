"""Whether what is kept about overdue loans and monthly bills follows from what was done about them."""

from collections.abc import Iterator

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Lender
from loans.models import Loan, RevolvingAccount, StageStep

Found = Iterator[tuple[str, str]]


def stages_follow_steps(lender: Lender) -> Found:
    """The stage of each loan and monthly bill is where its last step led; without one it is none. Two queries."""
    for debts, column in ((Loan.objects.all(), "loan"), (RevolvingAccount.objects.all(), "bill_account")):
        last = StageStep.objects.filter(**{column: OuterRef("pk")}).order_by("-pk").values("to_stage")[:1]
        derived = debts.filter(lender=lender).annotate(derived=Coalesce(Subquery(last), Value("none")))
        others = derived.exclude(stage=F("derived"))
        for number, stage, led_to in others.values_list("number", "stage", "derived"):
            yield number, f"stage is {stage}, the last step led to {led_to}"
