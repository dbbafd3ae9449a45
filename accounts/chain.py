"""The arithmetic of a hash chain: how one entry is bound to the one before.

hash = SHA-256(previous hash, newline, canonical JSON of the entry). Canonical JSON has
sorted keys, no spaces, UTF-8. One changed, missing or swapped entry breaks every hash
after it (Haber and Stornetta, 1991).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

START = "0" * 64


def canonical(content: Any) -> str:
    """The one JSON text of `content`.

    >>> canonical({"b": 1, "a": ["缓"]})
    '{"a":["缓"],"b":1}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(content: Any) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits.

    >>> digest({"a": 1})[:16]
    '015abd7f5cc57a2d'
    """
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def link(previous_hash: str, content: Mapping[str, Any]) -> str:
    """The hash of an entry with this content, standing after `previous_hash`."""
    return hashlib.sha256(f"{previous_hash}\n{canonical(content)}".encode()).hexdigest()


def first_break(entries: Iterable[tuple[int, str, str, Mapping[str, Any]]]) -> int | None:
    """The number of the first entry that does not fit, or None.

    Entries are (number, previous hash, hash, content), in order of number from 1.
    """
    expected_number, head = 1, START
    for number, previous_hash, own_hash, content in entries:
        if number != expected_number or previous_hash != head or link(head, content) != own_hash:
            return expected_number
        expected_number, head = number + 1, own_hash
    return None


def check_code(sha256: str) -> str:
    """The first 16 digits of a hash in groups of four, as printed at the foot.

    >>> check_code("0123456789abcdef" * 4)
    '0123 4567 89AB CDEF'
    """
    return " ".join(sha256[i : i + 4].upper() for i in range(0, 16, 4))
