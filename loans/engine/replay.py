"""Payments shared out in the order of their days, whenever they became known.

A payment that is entered late, or turns out to have bounced, changes what later ones
were for. So nothing is patched: all payments that still stand are shared out again from
the first, by day and, on one day, by the order in which they came. The books are then
those that would have been if everything had been known in time.

Penalty interest of each day is counted with what had been paid by then; what of it was
paid is not asked for again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loans.engine.arrears import Held, InstalmentState, days_past_due
from loans.engine.penalty import PenaltyRules, RowPayment, penalties
from loans.engine.profile import Profile
from loans.engine.schedule import PaidRow, Row
from loans.engine.waterfall import DEFAULT_ORDER, Allocation, Component, Due, allocate


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in on a day; `sequence` tells apart payments of one day and is never repeated."""

    on: date
    sequence: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a loan's payments are shared out; without `penalty` no penalty interest is charged.

    What earlier schedules charged stands in `charged_before`, by row; then these rows are
    charged from `charged_since` on.
    """

    rate_annual: Decimal
    profile: Profile
    penalty: PenaltyRules | None = None
    order: Sequence[Component] = DEFAULT_ORDER
    principal_first_after: int | None = 90
    charged_before: Mapping[int, int] = field(default_factory=dict)
    charged_since: date | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """What every payment was for, by its sequence, and what was paid on each row, by number."""

    allocations: dict[int, Allocation]
    paid: dict[int, PaidRow]
    penalty_paid_minor: dict[int, int]

    @property
    def unapplied_minor(self) -> int:
        """What no instalment asked for."""
        return sum(allocation.unapplied_minor for allocation in self.allocations.values())


def replay(
    rows: Sequence[Row],
    received: Iterable[Received],
    conventions: Conventions,
    held: Held = (),
    before: Iterable[tuple[Received, Allocation]] = (),
) -> Books:
    """Return the books after all payments, in the order of their days.

    Payments of `before` keep the shares they have, and come first. Leave out what was
    reversed. Raises ValueError for a repeated sequence or a negative amount.

    >>> from loans.engine.profile import PROFILES
    >>> row = Row(1, date(2026, 5, 15), date(2026, 6, 15), 10000, 120, 0)
    >>> late, early = Received(date(2026, 6, 2), 7, 120), Received(date(2026, 6, 1), 9, 5000)
    >>> books = replay([row], [late, early], Conventions(Decimal("0.144"), PROFILES["30-360"]))
    >>> [line.component.value for line in books.allocations[9].lines], books.paid[1]
    (['interest', 'principal'], PaidRow(principal_minor=5000, interest_minor=120, fee_minor=0))
    """
    ordered = sorted(received, key=lambda one: (one.on, one.sequence))
    standing = list(before)
    if len({one.sequence for one in (*ordered, *(one for one, _ in standing))}) < len(ordered) + len(standing):
        raise ValueError("a sequence names one payment")
    shared: list[RowPayment] = []
    books = Books({}, {row.number: PaidRow(0, 0) for row in rows}, {row.number: 0 for row in rows})
    for one, allocation in standing:
        books.allocations[one.sequence] = allocation
        _post(allocation, one.on, books, shared)
    for one in ordered:
        dues = _dues(rows, books, shared, one.on, conventions, held)
        allocation = allocate(
            one.amount_minor,
            dues,
            conventions.order,
            on=one.on,
            days_past_due=days_past_due(_states(rows, books), one.on),
            principal_first_after=conventions.principal_first_after,
        )
        books.allocations[one.sequence] = allocation
        _post(allocation, one.on, books, shared)
    return books


def _states(rows: Sequence[Row], books: Books) -> list[InstalmentState]:
    def paid_minor(row: Row) -> int:
        paid = books.paid[row.number]
        return paid.principal_minor + paid.interest_minor + paid.fee_minor

    return [InstalmentState(row.number, row.due_on, row.due_minor, paid_minor(row), None) for row in rows]


def charges(
    rows: Sequence[Row], shared: Iterable[RowPayment], on: date, conventions: Conventions, held: Held = ()
) -> dict[int, int]:
    """Return the penalty interest charged on each row to the end of a day, paid or not, by number."""
    charged = dict(conventions.charged_before)
    if conventions.penalty is not None:
        rate_annual, since = conventions.rate_annual, conventions.charged_since
        late = penalties(rows, shared, on, rate_annual, conventions.profile, conventions.penalty, held, since=since)
        for one in late:
            charged[one.number] = charged.get(one.number, 0) + one.amount_minor
    return charged


def _dues(
    rows: Sequence[Row],
    books: Books,
    shared: Sequence[RowPayment],
    on: date,
    conventions: Conventions,
    held: Held,
) -> list[Due]:
    """Return what every row asks for on a day, penalty interest included."""
    charged = charges(rows, shared, on, conventions, held)
    dues = []
    for row in rows:
        paid = books.paid[row.number]
        penalty_minor = max(charged.get(row.number, 0) - books.penalty_paid_minor[row.number], 0)
        interest_minor = row.interest_minor + row.relief_interest_minor - paid.interest_minor
        principal_minor = row.principal_minor - paid.principal_minor
        fee_minor = row.fee_minor - paid.fee_minor
        dues.append(Due(row.number, row.due_on, penalty_minor, fee_minor, interest_minor, principal_minor))
    return dues


def _post(allocation: Allocation, on: date, books: Books, shared: list[RowPayment]) -> None:
    for line in allocation.lines:
        paid = books.paid[line.number]
        principal_minor, interest_minor, fee_minor = paid.principal_minor, paid.interest_minor, paid.fee_minor
        if line.component is Component.PENALTY:
            books.penalty_paid_minor[line.number] += line.amount_minor
        elif line.component is Component.PRINCIPAL:
            principal_minor += line.amount_minor
            shared.append(RowPayment(on, line.number, line.amount_minor, 0))
        elif line.component is Component.INTEREST:
            interest_minor += line.amount_minor
            shared.append(RowPayment(on, line.number, 0, line.amount_minor))
        else:
            fee_minor += line.amount_minor
        books.paid[line.number] = PaidRow(principal_minor, interest_minor, fee_minor)
