"""Whether closes left the books as they must be: what is earned is posted, and days follow each other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, islice, pairwise

from django.db.models import Exists, F, OuterRef, Q, Sum

from accounts.models import Lender
from loans.book_parts import CHUNK, stretches
from loans.models import BusinessDay, CloseChunk, JournalEntry, Loan, Posting, ScheduleVersion
from loans.selectors.charges import charges_of
from loans.selectors.in_force import in_force
from loans.selectors.receivable import COLUMNS, NONE, receivables

Found = Iterator[tuple[str, str]]


def receivables_are_posted(lender: Lender) -> Found:
    """What a loan shows as earned and not paid is what its postings come to."""
    for some in stretches(Loan.objects.filter(lender=lender)):
        posted: dict[int, dict[str, int]] = defaultdict(dict)
        lines = Posting.objects.filter(lender=lender, account__in=list(COLUMNS), entry__loan__pk__range=some)
        sums = lines.values_list("entry__loan", "account").annotate(Sum("amount_minor")).order_by()
        for loan, account, amount in sums:
            posted[loan][account] = amount
        shown = Loan.objects.filter(lender=lender, pk__range=some).values_list("pk", "number", *COLUMNS.values())
        for pk, number, *amounts in shown:
            for account, amount_minor in zip(COLUMNS, amounts, strict=True):
                own_minor = posted[pk].get(account.value, 0) if pk in posted else 0
                if own_minor != amount_minor:
                    yield number, f"{account.value}: posted {own_minor}, shown {amount_minor}"


def receivables_are_as_derived(lender: Lender) -> Found:
    """Counted anew for the day of the last look, the same comes out; loans that wait for a look are left out."""
    later = JournalEntry.objects.filter(loan=OuterRef("pk"), posted_on__gt=OuterRef("receivable_on"))
    adopted = ScheduleVersion.objects.filter(loan=OuterRef("pk"), adopted_on__gt=OuterRef("receivable_on"))
    loans = Loan.objects.filter(lender=lender, receivable_on__isnull=False).exclude(Exists(later) | Exists(adopted))
    waiting = Q(next_close_on__lte=lender.today())
    ordered = loans.exclude(waiting).select_related("lender").order_by("receivable_on", "pk")
    for on, listed in groupby(ordered.iterator(chunk_size=CHUNK), key=lambda loan: loan.receivable_on):
        # At the end of a month they are nearly all loans of the book.
        while on is not None and (some := list(islice(listed, CHUNK))):
            yield from _differing(some, on)


def _differing(loans: Sequence[Loan], on: date) -> Found:
    running = [loan for loan in loans if loan.state == Loan.State.ACTIVE]
    held = in_force(running, on) if running else {}
    charges = charges_of(running, held, on) if running else {}
    for loan in loans:
        # Of a loan that does not run nothing is earned, whatever its rows say.
        derived = receivables(loan, held[loan.pk], charges[loan.pk], on) if loan.pk in held else NONE
        for account, column in COLUMNS.items():
            if derived[account] != getattr(loan, column):
                yield loan.number, f"{column} on {on} is {getattr(loan, column)}, derived {derived[account]}"


def days_follow(lender: Lender) -> Found:
    """Closed days have no gap, nothing is left in them, and the last is the lender's."""
    closed = BusinessDay.objects.filter(lender=lender, state=BusinessDay.State.CLOSED)
    days = list(closed.order_by("day").values_list("day", flat=True))
    for before, after in pairwise(days):
        if (after - before).days != 1:
            yield after.isoformat(), f"the day closed before is {before}"
    if (days[-1] if days else None) != lender.closed_through:
        yield (
            lender.code,
            f"closed through {lender.closed_through}, the last closed day is {days[-1] if days else None}",
        )
    left = CloseChunk.objects.filter(business_day__in=closed, state=CloseChunk.State.WAITING)
    for day, step in left.values_list("business_day__day", "step"):
        yield day.isoformat(), f"closed, but a part of {step} waits"


def running_loans_are_looked_at(lender: Lender) -> Found:
    """Every running loan has a day whose close looks at it, and it is not one that was closed; but for what failed."""
    running = Loan.objects.running().filter(lender=lender)
    for number in running.filter(next_close_on__isnull=True).values_list("number", flat=True):
        yield number, "no close will look at it"
    for number in running.filter(next_month_on__isnull=True).values_list("number", flat=True):
        yield number, "no close will look at its months"
    missed = running.filter(next_close_on__lte=lender.closed_through) if lender.closed_through else running.none()
    failed = Q(close_failures__isnull=False, close_failures__mended_at__isnull=True)
    for number, on in missed.exclude(failed).values_list("number", F("next_close_on")):
        yield number, f"was to be looked at by the close of {on}"
