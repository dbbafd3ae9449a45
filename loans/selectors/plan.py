"""A schedule as a table: every instalment with its state, the paused dates between them, the totals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.wording import DIGITS
from loans.engine.explain import Line, explain_rows, explain_terms
from loans.engine.remembered import Remembered
from loans.engine.schedule import Method, PaidRow, Row, schedule
from loans.models import Loan
from loans.selectors.in_force import NOTHING, total


class RowState(StrEnum):
    """What is the matter with one instalment on a day."""

    PAID = "paid"
    LATE = "late"
    GRACE = "grace"
    PARTLY = "partly"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One instalment; `steps` say how it was computed."""

    row: Row
    state: RowState
    paid_minor: int
    paid_off_on: date | None
    steps: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PauseLine:
    """Due dates in a row on which nothing is due any more."""

    paused_on: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    principal_minor: int
    interest_minor: int
    relief_interest_minor: int
    fee_minor: int

    @property
    def due_minor(self) -> int:
        return self.principal_minor + self.interest_minor + self.relief_interest_minor + self.fee_minor


@dataclass(frozen=True, slots=True)
class Plan:
    """`whole` is what all rows ask for, `left` what is still to pay of it."""

    lines: tuple[PlanLine | PauseLine, ...]
    whole: Totals
    left: Totals
    has_moved: bool = False

    @property
    def has_relief_interest(self) -> bool:
        return self.whole.relief_interest_minor > 0

    @property
    def has_fees(self) -> bool:
        return self.whole.fee_minor > 0

    @property
    def instalments(self) -> tuple[PlanLine, ...]:
        return tuple(line for line in self.lines if isinstance(line, PlanLine))

    @property
    def next_line(self) -> PlanLine | None:
        """The instalment one would ask about first: the first unpaid one."""
        return next((line for line in self.instalments if line.state is not RowState.PAID), None)


@dataclass(frozen=True, slots=True)
class Payments:
    """What was paid on the rows by a day, and the last day of grace where it runs."""

    paid: Mapping[int, PaidRow]
    paid_off_on: Mapping[int, date]
    on: date
    grace_until_on: date | None = None


def plan(
    loan: Loan, rows: Sequence[Row], paused_on: Sequence[date], payments: Payments, remembered: Remembered
) -> Plan:
    """Arithmetic only. A paused date on which a row is due, or after the last, is not paused any more."""
    lines = [
        PlanLine(
            row=row,
            state=_state(row, payments),
            paid_minor=total(payments.paid.get(row.number, NOTHING)),
            paid_off_on=payments.paid_off_on.get(row.number),
            steps=steps,
        )
        for row, steps in zip(rows, explained(loan, rows, remembered), strict=True)
    ]
    due_on = {row.due_on for row in rows}
    paused = sorted({on for on in paused_on if on not in due_on})
    has_moved = remembered.earning is not None and bool(remembered.earning.idle)
    left = [_left(row, payments.paid.get(row.number, NOTHING)) for row in rows]
    return Plan(
        lines=tuple(_with_pauses(lines, paused)),
        whole=_sum([_whole(row) for row in rows]),
        left=_sum(left),
        has_moved=has_moved,
    )


def explained(loan: Loan, rows: Sequence[Row], remembered: Remembered) -> tuple[tuple[Line, ...], ...]:
    """How each row was computed: from the contract as long as it stands, else from the rows themselves."""
    digits = DIGITS.get(loan.currency, 2)
    if tuple(rows) == schedule(loan.terms):
        return explain_terms(loan.terms, digits)
    method = Method(loan.method)
    return explain_rows(
        rows,
        rate_annual=loan.rate_annual,
        profile=loan.conventions,
        method=method,
        digits=digits,
        anchor_day=loan.anchor_day,
        remembered=remembered,
    )


def _with_pauses(lines: Sequence[PlanLine], paused: Sequence[date]) -> Iterator[PlanLine | PauseLine]:
    rest = list(paused)
    for line in lines:
        before = tuple(on for on in rest if on < line.row.due_on)
        if before:
            yield PauseLine(before)
            rest = rest[len(before) :]
        yield line


def _state(row: Row, payments: Payments) -> RowState:
    if row.number in payments.paid_off_on:
        return RowState.PAID
    if row.due_on < payments.on:
        return RowState.GRACE if payments.grace_until_on else RowState.LATE
    return RowState.PARTLY if row.number in payments.paid else RowState.OPEN


def _whole(row: Row) -> Totals:
    return Totals(row.principal_minor, row.interest_minor, row.relief_interest_minor, row.fee_minor)


def _left(row: Row, paid: PaidRow) -> Totals:
    """What is still to pay on a row; interest paid counts for the row's own interest first."""
    own_interest_minor = min(paid.interest_minor, row.interest_minor)
    return Totals(
        row.principal_minor - paid.principal_minor,
        row.interest_minor - own_interest_minor,
        row.relief_interest_minor - (paid.interest_minor - own_interest_minor),
        row.fee_minor - paid.fee_minor,
    )


def _sum(parts: Sequence[Totals]) -> Totals:
    return Totals(
        sum(part.principal_minor for part in parts),
        sum(part.interest_minor for part in parts),
        sum(part.relief_interest_minor for part in parts),
        sum(part.fee_minor for part in parts),
    )
