"""Many keys at once: those of rows that are looked for, and asking for rows by them with one parameter.

`filter(pk__in=[…])` has a parameter for each key, and with hundreds of them writing the
statement takes longer than answering it.
"""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

AT_ONCE = 10_000


def among(keys: Iterable[int]) -> RawSQL:
    """For the right side of `__in`: `filter(loan__in=among(keys))`."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [_array(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])


def in_order(rows: QuerySet[Any]) -> Sequence[int]:
    """The keys of these rows, in order. One query.

    Sorted here: of a cursor that is to give them in order PostgreSQL expects the first few soon, and walks the whole
    table by its key, past the index that finds them.
    """
    return sorted_keys(rows.order_by().values_list("pk", flat=True).iterator(chunk_size=AT_ONCE))


def sorted_keys(keys: Iterable[int]) -> Sequence[int]:
    """Keys in order, in eight bytes each, so that those of a whole book can be held.

    >>> sorted_keys([3, 1, 2])
    array('q', [1, 2, 3])
    """
    left, parts = iter(keys), []
    while part := array("q", sorted(islice(left, AT_ONCE))):
        parts.append(part)
    return array("q", merge(*parts))


def table_of(numbers: Mapping[int, int]) -> tuple[str, list[str]]:
    """A number for each key, as a table `wanted (key, number)` to join with in SQL: its text and parameters."""
    if connection.vendor == "postgresql":
        columns = [_array(numbers), _array(numbers.values())]
        return "unnest(%s::bigint[], %s::bigint[]) AS wanted (key, number)", columns
    pairs = "SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS number FROM json_each(%s)"
    return f"({pairs}) AS wanted", [json.dumps(list(numbers.items()))]


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL writes an array; a list would be quoted number by number."""
    return "{" + ",".join(map(str, numbers)) + "}"
