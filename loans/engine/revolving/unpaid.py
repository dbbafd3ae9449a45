"""What relief finds on a day: what is overdue, and the bill that is to be paid.

Relief attaches to what has been billed. What was bought since the last bill, and what is
bought while relief runs, is left out: it comes with its own bill, due on its own day.

    rows       what is asked for: one row for each bill that is overdue, oldest first,
               then the bill with all that may be carried over
    starts_on  the day from which relief lets the principal bear interest: the due date
               of a bill that is not yet due, the day of the request where it has passed

Interest of a bill until `starts_on` is in its row. Penalty interest stands beside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loans.engine.arrears import Held
from loans.engine.profile import DEFAULT_PROFILE, Profile
from loans.engine.revolving.books import Books
from loans.engine.revolving.charging import interest_minor
from loans.engine.revolving.course import account
from loans.engine.revolving.cycle import next_day
from loans.engine.revolving.entries import Entry
from loans.engine.revolving.passing import ONE_DAY
from loans.engine.revolving.replay import replayed
from loans.engine.revolving.terms import BillError, BillTerms
from loans.engine.schedule import Row


@dataclass(frozen=True, slots=True)
class Standing:
    """A bill's debt on the day relief is asked for.

    `due_on` is the next due date, on or after `as_of`. Rows due before `as_of` are
    overdue; what is not is in the last row, which is due on `starts_on` and falls due on
    `due_on`. Interest in rows is what is owed by `starts_on`, and no more. Where
    `bill_day` is known, nothing can be due on it.
    """

    as_of: date
    rows: tuple[Row, ...]
    starts_on: date
    due_on: date
    penalty_minor: int
    rate_annual: Decimal
    profile: Profile = DEFAULT_PROFILE
    bill_day: int | None = None

    @property
    def overdue(self) -> tuple[Row, ...]:
        """The rows whose day has passed."""
        return tuple(row for row in self.rows if row.due_on < self.as_of)

    @property
    def principal_minor(self) -> int:
        """All principal that was billed and is unpaid."""
        return sum(row.principal_minor for row in self.rows)


def standing(terms: BillTerms, entries: Iterable[Entry], as_of: date, held: Held = ()) -> Standing:
    """Return what relief asked for on a day would find. Raises BillError(`nothing_billed`).

    1,000.00 of the bill of 1 June, asked about before its due date:

    >>> from loans.engine.revolving.entries import Purchase
    >>> terms = BillTerms(date(2026, 5, 1), Decimal("0.1825"))
    >>> found = standing(terms, [Purchase(date(2026, 5, 20), 1, 100000)], date(2026, 6, 5))
    >>> found.starts_on, [row.principal_minor for row in found.rows]
    (datetime.date(2026, 6, 10), [100000])
    """
    facts = [entry for entry in entries if entry.on <= as_of]
    now = account(terms, facts, as_of, held)
    unpaid = [one for one in now.left if one.total_minor]
    if not unpaid:
        raise BillError("as_of", "nothing_billed")
    last_due_on = unpaid[-1].due_on
    starts_on = max(last_due_on, as_of)
    # Until relief starts, an overdue minimum bears interest and no penalty.
    books = replayed(terms, facts, starts_on, (*held, (as_of + ONE_DAY, starts_on)))
    return Standing(
        as_of=as_of,
        rows=_rows(books, as_of, starts_on),
        starts_on=starts_on,
        due_on=last_due_on if last_due_on >= as_of else next_day(as_of, books.due_day),
        penalty_minor=sum(one.penalty_minor for one in now.left) + now.accrued_penalty_minor,
        rate_annual=terms.rate_annual,
        profile=terms.profile,
        bill_day=terms.bill_day,
    )


def _rows(books: Books, as_of: date, starts_on: date) -> tuple[Row, ...]:
    """Return the overdue bills and the rest, which has the interest not yet billed."""
    terms, rows = books.terms, []
    principal_minor = sum(one.principal_minor for one in books.debts)
    interest = sum(one.interest_minor for one in books.debts)
    fee_minor = sum(one.fee_minor for one in books.debts)
    for one in books.debts:
        if books.is_overdue(one, as_of):
            late_minor = one.penal_principal(terms, as_of)
            principal_minor -= late_minor
            interest, fee_minor = interest - one.interest_minor, fee_minor - one.fee_minor
            rows.append(_row(one.due_on, late_minor, one.interest_minor, one.fee_minor))
    interest += interest_minor(books.interest, terms)
    rows.append(_row(starts_on, principal_minor, interest, fee_minor))
    return numbered([row for row in rows if row.due_minor])


def numbered(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows with their numbers from 1 and the principal that each leaves."""
    left_minor, made = sum(row.principal_minor for row in rows), []
    for number, row in enumerate(rows, start=1):
        left_minor -= row.principal_minor
        made.append(row._replace(number=number, balance_minor=left_minor))
    return tuple(made)


def _row(due_on: date, principal_minor: int, interest_due_minor: int, fee_minor: int) -> Row:
    return Row(0, due_on, due_on, principal_minor, interest_due_minor, 0, fee_minor=fee_minor)
