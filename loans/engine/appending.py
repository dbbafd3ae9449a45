"""Named instalments moved behind the last one, or into it: APPEND.

All others stay as they are, to the day and the fen, and so does what the moved ones ask
for: interest of their old periods is asked for where they are now due. Their principal
is without interest meanwhile, or bears simple interest from its old due date to its new
one, charged in the last period (so whoever pays off before does not pay it):

    969.80 x 1.2 % x 9 months = 104.74

As a balloon they are due together with the last instalment.
"""

from collections.abc import Sequence
from dataclasses import replace

from loans.engine.components import Append, AppendAs, AppendInterest, ReliefError
from loans.engine.draft import Draft
from loans.engine.earning import Stretch
from loans.engine.schedule import Row


def appended(plan: Draft, append: Append) -> Draft:
    """Return the draft with the named instalments at its end. Raises ReliefError."""
    if unknown := set(append.numbers) - {row.number for row in plan.rest}:
        raise ReliefError("unknown_number", min(unknown))
    chosen = [row for row in plan.rest if row.number in append.numbers]
    staying = [row for row in plan.rest if row.number not in append.numbers]
    last = plan.rest[-1]
    if append.as_ is AppendAs.BALLOON:
        if last in chosen:
            raise ReliefError("balloon_is_last", last.number)
        added = [_interest(plan, append, row, last) for row in chosen]
        balloon = _with_balloon(last, chosen, sum(added))
        rows = (*staying[:-1], balloon)
        balloon_minor = balloon.due_minor
    else:
        periods = plan.contract.periods(last.due_on, plan.contract.later(last.due_on, 1), len(chosen))
        moved = [row._replace(opens_on=start, due_on=end) for row, (start, end) in zip(chosen, periods, strict=True)]
        added = [_interest(plan, append, *pair) for pair in zip(chosen, moved, strict=True)]
        rows = (*staying, *(_deferred(row, minor) for row, minor in zip(moved, added, strict=True)))
        balloon_minor = 0
    return replace(
        plan,
        rest=rows,
        balloon_minor=balloon_minor,
        relief_interest_minor=plan.relief_interest_minor + sum(added),
        stretches=(*plan.stretches, *(_stretch(plan, row) for row in chosen if row.interest_minor)),
        idle=_idle(plan, chosen, last if balloon_minor else None),
    )


def _stretch(plan: Draft, row: Row) -> Stretch:
    """Return the old period of a moved row, which earned the interest that it still asks for."""
    bearing_minor = sum(
        one.principal_minor - plan.idle.get(one.number, 0) for one in plan.rest if one.number >= row.number
    )
    credit_minor = plan.credits.get(row.number, 0)
    return Stretch(row.opens_on, row.due_on, bearing_minor, row.interest_minor, credit_minor)


def _idle(plan: Draft, chosen: Sequence[Row], balloon: Row | None) -> dict[int, int]:
    """Return what bears no interest: the moved rows, or as much of the one they went into."""
    idle = dict(plan.idle)
    for row in chosen:
        number = row.number if balloon is None else balloon.number
        idle[number] = row.principal_minor + (idle.get(number, 0) if balloon else 0)
    return idle


def _interest(plan: Draft, append: Append, before: Row, after: Row) -> int:
    if append.interest is AppendInterest.NONE:
        return 0
    return plan.contract.interest(before.principal_minor, before.due_on, after.due_on)


def _deferred(row: Row, added_minor: int) -> Row:
    """Return a moved row: interest of its old period stands beside that of its new one."""
    old_minor = row.interest_minor + row.relief_interest_minor
    return row._replace(interest_minor=added_minor, relief_interest_minor=old_minor)


def _with_balloon(last: Row, chosen: list[Row], added_minor: int) -> Row:
    """Return the last instalment with all of the others in it."""
    old_minor = sum(row.interest_minor + row.relief_interest_minor for row in chosen)
    return last._replace(
        principal_minor=last.principal_minor + sum(row.principal_minor for row in chosen),
        interest_minor=last.interest_minor + added_minor,
        relief_interest_minor=last.relief_interest_minor + old_minor,
        fee_minor=last.fee_minor + sum(row.fee_minor for row in chosen),
    )
