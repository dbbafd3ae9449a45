"""A large book looked at some rows at a time, so that a check holds no more of it than of a small one."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

CHUNK = 500
KEYS = 5_000  # of rows that are only read as sums


def chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows by primary key, some at a time."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def stretches(rows: QuerySet[Any]) -> Iterator[tuple[int, int]]:
    """First and last primary key of so many rows, in order; for `pk__range`."""
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:KEYS]):
        yield keys[0], keys[-1]
        last = keys[-1]
