"""The books of an account while it is followed, and how money is shared out in them.

What is asked for comes first: minimum payments past due, oldest first, then that of the
running bill, each in the order of the product (`waterfall`). What is left repays what
could have been carried over, oldest first. What no bill asks for is a credit; it is used
for the next bill on the day that bill is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from loans.engine.arrears import Held, InstalmentState, days_past_due
from loans.engine.revolving.bill import Bill
from loans.engine.revolving.charging import Stretch
from loans.engine.revolving.debt import Debt
from loans.engine.revolving.plan import Settlement
from loans.engine.revolving.terms import BillTerms
from loans.engine.schedule import Row
from loans.engine.waterfall import Allocation, Due, Line, allocate


@dataclass(slots=True)
class Bought:
    """A purchase: what of it was not given back, and the bill it is on."""

    left_minor: int
    debt: Debt | None = None


@dataclass(slots=True)
class Unbilled:
    """What waits for the next bill."""

    opens_on: date
    purchases_minor: int = 0
    refunds_minor: int = 0
    fees_minor: int = 0
    penalty_minor: int = 0
    bought: list[Bought] = field(default_factory=list)
    ended: list[Settlement] = field(default_factory=list)


@dataclass(slots=True)
class Books:
    """The account as it stands at the end of the days gone through so far.

    `open` are the debts on which something is still to pay; the others never change again.
    `returned` is what of a payment was given back, by its sequence.
    """

    terms: BillTerms
    held: Held
    due_day: int
    unbilled: Unbilled
    charged_to: date
    number: int = 0
    bills: list[Bill] = field(default_factory=list)
    debts: list[Debt] = field(default_factory=list)
    open: list[Debt] = field(default_factory=list)
    bought: dict[int, Bought] = field(default_factory=dict)
    plans: dict[int, tuple[Row, ...]] = field(default_factory=dict)
    allocations: dict[int, Allocation] = field(default_factory=dict)
    returned: dict[int, int] = field(default_factory=dict)
    interest: list[Stretch] = field(default_factory=list)
    penalty: dict[int, list[Stretch]] = field(default_factory=dict)
    called: dict[int, list[Debt]] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)

    def states(self, debts: Sequence[Debt]) -> list[InstalmentState]:
        """Return the minimum of each bill as an instalment."""
        return [InstalmentState(one.number, one.due_on, self.asked(one), 0, one.whole_on) for one in debts]

    def asked(self, debt: Debt) -> int:
        """Return what the minimum of a bill still asks for, with what it called of older bills."""
        called = (one.rest(self.terms) for one in self.called.get(debt.number, ()) if one.called_due_on is not None)
        return debt.asked(self.terms) + sum(called)

    def in_grace(self, debt: Debt, on: date) -> bool:
        """Say whether a bill is past its due date and its grace still runs."""
        return debt.grace_until is not None and debt.due_on < on <= debt.grace_until

    def is_overdue(self, debt: Debt, on: date) -> bool:
        """Say whether a bill's minimum is unpaid after its due date and its grace."""
        return debt.due_on < on and self.asked(debt) > 0 and not self.in_grace(debt, on)

    def stretches(self) -> tuple[Stretch, ...]:
        """Return what bore penalty interest since the last bill, by bill."""
        return tuple(one for number in sorted(self.penalty) for one in self.penalty[number])


def receive(books: Books, on: date, sequence: int, amount_minor: int) -> int:
    """Share out money: what is asked for first, then what may be carried over; return what is left of it."""
    terms, by_number = books.terms, {one.number: one for one in books.open}
    asked = allocate(
        amount_minor,
        [due for one in books.open for due in one.dues(terms)],
        terms.order,
        on=on,
        days_past_due=days_past_due(books.states(books.open), on),
        principal_first_after=terms.principal_first_after,
    )
    for line in asked.lines:
        by_number[line.number].pay(line.component, line.amount_minor)
    rests = [Due(one.number, one.due_on, 0, 0, 0, one.rest(terms)) for one in books.open if one.called_due_on is None]
    further = allocate(asked.unapplied_minor, rests, on=on)
    for line in further.lines:
        by_number[line.number].pay(line.component, line.amount_minor)
    before = books.allocations.get(sequence)
    lines: tuple[Line, ...] = (*(before.lines if before else ()), *asked.lines, *further.lines)
    books.allocations[sequence] = Allocation(lines, further.unapplied_minor)
    return further.unapplied_minor


def use_credit(books: Books, bill_on: date) -> int:
    """Use for a new bill what had been paid ahead, the oldest first; return how much."""
    used_minor = 0
    for sequence, allocation in list(books.allocations.items()):
        if allocation.unapplied_minor:
            left_minor = receive(books, bill_on, sequence, allocation.unapplied_minor)
            used_minor += allocation.unapplied_minor - left_minor
    return used_minor


def mark_whole(books: Books, day: date) -> None:
    """Note which minimum payments became whole on a day, and close what is paid."""
    for one in books.open:
        if one.whole_on is None and not books.asked(one):
            one.whole_on = day
    books.open = [one for one in books.open if one.left_minor or one.whole_on is None]
