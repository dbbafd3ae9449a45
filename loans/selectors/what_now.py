"""What a borrower must do about a loan today: the first line of every page about it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from loans.models import Loan
from loans.selectors.in_force import NOTHING, total
from loans.selectors.standing import Standing


class Now(StrEnum):
    """The answer in one word, the most pressing first; pages choose the sentence."""

    OVERDUE = "overdue"
    GRACE = "grace"
    DUE_TODAY = "due_today"
    COMING = "coming"
    RELIEF = "relief"
    WRITTEN_OFF = "written_off"
    PENDING = "pending"
    SETTLED = "settled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class WhatNow:
    """`late_minor` is what is past its due date, oldest on `late_since_on`, in grace until `grace_until_on`.

    It includes `penalty_minor`, what being late has cost to the end of today.

    `next_*` is the first unpaid instalment of today or later. `paused_on` are the due dates of
    a running pause, empty otherwise. `suggested_minor` is what a payment today would be for:
    what is late, else the next instalment.
    """

    now: Now
    on: date
    late_minor: int
    penalty_minor: int
    late_count: int
    late_since_on: date | None
    days_late: int
    grace_until_on: date | None
    next_number: int | None
    next_on: date | None
    next_minor: int
    paused_on: tuple[date, ...]

    @property
    def is_running(self) -> bool:
        return self.now not in (Now.PENDING, Now.SETTLED, Now.CANCELLED, Now.WRITTEN_OFF)

    @property
    def is_owed(self) -> bool:
        """Whether a payment would be for something: the loan runs, or was written off."""
        return self.is_running or self.now is Now.WRITTEN_OFF

    @property
    def is_before(self) -> bool:
        """Whether nothing was paid out, yet or for good."""
        return self.now in (Now.PENDING, Now.CANCELLED)

    @property
    def is_late(self) -> bool:
        return self.now in (Now.OVERDUE, Now.GRACE)

    @property
    def days_left(self) -> int:
        """Until the next instalment is due."""
        return (self.next_on - self.on).days if self.next_on else 0

    @property
    def urgency(self) -> int:
        """The place of the answer among all: the smaller, the more pressing."""
        return list(Now).index(self.now)

    @property
    def suggested_minor(self) -> int:
        return self.late_minor or self.next_minor


def what_now(found: Standing) -> WhatNow:
    """No queries."""
    position = found.position
    is_gone = found.loan.state == Loan.State.WRITTEN_OFF
    # Of a loan that was written off all is due, from that very day on.
    late = [row for row in found.unpaid_rows if is_gone or row.due_on < found.on]
    paused_on = running_pause(found)
    return WhatNow(
        now=_now(found, is_late=bool(late), is_paused=bool(paused_on)),
        on=found.on,
        late_minor=found.penalty.owed_minor
        + sum(row.due_minor - total(found.paid.get(row.number, NOTHING)) for row in late),
        penalty_minor=found.penalty.owed_minor,
        late_count=len(late),
        late_since_on=late[0].due_on if late else None,
        days_late=position.days_past_due,
        grace_until_on=position.in_grace_until,
        next_number=None if is_gone else position.next_number,
        next_on=None if is_gone else position.next_due_on,
        next_minor=0 if is_gone else position.next_due_minor,
        paused_on=paused_on,
    )


def running_pause(found: Standing) -> tuple[date, ...]:
    """The due dates on which nothing is due, until the first instalment after them is due; then none."""
    if not found.paused_on or found.loan.state != Loan.State.ACTIVE:
        return ()
    first_on, last_on = found.paused_on[0], found.paused_on[-1]
    resumes = next((row for row in found.rows if row.due_on > last_on), None)
    is_before_it = any(row.due_on < first_on for row in found.unpaid_rows)
    if resumes is None or found.on >= resumes.due_on or is_before_it:
        return ()
    return found.paused_on


def _now(found: Standing, *, is_late: bool, is_paused: bool) -> Now:
    if found.loan.state == Loan.State.PENDING:
        return Now.PENDING
    if found.loan.state == Loan.State.SETTLED:
        return Now.SETTLED
    if found.loan.state == Loan.State.CANCELLED:
        return Now.CANCELLED
    if found.loan.state == Loan.State.WRITTEN_OFF:
        return Now.WRITTEN_OFF
    if is_late:
        return Now.GRACE if found.position.in_grace_until else Now.OVERDUE
    if found.position.next_due_on == found.on:
        return Now.DUE_TODAY
    return Now.RELIEF if is_paused else Now.COMING
