"""What a close does to loans: interest and penalty interest posted as earned, steps of collection, the next look.

The receivables of a loan are counted anew by the engine, and the difference to what the
books hold is posted. So a payment, a correction or relief needs nothing more than to be
looked at, and a day that was closed late comes out as it would have.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from accounts.keys import among, in_order
from accounts.models import Lender
from loans.closing.next_look import next_look_on
from loans.closing.steps import Done
from loans.ledger import EntryDraft, post_each
from loans.models import Account, JournalEntry, Loan, StageStep
from loans.selectors.charges import NONE as NO_CHARGES
from loans.selectors.charges import Charges, charges_of
from loans.selectors.in_force import InForce
from loans.selectors.receivable import COLUMNS, INCOME, NONE, receivables
from loans.selectors.short_looks import in_force_around
from loans.selectors.stage_facts import held_kinds
from loans.services.head import update_each
from loans.services.staging import step_by_rule
from loans.stages import Stage

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a loan needs: lines of the journal, and its columns."""

    loan: Loan
    lines: Mapping[Account, int]
    columns: Mapping[str, Any]


def loans_to_close(lender: Lender, day: date) -> Sequence[int]:
    """Keys of the loans at which the close of that day must look, in order. One query."""
    return in_order(Loan.objects.filter(lender=lender, next_close_on__lte=day))


@transaction.atomic
def close_loans(lender: Lender, day: date, first_pk: int, last_pk: int) -> Done:
    """Do one range. As many queries for many loans as for one.

    Counts: `looked_at`, `accrued`, and loans by the stage of collection they came to. A loan
    that cannot be computed is left as it is and stands in `faults`.
    """
    mine = Loan.objects.filter(lender=lender, pk__gte=first_pk, pk__lte=last_pk, next_close_on__lte=day)
    loans = list(mine.select_for_update(no_key=True).order_by("pk"))
    looks, faults = _looks(lender, loans, day)
    counts = Counter(looked_at=len(looks), accrued=_accrue(lender, looks, day))
    update_each(Loan, [(look.loan, look.columns) for look in looks], "state")
    # Seen from the day that begins, so that a step is taken on it.
    counts += step_by_rule(lender, _to_step([look.loan for look in looks], day), day + DAY)
    return Done(counts, [look.loan.pk for look in looks], faults)


def _looks(lender: Lender, loans: Sequence[Loan], day: date) -> tuple[list[_Look], dict[int, Exception]]:
    running = [loan for loan in loans if loan.state == Loan.State.ACTIVE]
    held = in_force_around(running, day) if running else {}
    charges = charges_of(running, held, day) if running else {}
    contacts = held_kinds([loan for loan in running if _is_overdue(loan, day)], day)
    looks, faults = [], {}
    for loan in loans:
        loan.lender = lender
        is_held = "contact" in contacts.get(loan.pk, ())
        try:
            looks.append(_look(loan, held.get(loan.pk), charges.get(loan.pk, NO_CHARGES), day, is_held))
        except Exception as error:  # whatever is wrong with this loan, the others go on
            faults[loan.pk] = error
    return looks, faults


def _look(loan: Loan, held: InForce | None, charges: Charges, day: date, is_held: bool) -> _Look:
    """What is earned by the end of the day, and when to look again; a loan that does not run is looked at no more."""
    if held is None:
        target, next_on = NONE, None
    else:
        target = receivables(loan, held, charges, day)
        next_on = next_look_on(
            day,
            [row.due_on for row in held.rows],
            oldest_unpaid_due_on=loan.oldest_unpaid_due_on,
            grace_days=loan.grace_days,
            is_held=is_held,
        )
    lines: dict[Account, int] = {}
    for account, column in COLUMNS.items():
        if change_minor := target[account] - getattr(loan, column):
            lines |= {account: change_minor, INCOME[account]: -change_minor}
    columns = {COLUMNS[account]: target[account] for account in COLUMNS}
    return _Look(loan, lines, {**columns, "receivable_on": day, "next_close_on": next_on})


def _accrue(lender: Lender, looks: Iterable[_Look], day: date) -> int:
    """Post what was earned since the last look; return how many entries."""
    drafts = [
        EntryDraft(
            lender=lender,
            loan=look.loan,
            kind=JournalEntry.Kind.ACCRUAL,
            key=f"accrual/{look.loan.public_id.hex}/{day.isoformat()}",
            lines=look.lines,
            value_on=day,
            posted_on=day,
        )
        for look in looks
        if look.lines
    ]
    if drafts:
        post_each(drafts)
    return len(drafts)


def _is_overdue(loan: Loan, day: date) -> bool:
    return loan.oldest_unpaid_due_on is not None and loan.oldest_unpaid_due_on <= day


def _to_step(loans: Sequence[Loan], day: date) -> list[Loan]:
    """Loans that collection has to do with after that day, but for those that were moved later already. Two queries.

    A day that is caught up with must not take back what a later day has found.
    """
    concerned = [loan for loan in loans if loan.state == Loan.State.ACTIVE and _is_collected(loan, day)]
    if not concerned:
        return []
    prefetch_related_objects(concerned, "borrower")
    moved = StageStep.objects.filter(loan__in=among(loan.pk for loan in concerned), taken_on__gt=day + DAY)
    later = set(moved.values_list("loan", flat=True))
    return [loan for loan in concerned if loan.pk not in later]


def _is_collected(loan: Loan, day: date) -> bool:
    return loan.stage != Stage.NONE or _is_overdue(loan, day)
