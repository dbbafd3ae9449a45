"""How a payment is shared out: which instalment first, and what of it first.

Instalments go one by one: those already due before those not yet due, the oldest
first. Inside one instalment the order is fee, penalty, interest, principal; for a
loan more than 90 days past due it is principal, interest, penalty, fee, so that late
payments bring down what bears interest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Component(StrEnum):
    """What a part of an instalment is for."""

    PENALTY = "penalty"
    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"


DEFAULT_ORDER = (Component.FEE, Component.PENALTY, Component.INTEREST, Component.PRINCIPAL)
PRINCIPAL_FIRST_ORDER = (Component.PRINCIPAL, Component.INTEREST, Component.PENALTY, Component.FEE)


@dataclass(frozen=True, slots=True)
class Due:
    """What is still to pay on one instalment; interest includes interest of a pause."""

    number: int
    due_on: date
    penalty_minor: int
    fee_minor: int
    interest_minor: int
    principal_minor: int

    def __post_init__(self) -> None:
        """Refuse an instalment on which less than nothing is due."""
        if min(self.penalty_minor, self.fee_minor, self.interest_minor, self.principal_minor) < 0:
            raise ValueError(f"instalment {self.number} asks for less than nothing")

    def of(self, component: Component) -> int:
        """Return what is due for one component, in minor units."""
        amount_minor: int = getattr(self, f"{component}_minor")
        return amount_minor


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a payment: this much, for this component of this instalment."""

    number: int
    component: Component
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """A payment shared out; lines and the part unapplied add up to it exactly."""

    lines: tuple[Line, ...]
    unapplied_minor: int


def allocate(
    amount_minor: int,
    dues: Iterable[Due],
    order: Sequence[Component] = DEFAULT_ORDER,
    *,
    on: date,
    days_past_due: int = 0,
    principal_first_after: int | None = 90,
) -> Allocation:
    """Share out a payment made `on` a day; what no instalment asks for stays unapplied.

    Lines come in the order they are paid and hold more than nothing. With
    `principal_first_after` None, `order` holds however late the loan is.

    >>> due = Due(4, date(2026, 5, 15), 2095, 0, 10991, 96980)
    >>> [(line.component.value, line.amount_minor)
    ...  for line in allocate(20000, [due], on=date(2026, 6, 20)).lines]
    [('penalty', 2095), ('interest', 10991), ('principal', 6914)]

    Raises ValueError for a negative amount or an order that leaves a component out.
    """
    if amount_minor < 0:
        raise ValueError("a payment cannot be negative")
    if sorted(order) != sorted(Component):
        raise ValueError("an order names each component once")
    if principal_first_after is not None and days_past_due > principal_first_after:
        order = PRINCIPAL_FIRST_ORDER
    lines, left_minor = [], amount_minor
    for due in sorted(dues, key=lambda due: (due.due_on > on, due.due_on, due.number)):
        for component in order:
            part_minor = min(left_minor, due.of(component))
            if part_minor:
                lines.append(Line(due.number, component, part_minor))
                left_minor -= part_minor
    return Allocation(tuple(lines), left_minor)
