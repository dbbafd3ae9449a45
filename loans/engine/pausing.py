"""Instalments moved in time: PAUSE and DUE_DAY.

A pause of n periods moves every instalment of the rest n periods later. With B the
principal still owed and from the day the first unpaid period opens:

    ACCRUE_SIMPLE   B x annual rate x length of the pause, collected with the first
                    instalment, spread over all (the last takes the rest) or with the last
    ACCRUE_CAP      interest of each period is added to B and bears interest itself;
                    the rest is cut anew. What that costs more than simple interest is
                    told apart
    WAIVE           nothing

    9,159.05 at 1.2 % for three months: simple 329.73, added to the debt 333.70, of which
    3.97 is interest on interest.

Another due day moves every instalment by the same days, and the days in between cost
simple interest with the first one: 15th to 25th, 9,159.05 x 14.4 % / 360 x 10 = 36.64.

Moved rows bear interest for their new periods. A `level` loan keeps its instalment, so
principal = instalment - interest, and the last row repays the rest; under 30/360 nothing
but dates changes. An `equal_principal` loan keeps its principal.
"""

from dataclasses import replace
from datetime import date

from loans.engine.calendar import Unit, add_months, days_in_month
from loans.engine.components import Collect, DueDay, Pause, PauseInterest, ReliefError, Then
from loans.engine.contract import Contract
from loans.engine.draft import Draft, shares
from loans.engine.earning import Stretch
from loans.engine.recut import EQUAL_PRINCIPAL, LEVEL, PRINCIPAL_AT_THE_END, Periods, recut
from loans.engine.schedule import Row


def paused(plan: Draft, pause: Pause) -> Draft:
    """Return the draft after a pause. Raises ReliefError."""
    contract, opens_on = plan.contract, plan.opens_on
    resumes_on, due_on = contract.later(opens_on, pause.n), contract.later(plan.rest[0].due_on, pause.n)
    simple_minor = contract.interest(plan.bearing_minor, opens_on, resumes_on)
    count = remaining_after(plan, pause.n, pause.then)
    plan = replace(plan, collect=pause.collect)
    if pause.interest is PauseInterest.ACCRUE_CAP:
        months, credit_minor = _compounded(plan, pause.n)
        added_minor = sum(month.interest_minor for month in months)
        # Months are rounded one by one, so a fen may differ even where nothing is added.
        extra_minor = min(max(added_minor + plan.credit_minor - credit_minor - simple_minor, 0), added_minor)
        plan = replace(
            plan,
            credits={plan.rest[0].number: credit_minor},
            relief_interest_minor=plan.relief_interest_minor + added_minor,
            capitalised_minor=plan.capitalised_minor + added_minor,
            compounded_minor=plan.compounded_minor + extra_minor,
            stretches=(*plan.stretches, *months),
        )
        return recut(plan, resumes_on, due_on, count, principal_minor=plan.principal_minor + added_minor)
    added_minor = simple_minor if pause.interest is PauseInterest.ACCRUE_SIMPLE else 0
    earlier = plan.stretches
    plan = _earning(plan, opens_on, resumes_on, added_minor)
    if pause.then is Then.KEEP_END or contract.cut_until is not None:
        return recut(plan, resumes_on, due_on, count, added_minor=added_minor)
    periods = [(contract.later(row.opens_on, pause.n), contract.later(row.due_on, pause.n)) for row in plan.rest]
    # What an earlier relief earns in periods that move is earned in them.
    stretches = [
        one._replace(opens_on=contract.later(one.opens_on, pause.n), ends_on=contract.later(one.ends_on, pause.n))
        if one in earlier and one.opens_on >= opens_on
        else one
        for one in plan.stretches
    ]
    plan = replace(plan, stretches=tuple(stretches))
    return moved(plan, periods, shares(added_minor, count, pause.collect))


def on_due_day(plan: Draft, component: DueDay) -> Draft:
    """Return the draft with another day of the month. Raises ReliefError."""
    contract, first = plan.contract, plan.rest[0]
    if contract.unit is not Unit.MONTH:
        raise ReliefError("due_day_needs_months", contract.unit.value)
    due_on = _first_on(first.due_on, component.day)
    resumes_on = max(first.opens_on, add_months(due_on, -contract.every, component.day))
    # The end of February stands for whichever of the two days is due on it.
    of_both = replace(contract, anchor_day=max(contract.anchor_day, component.day))
    stub_minor = of_both.interest(plan.bearing_minor, first.opens_on, resumes_on)
    contract = replace(contract, anchor_day=component.day)
    periods = contract.periods(resumes_on, due_on, len(plan.rest))
    plan = replace(_earning(plan, first.opens_on, resumes_on, stub_minor), contract=contract)
    return moved(plan, periods, shares(stub_minor, len(plan.rest), Collect.FIRST))


def remaining_after(plan: Draft, n: int, then: Then) -> int:
    """Return how many instalments follow n periods of relief.

    Raises ReliefError(`n_out_of_range`) where none would.
    """
    count = len(plan.rest) - (n if then is Then.KEEP_END else 0)
    if count < 1:
        raise ReliefError("n_out_of_range", n)
    return count


def moved(plan: Draft, periods: Periods, added: tuple[int, ...]) -> Draft:
    """Return the draft with its rest in other periods, and so much relief interest on each row."""
    rows, credits, credit_minor = [], dict(plan.credits), 0
    left_minor = sum(row.principal_minor - _idle(plan, row) for row in plan.rest)
    short = {(one.opens_on, one.ends_on) for one in plan.stretches if one.own_minor and not one.is_added}
    last = max((index for index, row in enumerate(plan.rest) if row.principal_minor > _idle(plan, row)), default=-1)
    for index, (row, (opens_on, due_on), added_minor) in enumerate(zip(plan.rest, periods, added, strict=True)):
        row = row._replace(
            opens_on=opens_on, due_on=due_on, relief_interest_minor=row.relief_interest_minor + added_minor
        )
        # An instalment that pays less than its interest goes on doing so.
        if (index or plan.part_paid is None) and (opens_on, due_on) not in short:
            own_credit_minor = plan.credits.get(row.number, 0)
            row = row._replace(interest_minor=row.interest_minor + own_credit_minor)
            row = _recomputed(row, left_minor, _idle(plan, row), plan.contract, is_last=index == last)
            credit_minor += own_credit_minor
            # What a row does not use of its credit, the next one does.
            used_minor = min(credit_minor, row.interest_minor)
            row = row._replace(interest_minor=row.interest_minor - used_minor)
            credits[row.number], credit_minor = used_minor, credit_minor - used_minor
        left_minor -= row.principal_minor - _idle(plan, row)
        rows.append(row)
    credits[rows[-1].number] = credits.get(rows[-1].number, 0) + credit_minor
    return replace(plan, rest=tuple(rows), credits=credits)


def _idle(plan: Draft, row: Row) -> int:
    return plan.idle.get(row.number, 0)


def _earning(plan: Draft, start: date, end: date, interest_minor: int) -> Draft:
    """Return the draft with simple interest of a time in which nothing is due."""
    if not interest_minor:
        return plan
    return replace(
        plan,
        relief_interest_minor=plan.relief_interest_minor + interest_minor,
        stretches=(*plan.stretches, Stretch(start, end, plan.bearing_minor, interest_minor)),
    )


def _recomputed(row: Row, left_minor: int, idle_minor: int, contract: Contract, *, is_last: bool) -> Row:
    """Return a moved row with the interest of its new period; principal that bears none stays with it."""
    method = contract.method.value
    if method not in (LEVEL, EQUAL_PRINCIPAL, *PRINCIPAL_AT_THE_END):
        return row
    interest_minor = contract.interest(left_minor, row.opens_on, row.due_on)
    principal_minor = row.principal_minor - idle_minor
    if is_last:
        principal_minor = left_minor
    elif method == LEVEL and principal_minor:
        instalment_minor = principal_minor + row.interest_minor
        principal_minor = min(max(instalment_minor - interest_minor, 0), left_minor)
    return row._replace(principal_minor=principal_minor + idle_minor, interest_minor=interest_minor)


def _compounded(plan: Draft, periods: int) -> tuple[tuple[Stretch, ...], int]:
    """Return the periods with the interest that each adds to the principal, and the credit they do not use up."""
    contract, start, owed_minor, credit_minor = plan.contract, plan.opens_on, plan.principal_minor, plan.credit_minor
    months = []
    for number in range(1, periods + 1):
        end = contract.later(plan.opens_on, number)
        interest_minor = contract.interest(owed_minor, start, end)
        used_minor = min(credit_minor, interest_minor)
        months.append(Stretch(start, end, owed_minor, interest_minor - used_minor, used_minor, is_added=True))
        credit_minor, owed_minor = credit_minor - used_minor, owed_minor + interest_minor - used_minor
        start = end
    return tuple(months), credit_minor


def _first_on(on: date, day: int) -> date:
    """Return the first date on a day of the month that is not before `on`."""
    same_month = on.replace(day=min(day, days_in_month(on.year, on.month)))
    return same_month if same_month >= on else add_months(on, 1, day)
