"""One number for a whole journal: two books with the same one say the same, whatever their primary keys."""

import hashlib

from accounts.chain import canonical
from accounts.models import Lender
from loans.models import Posting

_MODULUS = 1 << 256


def journal_hash(lender: Lender) -> str:
    """64 hexadecimal digits over every line of the lender's journal; one query, read as a stream.

    The sum of the lines' own SHA-256, so that no database need sort them, each in its own way.
    """
    names = ("entry__key", "entry__kind", "entry__posted_on", "entry__value_on", "account", "amount_minor")
    lines = Posting.objects.filter(lender=lender).values_list(*names)
    total = 0
    for key, kind, posted_on, value_on, account, amount_minor in lines.iterator(chunk_size=2_000):
        line = [key, kind, posted_on.isoformat(), value_on.isoformat(), account, amount_minor]
        total += int.from_bytes(hashlib.sha256(canonical(line).encode()).digest())
    return f"{total % _MODULUS:064x}"
