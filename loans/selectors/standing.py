"""How a loan stands on a day: what was paid, what is due next, how late it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from loans.engine.arrears import InstalmentState, Position, position
from loans.engine.remembered import NOTHING_REMEMBERED, Remembered
from loans.engine.schedule import PaidRow, Row
from loans.models import Loan
from loans.selectors.charges import NONE, Charges, charges_of
from loans.selectors.in_force import InForce, in_force, total


@dataclass(frozen=True, slots=True)
class Standing:
    """Payments dated up to `on` count, under the schedule version in force now.

    `paid` and `paid_off_on` go by instalment number and hold only what there is;
    `left_minor` is everything still to pay, interest of the days to come and penalty interest to
    the end of `on` included.
    """

    loan: Loan
    on: date
    version_number: int
    rows: tuple[Row, ...]
    paid: Mapping[int, PaidRow]
    paid_off_on: Mapping[int, date]
    position: Position
    paused_on: tuple[date, ...]
    principal_left_minor: int
    left_minor: int
    paid_count: int
    unpaid_rows: tuple[Row, ...]
    penalty: Charges = NONE
    remembered: Remembered = NOTHING_REMEMBERED


def standing(loan: Loan, on: date) -> Standing:
    """Three queries, and three more where somebody was late."""
    return standings([loan], on)[loan.pk]


def standings(loans: Iterable[Loan], on: date) -> dict[int, Standing]:
    """By primary key; three queries, and three more where somebody was late, however many loans.

    All loans are judged on the same day.
    """
    listed = list(loans)
    found = in_force(listed, on)
    charges = charges_of(listed, found, on)
    return {loan.pk: stand(loan, found[loan.pk], on, charges[loan.pk]) for loan in listed}


def positions(loans: Iterable[Loan], on: date) -> dict[int, Standing]:
    """The same without penalty interest, for lists that do not show it; three queries, whoever is late."""
    listed = list(loans)
    found = in_force(listed, on)
    return {loan.pk: stand(loan, found[loan.pk], on) for loan in listed}


def states(held: InForce) -> tuple[InstalmentState, ...]:
    """The rows as the engine judges their lateness."""
    return tuple(
        InstalmentState(
            number=row.number,
            due_on=row.due_on,
            due_minor=row.due_minor,
            paid_minor=total(held.paid_on(row)),
            paid_off_on=held.paid_off_on.get(row.number),
        )
        for row in held.rows
    )


def stand(loan: Loan, held: InForce, on: date, penalty: Charges = NONE) -> Standing:
    return Standing(
        loan=loan,
        on=on,
        version_number=held.version_number,
        rows=held.rows,
        paid=held.paid,
        paid_off_on=held.paid_off_on,
        position=position(states(held), on, loan.grace_days, loan.grace_needs_clean_previous),
        paused_on=held.paused_on,
        principal_left_minor=held.principal_left_minor,
        left_minor=held.left_minor + penalty.owed_minor,
        paid_count=len(held.paid_off_on),
        unpaid_rows=held.unpaid_rows,
        penalty=penalty,
        remembered=held.remembered,
    )
