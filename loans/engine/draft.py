"""A schedule while relief is worked out on it, component after component.

The rows are held apart by what may still happen to them:

    settled   paid, or closed at what was paid of them: never touched
    late      overdue, taken over by an arrears plan
    alone     arrears paid before any other instalment
    eased     instalments of interest alone or of a reduced amount
    rest      everything after that, the only rows that are moved or cut anew

Interest that was paid or forgiven for a period counts as a credit of that row, so that
it is not asked for again when the row's interest is computed for other dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from loans.engine.components import Collect, ReliefError
from loans.engine.contract import Contract
from loans.engine.earning import Earning, Stretch
from loans.engine.money import split
from loans.engine.schedule import PaidRow, Row

NOTHING_PAID = PaidRow(0, 0)


class Part(NamedTuple):
    """One part of an arrears plan."""

    principal_minor: int
    interest_minor: int
    fee_minor: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The rows so far, and what has been found out about them.

    `parts` are arrears still to be laid on top of the rows, in order. `part_paid` is
    what was paid of the first row of `rest` where that row keeps its own figures.
    `relief_interest_minor` is interest that relief itself brings about,
    `capitalised_minor` what of it became principal, `compounded_minor` what of that is
    interest on interest, `unpaid_interest_minor` what reduced instalments leave unpaid.
    `stretches` say when such interest is earned. `idle` is principal that bears none, by
    the number of its row; `behind` are such rows that stay behind all others while these
    are cut anew.
    """

    contract: Contract
    settled: tuple[Row, ...]
    rest: tuple[Row, ...]
    late: tuple[Row, ...] = ()
    eased: tuple[Row, ...] = ()
    part_paid: PaidRow | None = None
    credits: Mapping[int, int] = field(default_factory=dict)
    collect: Collect = Collect.SPREAD
    alone: tuple[Row, ...] = ()
    parts: tuple[Part, ...] = ()
    relief_interest_minor: int = 0
    capitalised_minor: int = 0
    compounded_minor: int = 0
    unpaid_interest_minor: int = 0
    balloon_minor: int = 0
    stretches: tuple[Stretch, ...] = ()
    idle: Mapping[int, int] = field(default_factory=dict)
    behind: tuple[Row, ...] = ()

    @property
    def bearing_minor(self) -> int:
        """The principal of the rest that bears interest."""
        return self.principal_minor - sum(self.idle.get(row.number, 0) for row in self.rest)

    @property
    def principal_minor(self) -> int:
        """The principal that is still to be paid with the rows of `rest`."""
        paid_minor = self.part_paid.principal_minor if self.part_paid else 0
        return sum(row.principal_minor for row in self.rest) - paid_minor

    @property
    def opens_on(self) -> date:
        """The first day that the rest bears interest for."""
        return self.rest[0].opens_on

    @property
    def credit_minor(self) -> int:
        """All interest already paid or forgiven of periods of the rest."""
        return sum(self.credits.values())


def left(rows: Sequence[Row], paid: Mapping[int, PaidRow]) -> tuple[Row, ...]:
    """Return what is still to pay: the rows from the first unpaid one on, less what is paid."""
    if unknown := set(paid) - {row.number for row in rows}:
        raise ReliefError("paid_unknown_row", min(unknown))
    unpaid: list[Row] = []
    for row in rows:
        rest = _rest(row, paid.get(row.number, NOTHING_PAID))
        if unpaid and rest.due_minor < row.due_minor:
            raise ReliefError("paid_out_of_order", row.number)
        if unpaid or rest.due_minor:
            unpaid.append(rest)
    if not unpaid:
        raise ReliefError("nothing_to_pay")
    return tuple(unpaid)


def draft(
    rows: Sequence[Row],
    paid: Mapping[int, PaidRow],
    contract: Contract,
    *,
    is_gentle: bool,
    earlier: Earning | None = None,
) -> Draft:
    """Return the draft that relief starts from.

    Where relief is gentle, only dates move, and a partly paid instalment keeps its own
    figures. Otherwise it is closed at what was paid, and the rest of it is a row.
    `earlier` is what an earlier relief left to remember.
    """
    unpaid = left(rows, paid)
    settled, rest = tuple(rows[: -len(unpaid)]), tuple(rows[-len(unpaid) :])
    earlier = earlier or Earning(idle=_waiting(rest, contract))
    idle = {row.number: min(earlier.idle.get(row.number, 0), row.principal_minor) for row in unpaid}
    plan = Draft(
        contract,
        settled,
        rest,
        stretches=earlier.stretches,
        idle={number: minor for number, minor in idle.items() if minor},
    )
    if unpaid[0].due_minor == rest[0].due_minor:
        return plan
    part_paid = paid[rest[0].number]
    if is_gentle:
        return replace(plan, part_paid=part_paid)
    of_row_minor = min(part_paid.interest_minor, rest[0].interest_minor)
    closed = rest[0]._replace(
        principal_minor=part_paid.principal_minor,
        interest_minor=of_row_minor,
        relief_interest_minor=part_paid.interest_minor - of_row_minor,
        fee_minor=part_paid.fee_minor,
        balance_minor=rest[0].balance_minor + rest[0].principal_minor - part_paid.principal_minor,
    )
    credits = {rest[0].number: of_row_minor}
    return replace(plan, settled=(*settled, closed), rest=(unpaid[0], *rest[1:]), credits=credits)


def _waiting(rest: Sequence[Row], contract: Contract) -> dict[int, int]:
    """Return the principal of rows at the end that ask for no interest of their own, where nothing else is known."""
    idle: dict[int, int] = {}
    for row in reversed(rest):
        of_period_minor = contract.interest(row.principal_minor, row.opens_on, row.due_on)
        if row.interest_minor or not of_period_minor or contract.method.value == "flat":
            break
        idle[row.number] = row.principal_minor
    # A loan that asks for no interest at all has nothing that waits.
    return idle if len(idle) < len(rest) else {}


def with_earlier_interest_apart(plan: Draft) -> Draft:
    """Return the draft with interest that rows carry for periods before the rest beside that of their own.

    A grace on interest leaves such rows: what was earned before is owed wherever the row
    goes, and what belongs to periods of the rest is counted there anew.
    """
    if plan.contract.method.value == "flat":
        return plan
    balance_minor, put_off_minor = sum(_bearing(plan, row) for row in plan.rest), 0
    rows: list[Row] = []
    for index, row in enumerate(plan.rest):
        of_period_minor = plan.contract.interest(balance_minor, row.opens_on, row.due_on)
        own_minor = row.interest_minor + plan.credits.get(row.number, 0)
        put_off_minor += of_period_minor - own_minor
        earlier_minor, put_off_minor = max(-put_off_minor, 0), max(put_off_minor, 0)
        balance_minor -= _bearing(plan, row)
        if earlier_minor > 0 and (index or plan.part_paid is None):
            earlier_minor = min(earlier_minor, row.interest_minor)
            row = row._replace(
                interest_minor=row.interest_minor - earlier_minor,
                relief_interest_minor=row.relief_interest_minor + earlier_minor,
            )
        rows.append(row)
    return replace(plan, rest=tuple(rows))


def with_idle_behind(plan: Draft) -> Draft:
    """Return the draft ready to be cut anew: what bears no interest stays behind all others, as it is.

    What an earlier relief would have earned in periods that are cut now is taken off the
    rows that ask for it. Raises ReliefError(`interest_free_part`) where such principal
    stands inside other instalments.
    """
    unearned = [one for one in plan.stretches if one.opens_on >= plan.opens_on and not one.is_added]
    if unearned:
        kept = tuple(one for one in plan.stretches if one not in unearned)
        rest = _without_relief_interest(plan.rest, sum(one.interest_minor for one in unearned))
        plan = replace(plan, rest=rest, stretches=kept)
    if not plan.idle:
        return plan
    first = next(index for index, row in enumerate(plan.rest) if plan.idle.get(row.number))
    if not first or any(_bearing(plan, row) for row in plan.rest[first:]):
        raise ReliefError("interest_free_part")
    return replace(plan, rest=plan.rest[:first], behind=plan.rest[first:], idle={})


def _without_relief_interest(rows: Sequence[Row], amount_minor: int) -> tuple[Row, ...]:
    asked = []
    for row in rows:
        used_minor = min(amount_minor, row.relief_interest_minor)
        amount_minor -= used_minor
        asked.append(row._replace(relief_interest_minor=row.relief_interest_minor - used_minor))
    return tuple(asked)


def _bearing(plan: Draft, row: Row) -> int:
    return row.principal_minor - plan.idle.get(row.number, 0)


def numbered(settled: Sequence[Row], rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the whole schedule, numbered on and with the principal left after each row."""
    number = settled[-1].number + 1 if settled else rows[0].number
    left_minor = sum(row.principal_minor for row in rows)
    on_paper: list[Row] = []
    for row in rows:
        left_minor -= row.principal_minor
        on_paper.append(row._replace(number=number + len(on_paper), balance_minor=left_minor))
    return (*settled, *on_paper)


def shares(total_minor: int, rows: int, collect: Collect) -> tuple[int, ...]:
    """Return what each of so many rows carries of a sum."""
    if collect is Collect.SPREAD:
        return split(total_minor, rows)
    others = (0,) * (rows - 1)
    return (total_minor, *others) if collect is Collect.FIRST else (*others, total_minor)


def credited(rows: Sequence[Row], credit_minor: int) -> tuple[tuple[Row, ...], dict[int, int]]:
    """Return rows that ask for so much less interest, the first ones first, and how much less each asks for.

    What is more than all their interest stands with the last.
    """
    asked, credits = [], dict[int, int]()
    for row in rows:
        used_minor = min(credit_minor, row.interest_minor)
        credits[row.number], credit_minor = used_minor, credit_minor - used_minor
        asked.append(row._replace(interest_minor=row.interest_minor - used_minor))
    credits[rows[-1].number] += credit_minor
    return tuple(asked), credits


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
