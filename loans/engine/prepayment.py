"""Part of a loan repaid before it is due: what is owed to the day, then principal.

    interest    principal x annual rate x days of the running period so far
    principal   the rest of the payment

The payment becomes a row of its own, due on its day. What is left is cut anew from that
day on, with the due dates as they were, by the borrower's choice:

    COUNT        as many instalments as before, each lower
    INSTALMENT   the instalment as before, fewer of them and a smaller last one

2,000.00 on 30 April on the loan of the other examples: 9,159.05 x 1.2 % x 15 / 30 = 54.95
of interest, 1,945.05 of principal, and 7,214.00 is left. Interest is never charged for
days to come (Civil Code of China art. 677), and there is no fee.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from loans.engine.calendar import Unit
from loans.engine.contract import Contract
from loans.engine.draft import Draft, draft, left, numbered, with_earlier_interest_apart
from loans.engine.profile import Profile
from loans.engine.recut import EQUAL_PRINCIPAL, LEVEL, needed, recut
from loans.engine.schedule import Method, PaidRow, Row


class PrepaymentError(ValueError):
    """This cannot be a prepayment in part; `code` says why.

    `due_first`: something is due and unpaid. `before_disbursement`: the loan was not yet
    paid out. `paused`: a pause runs, whose interest has been agreed.
    `nothing_for_principal`: interest to the day takes it all. `pays_off`: it repays
    everything, which `payoff` computes.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Keep(StrEnum):
    """What stays as it was: the number of instalments, or the instalment."""

    COUNT = "COUNT"
    INSTALMENT = "INSTALMENT"


@dataclass(frozen=True, slots=True)
class Prepayment:
    """What a prepayment does: `rows` is the whole schedule after it, the prepayment included, at `number`."""

    rows: tuple[Row, ...]
    number: int
    principal_minor: int
    interest_minor: int
    interest_saved_minor: int


def prepayment(
    rows: Sequence[Row],
    paid: Mapping[int, PaidRow],
    amount_minor: int,
    on: date,
    keep: Keep,
    *,
    rate_annual: Decimal,
    profile: Profile,
    method: Method,
    anchor_day: int,
    every: int = 1,
    unit: Unit = Unit.MONTH,
    disbursed_on: date | None = None,
) -> Prepayment:
    """Return the schedule after part of the principal is repaid early. Raises PrepaymentError."""
    contract = Contract(
        rate_annual, profile, Method(method), anchor_day, every, Unit(unit), disbursed_on or rows[0].opens_on
    )
    unpaid = left(rows, paid)
    plan = with_earlier_interest_apart(draft(rows, paid, contract, is_gentle=False))
    _check_day(plan, on)
    accrued_minor, credit_minor, until = _accrued(plan, on)
    principal_minor = amount_minor - accrued_minor
    if principal_minor <= 0:
        raise PrepaymentError("nothing_for_principal")
    if principal_minor >= plan.principal_minor:
        raise PrepaymentError("pays_off")
    current, left_minor = plan.rest[0], plan.principal_minor - principal_minor
    own_minor = rows[-len(unpaid)].principal_minor + rows[-len(unpaid)].interest_minor
    count = _count(plan, left_minor, until, own_minor) if keep is Keep.INSTALMENT else len(plan.rest)
    fixed_minor = own_minor if keep is Keep.INSTALMENT and contract.method.value == LEVEL else None
    early = Row(current.number, min(current.opens_on, on), on, principal_minor, accrued_minor, 0)
    after = recut(
        replace(plan, credits={current.number: credit_minor}),
        until,
        current.due_on,
        count,
        principal_minor=left_minor,
        instalment_minor=fixed_minor,
    )
    changed = numbered(plan.settled, (early, *after.rest))
    saved_minor = _interest(unpaid) - accrued_minor - _interest(after.rest)
    return Prepayment(changed, changed[len(plan.settled)].number, principal_minor, accrued_minor, saved_minor)


def _check_day(plan: Draft, on: date) -> None:
    current = plan.rest[0]
    if current.due_on <= on:
        raise PrepaymentError("due_first")
    if on < plan.contract.disbursed_on:
        raise PrepaymentError("before_disbursement")
    # Between the last instalment and the next there are no days, unless a pause put them there.
    ended_on = plan.settled[-1].due_on if plan.settled else plan.contract.disbursed_on
    if ended_on <= on < current.opens_on:
        raise PrepaymentError("paused")


def _accrued(plan: Draft, on: date) -> tuple[int, int, date]:
    """Return interest to the day, the credit it does not use up, and the first day of the rest."""
    opens_on = plan.opens_on
    # Borrowed and repaid on one day is one day.
    until = on + timedelta(days=1) if on == opens_on == plan.contract.disbursed_on else on
    if until < opens_on:  # paid ahead, so that the period has not begun
        return 0, plan.credit_minor, opens_on
    interest_minor = plan.contract.interest(plan.principal_minor, opens_on, until)
    used_minor = min(interest_minor, plan.credit_minor)
    return interest_minor - used_minor, plan.credit_minor - used_minor, until


def _count(plan: Draft, left_minor: int, opens_on: date, own_minor: int) -> int:
    """Return how many instalments are left where none becomes larger."""
    most = len(plan.rest)
    if plan.contract.method.value == LEVEL:
        return min(needed(plan.contract, left_minor, opens_on, plan.rest[0].due_on, own_minor), most)
    if plan.contract.method.value == EQUAL_PRINCIPAL:
        largest_minor = max(row.principal_minor for row in plan.rest)
        return min(-(-left_minor // largest_minor), most)
    return most


def _interest(rows: Sequence[Row]) -> int:
    return sum(row.interest_minor for row in rows)
