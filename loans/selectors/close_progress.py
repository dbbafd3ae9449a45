"""How far the close of a business day is."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db.models import Count, Min

from loans.models import BusinessDay, CloseChunk


def progress(row: BusinessDay) -> Sequence[tuple[str, int, int]]:
    """By step, in their order: how many parts are done, and of how many. One query."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    parts = row.chunks.filter(number__gt=0).values_list("step", "state").annotate(Count("pk"), first=Min("pk"))
    for step, state, count, _ in parts.order_by("first"):
        found[step][state] += count
    return [(step, own[CloseChunk.State.DONE], sum(own.values())) for step, own in found.items()]
