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
interest, and the rest is from earlier pauses, which are over. A pause still to come
owes nothing yet.

Where a row's interest is not that of its principal at the contract's rate (relief cut
the rate, or left part of the principal without interest), the part of the row's own
interest that belongs to the days gone by is owed: 54.95 x 23 / 30 = 42.13.
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
        not_due = [row for row in rows if row.due_on > on]
        left_minor = sum(principal[row.number] for row in not_due)
        agreed_minor = sum(row.principal_minor for row in not_due)
        is_first = current is rows[0]
        accrued_minor = _accrued(left_minor, agreed_minor, current, on, rate_annual, profile, is_first=is_first)
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
    left_minor: int,
    agreed_minor: int,
    current: Row,
    on: date,
    rate_annual: Decimal,
    profile: Profile,
    *,
    is_first: bool,
) -> int:
    """Return interest of the running period to the end of a day."""
    opens_on, due_on = current.opens_on, current.due_on
    until = on + timedelta(days=1) if is_first and on == opens_on else on
    is_ordinary = interest_minor(agreed_minor, rate_annual, profile, opens_on, due_on) == current.interest_minor
    if is_ordinary or not agreed_minor:
        return interest_minor(left_minor, rate_annual, profile, opens_on, until)
    gone, length = (ticks(profile.day_count, opens_on, day) for day in (until, due_on))
    return profile.rounded(current.interest_minor * gone * left_minor, length * agreed_minor)


def _not_yet_accrued(
    rows: Sequence[Row],
    pause_minor: int,
    owed_minor: int,
    on: date,
    rate_annual: Decimal,
    profile: Profile,
    starts_on: date,
) -> int:
    """Return the interest of pauses running or still to come that belongs to days still to come."""
    to_come_minor, pause_starts_on = 0, starts_on
    for row in rows:
        if max(pause_starts_on, on) < row.opens_on:
            whole_minor = interest_minor(owed_minor, rate_annual, profile, pause_starts_on, row.opens_on)
            of_this_pause_minor = min(pause_minor - to_come_minor, whole_minor)
            length = ticks(profile.day_count, pause_starts_on, row.opens_on)
            gone = ticks(profile.day_count, pause_starts_on, max(pause_starts_on, on))
            to_come_minor += of_this_pause_minor - profile.rounded(of_this_pause_minor * gone, length)
        pause_starts_on = max(pause_starts_on, row.due_on)
    return to_come_minor
