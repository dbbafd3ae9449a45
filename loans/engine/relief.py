"""What relief would do to a loan: one pure projection for preview, offer and activation.

A pause of n periods moves every unpaid instalment n periods later, counted from the
anchor day. With B the principal still owed:

    pause interest = B x annual rate x length of the pause      (simple, or waived)

from the day the first unpaid instalment's period opens, over n periods. It is
collected in `relief_interest_minor` with the first, over all (the last takes the
rest) or with the last of the moved instalments. Interest of an earlier pause stays
on its rows.

Moved rows bear interest for their new periods. A `level` loan keeps its instalment,
so principal = instalment - interest, and the last row repays the rest; under 30/360
nothing but dates changes. An `equal_principal` loan keeps its principal. A partly
paid row keeps its own figures, and only what is unpaid of it is still to pay.

What is impossible raises `ReliefError`; what a policy does not allow is projected
all the same and named in `Projection.refused`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from loans.engine.calendar import Unit, shift, stands_on_anchor
from loans.engine.components import (
    Collect,
    Component,
    Limits,
    Pause,
    PauseInterest,
    ReliefError,
    Then,
    component_as_dict,
    component_from_dict,
)
from loans.engine.interest import interest_minor
from loans.engine.money import ratio_half_up, split
from loans.engine.present_value import effective_annual_rate, present_value
from loans.engine.profile import Profile
from loans.engine.projection import Projection, Refusal
from loans.engine.schedule import Method, PaidRow, Row

__all__ = [
    "Collect",
    "Component",
    "Limits",
    "Pause",
    "PauseInterest",
    "Projection",
    "Refusal",
    "ReliefError",
    "Then",
    "component_as_dict",
    "component_from_dict",
    "project",
]


@dataclass(frozen=True, slots=True)
class _Contract:
    """What of the contract still rules when dates move."""

    rate_annual: Decimal
    profile: Profile
    method: Method
    anchor_day: int
    every: int
    unit: Unit
    disbursed_on: date

    def later(self, on: date, periods: int) -> date:
        # The day of disbursement need not stand on the anchor, and then keeps its own day.
        anchor_day = self.anchor_day if stands_on_anchor(on, self.anchor_day) else None
        return shift(on, periods * self.every, self.unit, anchor_day)

    def interest(self, principal_minor: int, start: date, end: date) -> int:
        return interest_minor(principal_minor, self.rate_annual, self.profile, start, end)


def project(
    rows: Sequence[Row],
    *,
    paid: Mapping[int, PaidRow],
    rate_annual: Decimal,
    profile: Profile,
    method: Method,
    as_of: date,
    components: Sequence[Component],
    limits: Limits,
    anchor_day: int,
    every: int = 1,
    unit: Unit = Unit.MONTH,
    disbursed_on: date | None = None,
) -> Projection:
    """Return the schedule in force beside the one relief would make of it.

    `rows` is every row of the version in force, `paid` what was paid on them, by
    number. `disbursed_on` is needed only where an earlier pause moved the first row.
    No component at all projects the loan as it stands. Raises ReliefError.
    """
    starts_on = disbursed_on or rows[0].opens_on
    contract = _Contract(rate_annual, profile, Method(method), anchor_day, every, Unit(unit), starts_on)
    before = _left(rows, paid)
    changed, pause_interest_minor = tuple(rows), 0
    for component in _in_fixed_order(components):
        changed, pause_interest_minor = _paused(changed, paid, component, contract)
    after = _left(changed, paid)
    if components and after[0].due_on <= as_of:
        raise ReliefError("resume_not_after_as_of", after[0].due_on)
    old_minor, new_minor = (part[len(rows) - len(before)].due_minor for part in (rows, changed))
    return Projection.comparing(
        before,
        after,
        schedule_after=changed,
        shock=_to_four_places(new_minor - old_minor, old_minor),
        pause_interest_minor=pause_interest_minor,
        compounded_extra_minor=0,
        refused=tuple(_refusals(limits, old_minor, new_minor, before, after)),
        **_worth(rows, changed, before, after, contract),
    )


def _in_fixed_order(components: Sequence[Component]) -> Sequence[Component]:
    # One kind so far, so the fixed order is that there is at most one of it.
    if len({type(component) for component in components}) < len(components):
        raise ReliefError("repeated_kind")
    return components


def _left(rows: Sequence[Row], paid: Mapping[int, PaidRow]) -> tuple[Row, ...]:
    """Return what is still to pay: the rows from the first unpaid one on, less what is paid."""
    if unknown := set(paid) - {row.number for row in rows}:
        raise ReliefError("paid_unknown_row", min(unknown))
    left: list[Row] = []
    for row in rows:
        rest = _rest(row, paid.get(row.number, PaidRow(0, 0)))
        if left and rest.due_minor < row.due_minor:
            raise ReliefError("paid_out_of_order", row.number)
        if left or rest.due_minor:
            left.append(rest)
    if not left:
        raise ReliefError("nothing_to_pay")
    return tuple(left)


def _rest(row: Row, paid: PaidRow) -> Row:
    # Interest of the row itself is paid before interest of a pause.
    interest_minor = max(row.interest_minor - paid.interest_minor, 0)
    pause_minor = row.relief_interest_minor - max(paid.interest_minor - row.interest_minor, 0)
    principal_minor, fee_minor = row.principal_minor - paid.principal_minor, row.fee_minor - paid.fee_minor
    if min(principal_minor, pause_minor, fee_minor) < 0:
        raise ReliefError("paid_more_than_due", row.number)
    return row._replace(
        principal_minor=principal_minor,
        interest_minor=interest_minor,
        relief_interest_minor=pause_minor,
        fee_minor=fee_minor,
    )


def _paused(
    rows: Sequence[Row], paid: Mapping[int, PaidRow], pause: Pause, contract: _Contract
) -> tuple[tuple[Row, ...], int]:
    """Return every row after a pause, and the interest of the pause."""
    left = _left(rows, paid)
    first, owed_minor = left[0], sum(row.principal_minor for row in left)
    resumes_on = contract.later(first.opens_on, pause.n)
    added_minor = 0
    if pause.interest is PauseInterest.ACCRUE_SIMPLE:
        added_minor = contract.interest(owed_minor, first.opens_on, resumes_on)
    kept = tuple(row for row in rows if row.number < first.number)
    moving = rows[len(kept) :]
    is_part_paid = first.due_minor < moving[0].due_minor
    moved, balance_minor = list(kept), sum(row.principal_minor for row in moving)
    for row, share_minor in zip(moving, _shares(added_minor, len(moving), pause.collect), strict=True):
        row = row._replace(
            opens_on=contract.later(row.opens_on, pause.n),
            due_on=contract.later(row.due_on, pause.n),
            relief_interest_minor=row.relief_interest_minor + share_minor,
        )
        if not (is_part_paid and row.number == first.number):
            row = _recomputed(row, balance_minor, contract, is_last=row.number == rows[-1].number)
        balance_minor -= row.principal_minor
        moved.append(row._replace(balance_minor=balance_minor))
    return tuple(moved), added_minor


def _recomputed(row: Row, balance_minor: int, contract: _Contract, *, is_last: bool) -> Row:
    """Return a moved row with the interest of its new period."""
    interest_minor = contract.interest(balance_minor, row.opens_on, row.due_on)
    principal_minor = row.principal_minor
    if is_last:
        principal_minor = balance_minor
    elif contract.method is Method.LEVEL:
        instalment_minor = row.principal_minor + row.interest_minor
        principal_minor = min(max(instalment_minor - interest_minor, 0), balance_minor)
    return row._replace(principal_minor=principal_minor, interest_minor=interest_minor)


def _shares(total_minor: int, rows: int, collect: Collect) -> tuple[int, ...]:
    if collect is Collect.SPREAD:
        return split(total_minor, rows)
    others = (0,) * (rows - 1)
    return (total_minor, *others) if collect is Collect.FIRST else (*others, total_minor)


def _days_of_interest(rows: Sequence[Row], until: date, contract: _Contract) -> list[date]:
    """Return the day of disbursement and every day on which a period of the contract ends."""
    days = [min(contract.disbursed_on, rows[0].opens_on)]
    for row in rows:
        while days[-1] < row.opens_on:  # the months of an earlier pause
            days.append(min(contract.later(days[-1], 1), row.opens_on))
        days.append(row.due_on)
    while days[-1] < until:
        days.append(contract.later(days[-1], 1))
    return days


def _worth(
    rows: Sequence[Row], changed: Sequence[Row], before: Sequence[Row], after: Sequence[Row], contract: _Contract
) -> dict[str, Any]:
    """Return what the lender gives up and the effective annual rates, by their names in a projection."""
    days = _days_of_interest(rows, after[-1].due_on, contract)
    from_pause = days[days.index(before[0].opens_on) :]
    lent_minor = sum(row.principal_minor for row in rows)
    with localcontext(prec=34):
        worth_before, worth_after = (
            present_value(part, from_pause, contract.profile)(contract.rate_annual) for part in (before, after)
        )
        given_up_minor = int((worth_before - worth_after).quantize(Decimal(1), ROUND_HALF_UP))
    return {
        "lender_npv_given_up_minor": given_up_minor,
        "effective_annual_rate_before": effective_annual_rate(rows, days, contract.profile, lent_minor),
        "effective_annual_rate_after": effective_annual_rate(changed, days, contract.profile, lent_minor),
    }


def _refusals(
    limits: Limits, old_minor: int, new_minor: int, before: Sequence[Row], after: Sequence[Row]
) -> Iterator[Refusal]:
    highest = limits.max_payment_shock
    if highest is not None and new_minor > highest * old_minor:
        yield Refusal("payment_shock", highest, _to_four_places(new_minor, old_minor))
    lowest = limits.min_instalment_minor
    # A loan that had small instalments all along is not refused a pause for them.
    smallest_before, smallest_after = (min(row.due_minor for row in part) for part in (before, after))
    if lowest is not None and smallest_after < min(lowest, smallest_before):
        yield Refusal("min_instalment", lowest, smallest_after)


def _to_four_places(numerator: int, denominator: int) -> Decimal:
    return Decimal(ratio_half_up(numerator * 10_000, denominator)).scaleb(-4)
