"""What relief would do to a loan: one pure projection for preview, offer and activation.

Components take effect one after another in the fixed order of `components`, each in a
module of its own: `waiving`, `pausing` (with the due day), `reterming` (with the rate),
`easing`, `appending`, `arrears_plan`. They act on everything unpaid; where what is
overdue becomes an arrears plan, on everything that is not yet due.

Paid rows never change. In a pause that only moves dates, a partly paid row keeps its own
figures; otherwise it is closed at what was paid of it, and the rest goes with the others.

What is impossible raises `ReliefError`; what a policy does not allow is projected
all the same and named in `Projection.refused`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from loans.engine.appending import appended
from loans.engine.arrears_plan import arrears_split, rows_of, without_late
from loans.engine.calendar import Unit
from loans.engine.components import (
    KINDS,
    Append,
    AppendAs,
    AppendInterest,
    ArrearsSplit,
    Bucket,
    Collect,
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
    Then,
    Vest,
    Waive,
    component_as_dict,
    component_from_dict,
    kind_of,
)
from loans.engine.contract import Contract
from loans.engine.draft import Draft, draft, left, numbered, with_earlier_interest_apart, with_idle_behind
from loans.engine.earning import Earning
from loans.engine.easing import eased
from loans.engine.money import ratio_half_up
from loans.engine.pausing import on_due_day, paused
from loans.engine.present_value import effective_annual_rate, present_value
from loans.engine.profile import Profile
from loans.engine.projection import Projection, Refusal, Waiver
from loans.engine.reterming import at_rate, retermed
from loans.engine.schedule import Method, PaidRow, Row
from loans.engine.waiving import overdue_interest_minor, waived_amount_minor, without_interest

__all__ = [
    "Append",
    "AppendAs",
    "AppendInterest",
    "ArrearsSplit",
    "Bucket",
    "Collect",
    "Component",
    "DueDay",
    "Earning",
    "Hold",
    "InterestOnly",
    "Limits",
    "Pause",
    "PauseInterest",
    "Projection",
    "Rate",
    "Reduced",
    "Refusal",
    "ReliefError",
    "Reterm",
    "SplitMode",
    "Then",
    "Vest",
    "Waive",
    "Waiver",
    "component_as_dict",
    "component_from_dict",
    "project",
]

_EFFECTS: Mapping[type[Any], Any] = {
    DueDay: on_due_day,
    Rate: at_rate,
    Pause: paused,
    InterestOnly: eased,
    Reduced: eased,
    Append: appended,
    Reterm: retermed,
}
_CUTS = (DueDay, Rate, InterestOnly, Reduced, Append, ArrearsSplit, Reterm)
# Named instalments cannot be found again where all are moved or cut; arrears paid alone leave no room.
_APART: Mapping[str, tuple[type[Any], ...]] = {
    "APPEND": (Pause, InterestOnly, Reduced, Reterm),
    "ARREARS_SPLIT ALONE": (InterestOnly, Reduced),
}


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
    penalty_minor: int = 0,
    cut_rate_annual: Decimal | None = None,
    cut_until: date | None = None,
    earlier: Earning | None = None,
) -> Projection:
    """Return the schedule in force beside the one relief would make of it.

    `rows` is every row of the version in force, `paid` what was paid on them, by
    number. `disbursed_on` is needed only where an earlier pause moved the first row.
    `penalty_minor` is penalty interest owed on the day, beside the rows. `cut_*` are what
    an earlier relief left to remember, and so is `earlier` (`Projection.earning`). No
    component at all projects the loan as it stands. Raises ReliefError.
    """
    starts_on = disbursed_on or rows[0].opens_on
    terms = (rate_annual, profile, Method(method), anchor_day, every, Unit(unit), starts_on)
    contract = Contract(*terms, cut_rate_annual, cut_until)
    ordered = _in_fixed_order(components)
    before = left(rows, paid)
    is_gentle = not any(_cuts_anew(component) for component in ordered)
    plan = draft(rows, paid, contract, is_gentle=is_gentle, earlier=earlier)
    plan, waivers, refused = _waived(plan, ordered, penalty_minor, as_of)
    plan = _with_effects(plan, ordered, as_of)
    laid_out, idle = rows_of(plan)
    changed = numbered(plan.settled, laid_out)
    after = left(changed, paid)
    if after[0].due_on <= as_of and any(not isinstance(component, Hold | Waive) for component in ordered):
        raise ReliefError("resume_not_after_as_of", after[0].due_on)
    # What relief itself makes small, like interest alone, is not yet the instalment it leads to.
    first = len(plan.alone) + len(plan.eased) if plan.eased else 0
    old_minor, new_minor = rows[len(rows) - len(before)].due_minor, changed[len(changed) - len(after) + first].due_minor
    worth = _worth(rows, changed, before, after, contract, waivers, is_neutral=_is_neutral(ordered, plan))
    return Projection.comparing(
        before,
        after,
        resume=after[first],
        schedule_after=changed,
        shock=_to_four_places(new_minor - old_minor, old_minor),
        waivers=waivers,
        held_until=_held_until(ordered, as_of),
        refused=(
            *refused,
            *_refusals(limits, old_minor, new_minor, before, after, _growth(plan, before)),
            *_dearer(limits, worth["effective_annual_rate_before"], worth["effective_annual_rate_after"]),
        ),
        **_sums(plan, waivers, penalty_minor),
        **_to_remember(plan, anchor_day),
        idle=tuple((row.number, minor) for row, minor in zip(changed[len(plan.settled) :], idle, strict=True) if minor),
        **worth,
    )


def _sums(plan: Draft, waivers: Sequence[Waiver], penalty_minor: int) -> dict[str, int]:
    """Return the sums found on the way, by their names in a projection."""
    return {
        "pause_interest_minor": plan.relief_interest_minor,
        "compounded_extra_minor": plan.compounded_minor,
        "capitalised_minor": plan.capitalised_minor,
        "balloon_minor": plan.balloon_minor,
        "penalty_before_minor": penalty_minor,
        "penalty_after_minor": penalty_minor - _penalty_waived_minor(waivers),
    }


def _to_remember(plan: Draft, anchor_day: int) -> dict[str, Any]:
    """Return what the loan's contract no longer says once this is in force."""
    contract = plan.contract
    due_day = None if contract.anchor_day == anchor_day else contract.anchor_day
    cut = {"cut_rate_annual": contract.cut_rate_annual, "cut_until": contract.cut_until}
    return {**cut, "due_day": due_day, "stretches": plan.stretches}


def _penalty_waived_minor(waivers: Sequence[Waiver]) -> int:
    return sum(waiver.amount_minor for waiver in waivers if waiver.bucket is Bucket.PENALTY)


def _growth(plan: Draft, before: Sequence[Row]) -> Fraction:
    """Return unpaid interest that makes the debt grow, as a part of the principal."""
    return Fraction(plan.capitalised_minor + plan.unpaid_interest_minor, max(_principal_minor(before), 1))


def _in_fixed_order(components: Sequence[Component]) -> tuple[Component, ...]:
    kinds = [(type(component), component.bucket if isinstance(component, Waive) else None) for component in components]
    if len(set(kinds)) < len(kinds):
        raise ReliefError("repeated_kind")
    for component in components:
        others = _APART.get(_form(component), ())
        if clash := next((other for other in components if isinstance(other, others)), None):
            raise ReliefError("cannot_combine", f"{_form(component)}, {kind_of(clash)}")
    order = list(KINDS.values())
    return tuple(sorted(components, key=lambda component: order.index(type(component))))


def _form(component: Component) -> str:
    is_alone = isinstance(component, ArrearsSplit) and component.mode is SplitMode.ALONE
    return f"{kind_of(component)} ALONE" if is_alone else kind_of(component)


def _cuts_anew(component: Component) -> bool:
    if isinstance(component, Pause):
        return component.interest is PauseInterest.ACCRUE_CAP or component.then is Then.KEEP_END
    return isinstance(component, _CUTS)


def _cuts_rest(component: Component, contract: Contract) -> bool:
    """Say whether a component solves instalments anew, rather than moving them."""
    if isinstance(component, Pause) and contract.cut_until is not None:
        return True
    return _cuts_anew(component) and not isinstance(component, DueDay | Append | ArrearsSplit)


def _waived(
    plan: Draft, components: Sequence[Component], penalty_minor: int, as_of: date
) -> tuple[Draft, tuple[Waiver, ...], tuple[Refusal, ...]]:
    """Return the draft without what is forgiven, what that is, and what was asked beyond it."""
    waivers, refused = [], []
    for component in components:
        if not isinstance(component, Waive):
            continue
        is_penalty = component.bucket is Bucket.PENALTY
        bucket_minor = penalty_minor if is_penalty else overdue_interest_minor(plan, as_of)
        amount_minor = waived_amount_minor(component, bucket_minor)
        if component.amount_minor is not None and component.amount_minor > bucket_minor:
            refused.append(Refusal(f"waive_{component.bucket.value}", bucket_minor, component.amount_minor))
        if not is_penalty:
            plan = without_interest(plan, amount_minor, as_of)
        waivers.append(Waiver(component.bucket, amount_minor, component.vest))
    return plan, tuple(waivers), tuple(refused)


def _with_effects(plan: Draft, components: Sequence[Component], as_of: date) -> Draft:
    if any(_cuts_rest(component, plan.contract) for component in components):
        plan = with_idle_behind(plan)
    if any(isinstance(component, ArrearsSplit) for component in components):
        plan = without_late(plan, as_of)
    if any(not isinstance(component, Append | Hold | Waive) for component in components):
        plan = with_earlier_interest_apart(plan)
    for component in components:
        if isinstance(component, Hold | Waive):
            continue
        if isinstance(component, ArrearsSplit):
            plan = arrears_split(plan, component, as_of)
        elif not plan.rest:
            raise ReliefError("nothing_to_pay")
        else:
            plan = _EFFECTS[type(component)](plan, component)
    return plan


def _is_neutral(components: Sequence[Component], plan: Draft) -> bool:
    """Say whether every sum relief moves bears the contract's rate all the way."""
    if plan.relief_interest_minor > plan.capitalised_minor:
        return False
    return all(
        isinstance(component, Hold | InterestOnly | Reduced | Reterm)
        or (isinstance(component, Pause) and component.interest is PauseInterest.ACCRUE_CAP)
        for component in components
    )


def _held_until(components: Sequence[Component], as_of: date) -> date | None:
    return next((as_of + timedelta(days=one.days) for one in components if isinstance(one, Hold)), None)


def _principal_minor(rows: Sequence[Row]) -> int:
    return sum(row.principal_minor for row in rows)


def _days_of_interest(rows: Sequence[Row], until: date, contract: Contract) -> list[date]:
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
    rows: Sequence[Row],
    changed: Sequence[Row],
    before: Sequence[Row],
    after: Sequence[Row],
    contract: Contract,
    waivers: Sequence[Waiver],
    *,
    is_neutral: bool,
) -> dict[str, Any]:
    """Return what the lender gives up and the effective annual rates, by their names in a projection."""
    days = _days_of_interest(rows, after[-1].due_on, contract)
    from_pause = days[days.index(before[0].opens_on) :]
    # Interest that an earlier relief added to the principal was never lent.
    lent_minor = rows[0].principal_minor + rows[0].balance_minor
    counted_from = contract.counted_from
    with localcontext(prec=34):
        worth_before, worth_after = (
            present_value(part, from_pause, contract.profile, counted_from)(contract.rate_annual)
            for part in (before, after)
        )
        given_up_minor = int((worth_before - worth_after).quantize(Decimal(1), ROUND_HALF_UP))
    if is_neutral and abs(given_up_minor) <= len(before) + len(after):
        given_up_minor = 0  # the rounding of rows is nobody's gift
    return {
        "lender_npv_given_up_minor": given_up_minor + _penalty_waived_minor(waivers),
        "effective_annual_rate_before": effective_annual_rate(rows, days, contract.profile, lent_minor, counted_from),
        "effective_annual_rate_after": effective_annual_rate(changed, days, contract.profile, lent_minor, counted_from),
    }


def _refusals(
    limits: Limits,
    old_minor: int,
    new_minor: int,
    before: Sequence[Row],
    after: Sequence[Row],
    growth: Fraction,
) -> Iterator[Refusal]:
    highest = limits.max_payment_shock
    if highest is not None and new_minor > highest * old_minor:
        yield Refusal("payment_shock", highest, _to_four_places(new_minor, old_minor))
    most = limits.max_capitalised_pct
    if most is not None and growth > most:
        yield Refusal("capitalised", most, _to_four_places(growth.numerator, growth.denominator))
    lowest = limits.min_instalment_minor
    # A loan that had small instalments all along is not refused a pause for them.
    smallest_before, smallest_after = (min(row.due_minor for row in part) for part in (before, after))
    if lowest is not None and smallest_after < min(lowest, smallest_before):
        yield Refusal("min_instalment", lowest, smallest_after)


def _dearer(limits: Limits, rate_before: Decimal, rate_after: Decimal) -> Iterator[Refusal]:
    highest = limits.max_rate_annual
    if highest is not None and rate_after > max(highest, rate_before):
        yield Refusal("annual_rate", highest, rate_after)


def _to_four_places(numerator: int, denominator: int) -> Decimal:
    return Decimal(ratio_half_up(numerator * 10_000, denominator)).scaleb(-4)
