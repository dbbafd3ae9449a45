"""Where an account that is billed once a month stands at the end of a day.

`account` is the whole calculation: terms and facts in, every bill, what is left of it,
what each payment was for, and what is owed out. The order in which facts are handed over
does not matter, their days and sequences do. A payment entered late, or left out because
it bounced, gives the books that would have been if all had been known in time.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from loans.engine.arrears import Held, Position, position
from loans.engine.revolving.bill import Bill
from loans.engine.revolving.books import Books
from loans.engine.revolving.charging import interest_minor, penalty_minor
from loans.engine.revolving.entries import Entry
from loans.engine.revolving.plan import settlement
from loans.engine.revolving.replay import replayed
from loans.engine.revolving.terms import BillTerms
from loans.engine.schedule import Row
from loans.engine.waterfall import Allocation


@dataclass(frozen=True, slots=True)
class Left:
    """What one bill still asks for, in minor units.

    `asked_minor` is of its minimum, with what it called of older bills. `whole_on` is the
    day on which its minimum became whole, `grace_until` the last day of a grace.
    """

    number: int
    due_on: date
    asked_minor: int
    fee_minor: int
    penalty_minor: int
    interest_minor: int
    principal_minor: int
    whole_on: date | None
    grace_until: date | None

    @property
    def total_minor(self) -> int:
        """All of it, whether it may be carried over or not."""
        return self.fee_minor + self.penalty_minor + self.interest_minor + self.principal_minor


@dataclass(frozen=True, slots=True)
class Account:
    """An account at the end of a day, money in minor units.

    `bills` are as they were made, `left` what is left of each, both oldest first; a month
    in which nothing was bought and nothing owed has none. `allocations` say what each
    payment (and each refund of what was already paid) was for, by its sequence, and
    `returned` what of it went back; lines, returned and unapplied add up to it.
    `unbilled_minor` waits for the next bill, `accrued_*` has been charged since the last
    one, the days of a grace that still runs left out. `plans` are the instalments not yet
    billed, by the sequence of what made them. `position` counts days past due on minimum
    payments.
    """

    on: date
    bills: tuple[Bill, ...]
    left: tuple[Left, ...]
    allocations: Mapping[int, Allocation]
    returned: Mapping[int, int]
    plans: Mapping[int, tuple[Row, ...]]
    unbilled_minor: int
    accrued_interest_minor: int
    accrued_penalty_minor: int
    position: Position

    @property
    def credit_minor(self) -> int:
        """What was paid and is not yet used."""
        return sum(allocation.unapplied_minor for allocation in self.allocations.values())

    @property
    def billed_minor(self) -> int:
        """What is left of all bills."""
        return sum(one.total_minor for one in self.left)

    @property
    def minimum_left_minor(self) -> int:
        """What is still to be paid at least: of the running bill and of older ones that are overdue."""
        return sum(one.asked_minor for one in self.left)

    @property
    def payoff_minor(self) -> int:
        """The one sum that pays for everything, good to the end of the day: never for days to come."""
        plans_minor = sum(settlement(rows, self.on).total_minor for rows in self.plans.values() if rows)
        accrued_minor = self.accrued_interest_minor + self.accrued_penalty_minor
        owed_minor = self.billed_minor + self.unbilled_minor + accrued_minor + plans_minor
        return max(owed_minor - self.credit_minor, 0)


def account(
    terms: BillTerms, entries: Iterable[Entry], on: date, held: Held = (), unmade_on: Collection[date] = ()
) -> Account:
    """Return the account at the end of a day; what happens later is not looked at.

    `held` are stretches of days on which no penalty interest is charged and grace is not
    used up, first and last day included. `unmade_on` are bill days on which no bill was made,
    though by what is known now there was something to bill: a payment that left nothing to bill
    was taken back later. Nothing is asked for that no bill said; the next bill has it all.

    1,000.00 bought in May, the minimum of 100.00
    paid in time, and the rest bears 0.05 % a day from 11 June on:

    >>> from decimal import Decimal
    >>> from loans.engine.revolving.entries import Payment, Purchase
    >>> terms = BillTerms(date(2026, 5, 1), Decimal("0.1825"))
    >>> facts = [Purchase(date(2026, 5, 20), 1, 100000), Payment(date(2026, 6, 10), 2, 10000)]
    >>> june, july = account(terms, facts, date(2026, 7, 1)).bills
    >>> june.balance_minor, june.minimum.total_minor, july.carried_minor, july.interest_minor
    (100000, 10000, 90000, 900)

    Raises BillError.
    """
    books = replayed(terms, entries, on, held, unmade_on)
    waiting, rules = books.unbilled, terms.penalty
    ended_minor = sum(one.total_minor for one in waiting.ended) + waiting.penalty_minor
    return Account(
        on=on,
        bills=tuple(books.bills),
        left=_left(books),
        allocations=MappingProxyType(dict(books.allocations)),
        returned=MappingProxyType(dict(books.returned)),
        plans=MappingProxyType({sequence: rows for sequence, rows in books.plans.items() if rows}),
        unbilled_minor=waiting.purchases_minor - waiting.refunds_minor + waiting.fees_minor + ended_minor,
        accrued_interest_minor=interest_minor(books.interest, terms),
        accrued_penalty_minor=penalty_minor(books.stretches(), terms),
        position=position(books.states(books.debts), on, rules.grace_days, rules.grace_needs_clean_previous, held),
    )


def _left(books: Books) -> tuple[Left, ...]:
    return tuple(
        Left(
            one.number,
            one.due_on,
            books.asked(one),
            one.fee_minor,
            one.penalty_minor,
            one.interest_minor,
            one.principal_minor,
            one.whole_on,
            one.grace_until,
        )
        for one in books.debts
    )
