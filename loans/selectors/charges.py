"""Penalty interest of loans on a day: what was charged, what of it was paid, what is owed.

It is counted from schedule, payments and holds each time it is asked for. Only what
schedules of the past charged is read from rows, see `PenaltyCharge`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Sum

from accounts.keys import among
from loans.engine.arrears import Held
from loans.engine.explain_sums import explain_penalty
from loans.engine.formulas import Line, given
from loans.engine.penalty import InstalmentPenalty, PenaltyBase, PenaltyRules, RowPayment, may_charge, penalties
from loans.engine.replay import Conventions, charges
from loans.engine.schedule import Row
from loans.engine.waterfall import Component
from loans.models import Hold, Loan, PenaltyCharge, Product
from loans.selectors.in_force import InForce, Share

Spans = Mapping[int, Held]


@dataclass(frozen=True, slots=True)
class Charges:
    """Penalty interest by instalment number, to the end of a day; `basis` is what it was counted from."""

    charged: Mapping[int, int]
    paid: Mapping[int, int]
    basis: "Basis | None" = None

    def owed_on(self, number: int) -> int:
        return max(self.charged.get(number, 0) - self.paid.get(number, 0), 0)

    @property
    def owed_minor(self) -> int:
        return sum(self.owed_on(number) for number in self.charged)


@dataclass(frozen=True, slots=True)
class Basis:
    """What penalty interest is counted from, beside the rows."""

    on: date
    conventions: Conventions
    payments: Sequence[RowPayment]
    held: Held


class Explained(NamedTuple):
    """How the penalty interest of one instalment came about."""

    row: Row
    steps: tuple[Line, ...]


NONE = Charges({}, {})


def charges_of(
    loans: Iterable[Loan], held: Mapping[int, InForce], on: date, *, before: datetime | None = None
) -> dict[int, Charges]:
    """By the loan's primary key; no query where nobody was late beyond grace, else three, however many loans.

    With `before`, what was fixed from that instant on does not count.
    """
    late = [loan for loan in loans if _may_be_charged(held[loan.pk], on, loan.grace_days)]
    conventions, spans = (conventions_of(late, held, before), penalty_holds(late)) if late else ({}, {})
    found = dict.fromkeys((loan.pk for loan in loans), NONE)
    for loan in late:
        of = held[loan.pk]
        basis = Basis(on, conventions[loan.pk], row_payments(of.shares), spans[loan.pk])
        charged = charges(of.rows, basis.payments, on, basis.conventions, basis.held)
        found[loan.pk] = Charges(charged, penalty_paid(of.shares), basis)
    return found


def explained(found: Charges, rows: Sequence[Row], digits: int = 2) -> tuple[Explained, ...]:
    """How what is owed came about, by instalment: what earlier schedules charged, then this one, then what was paid."""
    basis = found.basis
    if basis is None or not found.owed_minor:
        return ()
    own = {one.number: one for one in _own(basis, rows)}
    said = []
    for row in rows:
        if not found.owed_on(row.number):
            continue
        fixed_minor, paid_minor = basis.conventions.charged_before.get(row.number, 0), found.paid.get(row.number, 0)
        steps = [given("penalty_before", fixed_minor, digits)] if fixed_minor else []
        if row.number in own and basis.conventions.penalty is not None:
            conventions, rules = basis.conventions, basis.conventions.penalty
            steps += explain_penalty(
                own[row.number],
                row,
                [one for one in basis.payments if one.number == row.number],
                basis.on,
                conventions.rate_annual,
                conventions.profile,
                rules,
                held=basis.held,
                digits=digits,
            )
        if paid_minor:
            steps.append(given("penalty_paid", -paid_minor, digits))
        said.append(Explained(row, tuple(steps)))
    return tuple(said)


def _own(basis: Basis, rows: Sequence[Row]) -> tuple[InstalmentPenalty, ...]:
    """What the schedule in force charges itself."""
    conventions = basis.conventions
    if conventions.penalty is None:
        return ()
    return penalties(
        rows,
        basis.payments,
        basis.on,
        conventions.rate_annual,
        conventions.profile,
        conventions.penalty,
        basis.held,
        since=conventions.charged_since,
    )


def conventions_of(
    loans: Sequence[Loan], held: Mapping[int, InForce], before: datetime | None = None
) -> dict[int, Conventions]:
    """How the payments of each loan are shared out. Two queries."""
    products = Product.objects.in_bulk({loan.product_id for loan in loans})
    charged: dict[int, dict[int, int]] = defaultdict(dict)
    rows = PenaltyCharge.objects.filter(loan__in=among(loan.pk for loan in loans))
    fixed = (rows.filter(made_at__lt=before) if before else rows).values_list("loan_id", "instalment_number")
    for loan_pk, number, amount_minor in fixed.annotate(Sum("amount_minor")).order_by():
        charged[loan_pk][number] = amount_minor
    return {
        loan.pk: _conventions(loan, products[loan.product_id], charged[loan.pk], held[loan.pk].charged_since)
        for loan in loans
    }


def penalty_holds(loans: Iterable[Loan]) -> dict[int, Held]:
    """The days on which penalty interest stands still, by loan. One query."""
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    holds = Hold.objects.filter(loan__in=among(loan.pk for loan in loans), kind=Hold.Kind.PENALTY)
    for loan_pk, from_on, until_on in holds.values_list("loan_id", "from_on", "until_on"):
        found[loan_pk].append((from_on, until_on or date.max))
    return defaultdict(list, found)


def row_payments(shares: Iterable[Share]) -> list[RowPayment]:
    """What of principal and interest came in, as penalty interest needs it."""
    found = []
    for share in shares:
        principal_minor = share.amount_minor if share.component == Component.PRINCIPAL else 0
        interest_minor = share.amount_minor if share.component == Component.INTEREST else 0
        if principal_minor or interest_minor:
            found.append(RowPayment(share.on, share.number, principal_minor, interest_minor))
    return found


def penalty_paid(shares: Iterable[Share]) -> dict[int, int]:
    paid: dict[int, int] = defaultdict(int)
    for share in shares:
        if share.component == Component.PENALTY:
            paid[share.number] += share.amount_minor
    return dict(paid)


def _may_be_charged(held: InForce, on: date, grace_days: int) -> bool:
    return held.has_charges or may_charge(held.rows, held.paid, held.paid_off_on, on, grace_days)


def _conventions(loan: Loan, product: Product, before: Mapping[int, int], since: date | None) -> Conventions:
    return Conventions(
        rate_annual=loan.rate_annual,
        profile=loan.conventions,
        penalty=_rules(loan, product),
        order=tuple(Component(name) for name in product.allocation),
        principal_first_after=product.principal_first_after_dpd,
        charged_before=before,
        charged_since=since,
    )


def _rules(loan: Loan, product: Product) -> PenaltyRules | None:
    if product.penalty_uplift is None or loan.written_off_on:
        # What it had charged by the day of the write-off is written; nothing is added to it.
        return None
    return PenaltyRules(
        uplift=product.penalty_uplift,
        base=PenaltyBase(product.penalty_base),
        cap_annual=product.annual_cap,
        grace_days=loan.grace_days,
        grace_needs_clean_previous=loan.grace_needs_clean_previous,
    )
