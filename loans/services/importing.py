"""Taking over a book: every loan of a tape, in one transaction, with the same invariants as any loan.

Written in bulk, one statement per table and batch. The other side of everything that
happened in the old system is the account "taken over": the loan as paid out is its debit,
each instalment paid there its credit, so that today's cash and income are this system's own
only by value date, and what the loans still owe is the balance.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from accounts import audit
from accounts.models import Borrower, Lender, LenderRelation, User
from accounts.roles import Verb
from accounts.services import require
from credit.services import close_tradeline, open_tradeline
from loans.agreed import agreed
from loans.engine.schedule import Row, schedule
from loans.engine.waterfall import Component, Line
from loans.errors import TermsRefused
from loans.ledger import BATCH, EntryDraft, post_all, write_schedules
from loans.models import (
    Account,
    Allocation,
    Instalment,
    JournalEntry,
    Loan,
    Payment,
    Posting,
    Product,
    ScheduleVersion,
)
from loans.services.opening import first_version, tradeline_facts, unsaved
from loans.services.paying import allocations, payment_lines
from loans.tape import Fault, Tape, TapeRow, amount_text

COLUMN_OF = {"principal_minor": "principal", "profile": "product_code"}


@dataclass(frozen=True, slots=True)
class TakenOver:
    """One loan of the tape, ready to be written."""

    row: TapeRow
    loan: Loan
    rows: tuple[Row, ...]
    paid_on: tuple[date, ...]

    @property
    def paid(self) -> list[tuple[Row, date]]:
        """The instalments that were paid, and when; one that asks for nothing needs no payment."""
        pairs = zip(self.rows[: self.row.paid_instalments], self.paid_on, strict=True)
        return [(row, on) for row, on in pairs if row.due_minor]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was (or would be) written, and what was wrong."""

    is_written: bool
    row_count: int
    loans: int
    settled: int
    new_borrowers: int
    principal_minor: int
    paid_minor: int
    principal_left_minor: int
    faults: tuple[Fault, ...]


def import_tape(
    *,
    lender: Lender,
    tape: Tape,
    source: str,
    is_dry_run: bool = False,
    is_skipping_bad: bool = False,
    acting_user: User | None,
) -> ImportReport:
    """Book the loans of a tape, all or none; with `is_skipping_bad` those without a fault.

    `source` names the file in the audit chain. Nothing is written on a dry run, nor where
    a row is bad and bad rows are not skipped.
    """
    if acting_user is not None:
        require(lender=lender, verb=Verb.OPEN_LOAN, user=acting_user)
    with transaction.atomic():
        known = _Known.of(lender, tape)
        taken, faults = known.taken_over(tape.rows)
        faults = sorted([*tape.faults, *faults])
        is_written = bool(taken) and not is_dry_run and (is_skipping_bad or not faults)
        report = _report(taken, faults, tape, is_written)
        if is_written:
            _write(lender, taken)
            after = asdict(report) | {"faults": len(faults), "source": source[-120:]}
            audit.record(lender=lender, verb="import_loans", subject=source[-80:], after=after, acting_user=acting_user)
    return report


@dataclass(frozen=True, slots=True)
class _Known:
    """What the book already has of what the tape names."""

    lender: Lender
    today: date
    products: Mapping[str, Product]
    numbers: frozenset[str]
    borrowers: dict[str, Borrower]

    @classmethod
    def of(cls, lender: Lender, tape: Tape) -> "_Known":
        relations = LenderRelation.objects.filter(lender=lender).select_related("borrower")
        named = {row.borrower_reference for row in tape.rows}
        return cls(
            lender=lender,
            today=lender.today(),
            # The last version of a code comes last, and stays.
            products={
                product.code: product
                for product in lender.products.exclude(state=Product.State.DRAFT).order_by("version")
            },
            numbers=frozenset(lender.loans.values_list("number", flat=True)),
            borrowers={each.reference: each.borrower for each in relations if each.reference in named},
        )

    def taken_over(self, rows: Sequence[TapeRow]) -> tuple[list[TakenOver], list[Fault]]:
        taken: list[TakenOver] = []
        faults: list[Fault] = []
        for row in rows:
            try:
                taken.append(self._taken(row))
            except _BadRow as bad:
                faults.append(Fault(row.line, bad.column, bad.reason, bad.value))
        return taken, faults

    def _taken(self, row: TapeRow) -> TakenOver:
        if row.external_number in self.numbers:
            raise _BadRow("external_number", "in_book", row.external_number)
        product = self.products.get(row.product_code)
        if product is None:
            raise _BadRow("product_code", "unknown_product", row.product_code)
        borrower = self.borrowers.get(row.borrower_reference)
        if borrower is None:
            borrower = self.borrowers[row.borrower_reference] = Borrower(name=row.borrower_name)
        if borrower.name != row.borrower_name:
            raise _BadRow("borrower_name", "two_names", row.borrower_reference)
        if row.disbursed_on > self.today:
            raise _BadRow("disbursed_on", "in_future", row.disbursed_on.isoformat())
        if row.paid_instalments > row.instalments:
            raise _BadRow("paid_instalments", "too_many_paid", str(row.paid_instalments))
        return self._booked(row, product, borrower)

    def _booked(self, row: TapeRow, product: Product, borrower: Borrower) -> TakenOver:
        try:
            terms = agreed(
                product=product,
                principal_minor=row.principal_minor,
                instalment_count=row.instalments,
                disbursed_on=row.disbursed_on,
                first_due_on=row.first_due_on,
                rate_annual=row.rate_annual,
                method=row.method,
                profile=None,
            )
        except TermsRefused as refused:
            column = COLUMN_OF.get(refused.field, refused.field)
            raise _BadRow(column, "terms", refused.reason) from refused
        rows = schedule(terms)
        loan = unsaved(lender=self.lender, borrower=borrower, product=product, terms=terms, rows=rows, grace_days=None)
        loan.number = row.external_number
        paid, rest = rows[: row.paid_instalments], rows[row.paid_instalments :]
        left_minor = row.principal_minor - sum(each.principal_minor for each in paid)
        if row.principal_left_minor not in (None, left_minor):
            raise _BadRow("principal_left", "principal_differs", amount_text(left_minor))
        loan.principal_left_minor = left_minor
        loan.oldest_unpaid_due_on = next((each.due_on for each in rest if each.due_minor), None)
        loan.next_close_on = self.today
        loan.next_month_on = self.today - timedelta(days=1)
        # What was paid ahead counts as paid today: its day in the old system is not on the tape.
        paid_on = tuple(min(each.due_on, self.today) for each in paid)
        loan.state = Loan.State.ACTIVE
        if loan.oldest_unpaid_due_on is None:
            loan.state, loan.settled_on = Loan.State.SETTLED, max(paid_on, default=row.disbursed_on)
        return TakenOver(row, loan, rows, paid_on)


class _BadRow(ValueError):
    def __init__(self, column: str, reason: str, value: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason
        self.value = value


def _report(taken: Sequence[TakenOver], faults: Sequence[Fault], tape: Tape, is_written: bool) -> ImportReport:
    new = {each.row.borrower_reference for each in taken if each.loan.borrower.pk is None}
    return ImportReport(
        is_written=is_written,
        row_count=tape.row_count,
        loans=len(taken),
        settled=sum(each.loan.state == Loan.State.SETTLED for each in taken),
        new_borrowers=len(new),
        principal_minor=sum(each.loan.principal_minor for each in taken),
        paid_minor=sum(row.due_minor for each in taken for row, _ in each.paid),
        principal_left_minor=sum(each.loan.principal_left_minor for each in taken),
        faults=tuple(faults),
    )


def _write(lender: Lender, taken: Sequence[TakenOver]) -> None:
    _write_borrowers(lender, taken)
    Loan.objects.bulk_create([each.loan for each in taken], batch_size=BATCH)
    write_schedules(
        [first_version(each.loan, each.rows, source=ScheduleVersion.Source.IMPORT, acting_user=None) for each in taken]
    )
    _write_payments(lender, taken)
    for each in taken:
        open_tradeline(**tradeline_facts(each.loan), acting_user=None)
        if each.loan.settled_on is not None:
            close_tradeline(lender=lender, reference=each.loan.number, on=each.loan.settled_on, acting_user=None)
    _refresh_statistics()


def _write_borrowers(lender: Lender, taken: Sequence[TakenOver]) -> None:
    """The customers that are new, each since their first loan of the tape."""
    new: dict[str, tuple[Borrower, date]] = {}
    for each in taken:
        borrower, reference, on = each.loan.borrower, each.row.borrower_reference, each.row.disbursed_on
        if borrower.pk is None:
            new[reference] = (borrower, min(on, new.get(reference, (borrower, on))[1]))
    Borrower.objects.bulk_create([borrower for borrower, _ in new.values()], batch_size=BATCH)
    LenderRelation.objects.bulk_create(
        [
            LenderRelation(borrower=borrower, lender=lender, reference=reference, since=since)
            for reference, (borrower, since) in new.items()
        ],
        batch_size=BATCH,
    )
    for each in taken:
        # A new borrower has its key only now; setting it again gives it to the loan.
        each.loan.borrower = each.loan.borrower


def _write_payments(lender: Lender, taken: Sequence[TakenOver]) -> None:
    today = lender.today()
    paid = [(each.loan, row, on) for each in taken for row, on in each.paid]
    entries = post_all(
        [
            *(_opening(each.loan, today) for each in taken),
            *(_receipt(loan, row, on, today) for loan, row, on in paid),
        ]
    )
    payments = [
        Payment(
            lender=lender,
            loan=loan,
            key=_key(loan, row),
            amount_minor=row.due_minor,
            value_on=on,
            channel=Payment.Channel.IMPORT,
            journal_entry=entry,
        )
        for (loan, row, on), entry in zip(paid, entries[len(taken) :], strict=True)
    ]
    Payment.objects.bulk_create(payments, batch_size=BATCH)
    Allocation.objects.bulk_create(
        [
            share
            for payment, (_, row, _) in zip(payments, paid, strict=True)
            for share in allocations(payment, _lines(row))
        ],
        batch_size=BATCH,
    )


def _opening(loan: Loan, today: date) -> EntryDraft:
    return EntryDraft(
        lender=loan.lender,
        loan=loan,
        kind=JournalEntry.Kind.OPENING,
        key=f"opening:{loan.number}",
        lines={Account.PRINCIPAL: loan.principal_minor, Account.OPENING: -loan.principal_minor},
        value_on=loan.disbursed_on,
        posted_on=today,
    )


def _receipt(loan: Loan, row: Row, on: date, today: date) -> EntryDraft:
    return EntryDraft(
        lender=loan.lender,
        loan=loan,
        kind=JournalEntry.Kind.PAYMENT,
        key=f"payment:{_key(loan, row)}",
        lines=payment_lines(loan, row.due_minor, _lines(row), 0, source=Account.OPENING),
        value_on=on,
        posted_on=today,
    )


def _key(loan: Loan, row: Row) -> str:
    return f"import:{loan.number}:{row.number}"


def _lines(row: Row) -> list[Line]:
    parts: Iterable[tuple[Component, int]] = (
        (Component.INTEREST, row.interest_minor),
        (Component.PRINCIPAL, row.principal_minor),
    )
    return [Line(row.number, component, amount_minor) for component, amount_minor in parts if amount_minor]


def _refresh_statistics() -> None:
    """Tell PostgreSQL's planner what came in; until it knows, joins over the new rows take minutes, not moments."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Loan, ScheduleVersion, Instalment, JournalEntry, Posting, Payment, Allocation):
                cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def fingerprint_of(content: bytes) -> str:
    """How the audit chain names a file: the beginning of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]
