"""What relief would do to a bill: the same components, limits and projection as for a loan.

What was billed and is unpaid is one debt. Relief gives it rows of its own, a month apart,
on the due day of the bills; new purchases keep their own bills (`unpaid`).

    HOLD, WAIVE      as for a loan; all interest that was billed can be waived
    DUE_DAY          the bill is due on another day of the month, 1 to 28 and not
                     the bill day, never earlier
    RATE             a lower rate from the start of relief
    PAUSE            nothing is due for n months; then the whole, or the rows of RETERM
    INTEREST_ONLY    n rows of interest alone, then the rest
    REDUCED          n rows of an amount, then the rest
    ARREARS_SPLIT    what is overdue in equal parts, beside the bill or before it
    RETERM           the debt in equal instalments, 60 at most
    APPEND           impossible: a bill has no later instalments to move behind
    KEEP_END         impossible for the same reason

Interest is simple, at the contract's rate on principal, from `starts_on` on; what was
owed of interest and fees is due with the first row and bears none. `before` is the bill
paid in full on its due date, and `shock` compares the first row after relief with that.
The annual rates are those at which rows are worth, on `starts_on`, what was owed then and
is not forgiven: nothing where all is paid at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from loans.engine.calendar import Unit, add_months
from loans.engine.components import (
    KINDS,
    Append,
    ArrearsSplit,
    Bucket,
    Component,
    DueDay,
    Hold,
    InterestOnly,
    Limits,
    Pause,
    PauseInterest,
    Rate,
    Reduced,
    ReliefError,
    Reterm,
    SplitMode,
    Waive,
    kind_of,
)
from loans.engine.contract import Contract
from loans.engine.money import ratio_half_up
from loans.engine.present_value import effective_annual_rate, present_value
from loans.engine.projection import Projection, Refusal, Waiver
from loans.engine.revolving.cycle import next_day
from loans.engine.revolving.regular import Draft, eased, in_parts, moved, paused, rows_of, together
from loans.engine.revolving.terms import LATEST_DAY
from loans.engine.revolving.unpaid import Standing, numbered
from loans.engine.schedule import Method, Row

_NO_RATE = Decimal("0E-8")


@dataclass(frozen=True, slots=True)
class _Plan:
    """Rows after relief, which of them is the first that is not made small, and what was found on the way."""

    rows: tuple[Row, ...]
    resume_on: date
    draft: Draft | None = None
    contract: Contract | None = None


def project(standing: Standing, components: Sequence[Component], limits: Limits) -> Projection:
    """Return the bill as it stands beside the rows that relief would make of it.

    1,000.00 due on 10 June at 0.05 % a day, the whole due a month later:

    >>> bill = Row(1, date(2026, 6, 10), date(2026, 6, 10), 100000, 0, 0)
    >>> found = Standing(date(2026, 6, 5), (bill,), bill.due_on, bill.due_on, 0, Decimal("0.1825"))
    >>> projection = project(found, [Pause(1)], Limits())
    >>> projection.resume_on, projection.resume_minor, projection.cost_to_borrower_minor
    (datetime.date(2026, 7, 10), 101500, 1500)

    Raises ReliefError.
    """
    ordered = _in_fixed_order(components)
    if not standing.rows:
        raise ReliefError("nothing_to_pay")
    before = _before(standing, standing.rows)
    rows, waivers, refused = _waived(standing, ordered)
    has_rows = any(not isinstance(component, Hold | Waive) for component in ordered)
    plan = _planned(standing, rows, ordered) if has_rows else _as_it_is(_before(standing, rows))
    after = numbered(plan.rows)
    if has_rows and after[0].due_on <= standing.as_of:
        raise ReliefError("resume_not_after_as_of", after[0].due_on)
    resume = next(row for row in after if row.due_on >= plan.resume_on)
    old_minor = sum(row.due_minor for row in before)
    worth = _worth(standing, before, after, waivers, ordered)
    draft, contract = plan.draft, plan.contract
    due_day = next((one.day for one in ordered if isinstance(one, DueDay)), None)
    return Projection.comparing(
        before,
        after,
        resume=resume,
        schedule_after=after,
        shock=_to_four_places(resume.due_minor - old_minor, old_minor),
        waivers=waivers,
        held_until=next((standing.as_of + timedelta(days=one.days) for one in ordered if isinstance(one, Hold)), None),
        refused=(*refused, *_refusals(limits, standing, draft, old_minor, resume.due_minor, before, after, worth)),
        pause_interest_minor=draft.moved_minor + draft.capitalised_minor + draft.unpaid_minor if draft else 0,
        compounded_extra_minor=draft.compounded_minor if draft else 0,
        capitalised_minor=draft.capitalised_minor if draft else 0,
        penalty_before_minor=standing.penalty_minor,
        penalty_after_minor=standing.penalty_minor - _penalty_waived(waivers),
        cut_rate_annual=contract.cut_rate_annual if contract else None,
        cut_until=contract.cut_until if contract else None,
        due_day=None if due_day == standing.due_on.day else due_day,
        **worth,
    )


def _in_fixed_order(components: Sequence[Component]) -> tuple[Component, ...]:
    kinds = [(type(one), one.bucket if isinstance(one, Waive) else None) for one in components]
    if len(set(kinds)) < len(kinds):
        raise ReliefError("repeated_kind")
    if any(isinstance(one, Append) for one in components):
        raise ReliefError("method_unsupported", "APPEND")
    smaller = next((one for one in components if isinstance(one, InterestOnly | Reduced)), None)
    is_alone = any(isinstance(one, ArrearsSplit) and one.mode is SplitMode.ALONE for one in components)
    if smaller and is_alone:
        raise ReliefError("cannot_combine", f"ARREARS_SPLIT ALONE, {kind_of(smaller)}")
    order = list(KINDS.values())
    return tuple(sorted(components, key=lambda one: order.index(type(one))))


def _before(standing: Standing, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows as they are to be paid: what is carried over on the next due date, with interest until then."""
    contract = _contract(standing, None)
    made = []
    for row in rows:
        if row.due_on >= standing.as_of:
            more_minor = contract.interest(row.principal_minor, standing.starts_on, standing.due_on)
            row = row._replace(due_on=standing.due_on, interest_minor=row.interest_minor + more_minor)
        made.append(row)
    return numbered(made)


def _as_it_is(rows: tuple[Row, ...]) -> _Plan:
    return _Plan(rows, rows[0].due_on)


def _waived(
    standing: Standing, ordered: Sequence[Component]
) -> tuple[tuple[Row, ...], tuple[Waiver, ...], tuple[Refusal, ...]]:
    """Return the rows without what is forgiven, what that is, and what was asked beyond it."""
    rows, waivers, refused = list(standing.rows), [], []
    for one in ordered:
        if not isinstance(one, Waive):
            continue
        is_penalty = one.bucket is Bucket.PENALTY
        there_minor = standing.penalty_minor if is_penalty else sum(row.interest_minor for row in rows)
        asked_minor = there_minor if one.amount_minor is None else one.amount_minor
        amount_minor = min(asked_minor, there_minor)
        if asked_minor > there_minor:
            refused.append(Refusal(f"waive_{one.bucket.value}", there_minor, asked_minor))
        left_minor = 0 if is_penalty else amount_minor
        for index, row in enumerate(rows):
            of_row_minor = min(left_minor, row.interest_minor)
            rows[index] = row._replace(interest_minor=row.interest_minor - of_row_minor)
            left_minor -= of_row_minor
        waivers.append(Waiver(one.bucket, amount_minor, one.vest))
    return tuple(rows), tuple(waivers), tuple(refused)


def _contract(standing: Standing, rate: Rate | None) -> Contract:
    cut_until = None if rate is None or rate.periods is None else add_months(standing.starts_on, rate.periods)
    if rate is not None and rate.rate_annual > standing.rate_annual:
        raise ReliefError("rate_not_lower", rate.rate_annual)
    return Contract(
        standing.rate_annual,
        standing.profile,
        Method.LEVEL,
        standing.due_on.day,
        1,
        Unit.MONTH,
        standing.starts_on,
        None if rate is None else rate.rate_annual,
        cut_until,
    )


def _planned(standing: Standing, rows: Sequence[Row], ordered: Sequence[Component]) -> _Plan:
    """Return the rows that the components make, one after another in their order."""
    contract = _contract(standing, next((one for one in ordered if isinstance(one, Rate)), None))
    due_on = _on_due_day(standing, next((one for one in ordered if isinstance(one, DueDay)), None))
    split = next((one for one in ordered if isinstance(one, ArrearsSplit)), None)
    late = [row for row in rows if row.due_on < standing.as_of] if split else []
    if split and not late:
        raise ReliefError("nothing_overdue")
    rest = rows[len(late) :]
    draft = Draft(
        contract,
        standing.starts_on,
        due_on,
        sum(row.principal_minor for row in rest),
        sum(row.interest_minor for row in rest),
        sum(row.fee_minor for row in rest),
    )
    if not rest and any(not isinstance(one, ArrearsSplit | Hold | Waive | DueDay | Rate) for one in ordered):
        raise ReliefError("nothing_to_pay")
    for one in ordered:
        if isinstance(one, Pause):
            draft = paused(draft, one)
        elif isinstance(one, InterestOnly | Reduced):
            draft = eased(draft, one)
    parts_due_on = draft.eased[0].due_on if draft.eased else draft.due_on
    if split and split.mode is SplitMode.ALONE:
        draft = moved(draft, split.parts)
    parts = in_parts(late, split.parts, parts_due_on, contract) if split else ()
    if not rest:
        return _Plan(together(parts), parts_due_on, None, contract)
    regular = rows_of(draft, next((one for one in ordered if isinstance(one, Reterm)), None))
    # Rows that relief makes small are not yet the ones it leads to.
    resume_on = min(row.due_on for row in (regular[0], *parts[:1])) if not draft.eased else regular[0].due_on
    return _Plan(together((*draft.eased, *regular, *parts)), resume_on, draft, contract)


def _on_due_day(standing: Standing, component: DueDay | None) -> date:
    if component is None or component.day == standing.due_on.day:
        return standing.due_on
    if component.day > LATEST_DAY or component.day == standing.bill_day:
        raise ReliefError("n_out_of_range", component.day)
    return next_day(standing.due_on, component.day)


def _penalty_waived(waivers: Sequence[Waiver]) -> int:
    return sum(waiver.amount_minor for waiver in waivers if waiver.bucket is Bucket.PENALTY)


def _worth(
    standing: Standing,
    before: Sequence[Row],
    after: Sequence[Row],
    waivers: Sequence[Waiver],
    ordered: Sequence[Component],
) -> dict[str, Any]:
    """Return what the lender gives up and the annual rates, by their names in a projection."""
    contract = _contract(standing, None)
    days, last_on = [standing.starts_on], max(before[-1].due_on, after[-1].due_on)
    while days[-1] < last_on:
        days.append(contract.later(standing.starts_on, len(days)))
    from_start = [
        [row._replace(due_on=max(row.due_on, standing.starts_on)) for row in part if row.due_minor]
        for part in (before, after)
    ]
    with localcontext(prec=34):
        worth_before, worth_after = (
            present_value(part, days, standing.profile)(standing.rate_annual) for part in from_start
        )
        given_up_minor = int((worth_before - worth_after).quantize(Decimal(1), ROUND_HALF_UP))
    if _is_neutral(ordered) and abs(given_up_minor) <= len(before) + len(after):
        given_up_minor = 0  # the rounding of rows is nobody's gift
    owed_minor = sum(row.due_minor for row in standing.rows)
    penalty_minor, waived_minor = _penalty_waived(waivers), sum(waiver.amount_minor for waiver in waivers)
    # What is forgiven is no price of time: over a few days it would be a rate beyond any scale.
    left_minor = owed_minor - (waived_minor - penalty_minor)
    return {
        "lender_npv_given_up_minor": given_up_minor + penalty_minor,
        "effective_annual_rate_before": _rate(from_start[0], days, standing, owed_minor),
        "effective_annual_rate_after": _rate(from_start[1], days, standing, left_minor),
    }


def _rate(rows: Sequence[Row], days: Sequence[date], standing: Standing, owed_minor: int) -> Decimal:
    if all(row.due_on <= standing.starts_on for row in rows):
        return _NO_RATE  # no time passes
    return effective_annual_rate(rows, days, standing.profile, owed_minor)


def _is_neutral(ordered: Sequence[Component]) -> bool:
    return all(
        isinstance(one, Hold | InterestOnly | Reduced | Reterm)
        or (isinstance(one, Pause) and one.interest is PauseInterest.ACCRUE_CAP)
        for one in ordered
    )


def _refusals(
    limits: Limits,
    standing: Standing,
    draft: Draft | None,
    old_minor: int,
    new_minor: int,
    before: Sequence[Row],
    after: Sequence[Row],
    worth: dict[str, Any],
) -> Iterator[Refusal]:
    if limits.max_payment_shock is not None and new_minor > limits.max_payment_shock * old_minor:
        yield Refusal("payment_shock", limits.max_payment_shock, _to_four_places(new_minor, old_minor))
    grown_minor = draft.capitalised_minor + draft.unpaid_minor if draft else 0
    growth = Fraction(grown_minor, max(standing.principal_minor, 1))
    if limits.max_capitalised_pct is not None and growth > limits.max_capitalised_pct:
        yield Refusal("capitalised", limits.max_capitalised_pct, _to_four_places(*growth.as_integer_ratio()))
    lowest = limits.min_instalment_minor
    smallest_before, smallest_after = (min(row.due_minor for row in part) for part in (before, after))
    if lowest is not None and smallest_after < min(lowest, smallest_before):
        yield Refusal("min_instalment", lowest, smallest_after)
    highest = limits.max_rate_annual
    rate_before, rate_after = worth["effective_annual_rate_before"], worth["effective_annual_rate_after"]
    if highest is not None and rate_after > max(highest, rate_before):
        yield Refusal("annual_rate", highest, rate_after)


def _to_four_places(numerator: int, denominator: int) -> Decimal:
    return Decimal(ratio_half_up(numerator * 10_000, denominator)).scaleb(-4)
