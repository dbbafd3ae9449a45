"""What it takes to be free of a loan, good until the end of a day.

    principal   everything still owed
    interest    of instalments already due: what is unpaid of it
                of the period running: principal not yet due x rate x days so far
    fees        of instalments already due

Interest is charged for the days the money was used and no more (Civil Code art.
677): the first day counts and the day of repayment does not, but borrowing and
repaying on one day is one day. Principal past its due date bears no ordinary
interest here: penalty interest takes its place.

Interest of a pause is owed in full once the pause is over. While it runs, the part
of it that belongs to the days gone by is owed. A row's pause interest may come from
more than one pause; then no more is taken for the running pause than its own simple
interest, and the rest is from earlier pauses, which are over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from loans.engine.day_count import ticks
from loans.engine.interest import interest_minor
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


def payoff(
    rows: Sequence[Row],
    paid: Mapping[int, PaidRow],
    on: date,
    rate_annual: Decimal,
    profile: Profile,
    disbursed_on: date | None = None,
) -> Payoff:
    """Return what ends the loan `on` a day, from its rows and what was paid on them.

    `disbursed_on` is needed only while a pause runs before the first row. Interest
    paid ahead for the running period counts against it, down to nothing.

    Raises PayoffError for a day before disbursement.
    """
    starts_on = disbursed_on or rows[0].opens_on
    if on < starts_on:
        raise PayoffError(f"{on} is before {starts_on}")
    principal = {row.number: row.principal_minor - _paid(paid, row).principal_minor for row in rows}
    due = [row for row in rows if row.due_on <= on]
    interest = sum(max(row.interest_minor - _paid(paid, row).interest_minor, 0) for row in due)
    current = next((row for row in rows if row.opens_on <= on < row.due_on), None)
    if current is not None:
        not_due_minor = sum(principal[row.number] for row in rows if row.due_on > on)
        accrued_minor = _accrued(not_due_minor, current, on, rate_annual, profile, is_first=current is rows[0])
        interest += max(accrued_minor - _paid(paid, current).interest_minor, 0)
    owed_minor = sum(principal.values())
    pause_minor = sum(_pause_interest_left(row, _paid(paid, row)) for row in rows)
    interest += pause_minor - _not_yet_accrued(rows, pause_minor, owed_minor, on, rate_annual, profile, starts_on)
    fees_minor = sum(row.fee_minor - _paid(paid, row).fee_minor for row in due)
    return Payoff(owed_minor, interest, fees_minor)


def _paid(paid: Mapping[int, PaidRow], row: Row) -> PaidRow:
    return paid.get(row.number, NOTHING_PAID)


def _pause_interest_left(row: Row, paid: PaidRow) -> int:
    return row.relief_interest_minor - max(paid.interest_minor - row.interest_minor, 0)


def _accrued(
    principal_minor: int, current: Row, on: date, rate_annual: Decimal, profile: Profile, *, is_first: bool
) -> int:
    """Return interest of the running period to the end of a day."""
    until = on
    if is_first and on == current.opens_on:
        until = on + timedelta(days=1)
    return interest_minor(principal_minor, rate_annual, profile, current.opens_on, until)


def _not_yet_accrued(
    rows: Sequence[Row],
    pause_minor: int,
    owed_minor: int,
    on: date,
    rate_annual: Decimal,
    profile: Profile,
    starts_on: date,
) -> int:
    """Return the interest of a running pause that belongs to its days still to come."""
    pause_starts_on = starts_on
    for row in rows:
        if pause_starts_on <= on < row.opens_on:
            whole_minor = interest_minor(owed_minor, rate_annual, profile, pause_starts_on, row.opens_on)
            length = ticks(profile.day_count, pause_starts_on, row.opens_on)
            gone = ticks(profile.day_count, pause_starts_on, on)
            of_this_pause_minor = min(pause_minor, whole_minor)
            return of_this_pause_minor - profile.rounded(of_this_pause_minor * gone, length)
        pause_starts_on = row.due_on
    return 0
