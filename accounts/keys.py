"""Asking for rows by many keys with one parameter.

`filter(pk__in=[…])` has a parameter for each key, and with hundreds of them writing the
statement takes longer than answering it.
"""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def among(keys: Iterable[int]) -> RawSQL:
    """For the right side of `__in`: `filter(loan__in=among(keys))`."""
    if connection.vendor == "postgresql":
        # As text: a list would be quoted number by number.
        return RawSQL("SELECT unnest(%s::bigint[])", ["{" + ",".join(map(str, keys)) + "}"])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])
