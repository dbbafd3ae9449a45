"""What is forgiven: WAIVE of penalty interest, or of interest that is overdue.

Never more than there is: 208.18 of overdue interest (109.91 + 98.27) is all that can be
waived of it. More is cut down to that and named as refused. When it becomes final is the
lender's promise and changes no figure.
"""

from dataclasses import replace
from datetime import date

from loans.engine.components import Waive
from loans.engine.draft import NOTHING_PAID, Draft
from loans.engine.schedule import Row


def overdue_interest_minor(plan: Draft, as_of: date) -> int:
    """Return the unpaid interest of instalments due before a day."""
    return sum(_interest_left(plan, row) for row in plan.rest if row.due_on < as_of)


def waived_amount_minor(waive: Waive, bucket_minor: int) -> int:
    """Return what is really forgiven: all there is, or what was asked where that is less."""
    return bucket_minor if waive.amount_minor is None else min(waive.amount_minor, bucket_minor)


def without_interest(plan: Draft, amount_minor: int, as_of: date) -> Draft:
    """Return the draft with so much overdue interest forgiven, the oldest first."""
    rows, credits = [], dict(plan.credits)
    for row in plan.rest:
        of_row_minor = min(amount_minor, _interest_left(plan, row)) if row.due_on < as_of else 0
        amount_minor -= of_row_minor
        # Interest of the period itself first, then interest of an earlier pause.
        own_minor = min(of_row_minor, max(row.interest_minor - _paid_interest_minor(plan, row), 0))
        if own_minor:
            credits[row.number] = credits.get(row.number, 0) + own_minor
        rows.append(
            row._replace(
                interest_minor=row.interest_minor - own_minor,
                relief_interest_minor=row.relief_interest_minor - (of_row_minor - own_minor),
            )
        )
    return replace(plan, rest=tuple(rows), credits=credits)


def _paid_interest_minor(plan: Draft, row: Row) -> int:
    is_part_paid = row is plan.rest[0] and plan.part_paid is not None
    return (plan.part_paid or NOTHING_PAID).interest_minor if is_part_paid else 0


def _interest_left(plan: Draft, row: Row) -> int:
    return row.interest_minor + row.relief_interest_minor - _paid_interest_minor(plan, row)
