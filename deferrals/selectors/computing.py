"""How the figures of a pause come about, digit by digit: its cost, and each instalment before and after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.wording import DIGITS
from loans.engine.components import Component, Pause
from loans.engine.day_count import DayCount
from loans.engine.explain import Line, explain_pause, explain_rows
from loans.engine.explain_relief import explain_after, explain_relief
from loans.engine.relief import Projection
from loans.engine.schedule import Row
from loans.engine.terms import Method
from loans.models import Loan


@dataclass(frozen=True, slots=True)
class Computed:
    """One instalment and how it was computed, in the order of reckoning."""

    row: Row
    steps: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`cost` is how interest of the pause, its sharing out and its cost follow.

    `is_by_days` says that interest counts the real days.
    """

    cost: tuple[Line, ...]
    before: tuple[Computed, ...]
    after: tuple[Computed, ...]
    is_by_days: bool


def cost_of(projection: Projection, loan: Loan, components: Sequence[Component]) -> tuple[Line, ...]:
    """How the cost of relief was computed."""
    digits = DIGITS.get(loan.currency, 2)
    is_plain = len(components) == 1 and isinstance(components[0], Pause) and projection.cut_rate_annual is None
    if not is_plain or len(projection.before) != len(projection.after):
        return explain_relief(
            projection,
            components,
            rate_annual=loan.rate_annual,
            profile=loan.conventions,
            as_of=projection.before[0].opens_on,
            digits=digits,
            anchor_day=loan.anchor_day,
        )
    return explain_pause(
        projection,
        rate_annual=loan.rate_annual,
        profile=loan.conventions,
        digits=digits,
        anchor_day=loan.anchor_day,
    )


def arithmetic(projection: Projection, loan: Loan, components: Sequence[Component]) -> Arithmetic:
    """How every figure of projected relief was computed."""
    digits, conventions, method = DIGITS.get(loan.currency, 2), loan.conventions, Method(loan.method)
    before = explain_rows(
        projection.before,
        rate_annual=loan.rate_annual,
        profile=conventions,
        method=method,
        digits=digits,
        anchor_day=loan.anchor_day,
    )
    after = explain_after(
        projection,
        components,
        rate_annual=loan.rate_annual,
        profile=conventions,
        method=method,
        as_of=projection.before[0].opens_on,
        digits=digits,
        anchor_day=loan.anchor_day,
    )
    return Arithmetic(
        cost=cost_of(projection, loan, components),
        before=tuple(Computed(*pair) for pair in zip(projection.before, before, strict=True)),
        after=tuple(Computed(*pair) for pair in zip(projection.after, after, strict=True)),
        is_by_days=conventions.day_count is not DayCount.THIRTY_360,
    )
