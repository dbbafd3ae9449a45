"""What each kind of fact does to the books: `FOLLOWED[type(entry)](books, entry)`.

Each raises BillError where the books have no place for the fact.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from heapq import heappush
from types import MappingProxyType
from typing import Any

from loans.engine.revolving.books import Books, Bought, receive
from loans.engine.revolving.cycle import next_day
from loans.engine.revolving.debt import Debt
from loans.engine.revolving.entries import (
    CreditReturned,
    DueDayMoved,
    Entry,
    Fee,
    Instalments,
    Payment,
    PlanEnded,
    Purchase,
    Refund,
    Relieved,
)
from loans.engine.revolving.plan import bill_plan, settlement
from loans.engine.revolving.terms import BillError
from loans.engine.schedule import Row


def _purchase(books: Books, entry: Purchase) -> None:
    bought = Bought(entry.amount_minor)
    books.bought[entry.sequence] = bought
    books.unbilled.bought.append(bought)
    books.unbilled.purchases_minor += entry.amount_minor


def _refund(books: Books, entry: Refund) -> None:
    bought = books.bought.get(entry.purchase)
    if bought is None:
        raise BillError("purchase", "not_a_purchase")
    if entry.amount_minor > bought.left_minor:
        raise BillError("amount_minor", "more_than_bought")
    bought.left_minor -= entry.amount_minor
    if bought.debt is None:
        books.unbilled.refunds_minor += entry.amount_minor
        return
    unpaid_minor = min(entry.amount_minor, bought.debt.purchases_left_minor)
    bought.debt.purchases_minor -= unpaid_minor
    if entry.amount_minor > unpaid_minor:  # already paid for: it is the borrower's money
        receive(books, entry.on, entry.sequence, entry.amount_minor - unpaid_minor)


def _payment(books: Books, entry: Payment) -> None:
    receive(books, entry.on, entry.sequence, entry.amount_minor)


def _fee(books: Books, entry: Fee) -> None:
    books.unbilled.fees_minor += entry.amount_minor


def _credit_returned(books: Books, entry: CreditReturned) -> None:
    if entry.amount_minor > sum(one.unapplied_minor for one in books.allocations.values()):
        raise BillError("amount_minor", "more_than_credit")
    left_minor = entry.amount_minor
    for sequence, allocation in books.allocations.items():
        part_minor = min(left_minor, allocation.unapplied_minor)
        if part_minor:
            left_minor -= part_minor
            books.returned[sequence] = books.returned.get(sequence, 0) + part_minor
            books.allocations[sequence] = replace(allocation, unapplied_minor=allocation.unapplied_minor - part_minor)


def _instalments(books: Books, entry: Instalments) -> None:
    if not books.debts:
        raise BillError("on", "nothing_billed")
    if any(books.is_overdue(one, entry.on) for one in books.open):
        raise BillError("on", "overdue")
    debt = books.debts[-1]
    if debt.due_on < entry.on:
        raise BillError("on", "after_due_date")
    if entry.amount_minor > debt.purchases_left_minor:
        raise BillError("amount_minor", "more_than_billed")
    debt.purchases_minor -= entry.amount_minor
    books.plans[entry.sequence] = bill_plan(
        entry.amount_minor, entry.parts, entry.fee_rate, debt.due_on, books.terms.profile
    )


def _relieved(books: Books, entry: Relieved) -> None:
    if not books.debts:
        raise BillError("on", "nothing_billed")
    taken_minor = sum(one.clear() for one in books.open)
    if sum(row.principal_minor for row in entry.rows) != taken_minor + entry.capitalised_minor:
        raise BillError("rows", "principal_differs")
    if entry.rows[0].due_on < entry.on:
        raise BillError("rows", "before_relief")
    books.interest, books.penalty = [], {}
    books.unbilled.penalty_minor += entry.penalty_minor
    next_bill_on = next_day(entry.on, books.terms.bill_day)
    _ask_now(books, books.debts[-1], [row for row in entry.rows if row.due_on < next_bill_on])
    books.plans[entry.sequence] = tuple(row for row in entry.rows if row.due_on >= next_bill_on)


def _ask_now(books: Books, debt: Debt, rows: list[Row]) -> None:
    """Put rows that are due before the next bill on the one that is already made."""
    if not rows:
        return
    debt.due_on, debt.whole_on = rows[-1].due_on, None
    if debt not in books.open:
        books.open.append(debt)
    debt.instalments_minor = sum(row.principal_minor for row in rows)
    debt.interest_minor = sum(row.interest_minor + row.relief_interest_minor for row in rows)
    debt.fee_minor = sum(row.fee_minor for row in rows)
    heappush(books.days, debt.due_on + timedelta(days=1))


def _plan_ended(books: Books, entry: PlanEnded) -> None:
    rows = books.plans.pop(entry.plan, ())
    if not rows:
        raise BillError("plan", "not_a_plan")
    books.unbilled.ended.append(settlement(rows, entry.on))


def _due_day_moved(books: Books, entry: DueDayMoved) -> None:
    if entry.due_day == books.terms.bill_day:
        raise BillError("due_day", "same_as_bill_day")
    books.due_day = entry.due_day


FOLLOWED: Mapping[type[Entry], Callable[[Books, Any], None]] = MappingProxyType(
    {
        Purchase: _purchase,
        Refund: _refund,
        Payment: _payment,
        CreditReturned: _credit_returned,
        Fee: _fee,
        Instalments: _instalments,
        Relieved: _relieved,
        PlanEnded: _plan_ended,
        DueDayMoved: _due_day_moved,
    }
)
