"""Who is to be reminded of what on a day, and whether a reminder that waits still helps."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from accounts.keys import sorted_keys
from accounts.models import Lender, Notice
from loans.models import GatewayEvent, Hold, Loan, PaymentOrder, Product, ScheduleVersion, SuspenseItem
from loans.querysets import LoanQuerySet
from loans.reminders import due_dates, failed_loan, key_of, may_remind, read_key, step_on


@dataclass(frozen=True, slots=True)
class Turn:
    """The loans of one borrower that are due on one day, and the step whose turn it is."""

    key: str
    borrower: int
    due_on: date
    step: int
    loans: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Loans on which nobody may be asked for payment: by the arrangement in force, and by anything else."""

    arranged: frozenset[int]
    held: frozenset[int]

    def allows(self, loan: int, step: int) -> bool:
        return may_remind(step, is_arranged=loan in self.arranged, is_held=loan in self.held)


def loans_with_turns(lender: Lender, on: date) -> Sequence[int]:
    """Keys of the loans of which something may be told that day, though it may have been, in order. Two queries.

    A loan is looked for by its oldest unpaid instalment: while one is late, the reminders are about
    that one, and its sum holds the others that are late.
    """
    steps = _steps(lender)
    due = _due(lender, steps, on).order_by().values_list("pk", "product", "oldest_unpaid_due_on")
    found = due.iterator(chunk_size=10_000)
    return sorted_keys(pk for pk, product, due_on in found if step_on(steps[product], (on - due_on).days) is not None)


def turns(lender: Lender, on: date, first_pk: int, last_pk: int) -> list[Turn]:
    """What nobody has been told yet, by due date and borrower. Three queries, however many loans.

    Of the turns whose first loan lies from one key to another, so that each is in one range alone.
    """
    steps = _steps(lender)
    due = _due(lender, steps, on)
    people = due.filter(pk__gte=first_pk, pk__lte=last_pk).values("borrower")
    found: dict[tuple[date, int, int], list[int]] = defaultdict(list)
    asked = due.filter(borrower__in=people).order_by("pk")
    for loan, borrower, product, due_on in asked.values_list("pk", "borrower", "product", "oldest_unpaid_due_on"):
        step = step_on(steps[product], (on - due_on).days)
        if step is not None:
            found[(due_on, borrower, step)].append(loan)
    made = [
        Turn(key_of(borrower, due_on, step), borrower, due_on, step, tuple(loans))
        for (due_on, borrower, step), loans in sorted(found.items())
        if first_pk <= loans[0] <= last_pk
    ]
    told = set(Notice.objects.filter(lender=lender, key__in=[turn.key for turn in made]).values_list("key", flat=True))
    return [turn for turn in made if turn.key not in told]


def _steps(lender: Lender) -> Mapping[int, list[int]]:
    return dict(Product.objects.filter(lender=lender).values_list("pk", "reminder_days"))


def _due(lender: Lender, steps: Mapping[int, list[int]], on: date) -> LoanQuerySet:
    days = due_dates({step for listed in steps.values() for step in listed}, on)
    return Loan.objects.running().filter(lender=lender, oldest_unpaid_due_on__in=days)


def quiet_loans(loans: Collection[int], on: date) -> Quiet:
    """Where contact stands still on that day. One query, and one more where it does anywhere."""
    sources: dict[int, list[str]] = defaultdict(list)
    holds = Hold.objects.on(on).filter(loan__in=loans, kind=Hold.Kind.CONTACT)
    for loan, source in holds.values_list("loan", "source"):
        sources[loan].append(source)
    if not sources:
        return Quiet(frozenset(), frozenset())
    versions = ScheduleVersion.objects.filter(
        loan__in=sources, number=F("loan__current_version"), source=ScheduleVersion.Source.RELIEF
    )
    arrangement = dict(versions.values_list("loan", "source_reference"))
    held = {loan for loan, named in sources.items() if not all(_is_of(arrangement.get(loan), one) for one in named)}
    return Quiet(frozenset(set(sources) - held), frozenset(held))


def _is_of(reference: str | None, source: str) -> bool:
    """Whether a hold was opened by the arrangement that made the schedule in force, not by a request."""
    return bool(reference) and source.startswith(f"{reference}/")


def in_question(loans: Collection[int]) -> set[int]:
    """Loans whose money may be on its way, or waits for a person: nobody is told that it is missing. Three queries."""
    debits = PaymentOrder.objects.open().filter(loan__in=loans, direction=PaymentOrder.Direction.DEBIT)
    return {
        *debits.values_list("loan", flat=True),
        *SuspenseItem.objects.open().filter(loan__in=loans).values_list("loan", flat=True),
        *GatewayEvent.objects.to_review().filter(order__loan__in=loans).values_list("order__loan", flat=True),
    }


def unneeded(lender: Lender, notices: Sequence[Notice]) -> set[int]:
    """Reminders and failed debits that are paid by now, or may not be spoken of. Five queries at most."""
    on = lender.today()
    reminders = {notice.pk: read for notice in notices if (read := read_key(notice.key)) is not None}
    failures = {notice.pk: loan for notice in notices if (loan := failed_loan(notice.key)) is not None}
    return _done_reminders(lender, reminders, on) | _done_failures(failures, on)


def _done_reminders(lender: Lender, reminders: Mapping[int, tuple[int, date, int]], on: date) -> set[int]:
    if not reminders:
        return set()
    due = _still_due(lender, reminders.values())
    quiet = quiet_loans([loan for loans in due.values() for loan in loans], on)
    return {
        pk
        for pk, (borrower, due_on, step) in reminders.items()
        if not any(quiet.allows(loan, step) for loan in due.get((borrower, due_on), ()))
    }


def _done_failures(failures: Mapping[int, int], on: date) -> set[int]:
    if not failures:
        return set()
    due = set(
        Loan.objects.running()
        .filter(pk__in=failures.values(), oldest_unpaid_due_on__lte=on)
        .values_list("pk", flat=True)
    )
    quiet = quiet_loans(due, on)
    return {pk for pk, loan in failures.items() if loan not in due or not quiet.allows(loan, 1)}


def _still_due(lender: Lender, reminders: Iterable[tuple[int, date, int]]) -> Mapping[tuple[int, date], list[int]]:
    listed = list(reminders)
    found: dict[tuple[int, date], list[int]] = defaultdict(list)
    loans = Loan.objects.running().filter(
        lender=lender,
        borrower__in={borrower for borrower, *_ in listed},
        oldest_unpaid_due_on__in={due_on for _, due_on, _ in listed},
    )
    for loan, borrower, due_on in loans.values_list("pk", "borrower", "oldest_unpaid_due_on"):
        found[(borrower, due_on)].append(loan)
    return found
