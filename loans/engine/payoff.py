"""What it takes to be free of a loan, good until the end of a day.

    principal   everything still owed
    interest    of instalments already due: what is unpaid of it
                of the period running: principal not yet due x rate x days so far
    fees        of instalments already due

Interest is charged for the days the money was used and no more (Civil Code art.
677): the first day counts and the day of repayment does not, but borrowing and
repaying on one day is one day. Principal past its due date bears no ordinary
interest here: penalty interest takes its place.

Interest that stands beside the rows (of a pause, or left unpaid by reduced instalments) is
owed as far as it is earned: all of it once its time is over, none before, and the days gone
by in between. So is interest that a pause adds to the principal: until a day is over, what
it adds is not yet owed. When it is earned is remembered by `Projection.earning`. Where that
is not given, it follows from the rows: interest beside them belongs to the times between
them, first to the one that runs, then to those still to come, and the rest is from times
that are over.

Principal that was appended, or belongs to an arrears plan, bears no interest while it waits.

Interest that a grace puts off, or that a loan repaid at the end collects with its last row, is
earned in the periods that ask for none of it.

Where a row's interest is not that of its principal (interest of an instalment moved behind
the last one is charged in its last period), the part of the row's own interest that belongs
to the days gone by is owed: 104.74 x 10 / 30 = 34.91.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from loans.engine.earning import Earning, Rates, Stretch
from loans.engine.profile import Profile
from loans.engine.schedule import PaidRow, Row

NOTHING_PAID = PaidRow(0, 0)


class PayoffError(ValueError):
    """A payoff was asked for a day before the loan was paid out."""


@dataclass(frozen=True, slots=True)
class Payoff:
    """The sum that ends a loan on a day, and what it is for."""

    principal_minor: int
    interest_minor: int
    fee_minor: int

    @property
    def total_minor(self) -> int:
        """What is to be paid in one sum."""
        return self.principal_minor + self.interest_minor + self.fee_minor


@dataclass(frozen=True, slots=True)
class _Books:
    """The rows of a schedule and what was paid on them, asked about on a day."""

    rows: Sequence[Row]
    paid: Mapping[int, PaidRow]
    on: date
    starts_on: date
    idle: Mapping[int, int]

    def of(self, row: Row) -> PaidRow:
        return self.paid.get(row.number, NOTHING_PAID)

    def principal_left(self, row: Row) -> int:
        return row.principal_minor - self.of(row).principal_minor

    @property
    def due(self) -> list[Row]:
        return [row for row in self.rows if row.due_on <= self.on]

    @property
    def not_due(self) -> list[Row]:
        return [row for row in self.rows if row.due_on > self.on]

    @property
    def until(self) -> date:
        """The first day that interest is not owed for: borrowing and repaying on one day is one day."""
        return self.on + timedelta(days=1) if self.on == self.starts_on else self.on

    @property
    def beside_minor(self) -> int:
        """Unpaid interest that stands beside that of the rows; the rows' own is paid first."""
        return sum(
            row.relief_interest_minor - max(self.of(row).interest_minor - row.interest_minor, 0) for row in self.rows
        )

    def bearing(self, rows: Sequence[Row]) -> tuple[int, int]:
        """Return the principal of rows that bears interest: as agreed, and what is left of it."""
        if not self.idle:
            return sum(row.principal_minor for row in rows), sum(max(self.principal_left(row), 0) for row in rows)
        idle = {row.number: self.idle.get(row.number, 0) for row in rows}
        agreed = sum(row.principal_minor - idle[row.number] for row in rows)
        return agreed, sum(max(self.principal_left(row) - idle[row.number], 0) for row in rows)


def payoff(
    rows: Sequence[Row],
    paid: Mapping[int, PaidRow],
    on: date,
    rate_annual: Decimal,
    profile: Profile,
    disbursed_on: date | None = None,
    *,
    cut_rate_annual: Decimal | None = None,
    cut_until: date | None = None,
    anchor_day: int | None = None,
    earning: Earning | None = None,
) -> Payoff:
    """Return what ends the loan `on` a day, from its rows and what was paid on them.

    `disbursed_on` is needed only while a pause runs before the first row. `cut_*` and
    `earning` are what relief left to remember, `anchor_day` is that of a loan by months.
    Interest paid ahead for the running period counts against it, down to nothing.

    Raises PayoffError for a day before disbursement.
    """
    starts_on = disbursed_on or rows[0].opens_on
    if on < starts_on:
        raise PayoffError(f"{on} is before {starts_on}")
    rates, idle = Rates(rate_annual, profile, cut_rate_annual, cut_until, anchor_day), earning.idle if earning else {}
    rows, put_off = with_put_off_apart(rows, rates, idle)
    books = _Books(rows, paid, on, starts_on, idle)
    owed_minor = sum(books.principal_left(row) for row in rows)
    beside_minor = books.beside_minor
    known = earning.stretches if earning else _between(books, owed_minor, beside_minor, put_off, rates)
    stretches = (*known, *put_off)
    beside, added = (
        sum(one.interest_minor - one.earned(books.until, rates) for one in stretches if one.is_added is is_added)
        for is_added in (False, True)
    )
    due_minor = sum(max(row.interest_minor - books.of(row).interest_minor, 0) for row in books.due)
    interest_minor = due_minor + _running(books, rates, earning) + max(beside_minor - beside, 0)
    fees_minor = sum(row.fee_minor - books.of(row).fee_minor for row in books.due)
    return Payoff(max(owed_minor - added, 0), interest_minor, fees_minor)


def _running(books: _Books, rates: Rates, earning: Earning | None) -> int:
    """Return what is still owed of the interest of the running period."""
    running = [row for row in books.rows if row.opens_on <= books.on < row.due_on]
    if not running:
        return 0
    # A partly paid instalment that relief closed stands before the row that goes on.
    row = running[-1]
    period = (row.opens_on, row.due_on)
    paid_minor, (agreed_minor, left_minor) = books.of(row).interest_minor, books.bearing(books.not_due)
    whole_minor, so_far_minor = (
        rates.interest(minor, row.opens_on, end)
        for minor, end in ((agreed_minor, row.due_on), (left_minor, books.until))
    )
    if whole_minor == row.interest_minor:
        return max(so_far_minor - paid_minor, 0)
    if earning and any((one.opens_on, one.ends_on) == period and not one.is_added for one in earning.stretches):
        return max(min(so_far_minor, row.interest_minor) - paid_minor, 0)
    if earning and row.interest_minor < whole_minor:
        # Paid or forgiven before the row was cut.
        return max(so_far_minor - (whole_minor - row.interest_minor) - paid_minor, 0)
    if not agreed_minor:
        # Interest of principal that waited, charged with its last period.
        agreed_minor, left_minor = row.principal_minor, books.principal_left(row)
    gone, length = (rates.ticks(row.opens_on, day) for day in (books.until, row.due_on))
    share_minor = rates.profile.rounded(row.interest_minor * gone * left_minor, length * max(agreed_minor, 1))
    return max(share_minor - paid_minor, 0)


def with_put_off_apart(
    rows: Sequence[Row], rates: Rates, idle: Mapping[int, int]
) -> tuple[Sequence[Row], list[Stretch]]:
    """Return rows with interest put off beside that of their own period, and when it is earned.

    Rows that ask for no interest although their principal bears some are made up for by a
    later row that asks for more than its own.
    """
    left_minor = sum(row.principal_minor - idle.get(row.number, 0) for row in rows)
    changed, found, waiting = list(rows), list[Stretch](), list[Stretch]()
    for index, row in enumerate(rows):
        if not row.interest_minor and left_minor and row.opens_on < row.due_on and rates.on(row.opens_on):
            whole_minor = rates.interest(left_minor, row.opens_on, row.due_on)
            waiting.append(Stretch(row.opens_on, row.due_on, left_minor, whole_minor))
        elif waiting:
            whole_minor = rates.interest(left_minor, row.opens_on, row.due_on)
            if row.interest_minor > whole_minor:
                if waiting[0].principal_minor == left_minor:
                    # Nothing was repaid meanwhile: one time, and no rounding of its months.
                    waiting, whole_minor = [Stretch(waiting[0].opens_on, row.due_on, left_minor, row.interest_minor)], 0
                beside_minor = row.relief_interest_minor + row.interest_minor - whole_minor
                changed[index] = row._replace(interest_minor=whole_minor, relief_interest_minor=beside_minor)
                found += waiting
            waiting = []
        left_minor -= row.principal_minor - idle.get(row.number, 0)
    return changed, found


def _between(
    books: _Books, owed_minor: int, beside_minor: int, put_off: Sequence[Stretch], rates: Rates
) -> list[Stretch]:
    """Return the times between rows that run or are still to come, with the interest that belongs to them."""
    found, start = list[Stretch](), books.starts_on
    left_minor = beside_minor - sum(one.interest_minor for one in put_off)
    for row in books.rows:
        if start < row.opens_on > books.on:
            interest_minor = min(left_minor, rates.interest(owed_minor, start, row.opens_on))
            left_minor -= interest_minor
            found.append(Stretch(start, row.opens_on, owed_minor, interest_minor))
        if start < row.due_on:
            start = row.due_on
    return found
