"""What is overdue, paid in equal parts: ARREARS_SPLIT.

    2,159.42 in 6 parts     5 x 359.90 and 359.92

The last part takes what rounding leaves. Each part goes to fees, interest and principal
in this order, as a payment does. `ON_TOP` lays the parts on the instalments to come, one
each; parts beyond the last instalment are due in the months after it. `ALONE` lets the
parts be paid first: the instalments move back as many periods, with simple interest for
them spread over all, as in a pause.

Principal inside a plan bears no interest, and no penalty as long as the plan is kept.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from loans.engine.components import ArrearsSplit, Pause, ReliefError, SplitMode
from loans.engine.draft import Draft, Part
from loans.engine.money import split
from loans.engine.pausing import paused
from loans.engine.schedule import Row


def without_late(plan: Draft, as_of: date) -> Draft:
    """Return the draft with what is due set apart. Raises ReliefError(`nothing_overdue`)."""
    late = tuple(row for row in plan.rest if row.due_on <= as_of)
    if not late:
        raise ReliefError("nothing_overdue")
    numbers = {row.number for row in late}
    credits = {number: minor for number, minor in plan.credits.items() if number not in numbers}
    return replace(plan, late=late, rest=plan.rest[len(late) :], credits=credits)


def arrears_split(plan: Draft, component: ArrearsSplit, as_of: date) -> Draft:
    """Return the draft with its late rows in parts, on top of the others or before them."""
    parts = parts_of(plan.late, component.parts)
    if component.mode is SplitMode.ON_TOP or not plan.rest:
        first = _first_due_on(plan, as_of)
        alone = () if plan.rest else _blank(plan, plan.late[-1].due_on, first, len(parts))
        return replace(plan, parts=() if alone else parts, alone=_with_parts(alone, parts))
    # They bear no interest: their months belong to the pause of the others.
    alone = tuple(
        row._replace(opens_on=row.due_on) for row in _blank(plan, plan.opens_on, plan.rest[0].due_on, len(parts))
    )
    collect = plan.collect
    plan = _moved(plan, len(parts))
    return replace(plan, alone=_with_parts(alone, parts), collect=collect)


def rows_of(plan: Draft) -> tuple[tuple[Row, ...], tuple[int, ...]]:
    """Return every row after the settled ones, and how much of its principal bears no interest.

    The parts of an arrears plan lie on top; what waits stands behind the last one.
    """
    regular = (*plan.eased, *plan.rest)
    missing = len(plan.parts) - len(regular)
    if missing > 0:
        last = regular[-1]
        regular += _blank(plan, last.due_on, plan.contract.later(last.due_on, 1), missing)
    idle = [plan.idle.get(row.number, 0) for row in regular]
    for index, part in enumerate(plan.parts):
        idle[index] += part.principal_minor
    rows = (*plan.alone, *_with_parts(regular, plan.parts), *regular[len(plan.parts) :])
    behind: tuple[Row, ...] = ()
    if plan.behind:
        last_on = rows[-1].due_on
        periods = plan.contract.periods(last_on, plan.contract.later(last_on, 1), len(plan.behind))
        behind = tuple(
            row._replace(opens_on=start, due_on=end) for row, (start, end) in zip(plan.behind, periods, strict=True)
        )
    waiting = (*(row.principal_minor for row in plan.alone), *idle, *(row.principal_minor for row in behind))
    return (*rows, *behind), waiting


def parts_of(late: Sequence[Row], count: int) -> tuple[Part, ...]:
    """Return equal parts of what late rows ask for, each paying fees, interest and principal in this order."""
    fee_minor = sum(row.fee_minor for row in late)
    interest_minor = sum(row.interest_minor + row.relief_interest_minor for row in late)
    parts = []
    for part_minor in split(sum(row.due_minor for row in late), count):
        fee = min(part_minor, fee_minor)
        interest = min(part_minor - fee, interest_minor)
        fee_minor, interest_minor = fee_minor - fee, interest_minor - interest
        parts.append(Part(part_minor - fee - interest, interest, fee))
    return tuple(parts)


def _with_parts(rows: Sequence[Row], parts: Sequence[Part]) -> tuple[Row, ...]:
    return tuple(
        row._replace(
            principal_minor=row.principal_minor + part.principal_minor,
            relief_interest_minor=row.relief_interest_minor + part.interest_minor,
            fee_minor=row.fee_minor + part.fee_minor,
        )
        for row, part in zip(rows, parts, strict=False)
    )


def _blank(plan: Draft, opens_on: date, first_due_on: date, count: int) -> tuple[Row, ...]:
    periods = plan.contract.periods(opens_on, first_due_on, count)
    return tuple(Row(0, start, end, 0, 0, 0) for start, end in periods)


def _first_due_on(plan: Draft, as_of: date) -> date:
    """Return the first date of the contract's rhythm after the day of the request."""
    due_on = plan.late[-1].due_on
    while due_on <= as_of:
        due_on = plan.contract.later(due_on, 1)
    return due_on


def _moved(plan: Draft, periods: int) -> Draft:
    # A pause is at most a year, and parts may be more.
    while periods:
        step = min(periods, 12)
        plan, periods = paused(plan, Pause(step)), periods - step
    return plan
