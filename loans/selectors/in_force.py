"""The schedule in force of a loan, and what was paid on each of its instalments.

A schedule row says what is due and never changes; what was paid stands in allocations, by
the number of the instalment, across versions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.keys import among
from loans.engine.remembered import Remembered
from loans.engine.schedule import PaidRow, Row
from loans.models import Allocation, Instalment, Loan, PenaltyCharge, ScheduleVersion

NOTHING = PaidRow(0, 0, 0)
A_DAY = timedelta(days=1)
# Plain text: looked up for every share of every loan.
PRINCIPAL, INTEREST, FEE, PENALTY = (
    component.value
    for component in (
        Allocation.Component.PRINCIPAL,
        Allocation.Component.INTEREST,
        Allocation.Component.FEE,
        Allocation.Component.PENALTY,
    )
)


class Share(NamedTuple):
    """What of one payment one component of one instalment has, corrections included."""

    payment: int
    on: date
    number: int
    component: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class InForce:
    """Rows in due order; `paid` and `paid_off_on` by number, only where there is something.

    `paid_off_on` is the day on which the last money a fully paid row needed counted.
    `charged_since` is the first day whose penalty interest this version charges; None is its
    whole life, and `has_charges` says that some from before it is fixed. `remembered` is
    what the rows do not say, `shares` are in the order of the payments.
    """

    version_number: int
    version_hash: str
    rows: tuple[Row, ...]
    paid: Mapping[int, PaidRow]
    paid_off_on: Mapping[int, date]
    paused_on: tuple[date, ...]
    charged_since: date | None
    has_charges: bool
    remembered: Remembered
    shares: tuple[Share, ...]

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
        for version in with_charges(
            ScheduleVersion.objects.filter(loan__in=among(by_pk), number=F("loan__current_version"))
        ).order_by()
    }
    rows = rows_of(version.pk for version in versions.values())
    shares = shares_until(by_pk, until)
    return {pk: build(version, rows[version.pk], shares[pk]) for pk, version in versions.items()}


def with_charges(versions: QuerySet[ScheduleVersion]) -> QuerySet[ScheduleVersion]:
    """Says of each whether penalty interest of its loan is fixed."""
    return versions.annotate(has_charges=Exists(PenaltyCharge.objects.filter(loan=OuterRef("loan"))))


def rows_of(version_pks: Iterable[int]) -> dict[int, tuple[Row, ...]]:
    """The engine's rows of each schedule version, in order. One query."""
    found: dict[int, list[Row]] = defaultdict(list)
    names = Row._fields
    stored = Instalment.objects.filter(version__in=among(version_pks)).order_by("version_id", "number")
    for version_pk, *values in stored.values_list("version_id", *names):
        found[version_pk].append(Row._make(values))
    return defaultdict(tuple, {pk: tuple(rows) for pk, rows in found.items()})


def shares_until(loan_pks: Iterable[int], until: date) -> Mapping[int, tuple[Share, ...]]:
    """What every payment dated up to `until` was for, by loan. One query.

    What a correction took away is not there any more.
    """
    mine = among(loan_pks)
    # Said of the payments too, or a large table of them would be read from end to end.
    return shares_of(Allocation.objects.filter(loan__in=mine, payment__loan__in=mine, payment__value_on__lte=until))


def shares_of(allocations: QuerySet[Allocation]) -> Mapping[int, tuple[Share, ...]]:
    """What these allocations come to for each payment, by loan. One query."""
    names = ("loan_id", "payment_id", "payment__value_on", "instalment_number", "component", "amount_minor")
    rows = allocations.exclude(component=Allocation.Component.CREDIT).values_list(*names)
    return shares_in(rows.order_by("payment__value_on", "payment_id", "instalment_number"))


def shares_in(rows: Iterable[tuple[int, int, date, int, str, int]]) -> Mapping[int, tuple[Share, ...]]:
    """Of rows in order of the payments, each a loan and what a share has, by loan."""
    found: dict[int, dict[tuple[int, int, str], Share]] = defaultdict(dict)
    for loan_pk, payment, on, number, component, amount_minor in rows:
        own, key = found[loan_pk], (payment, number, component)
        # More than one are a payment's own and what corrections added or took away.
        if stands := own.get(key):
            amount_minor += stands.amount_minor
        own[key] = Share(payment, on, number, component, amount_minor)
    return defaultdict(
        tuple, {pk: tuple(share for share in own.values() if share.amount_minor) for pk, own in found.items()}
    )


def paid_rows(shares: Iterable[Share]) -> tuple[dict[int, PaidRow], dict[int, date]]:
    """What was paid by instalment number, and the day of the last of it; penalty interest is not of the row."""
    parts: dict[int, dict[str, int]] = {}
    last: dict[int, date] = {}
    for _payment, on, number, component, amount_minor in shares:
        if component == PENALTY:
            continue
        of = parts.setdefault(number, {})
        of[component] = of.get(component, 0) + amount_minor
        if number not in last or last[number] < on:
            last[number] = on
    return {number: paid_row(of) for number, of in parts.items()}, last


def exceeds(paid: PaidRow, row: Row) -> bool:
    """Whether more was paid on a row than it asks for."""
    return (
        paid.principal_minor > row.principal_minor
        or paid.interest_minor > row.interest_minor + row.relief_interest_minor
        or paid.fee_minor > row.fee_minor
    )


def paid_row(by_component: Mapping[str, int]) -> PaidRow:
    """Amounts by component, as the engine takes them."""
    return PaidRow(by_component.get(PRINCIPAL, 0), by_component.get(INTEREST, 0), by_component.get(FEE, 0))


def paid_off(rows: Sequence[Row], paid: Mapping[int, PaidRow], last: Mapping[int, date]) -> dict[int, date]:
    """The day on which each fully paid row was paid off; a row that asks for nothing is so when due."""
    return {
        row.number: last.get(row.number, row.due_on)
        for row in rows
        if total(paid.get(row.number, NOTHING)) >= row.due_minor
    }


def build(version: ScheduleVersion, rows: tuple[Row, ...], shares: tuple[Share, ...]) -> InForce:
    """One loan; `version.has_charges` must have been annotated, see `with_charges`."""
    paid, last = paid_rows(shares)
    return InForce(
        version_number=version.number,
        version_hash=version.hash,
        rows=rows,
        paid=paid,
        paid_off_on=paid_off(rows, paid, last),
        paused_on=tuple(date.fromisoformat(on) for on in version.paused_on),
        charged_since=_charged_since(version),
        has_charges=version.has_charges,  # type: ignore[attr-defined]  # annotated
        remembered=Remembered.from_dict(version.remembered),
        shares=shares,
    )


def _charged_since(version: ScheduleVersion) -> date | None:
    if version.source == ScheduleVersion.Source.IMPORT:
        # What the former books charged is theirs to say.
        return version.adopted_at.date() + A_DAY
    return version.adopted_on + A_DAY if version.number > 1 else None
