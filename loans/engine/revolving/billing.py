"""How a bill is made on its day, and what it calls of older ones."""

from datetime import date, timedelta
from heapq import heappush

from loans.engine.revolving.bill import Bill, Minimum
from loans.engine.revolving.books import Books, Unbilled, mark_whole, use_credit
from loans.engine.revolving.charging import interest_minor, penalty_minor
from loans.engine.revolving.cycle import next_day
from loans.engine.revolving.debt import Debt
from loans.engine.revolving.plan import Settlement

_ONE_DAY = timedelta(days=1)


def make_bill(books: Books, bill_on: date) -> None:
    """Make the bill of a day from what waited for it, and call what is overdue."""
    books.number += 1
    terms, waiting, number = books.terms, books.unbilled, books.number
    due_on = next_day(bill_on, books.due_day)
    instalments = [*waiting.ended, *_instalments(books, next_day(bill_on, terms.bill_day))]
    carried_minor, overdue_minor = _older(books, bill_on, number, due_on)
    stretches = books.stretches()
    parts = {
        "purchases_minor": waiting.purchases_minor,
        "refunds_minor": waiting.refunds_minor,
        "instalments_principal_minor": sum(one.principal_minor for one in instalments),
        "instalments_interest_minor": sum(one.interest_minor for one in instalments),
        "instalments_fee_minor": sum(one.fee_minor for one in instalments),
        "fees_minor": waiting.fees_minor,
        "interest_minor": interest_minor(books.interest, terms),
        "penalty_minor": penalty_minor(stretches, terms) + waiting.penalty_minor,
    }
    opens_on, interest = waiting.opens_on, tuple(books.interest)
    books.unbilled, books.interest, books.penalty = Unbilled(bill_on), [], {}
    if not carried_minor + overdue_minor and not any(parts.values()):
        return
    debt = Debt(
        number,
        due_on,
        fee_minor=parts["fees_minor"] + parts["instalments_fee_minor"],
        penalty_minor=parts["penalty_minor"],
        interest_minor=parts["interest_minor"] + parts["instalments_interest_minor"],
        instalments_minor=parts["instalments_principal_minor"],
        purchases_minor=parts["purchases_minor"] - parts["refunds_minor"],
    )
    books.debts.append(debt)
    books.open.append(debt)
    for bought in waiting.bought:
        bought.debt = debt
    minimum = Minimum(
        purchases_minor=debt.share_left(terms),
        instalments_minor=sum(one.total_minor for one in instalments),
        fees_minor=parts["fees_minor"],
        overdue_minor=overdue_minor,
        interest_minor=parts["interest_minor"] + parts["penalty_minor"],
    )
    books.bills.append(
        Bill(
            number,
            opens_on,
            bill_on,
            due_on,
            carried_minor,
            overdue_minor,
            **parts,
            advance_minor=use_credit(books, bill_on),
            minimum=minimum,
            interest=interest,
            penalty=stretches,
            penalty_earlier_minor=waiting.penalty_minor,
        )
    )
    heappush(books.days, due_on + _ONE_DAY)
    mark_whole(books, bill_on)


def pass_over(books: Books, bill_on: date) -> None:
    """Leave out the bill of a day, but for its number: what waits, waits for the next."""
    books.number += 1


def _instalments(books: Books, next_bill_on: date) -> list[Settlement]:
    """Take from the plans what is due before the next bill."""
    due: list[Settlement] = []
    for sequence, rows in books.plans.items():
        due += [
            Settlement(row.principal_minor, row.interest_minor + row.relief_interest_minor, row.fee_minor)
            for row in rows
            if row.due_on < next_bill_on
        ]
        books.plans[sequence] = tuple(row for row in rows if row.due_on >= next_bill_on)
    return due


def _older(books: Books, bill_on: date, number: int, due_on: date) -> tuple[int, int]:
    """Return what older bills left, carried over and overdue.

    A bill whose minimum was not paid is overdue as a whole, with what it had carried over:
    the rest of all bills up to it is called. What is overdue stands in the minimum of every
    bill made since, so those are overdue too, though their own part of it may be nothing.
    """
    is_late = any(books.is_overdue(one, bill_on) for one in books.open)
    past = [one.number for one in books.open if one.due_on < bill_on and not books.in_grace(one, bill_on)]
    last_overdue = max(past) if is_late else 0
    carried_minor = overdue_minor = 0
    for one in books.open:
        if one.number <= last_overdue and one.called_due_on is None and one.left_minor:
            one.called_due_on = due_on
            books.called.setdefault(number, []).append(one)
        asked_minor = one.left_minor if one.called_due_on is not None else one.asked(books.terms)
        overdue_minor += asked_minor
        carried_minor += one.left_minor - asked_minor
    return carried_minor, overdue_minor
