"""The rows that relief makes of a bill's debt.

    interest of a row   principal x rate x days since the row before
    first row           and what was owed in interest and fees when relief began
    of a pause          simple interest of its days, with the first row, the last, or all

1,000.00 due on 10 June at 0.05 % a day, in three instalments from that day on:
338.36 each, of which 0.00, 9.92 and 5.16 are interest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from loans.engine.components import Collect, InterestOnly, Pause, PauseInterest, Reduced, ReliefError, Reterm, Then
from loans.engine.contract import Contract
from loans.engine.draft import shares
from loans.engine.money import split
from loans.engine.recut import cut, needed
from loans.engine.schedule import Row

MOST_INSTALMENTS = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """A debt that is being given rows; the next one opens on `opens_on` and is due on `due_on`.

    `interest_minor` and `fee_minor` were owed before and bear nothing. `moved_minor` is
    interest of months in which nothing was due, `unpaid_minor` what smaller rows left
    unpaid of interest.
    """

    contract: Contract
    opens_on: date
    due_on: date
    principal_minor: int
    interest_minor: int
    fee_minor: int
    moved_minor: int = 0
    capitalised_minor: int = 0
    compounded_minor: int = 0
    unpaid_minor: int = 0
    collect: Collect = Collect.SPREAD
    eased: tuple[Row, ...] = field(default=())


def moved(draft: Draft, months: int, *, is_free: bool = False) -> Draft:
    """Return the draft so many months later, with simple interest of its principal for them."""
    opens_on, due_on = (draft.contract.later(on, months) for on in (draft.opens_on, draft.due_on))
    added_minor = 0 if is_free else draft.contract.interest(draft.principal_minor, draft.opens_on, opens_on)
    return replace(draft, opens_on=opens_on, due_on=due_on, moved_minor=draft.moved_minor + added_minor)


def paused(draft: Draft, pause: Pause) -> Draft:
    """Return the draft after a pause. Raises ReliefError."""
    _no_end_to_keep(pause.then)
    after = moved(draft, pause.n, is_free=pause.interest is PauseInterest.WAIVE)
    if pause.interest is not PauseInterest.ACCRUE_CAP:
        return replace(after, collect=pause.collect)
    owed_minor, opens_on = draft.principal_minor, draft.opens_on
    for number in range(1, pause.n + 1):
        ends_on = draft.contract.later(draft.opens_on, number)
        owed_minor += draft.contract.interest(owed_minor, opens_on, ends_on)
        opens_on = ends_on
    added_minor = owed_minor - draft.principal_minor
    # Months are rounded one by one, so a fen may be missing where nothing is compounded.
    extra_minor = max(added_minor - (after.moved_minor - draft.moved_minor), 0)
    return replace(
        after,
        moved_minor=draft.moved_minor,
        principal_minor=owed_minor,
        capitalised_minor=draft.capitalised_minor + added_minor,
        compounded_minor=draft.compounded_minor + extra_minor,
    )


def eased(draft: Draft, component: InterestOnly | Reduced) -> Draft:
    """Return the draft after n rows of interest alone, or of an amount. Raises ReliefError."""
    _no_end_to_keep(component.then)
    before_minor = draft.interest_minor
    for _ in range(component.n):
        draft = _smaller(draft, component.amount_minor if isinstance(component, Reduced) else None)
    return replace(draft, unpaid_minor=draft.unpaid_minor + max(draft.interest_minor - before_minor, 0))


def _smaller(draft: Draft, amount_minor: int | None) -> Draft:
    own_minor = draft.contract.interest(draft.principal_minor, draft.opens_on, draft.due_on)
    owed_minor = draft.interest_minor + own_minor
    left_minor = draft.fee_minor + owed_minor if amount_minor is None else amount_minor
    fee_minor = min(left_minor, draft.fee_minor)
    interest = min(left_minor - fee_minor, owed_minor)
    principal_minor = left_minor - fee_minor - interest
    if principal_minor >= draft.principal_minor:
        raise ReliefError("amount_not_smaller", amount_minor)
    row = Row(0, draft.opens_on, draft.due_on, principal_minor, interest, 0, fee_minor=fee_minor)
    return replace(
        draft,
        opens_on=draft.due_on,
        due_on=draft.contract.later(draft.due_on, 1),
        principal_minor=draft.principal_minor - principal_minor,
        interest_minor=owed_minor - interest,
        fee_minor=draft.fee_minor - fee_minor,
        # Without interest there is nothing to pay in such a row, as in a pause.
        eased=(*draft.eased, row) if row.due_minor else draft.eased,
    )


def rows_of(draft: Draft, reterm: Reterm | None) -> tuple[Row, ...]:
    """Return the rows that repay the debt: one, or those of RETERM. Raises ReliefError."""
    contract, count = draft.contract, _count(draft, reterm)
    periods = contract.periods(draft.opens_on, draft.due_on, count)
    fixed_minor = None if reterm is None else reterm.target_instalment_minor
    parts = cut(draft.principal_minor, periods, contract, fixed_minor)
    of_pause = shares(draft.moved_minor, count, draft.collect)
    rows = [
        Row(0, opens_on, due_on, principal_minor, interest, 0, pause_minor)
        for (opens_on, due_on), (principal_minor, interest), pause_minor in zip(periods, parts, of_pause, strict=True)
    ]
    first = rows[0]
    rows[0] = first._replace(
        relief_interest_minor=first.relief_interest_minor + draft.interest_minor, fee_minor=draft.fee_minor
    )
    return tuple(rows)


def in_parts(overdue: Sequence[Row], count: int, first_due_on: date, contract: Contract) -> tuple[Row, ...]:
    """Return what is overdue in equal parts, a month apart, each for fees, interest and principal in turn."""
    fee_minor = sum(row.fee_minor for row in overdue)
    interest = sum(row.interest_minor for row in overdue)
    rows = []
    for number, part_minor in enumerate(split(sum(row.due_minor for row in overdue), count)):
        fee = min(part_minor, fee_minor)
        of_interest = min(part_minor - fee, interest)
        fee_minor, interest = fee_minor - fee, interest - of_interest
        due_on = contract.later(first_due_on, number)
        rows.append(Row(0, due_on, due_on, part_minor - fee - of_interest, 0, 0, of_interest, fee))
    return tuple(rows)


def together(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows in due order, one a day."""
    by_day: dict[date, Row] = {}
    for row in rows:
        other = by_day.get(row.due_on)
        by_day[row.due_on] = row if other is None else _both(other, row)
    return tuple(by_day[on] for on in sorted(by_day))


def _both(one: Row, part: Row) -> Row:
    # A part of what is overdue has no days of its own.
    return one._replace(
        principal_minor=one.principal_minor + part.principal_minor,
        relief_interest_minor=one.relief_interest_minor + part.relief_interest_minor,
        fee_minor=one.fee_minor + part.fee_minor,
    )


def _count(draft: Draft, reterm: Reterm | None) -> int:
    if reterm is None:
        return 1
    if reterm.remaining_count is not None:
        if reterm.remaining_count > MOST_INSTALMENTS:
            raise ReliefError("n_out_of_range", reterm.remaining_count)
        return reterm.remaining_count
    target_minor = reterm.target_instalment_minor or 0
    count = needed(draft.contract, draft.principal_minor, draft.opens_on, draft.due_on, target_minor)
    if count > MOST_INSTALMENTS:
        raise ReliefError("never_repays", target_minor)
    return count


def _no_end_to_keep(then: Then) -> None:
    if then is Then.KEEP_END:
        raise ReliefError("method_unsupported", "KEEP_END")
