"""The schedule in force of a loan, and what was paid on each of its instalments.

A schedule row says what is due and never changes; what was paid stands in allocations, by
the number of the instalment, across versions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, Sum

from loans.engine.schedule import PaidRow, Row
from loans.models import Allocation, Instalment, Loan, ScheduleVersion

NOTHING = PaidRow(0, 0, 0)


@dataclass(frozen=True, slots=True)
class InForce:
    """Rows in due order; `paid` and `paid_off_on` by number, only where there is something.

    `paid_off_on` is the day on which the last money a fully paid row needed counted.
    """

    version_number: int
    version_hash: str
    rows: tuple[Row, ...]
    paid: Mapping[int, PaidRow]
    paid_off_on: Mapping[int, date]
    paused_on: tuple[date, ...]

    @property
    def unpaid_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.number not in self.paid_off_on)

    @property
    def principal_left_minor(self) -> int:
        return sum(row.principal_minor for row in self.rows) - sum(paid.principal_minor for paid in self.paid.values())

    @property
    def left_minor(self) -> int:
        """Everything still to pay, interest of the days to come included."""
        return sum(row.due_minor for row in self.rows) - sum(total(paid) for paid in self.paid.values())

    def paid_on(self, row: Row) -> PaidRow:
        return self.paid.get(row.number, NOTHING)


def total(paid: PaidRow) -> int:
    return paid.principal_minor + paid.interest_minor + paid.fee_minor


def in_force(loans: Iterable[Loan], until: date) -> dict[int, InForce]:
    """By the loan's primary key; payments dated up to `until` count. Three queries, however many loans."""
    by_pk = {loan.pk: loan for loan in loans}
    versions = {
        version.loan_id: version
        for version in ScheduleVersion.objects.filter(loan__in=by_pk, number=F("loan__current_version"))
    }
    rows = rows_of(version.pk for version in versions.values())
    paid, last = paid_until(by_pk, until)
    return {pk: _in_force(version, rows[version.pk], paid[pk], last[pk]) for pk, version in versions.items()}


def rows_of(version_pks: Iterable[int]) -> dict[int, tuple[Row, ...]]:
    """The engine's rows of each schedule version, in order. One query."""
    found: dict[int, list[Row]] = defaultdict(list)
    names = Row._fields
    stored = Instalment.objects.filter(version__in=list(version_pks)).order_by("version_id", "number")
    for version_pk, *values in stored.values_list("version_id", *names):
        found[version_pk].append(Row._make(values))
    return defaultdict(tuple, {pk: tuple(rows) for pk, rows in found.items()})


def paid_until(
    loan_pks: Iterable[int], until: date
) -> tuple[Mapping[int, dict[int, PaidRow]], Mapping[int, dict[int, date]]]:
    """What was paid by loan and instalment number, and the day of the last of it. One query."""
    sums = (
        Allocation.objects.filter(loan__in=list(loan_pks), payment__value_on__lte=until)
        .values_list("loan_id", "instalment_number", "component")
        .annotate(Sum("amount_minor"), Max("payment__value_on"))
        .order_by()
    )
    parts: dict[int, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    last: dict[int, dict[int, date]] = defaultdict(dict)
    for loan_pk, number, component, amount_minor, value_on in sums:
        parts[loan_pk][number][component] = amount_minor
        last[loan_pk][number] = max(value_on, last[loan_pk].get(number, value_on))
    paid = {pk: {number: paid_row(of) for number, of in by_number.items()} for pk, by_number in parts.items()}
    return defaultdict(dict, paid), last


def paid_row(by_component: Mapping[str, int]) -> PaidRow:
    """Amounts by component, as the engine takes them."""
    component = Allocation.Component
    return PaidRow(
        principal_minor=by_component.get(component.PRINCIPAL, 0),
        interest_minor=by_component.get(component.INTEREST, 0),
        fee_minor=by_component.get(component.FEE, 0),
    )


def paid_off(rows: Sequence[Row], paid: Mapping[int, PaidRow], last: Mapping[int, date]) -> dict[int, date]:
    """The day on which each fully paid row was paid off; a row that asks for nothing is so when due."""
    return {
        row.number: last.get(row.number, row.due_on)
        for row in rows
        if total(paid.get(row.number, NOTHING)) >= row.due_minor
    }


def _in_force(
    version: ScheduleVersion, rows: tuple[Row, ...], paid: dict[int, PaidRow], last: dict[int, date]
) -> InForce:
    return InForce(
        version_number=version.number,
        version_hash=version.hash,
        rows=rows,
        paid=paid,
        paid_off_on=paid_off(rows, paid, last),
        paused_on=tuple(date.fromisoformat(on) for on in version.paused_on),
    )
