"""How late somebody is, from the instalments and a date alone; nothing is counted up daily.

    days past due = date - due date of the oldest unpaid instalment   (0 on the due date)

Grace: an instalment paid in full by the end of due date + grace days was never
overdue. Once grace has run out, days count from the day after the due date: grace
gives time, not free days; held days do not use it up. By default only a borrower whose
instalment before was clean has grace; clean means paid without having been overdue, and
the first instalment has nothing before it and counts as clean.

    bucket   M0   M1     M2      M3      M4       M5        M6        M7
    days     0    1-30   31-60   61-90   91-120   121-150   151-180   > 180
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Stretches of days on which things stand still: (first day, last day), both included.
Held = Sequence[tuple[date, date]]


@dataclass(frozen=True, slots=True)
class InstalmentState:
    """One instalment and what has come in on it; `paid_off_on` is the day it became whole.

    Asked about an earlier day, what was paid off later counts as unpaid then; the
    amounts stay those of `paid_minor`, so give the payments up to that day.
    """

    number: int
    due_on: date
    due_minor: int
    paid_minor: int
    paid_off_on: date | None

    def is_unpaid(self, on: date) -> bool:
        """Say whether something was still to pay at the end of a day."""
        if self.paid_off_on is not None:
            return self.paid_off_on > on
        return self.paid_minor < self.due_minor

    @property
    def left_minor(self) -> int:
        """What is still to pay."""
        return self.due_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class Position:
    """Where a loan stands at the end of a day.

    In grace nothing is overdue: `days_overdue` is 0, the bucket is M0 and
    `in_grace_until` is the last day of grace. `overdue_minor` and `overdue_count`
    hold only instalments whose own grace is over. `next_*` is the first unpaid
    instalment due on this day or later.
    """

    oldest_unpaid_due_on: date | None
    days_past_due: int
    days_overdue: int
    bucket: str
    in_grace_until: date | None
    overdue_minor: int
    overdue_count: int
    next_due_on: date | None
    next_due_minor: int
    next_number: int | None


def bucket(days: int) -> str:
    """Return the delinquency bucket of a number of days past due.

    >>> [bucket(days) for days in (0, 1, 30, 31, 180, 181)]
    ['M0', 'M1', 'M1', 'M2', 'M6', 'M7']
    """
    return f"M{min(7, (max(days, 0) + 29) // 30)}"


def days_past_due(states: Iterable[InstalmentState], on: date) -> int:
    """Return the days since the due date of the oldest unpaid instalment, grace or not.

    >>> days_past_due([InstalmentState(1, date(2026, 6, 10), 100, 0, None)], date(2026, 6, 30))
    20
    """
    oldest = _oldest_unpaid(states, on)
    return max((on - oldest.due_on).days, 0) if oldest else 0


def overdue_days(
    states: Sequence[InstalmentState],
    on: date,
    grace_days: int,
    grace_needs_clean_previous: bool = True,
    held: Held = (),
) -> int:
    """Return days past due, or 0 as long as grace covers the oldest unpaid instalment.

    Due 10 June with three days of grace: nothing on the 13th, four days on the 14th.

    >>> june = [InstalmentState(1, date(2026, 6, 10), 100, 0, None)]
    >>> [overdue_days(june, date(2026, 6, day), 3) for day in (13, 14)]
    [0, 4]
    """
    oldest = _oldest_unpaid(states, on)
    if oldest is None or on <= grace_ends(states, grace_days, grace_needs_clean_previous, held)[oldest.number]:
        return 0
    return (on - oldest.due_on).days


def position(
    states: Sequence[InstalmentState],
    on: date,
    grace_days: int,
    grace_needs_clean_previous: bool = True,
    held: Held = (),
) -> Position:
    """Return where a loan stands at the end of a day; see `Position`."""
    last_days = grace_ends(states, grace_days, grace_needs_clean_previous, held)
    unpaid = [state for state in _in_due_order(states) if state.is_unpaid(on)]
    overdue = [state for state in unpaid if on > last_days[state.number]]
    following = next((state for state in unpaid if state.due_on >= on), None)
    oldest = unpaid[0] if unpaid else None
    days_overdue = overdue_days(states, on, grace_days, grace_needs_clean_previous, held)
    is_in_grace = oldest is not None and oldest.due_on < on <= last_days[oldest.number]
    return Position(
        oldest_unpaid_due_on=oldest.due_on if oldest else None,
        days_past_due=days_past_due(states, on),
        days_overdue=days_overdue,
        bucket=bucket(days_overdue),
        in_grace_until=last_days[oldest.number] if oldest and is_in_grace else None,
        overdue_minor=sum(state.left_minor for state in overdue),
        overdue_count=len(overdue),
        next_due_on=following.due_on if following else None,
        next_due_minor=following.left_minor if following else 0,
        next_number=following.number if following else None,
    )


def grace_ends(
    states: Iterable[InstalmentState], grace_days: int, needs_clean_previous: bool = True, held: Held = ()
) -> dict[int, date]:
    """Return, by number, the last day on which an instalment can be paid without being overdue.

    Three days after the 10th, and two of them held on the 11th and 12th:

    >>> june = [InstalmentState(1, date(2026, 6, 10), 100, 0, None)]
    >>> held = [(date(2026, 6, 11), date(2026, 6, 12))]
    >>> [grace_ends(june, 3, held=stretches)[1].day for stretches in ((), held)]
    [13, 15]
    """
    last_days, is_clean = {}, True
    for state in _in_due_order(states):
        last_days[state.number] = _grace_end(
            state.due_on, grace_days if is_clean or not needs_clean_previous else 0, held
        )
        is_clean = state.paid_off_on is not None and state.paid_off_on <= last_days[state.number]
    return last_days


def _in_due_order(states: Iterable[InstalmentState]) -> list[InstalmentState]:
    return sorted(states, key=lambda state: (state.due_on, state.number))


def _oldest_unpaid(states: Iterable[InstalmentState], on: date) -> InstalmentState | None:
    return next((state for state in _in_due_order(states) if state.is_unpaid(on)), None)


def _grace_end(due_on: date, grace_days: int, held: Held) -> date:
    """Return the day on which so many days that are not held have passed."""
    if not held:
        return due_on + timedelta(days=grace_days)
    last, left = due_on, grace_days
    while left:
        last += timedelta(days=1)
        held_until = max((end for first, end in held if first <= last <= end), default=None)
        if held_until == date.max:
            return date.max
        left -= held_until is None
        last = held_until or last
    return last
