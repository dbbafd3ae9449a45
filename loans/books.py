"""Are the books whole? Every invariant that the data itself can show, derived anew.

Database and services hold these rules as things happen. This looks again with other eyes:
it sums, compares and computes, and believes no cached column and no trigger. A check is a
function from a lender to what it found; `CHECKS` is all of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts import guards
from accounts.models import Lender
from credit.models import Tradeline
from loans.bill_books import bill_accounts_are_on_file, bills_are_as_derived, bills_are_posted
from loans.book_parts import chunks, stretches
from loans.close_books import (
    days_follow,
    receivables_are_as_derived,
    receivables_are_posted,
    running_loans_are_looked_at,
)
from loans.engine.remembered import version_hash
from loans.engine.schedule import Row
from loans.models import (
    Account,
    AccountEntry,
    Allocation,
    Bill,
    BillPlan,
    GatewayEvent,
    Hold,
    Instalment,
    JournalEntry,
    JournalSeal,
    Loan,
    Payment,
    PaymentCorrection,
    PaymentOrder,
    PenaltyCharge,
    Posting,
    RefundWish,
    RevolvingAccount,
    ScheduleVersion,
    SuspenseItem,
    SuspenseResolution,
)
from loans.order_books import orders_are_booked, suspense_adds_up
from loans.overdue_books import stages_follow_steps
from loans.selectors.charges import charges_of
from loans.selectors.in_force import InForce, in_force, rows_of
from loans.write_off_books import Span, is_recovery, write_offs_are_booked, written_off_spans

COLLECTED = (Account.CASH, Account.OPENING)
ACCOUNT_OF = {
    Allocation.Component.PENALTY: Account.PENALTY_INCOME,
    Allocation.Component.FEE: Account.FEE_INCOME,
    Allocation.Component.INTEREST: Account.INTEREST_INCOME,
    Allocation.Component.PRINCIPAL: Account.PRINCIPAL,
    Allocation.Component.CREDIT: Account.BORROWER_CREDIT,
}
WRITTEN_OFF = {**ACCOUNT_OF, Allocation.Component.PRINCIPAL: Account.RECOVERIES}


class Violation(NamedTuple):
    """One thing that is not as it must be: the check, what it is about, and what was found."""

    check: str
    subject: str
    detail: str


Found = Iterator[tuple[str, str]]


def violations(lenders: Iterable[Lender]) -> Iterator[Violation]:
    """Everything that is wrong, guards of the database first, then lender by lender."""
    for name in guards.missing(connection):
        yield Violation("guards", name, "the database no longer has this trigger")
    for lender in lenders:
        for name, check in CHECKS.items():
            for subject, detail in check(lender):
                yield Violation(name, f"{lender.code} {subject}", detail)


def entries_balance(lender: Lender) -> Found:
    """Every journal entry has two lines or more, which sum to zero, and its seal."""
    entries = JournalEntry.objects.filter(lender=lender)
    sums = entries.annotate(total=Coalesce(Sum("postings__amount_minor"), 0), lines=Count("postings"))
    for entry in sums.filter(~Q(total=0) | Q(lines__lt=2)).order_by("pk"):
        yield entry.key, f"{entry.lines} lines, sum {entry.total}"
    sealed = Exists(JournalSeal.objects.filter(pk=OuterRef("pk")))
    for key in entries.filter(~sealed).values_list("key", flat=True):
        yield key, "no seal"


def lenders_match(lender: Lender) -> Found:
    """No row of this lender hangs on a row of another."""
    pairs: tuple[tuple[QuerySet[Any], str], ...] = (
        (Loan.objects.all(), "product"),
        (JournalEntry.objects.all(), "loan"),
        (Posting.objects.all(), "entry"),
        (ScheduleVersion.objects.all(), "loan"),
        (Instalment.objects.all(), "version"),
        (Payment.objects.all(), "loan"),
        (Payment.objects.all(), "journal_entry"),
        (Allocation.objects.all(), "payment"),
        (Allocation.objects.all(), "loan"),
        (Allocation.objects.all(), "correction"),
        (PaymentCorrection.objects.all(), "payment"),
        (PaymentCorrection.objects.all(), "loan"),
        (PaymentCorrection.objects.all(), "journal_entry"),
        (PenaltyCharge.objects.all(), "loan"),
        (Hold.objects.all(), "loan"),
        (Hold.objects.all(), "bill_account"),
        (PaymentOrder.objects.all(), "loan"),
        (PaymentOrder.objects.all(), "bill_account"),
        (RefundWish.objects.all(), "loan"),
        (RefundWish.objects.all(), "bill_account"),
        (GatewayEvent.objects.all(), "order"),
        (SuspenseItem.objects.all(), "journal_entry"),
        (SuspenseItem.objects.all(), "loan"),
        (SuspenseItem.objects.all(), "bill_account"),
        (SuspenseResolution.objects.all(), "item"),
        (SuspenseResolution.objects.all(), "journal_entry"),
        (SuspenseResolution.objects.all(), "account_entry"),
        (RevolvingAccount.objects.all(), "limit"),
        (RevolvingAccount.objects.all(), "product"),
        (AccountEntry.objects.all(), "account"),
        (AccountEntry.objects.all(), "journal_entry"),
        (Bill.objects.all(), "account"),
        (Bill.objects.all(), "journal_entry"),
        (BillPlan.objects.all(), "account"),
    )
    for rows, parent in pairs:
        astray = rows.filter(lender=lender, **{f"{parent}__isnull": False}).exclude(**{f"{parent}__lender": lender})
        for pk in astray.values_list("pk", flat=True):
            yield f"{rows.model._meta.model_name} {pk}", f"its {parent} is of another lender"


def payments_add_up(lender: Lender) -> Found:
    """What was allocated and what was not needed are the payment, and stay with its loan.

    So it was as the payment came, and so it is after every correction; of a payment that was
    taken back nothing is left.
    """
    first = Sum("allocations__amount_minor", filter=Q(allocations__correction__isnull=True))
    is_reversed = Exists(PaymentCorrection.objects.filter(payment=OuterRef("pk"), kind="reversed"))
    payments = Payment.objects.filter(lender=lender).annotate(
        put=Coalesce(first, 0), now=Coalesce(Sum("allocations__amount_minor"), 0), is_reversed=is_reversed
    )
    for payment in payments.exclude(amount_minor=F("put") + F("unapplied_minor")):
        yield payment.key, f"{payment.amount_minor} paid, {payment.put} + {payment.unapplied_minor} accounted for"
    is_corrected = Exists(Allocation.objects.filter(payment=OuterRef("pk"), correction__isnull=False))
    for payment in payments.filter(Q(is_corrected) | Q(is_reversed=True)):
        left = 0 if payment.is_reversed else payment.amount_minor
        if payment.now + payment.unapplied_minor != left:
            yield payment.key, f"{left} stands, {payment.now} + {payment.unapplied_minor} accounted for"
    for key in Allocation.objects.filter(lender=lender).exclude(loan=F("payment__loan")).values_list("payment__key"):
        yield key[0], "allocated to another loan"
    for key in Payment.objects.filter(lender=lender).exclude(loan=F("journal_entry__loan")).values_list("key"):
        yield key[0], "posted on another loan"


def payments_are_posted(lender: Lender) -> Found:
    """The entry of a payment says what its allocations say."""
    spans = written_off_spans(lender)
    for some in stretches(Payment.objects.filter(lender=lender)):
        yield from _payments_posted(lender, some, spans)


def _payments_posted(lender: Lender, some: tuple[int, int], spans: Mapping[int, Sequence[Span]]) -> Found:
    posted: dict[int, dict[str, int]] = defaultdict(dict)
    lines = Posting.objects.filter(entry__payment__lender=lender, entry__payment__pk__range=some)
    for pk, account, amount in lines.values_list("entry__payment", "account", "amount_minor"):
        posted[pk]["in" if account in COLLECTED else account] = amount
    meant: dict[int, dict[str, int]] = defaultdict(dict)
    keys, accounts = {}, {}
    payments = Payment.objects.filter(lender=lender, pk__range=some)
    for pk, key, loan, entry, amount, unapplied in payments.values_list(
        "pk", "key", "loan", "journal_entry", "amount_minor", "unapplied_minor"
    ):
        keys[pk] = key
        accounts[pk] = WRITTEN_OFF if is_recovery(spans.get(loan, ()), entry) else ACCOUNT_OF
        meant[pk] = {"in": amount} | ({Account.BORROWER_CREDIT.value: -unapplied} if unapplied else {})
    shares = Allocation.objects.filter(lender=lender, payment__pk__range=some, correction__isnull=True)
    for pk, component, amount in shares.values_list("payment", "component").annotate(Sum("amount_minor")).order_by():
        meant[pk][accounts.get(pk, ACCOUNT_OF)[component].value] = -amount
    for pk, key in keys.items():
        if posted[pk] != meant[pk]:
            yield key, f"posted {posted[pk]}, meant {meant[pk]}"


def corrections_are_posted(lender: Lender) -> Found:
    """The entry of a correction says what its allocations change, and takes back what came in."""
    posted: dict[int, dict[str, int]] = defaultdict(dict)
    lines = Posting.objects.filter(entry__correction__lender=lender)
    for pk, account, amount in lines.values_list("entry__correction", "account", "amount_minor"):
        posted[pk]["in" if account in COLLECTED else account] = amount
    meant: dict[int, dict[str, int]] = defaultdict(dict)
    spans = written_off_spans(lender)
    names = ("correction", "correction__loan", "correction__journal_entry", "component")
    shares = Allocation.objects.filter(lender=lender, correction__isnull=False).values_list(*names)
    for pk, loan, entry, component, amount in shares.annotate(Sum("amount_minor")).order_by():
        if amount:
            is_recovered = entry is not None and is_recovery(spans.get(loan, ()), entry)
            meant[pk][(WRITTEN_OFF if is_recovered else ACCOUNT_OF)[component].value] = -amount
    for correction in PaymentCorrection.objects.filter(lender=lender).select_related("payment"):
        if correction.kind == PaymentCorrection.Kind.REVERSED:
            meant[correction.pk]["in"] = -correction.payment.amount_minor
        if posted[correction.pk] != meant[correction.pk]:
            yield correction.payment.key, f"corrected by {posted[correction.pk]}, meant {meant[correction.pk]}"


def versions_are_whole(lender: Lender) -> Found:
    """Each schedule version repays the loan, in order of dates, and has the hash of its rows."""
    for chunk in chunks(ScheduleVersion.objects.filter(lender=lender).select_related("loan")):
        rows = rows_of(version.pk for version in chunk)
        for version in chunk:
            for detail in _faults_of(version, rows[version.pk]):
                yield f"{version.loan.number} v{version.number}", detail


def _faults_of(version: ScheduleVersion, rows: Sequence[Row]) -> Iterator[str]:
    repaid = sum(row.principal_minor for row in rows)
    if not repaid == version.principal_minor == version.loan.principal_minor:
        yield f"repays {repaid} of {version.loan.principal_minor}"
    if [row.number for row in rows] != list(range(1, version.instalment_count + 1)):
        yield "instalments are not numbered 1 to their count"
    if any(later.due_on < earlier.due_on for earlier, later in pairwise(rows)):
        yield "due dates run backwards"
    left = version.loan.principal_minor
    for row in rows:
        left -= row.principal_minor
        if row.balance_minor != left:
            yield f"instalment {row.number} says {row.balance_minor} is left, it is {left}"
    if version_hash(rows, version.remembered) != version.hash:
        yield "the hash is not that of the rows"


def one_version_in_force(lender: Lender) -> Found:
    """Versions are numbered from 1 without gaps, and the loan names the last."""
    loans = Loan.objects.filter(lender=lender).annotate(versions=Count("schedules"))
    for loan in loans.exclude(versions=F("current_version")):
        yield loan.number, f"version {loan.current_version} in force, {loan.versions} written"
    numbered = ScheduleVersion.objects.filter(loan=OuterRef("pk"), number=OuterRef("current_version"))
    absent = Loan.objects.filter(~Exists(numbered), lender=lender).values_list("number", "current_version")
    for number, version in absent:
        yield number, f"version {version} is not there"


def loans_are_as_derived(lender: Lender) -> Found:
    """Cached columns, state, journal and allocations of each loan say the same."""
    for chunk in chunks(Loan.objects.filter(lender=lender)):
        held = in_force(chunk, date.max)
        principal = _principal_account(chunk)
        charges = charges_of([loan for loan in chunk if loan.pk in held], held, lender.today())
        for loan in chunk:
            if loan.pk in held:
                owed = charges[loan.pk].owed_minor
                for detail in _faults_of_loan(loan, held[loan.pk], principal.get(loan.pk, 0), owed):
                    yield loan.number, detail


def _principal_account(loans: Sequence[Loan]) -> dict[int, int]:
    sums = Posting.objects.filter(entry__loan__in=loans, account=Account.PRINCIPAL).values_list("entry__loan")
    return dict(sums.annotate(Sum("amount_minor")).order_by())


def _faults_of_loan(loan: Loan, held: InForce, principal_minor: int, penalty_minor: int) -> Iterator[str]:
    unpaid = held.unpaid_rows
    is_pending = loan.state in (Loan.State.PENDING, Loan.State.CANCELLED)
    left = 0 if is_pending else held.principal_left_minor
    oldest = None if is_pending or not unpaid else unpaid[0].due_on
    if loan.principal_left_minor != left:
        yield f"principal left is {loan.principal_left_minor}, derived {left}"
    if loan.oldest_unpaid_due_on != oldest:
        yield f"oldest unpaid is {loan.oldest_unpaid_due_on}, derived {oldest}"
    if not loan.written_off_on and principal_minor != left:
        yield f"the principal account has {principal_minor}, derived {left}"
    is_over = not unpaid and not penalty_minor
    if not is_pending and (loan.state == Loan.State.SETTLED) != is_over:
        yield f"it is {loan.state}, but {len(unpaid)} instalments and {penalty_minor} of penalty interest are unpaid"
    if is_pending and held.paid:
        yield "it is pending, but something was paid"
    numbers = {row.number: row for row in held.rows}
    for number, paid in held.paid.items():
        row = numbers.get(number)
        if (
            row is None
            or paid.principal_minor > row.principal_minor
            or paid.interest_minor > row.interest_minor + row.relief_interest_minor
            or paid.fee_minor > row.fee_minor
        ):
            yield f"instalment {number} was paid more than it asks for"


def accounts_are_on_file(lender: Lender) -> Found:
    """Each disbursed loan has its account on the credit file, opened and closed on its days."""
    names = ("reference", "opened_on", "closed_on", "original_minor")
    for chunk in chunks(
        Loan.objects.filter(lender=lender).exclude(state__in=[Loan.State.PENDING, Loan.State.CANCELLED])
    ):
        own = Tradeline.objects.filter(lender=lender, reference__in=[loan.number for loan in chunk])
        on_file = {reference: facts for reference, *facts in own.values_list(*names)}
        for loan in chunk:
            if on_file.get(loan.number) != [loan.disbursed_on, loan.settled_on, loan.principal_minor]:
                yield loan.number, "its account on the credit file is missing or says otherwise"


CHECKS: dict[str, Callable[[Lender], Found]] = {
    check.__name__: check
    for check in (
        entries_balance,
        lenders_match,
        payments_add_up,
        payments_are_posted,
        corrections_are_posted,
        versions_are_whole,
        one_version_in_force,
        loans_are_as_derived,
        accounts_are_on_file,
        orders_are_booked,
        suspense_adds_up,
        stages_follow_steps,
        write_offs_are_booked,
        bills_are_as_derived,
        bills_are_posted,
        bill_accounts_are_on_file,
        receivables_are_posted,
        receivables_are_as_derived,
        days_follow,
        running_loans_are_looked_at,
    )
}
