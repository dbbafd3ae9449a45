"""Which months wait now: the file has no later version of them, and what was to be corrected has not fallen away."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Lender
from credit.models import MonthFact
from loans.models import HeldMonth


def with_waiting(rows: QuerySet[HeldMonth]) -> QuerySet[Any]:
    """The rows, each with the `number` of its loan or monthly bill, and `is_waiting`."""
    # Asked for row by row. A NOT EXISTS the planner would turn into a join with all months on file of the lender, for
    # each part of a close anew.
    on_file = MonthFact.objects.filter(
        tradeline__lender=OuterRef("lender"), tradeline__reference=OuterRef("number"), month=OuterRef("month")
    )
    version_on_file = Coalesce(Subquery(on_file.order_by("-version").values("version")[:1]), 0)
    ended = HeldMonth.objects.filter(
        reason=HeldMonth.Why.FELL_AWAY, month=OuterRef("month"), version=OuterRef("version"), turn=OuterRef("turn")
    )
    is_over = Exists(ended.filter(loan=OuterRef("loan"))) | Exists(ended.filter(bill_account=OuterRef("bill_account")))
    numbered = rows.annotate(number=Coalesce("loan__number", "bill_account__number"), on_file=version_on_file)
    return numbered.annotate(is_waiting=Q(version__gte=F("on_file")) & ~is_over)


def untold(
    lender: Lender, of: str, first_pk: int | None = None, last_pk: int | None = None
) -> dict[int, list[tuple[date, date]]]:
    """By primary key of the `loan` or `bill_account`, months that wait for a notice and since when. One query."""
    rows = with_waiting(HeldMonth.objects.filter(lender=lender, reason=HeldMonth.Why.NOT_TOLD))
    asked = rows.filter(is_waiting=True, **{f"{of}__isnull": False}).order_by("pk")
    if first_pk is not None:
        asked = asked.filter(**{f"{of}__gte": first_pk, f"{of}__lte": last_pk})
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for pk, month, held_on in asked.values_list(of, "month", "held_on"):
        found[pk].append((month, held_on))
    return dict(found)


def waiting_count(rows: QuerySet[HeldMonth]) -> int:
    """How many months wait, each once. One query."""
    return with_waiting(rows).filter(is_waiting=True).values_list("number", "month").distinct().order_by().count()


def waiting_months(lender: Lender, through: date) -> Iterator[tuple[str, date, str]]:
    """Number of the loan or the monthly bill, month and the latest reason of each month up to one that waits."""
    rows = with_waiting(HeldMonth.objects.filter(lender=lender, month__lte=through)).filter(is_waiting=True)
    latest = {
        (number, month): reason
        for number, month, reason in rows.order_by("pk").values_list("number", "month", "reason")
    }
    for (number, month), reason in sorted(latest.items()):
        yield number, month, reason
