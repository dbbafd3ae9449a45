"""The journal read in order, and what its accounts held on any day."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import Lender
from loans.book_formats import Entry
from loans.models import JournalEntry, Posting


def entries(lender: Lender, from_on: date, to_on: date) -> Iterator[Entry]:
    """The lender's entries posted on these days, both included, in order of day and writing.

    One query, streamed; memory does not grow with the book.
    """
    lines = Posting.objects.filter(lender=lender, entry__posted_on__range=(from_on, to_on))
    rows = lines.order_by("entry__posted_on", "entry_id", "account").values_list(
        "entry_id",
        "entry__posted_on",
        "entry__value_on",
        "entry__kind",
        "entry__key",
        "entry__loan__number",
        "account",
        "amount_minor",
    )
    for head, own in groupby(rows.iterator(chunk_size=2000), key=itemgetter(slice(0, 6))):
        _pk, posted_on, value_on, kind, key, loan = head
        yield Entry(posted_on, value_on, kind, key, loan or "", {line[6]: line[7] for line in own})


def balances(lender: Lender, on: date) -> dict[str, int]:
    """What each account held at the end of that day, by what was posted until then; accounts of zero left out."""
    lines = Posting.objects.filter(lender=lender, entry__posted_on__lte=on)
    sums = lines.order_by().values_list("account").annotate(Sum("amount_minor"))
    return {account: amount for account, amount in sums if amount}


def turnover(lender: Lender, from_on: date, to_on: date) -> dict[str, tuple[int, int]]:
    """Debits and credits of each account on these days, both as positive amounts."""
    lines = Posting.objects.filter(lender=lender, entry__posted_on__range=(from_on, to_on))
    debit = Coalesce(Sum("amount_minor", filter=Q(amount_minor__gt=0)), 0)
    credit = Coalesce(Sum("amount_minor", filter=Q(amount_minor__lt=0)), 0)
    sums = lines.order_by().values_list("account").annotate(debits=debit, credits=credit)
    return {account: (debits, -credits) for account, debits, credits in sums}


def first_day(lender: Lender) -> date | None:
    """The day of the first entry; None for a lender without any."""
    return JournalEntry.objects.filter(lender=lender).order_by("posted_on").values_list("posted_on", flat=True).first()
