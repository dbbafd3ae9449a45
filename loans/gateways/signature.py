"""Is a message from somebody who knows the key, and is it fresh?

The signature is HMAC-SHA256 (RFC 2104, FIPS 198-1) with the lender's key over the timestamp, a
full stop and the raw body, in lower-case hexadecimal:

    Leeway-Timestamp: 1778212800
    Leeway-Signature: v1=...

The timestamp is inside, so that an old message cannot be sent again as a new one. A header may
hold several signatures, separated by commas, and a receiver may hold several keys: while a key
is being changed, either side may know the new one first.
"""

import hashlib
import hmac
from collections.abc import Sequence
from enum import StrEnum

WINDOW_SECONDS = 5 * 60
VERSION = "v1"


class Verdict(StrEnum):
    """`stale` is genuine, but more than five minutes off."""

    GENUINE = "genuine"
    FORGED = "forged"
    STALE = "stale"


def signature(key: str, timestamp: int, body: bytes) -> str:
    """The value of `Leeway-Signature`.

    >>> signature("k" * 32, 1778212800, b'{"event_id": "e1"}')
    'v1=7137516474f403ba6c695eaa5bbb788be0cd7c90f91ff97fbd6dc5a100cb543e'
    """
    digest = hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"{VERSION}={digest}"


def verdict(*, keys: Sequence[str], timestamp: str, signatures: str, body: bytes, now: int) -> Verdict:
    """Whether one of the signatures was made with one of the keys, at most five minutes from `now`.

    `timestamp` and `signatures` are the headers as they came; `now` is seconds since 1970, as
    the timestamp is. Every pair is compared, so that the time taken says nothing.

    >>> signed = signature("k" * 32, 1000, b"{}")
    >>> [verdict(keys=["k" * 32], timestamp="1000", signatures=signed, body=b"{}", now=now) for now in (1300, 1301)]
    [<Verdict.GENUINE: 'genuine'>, <Verdict.STALE: 'stale'>]
    >>> verdict(keys=["k" * 32], timestamp="1000", signatures=signed, body=b"{ }", now=1000)
    <Verdict.FORGED: 'forged'>
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return Verdict.FORGED
    given = [each.strip().encode() for each in signatures.split(",")]
    expected = [signature(key, int(timestamp), body).encode() for key in keys]
    if not sum(hmac.compare_digest(ours, theirs) for ours in expected for theirs in given):
        return Verdict.FORGED
    return Verdict.GENUINE if abs(now - int(timestamp)) <= WINDOW_SECONDS else Verdict.STALE
