"""Telling a borrower beforehand of what follows from being late, so that they can still prevent it.

The day on which somebody was told stands in `Forewarning`; nothing that needs it goes on
without. The run looks at every loan whose grace is over and of which nobody was told since its
first late month began, and at months held back because nobody was told and that are late still;
it asks the holds of the credit record first, and writes each once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db import transaction

from accounts import audit
from accounts.keys import among
from accounts.models import Lender, User
from credit.codes import is_adverse
from credit.facts import MonthFacts
from credit.models import MonthFact
from loans.adverse import run_began, told_since
from loans.closing.steps import Done
from loans.engine.calendar import month_of
from loans.models import Forewarning, Hold, Loan
from loans.selectors.held_months import untold
from loans.selectors.month_histories import histories_of
from loans.services.overdue_notices import notice_forewarnings
from loans.services.ranges import in_ranges, raise_together

ADVERSE = Forewarning.Kind.ADVERSE
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class _Late:
    """A loan to look at: since when something is unpaid, and months that wait because nobody was told."""

    loan: Loan
    due_on: date | None
    held_on: date | None
    month: date


def tell_of_late_months(*, lender: Lender, on: date) -> int:
    """Tell every borrower with a late payment, once a run, before the month is reported; return how many.

    A day of the past is not made up for: `on` is the lender's today. A loan that cannot be
    computed keeps no other from it; what went wrong is raised when all is done.
    """
    done = tell_all(lender, on)
    raise_together(done.faults)
    return done.counts["told"]


def tell_all(lender: Lender, on: date) -> Done:
    """The same, with what went wrong in `faults`."""
    return in_ranges(loans_to_tell_of(lender, on), partial(tell_range, lender, on), AT_ONCE)


def loans_to_tell_of(lender: Lender, on: date) -> Sequence[int]:
    """Keys of the loans of whose late months somebody may have to be told on that day, in order. Three queries.

    Whoever was told since the first late month began was told in its run, whenever that began.
    """
    overdue = Loan.objects.overdue(on).filter(lender=lender).order_by()
    late = overdue.values_list("pk", "oldest_unpaid_due_on", "grace_days")
    due = {pk: due_on for pk, due_on, grace_days in late.iterator(chunk_size=10_000) if is_over(due_on, grace_days, on)}
    told = Forewarning.objects.filter(loan__in=among(due), kind=ADVERSE).order_by().values_list("loan", "told_on")
    for pk, told_on in told.iterator(chunk_size=10_000):
        if pk in due and told_since(_since(due[pk], on), [told_on]) is not None:
            del due[pk]
    return sorted({*due, *untold(lender, "loan")})


@transaction.atomic
def tell_range(lender: Lender, on: date, first_pk: int, last_pk: int) -> Done:
    """Do one range; counts borrowers `told`.

    Six queries, and those of writing, however many loans; where months wait, up to six more
    that judge them.
    """
    late = _late(lender, on, first_pk, last_pk)
    holds = Hold.objects.on(on).filter(loan__in=among(each.loan.pk for each in late), kind=Hold.Kind.BUREAU)
    held = set(holds.values_list("loan_id", flat=True))
    told = _told(late)
    # Whoever was told since the month began was told in its run, whenever that began: the file need not be read.
    asked = [each for each in late if each.due_on and told_since(_since(each.due_on, on), told[each.loan.pk]) is None]
    adverse = adverse_on_file(lender, [each.loan.number for each in asked])
    rows = [
        Forewarning(lender=lender, loan=each.loan, kind=ADVERSE, about_on=each.due_on or each.month, told_on=on)
        for each in late
        if each.loan.pk not in held
        and is_untold(each.due_on, each.held_on, adverse[each.loan.number], told[each.loan.pk], on)
    ]
    write_forewarnings(lender, rows, acting_user=None)
    return Done(+Counter(told=len(rows)), [each.loan.pk for each in late], {})


def write_forewarnings(lender: Lender, rows: Sequence[Forewarning], *, acting_user: User | None) -> None:
    """Write what was told, with its notices and its entries in the audit chain."""
    Forewarning.objects.bulk_create(rows)
    events = [
        audit.Fact(
            verb="tell_beforehand",
            subject=row.debt.number,
            after={"of": row.kind, "about_on": row.about_on.isoformat()},
        )
        for row in rows
    ]
    audit.record_all(lender=lender, facts=events, acting_user=acting_user)
    notice_forewarnings(lender, rows, acting_user)


def _late(lender: Lender, on: date, first_pk: int, last_pk: int) -> list[_Late]:
    """Loans whose grace is over, and those with a late month that waits. Two queries, more where some wait."""
    held = _held_back(lender, first_pk, last_pk)
    due = Loan.objects.overdue(on).filter(lender=lender) | Loan.objects.filter(pk__in=held)
    found = []
    for loan in due.filter(pk__gte=first_pk, pk__lte=last_pk).select_related("borrower").order_by("pk"):
        oldest_on = loan.oldest_unpaid_due_on
        is_late = oldest_on is not None and is_over(oldest_on, loan.grace_days, on)
        if is_late or loan.pk in held:
            held_on, month = held.get(loan.pk, (None, on))
            found.append(_Late(loan, oldest_on if is_late else None, held_on, month))
    return found


def is_over(due_on: date, grace_days: int, on: date) -> bool:
    """Whether the grace of what was due on `due_on` is over."""
    return due_on + timedelta(days=grace_days) < on


def _held_back(lender: Lender, first_pk: int, last_pk: int) -> dict[int, tuple[date, date]]:
    """By loan, since when its late months wait for a notice, and the last of them; a month paid in time is none.

    What was known when a month was held back may be put right before anybody is told. A loan
    that cannot be computed is not told of; furnishing says what is wrong with it.
    """
    waiting = untold(lender, "loan", first_pk, last_pk)
    if not waiting:
        return {}
    loans = Loan.objects.filter(pk__in=among(waiting))
    histories = histories_of(loans, {pk: sorted({month for month, _ in rows}) for pk, rows in waiting.items()})
    found = {}
    for pk, rows in waiting.items():
        with suppress(ValueError):
            if late := [row for row in rows if is_adverse(histories[pk].facts_on_file(row[0]))]:
                found[pk] = max(held_on for _, held_on in late), max(month for month, _ in late)
    return found


def adverse_on_file(lender: Lender, numbers: Iterable[str]) -> dict[str, set[date]]:
    """Months on file that tell against the borrower, by the number of the loan or the monthly bill. One query."""
    rows = MonthFact.objects.current().filter(tradeline__lender=lender, tradeline__reference__in=list(numbers))
    found: dict[str, set[date]] = defaultdict(set)
    for row in rows.select_related("tradeline"):
        if is_adverse(MonthFacts.of(row)):
            found[row.tradeline.reference].add(row.month)
    return found


def _told(late: Iterable[_Late]) -> dict[int, list[date]]:
    """Days on which borrowers were told of late months, by loan. One query."""
    found: dict[int, list[date]] = defaultdict(list)
    rows = Forewarning.objects.filter(loan__in=[each.loan.pk for each in late], kind=ADVERSE)
    for loan_pk, told_on in rows.values_list("loan", "told_on"):
        found[loan_pk].append(told_on)
    return found


def is_untold(due_on: date | None, held_on: date | None, adverse: set[date], told: Sequence[date], on: date) -> bool:
    """Whether the borrower is to be told: since `due_on` something is unpaid, on `held_on` a month was held back."""
    if held_on is not None and told_since(held_on, told) is None:
        return True
    if due_on is None:
        return False
    return told_since(run_began(_since(due_on, on), adverse), told) is None


def _since(due_on: date, on: date) -> date:
    """The first month that may be late."""
    return month_of(min(due_on + timedelta(days=1), on))
