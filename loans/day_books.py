"""What is asked of the books at the end of every close: what was posted on that day, and what it changed.

    guards      every trigger that keeps the books stands
    entries     those posted on the day have two lines or more, which sum to zero
    loans       of loans with an entry of the day: principal left and receivables are what the journal has
    bills       of monthly bills with an entry of the day: principal left likewise
    suspense    the account is what lies there

It costs what happened on the day, not what the book holds: days that are closed cannot change. All of it
is read from one state of the database, so work that goes on beside it is no fault. That
every balance, schedule and month comes out anew from the engine is for `verify_books`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts import guards
from accounts.models import Lender
from loans.models import Account, JournalEntry, Posting, RevolvingAccount
from loans.order_books import suspense_adds_up
from loans.selectors.receivable import COLUMNS

Found = Iterator[tuple[str, str]]


def day_faults(lender: Lender, day: date) -> list[tuple[str, str]]:
    """What is wrong, as (what it is about, what was found); empty if nothing is. About seven queries."""
    with _one_state():
        return [
            *((name, "the database no longer has this trigger") for name in guards.missing(connection)),
            *_entries(lender, day),
            *_loans(lender, day),
            *_bills(lender, day),
            *suspense_adds_up(lender),
        ]


@contextmanager
def _one_state() -> Iterator[None]:
    """A transaction that sees one state of the database from its first query to its last."""
    is_inside = connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and not is_inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _entries(lender: Lender, day: date) -> Found:
    entries = JournalEntry.objects.filter(lender=lender, posted_on=day).annotate(
        total=Coalesce(Sum("postings__amount_minor"), 0), lines=Count("postings")
    )
    for entry in entries.filter(~Q(total=0) | Q(lines__lt=2)).order_by("pk"):
        yield entry.key, f"{entry.lines} lines, sum {entry.total}"


def _loans(lender: Lender, day: date) -> Found:
    """The principal of a loan that was written off is not in its account any more: `verify_books` looks at those."""
    touched = JournalEntry.objects.filter(lender=lender, posted_on=day, loan__isnull=False).values("loan")
    columns = {Account.PRINCIPAL: "principal_left_minor", **COLUMNS}
    lines = Posting.objects.filter(account__in=list(columns), entry__loan__in=touched).order_by()
    sums = {f"in_{account.value}": Coalesce(Sum("amount_minor", filter=Q(account=account)), 0) for account in columns}
    shown = {f"of_{account.value}": F(f"entry__loan__{column}") for account, column in columns.items()}
    by_loan = lines.values(number=F("entry__loan__number"), written_off_on=F("entry__loan__written_off_on"), **shown)
    same = Q()
    for account in columns:
        equal = Q(**{f"in_{account.value}": F(f"of_{account.value}")})
        same &= equal | Q(written_off_on__isnull=False) if account == Account.PRINCIPAL else equal
    differing: Iterable[Any] = by_loan.annotate(**sums).exclude(same)
    for row in differing:
        for account, column in columns.items():
            posted, stands = row[f"in_{account.value}"], row[f"of_{account.value}"]
            if posted != stands and not (account == Account.PRINCIPAL and row["written_off_on"]):
                yield row["number"], f"{column} is {stands}, posted {posted}"


def _bills(lender: Lender, day: date) -> Found:
    of_the_day = {"lender": lender, "posted_on": day}
    touched = Q(pk__in=JournalEntry.objects.filter(**of_the_day).values("account_entry__account")) | Q(
        pk__in=JournalEntry.objects.filter(**of_the_day).values("bill__account")
    )
    accounts = RevolvingAccount.objects.filter(touched, lender=lender).annotate(
        by_entries=_bills_posted("entry__account_entry__account"), by_bills=_bills_posted("entry__bill__account")
    )
    for account in accounts.exclude(principal_left_minor=F("by_entries") + F("by_bills")).order_by("pk"):
        posted = account.by_entries + account.by_bills
        yield account.number, f"principal_left_minor is {account.principal_left_minor}, posted {posted}"


def _bills_posted(path: str) -> Coalesce:
    lines = Posting.objects.filter(account=Account.BILLS, **{path: OuterRef("pk")}).order_by()
    return Coalesce(Subquery(lines.values(path).annotate(sum=Sum("amount_minor")).values("sum")), 0)
