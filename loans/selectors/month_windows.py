"""A short history for one month of a loan that is paid in time: what the month needs, and no more of what was before.

The rule stays that of `loans/months.py`, and gives the same as with everything that ever was
paid. It may be left out where it cannot matter:

    first row kept      was paid by its due date, so nothing before it changes its grace
    rows before it      were paid off before the month began; the month neither has nor lacks them
    rows after it       the last one stands for all that fall due after the month: their principal

A loan of which that is not certain gets no short history: another version of its schedule, a
hold, something unpaid, a payment far ahead, or a principal left that does not come out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from accounts.keys import among
from loans.engine.calendar import add_months, month_end
from loans.engine.schedule import Row
from loans.models import Allocation, Instalment, Loan
from loans.months import Part
from loans.selectors.month_parts import parts_of

DAY = timedelta(days=1)
MONTHS_BEFORE = 2


def short(
    loans: Sequence[Loan], versions: Mapping[int, int], month: date
) -> dict[int, tuple[tuple[Row, ...], Sequence[Part]]]:
    """Rows and payments by loan, where the short history is enough. Two queries.

    `versions` has the only schedule version of each loan.
    """
    candidates = {loan.pk: loan for loan in loans if _is_paid_through(loan, month_end(month))}
    if not candidates:
        return {}
    cut = add_months(month, -MONTHS_BEFORE)
    rows = _rows_between([versions[pk] for pk in candidates], cut, month_end(month))
    # By the payments: of those there are few since then, and allocations do not say when they were.
    recent = Allocation.objects.filter(payment__loan__in=among(candidates), payment__value_on__gte=cut)
    parts = parts_of(recent)
    found = {}
    for pk, loan in candidates.items():
        if kept := _kept(loan, rows[versions[pk]], parts[pk], month, cut):
            found[pk] = kept
    return found


def _is_paid_through(loan: Loan, end: date) -> bool:
    return loan.written_off_on is None and (loan.oldest_unpaid_due_on is None or loan.oldest_unpaid_due_on > end)


def _rows_between(versions: Sequence[int], first: date, last: date) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    stored = Instalment.objects.filter(version__in=among(versions), due_on__gte=first, due_on__lte=last)
    for version, *values in stored.order_by("version_id", "number").values_list("version_id", *Row._fields):
        found[version].append(Row._make(values))
    return found


def _kept(
    loan: Loan, rows: Sequence[Row], parts: Sequence[Part], month: date, cut: date
) -> tuple[tuple[Row, ...], Sequence[Part]] | None:
    """The rows and payments that are enough; None where it is not certain that they are."""
    paid: dict[int, int] = defaultdict(int)
    last_on: dict[int, date] = {}
    for part in parts:
        paid[part.number] += part.amount_minor
        last_on[part.number] = max(part.value_on, last_on.get(part.number, part.value_on))
    if not rows or any(paid[row.number] != row.due_minor for row in rows):
        return None
    start = _start(loan, rows, last_on, month, cut)
    if start is None:
        return None
    first, last = rows[start], rows[-1]
    left_out = [number for number in last_on if number < first.number]
    if any(last_on[number] >= month for number in left_out):
        return None
    own = [part for part in parts if part.number >= first.number]
    kept = [*rows[start:], *_rest(loan, last, month)]
    left_minor = sum(row.principal_minor for row in kept) - sum(part.principal_minor for part in own)
    return (tuple(kept), own) if left_minor == loan.principal_left_minor else None


def _start(loan: Loan, rows: Sequence[Row], last_on: Mapping[int, date], month: date, cut: date) -> int | None:
    """The place of the first row to keep: the loan's very first, or one before the month that was paid when due."""
    if loan.disbursed_on >= cut:
        return 0
    places = enumerate(rows)
    return next((at for at, row in places if row.due_on < month and last_on.get(row.number, cut) <= row.due_on), None)


def _rest(loan: Loan, last: Row, month: date) -> list[Row]:
    """All that falls due after the month, as one row after its day of record."""
    if not last.balance_minor:
        return []
    due_on = month_end(month) + (loan.grace_days + 1) * DAY
    return [Row(last.number + 1, last.due_on, due_on, last.balance_minor, 0, 0)]
