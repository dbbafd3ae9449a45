"""The run of the months: who is late is told, and what is decided and may be reported goes to the credit file."""

from collections import Counter
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accounts.errors import Conflict
from accounts.models import Lender
from credit.models import MonthFact
from loans.engine.calendar import add_months, month_of
from loans.models import HeldMonth, Loan
from loans.selectors.held_months import waiting_count
from loans.services.forewarning import tell_of_late_months
from loans.services.furnishing import furnish_months


def run_months(*, lender: Lender) -> Counter[str]:
    """Tell, then furnish every month that is decided; each loan in a transaction of its own. Safe to repeat.

    Counts borrowers `told`, months `furnished`, months that are `held` back now, and loans
    that somebody `changed` at the same moment: they wait for the next run.
    """
    today = lender.today()
    counts = Counter(told=tell_of_late_months(lender=lender, on=today))
    for loan in _open_on_file(lender).iterator(chunk_size=500):
        decided = add_months(month_of(today - timedelta(days=loan.grace_days)), -1)
        if decided < month_of(loan.disbursed_on):
            continue
        try:
            counts["furnished"] += furnish_months(loan=loan, through=decided, acting_user=None)
        except Conflict:
            counts["changed"] += 1
    counts["held"] = waiting_count(HeldMonth.objects.filter(lender=lender))
    return counts


def _open_on_file(lender: Lender) -> QuerySet[Loan]:
    """Loans that were paid out, but for those whose last month the file has and nobody corrects."""
    ended = MonthFact.objects.current().filter(
        lender=lender, tradeline__reference=OuterRef("number"), status_end=MonthFact.StatusEnd.CLOSED
    )
    waits = HeldMonth.objects.filter(loan=OuterRef("pk"), version__gt=0)
    loans = (
        Loan.objects.filter(lender=lender).exclude(state__in=[Loan.State.PENDING, Loan.State.CANCELLED]).order_by("pk")
    )
    return loans.filter(~Exists(ended) | Exists(waits))
