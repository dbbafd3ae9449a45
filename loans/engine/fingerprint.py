"""One hash for one set of figures, the same on every machine.

What is hashed is canonical JSON: keys sorted, no spaces, ASCII only, money as whole
numbers, dates and rates as text. The borrower signs it, and activation compares it.
"""

import hashlib
import json
from typing import Any


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of a JSON value as 64 hexadecimal digits.

    >>> fingerprint({"b": 1, "a": [2]}) == fingerprint({"a": [2], "b": 1})
    True

    Raises TypeError for anything JSON has no exact form for.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
