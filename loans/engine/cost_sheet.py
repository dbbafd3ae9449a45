"""What credit costs in all, as data: the sheet a borrower sees before agreeing (综合融资成本明示表).

Each item says who charges it, how much it comes to if everything is paid as agreed, and
its annual rate: that of the loan with this item as its only cost. The sheet as a whole
has the annual rate of all of them together (`irr_x12`). Contingent costs, which arise
only if something is not paid as agreed, stand apart and are in no sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loans.engine.annual_rate import periodic_irr
from loans.engine.calendar import Unit
from loans.engine.schedule import Row
from loans.engine.terms import Terms


@dataclass(frozen=True, slots=True)
class Charge:
    """What somebody charges besides interest: dated sums in minor units, by a code for its name."""

    code: str
    charger: str
    sums: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Contingent:
    """A cost that arises only in a case: an annual rate of what is unpaid, or a sum."""

    code: str
    charger: str
    rate_annual: Decimal | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One cost of the sheet."""

    code: str
    charger: str
    amount_minor: int
    rate_annual: Decimal


@dataclass(frozen=True, slots=True)
class CostSheet:
    """The sheet; `extra_minor` is what a deferral adds, if it is one for a deferral."""

    principal_minor: int
    items: tuple[Item, ...]
    total_minor: int
    rate_annual: Decimal
    contingent: tuple[Contingent, ...]
    extra_minor: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the sheet ready for JSON."""
        return {
            "principal_minor": self.principal_minor,
            "items": [{**_fields(item), "rate_annual": format(item.rate_annual, "f")} for item in self.items],
            "total_minor": self.total_minor,
            "rate_annual": format(self.rate_annual, "f"),
            "contingent": [
                {**_fields(one), "rate_annual": None if one.rate_annual is None else format(one.rate_annual, "f")}
                for one in self.contingent
            ],
            "extra_minor": self.extra_minor,
        }


def cost_sheet(
    terms: Terms,
    rows: Sequence[Row],
    *,
    lender: str,
    charges: Sequence[Charge] = (),
    contingent: Sequence[Contingent] = (),
    extra_minor: int | None = None,
) -> CostSheet:
    """Return the costs of a loan paid as agreed; interest and the rows' own fees are the lender's.

    12,000.00 in twelve parts with a fee of 8.8 % of the whole spread over them:

    >>> from loans.engine.terms import Method
    >>> from loans.engine.schedule import schedule
    >>> terms = Terms(1200000, Decimal(0), Method.EQUAL_PRINCIPAL, 12, date(2026, 1, 15))
    >>> rows = schedule(terms)
    >>> fee = Charge("instalment_fee", "platform", tuple((row.due_on, 8800) for row in rows))
    >>> sheet = cost_sheet(terms, rows, lender="bank", charges=[fee])
    >>> sheet.total_minor, sheet.rate_annual.quantize(Decimal("0.0001"))
    (105600, Decimal('0.1586'))

    Raises RateError where no annual rate explains the payments.
    """
    own = [
        Charge("interest", lender, tuple((row.due_on, row.interest_minor + row.relief_interest_minor) for row in rows)),
        Charge("fee", lender, tuple((row.due_on, row.fee_minor) for row in rows)),
    ]
    costs = [charge for charge in (*own, *charges) if any(amount_minor for _, amount_minor in charge.sums)]
    items = tuple(
        Item(
            charge.code,
            charge.charger,
            sum(amount_minor for _, amount_minor in charge.sums),
            _rate(terms, rows, [charge]),
        )
        for charge in costs
    )
    return CostSheet(
        principal_minor=terms.principal_minor,
        items=items,
        total_minor=sum(item.amount_minor for item in items),
        rate_annual=_rate(terms, rows, costs),
        contingent=tuple(contingent),
        extra_minor=extra_minor,
    )


def _rate(terms: Terms, rows: Sequence[Row], charges: Sequence[Charge]) -> Decimal:
    by_day: dict[date, int] = {terms.disbursed_on: -terms.principal_minor}
    sums = [(row.due_on, row.principal_minor) for row in rows]
    for on, amount_minor in (*sums, *(one for charge in charges for one in charge.sums)):
        by_day[on] = by_day.get(on, 0) + amount_minor
    return periodic_irr(sorted(by_day.items()), terms.every, Unit(terms.unit))


def _fields(one: Item | Contingent) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
