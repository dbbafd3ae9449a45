"""Part of a loan repaid before it is due: what is owed to the day, then principal.

    interest    principal x annual rate x days of the running period, or pause, so far
    principal   the rest of the payment

The payment becomes a row of its own, due on its day. What is left is cut anew from that
day on, with the due dates as they were, by the borrower's choice:

    COUNT        as many instalments as before, each lower
    INSTALMENT   the instalment as before, fewer of them and a smaller last one

2,000.00 on 30 April on the loan of the other examples: 9,159.05 x 1.2 % x 15 / 30 = 54.95
of interest, 1,945.05 of principal, and 7,214.00 is left. Interest is never charged for
days to come (Civil Code of China art. 677), and there is no fee.

A pause goes on, and its days to come cost interest on what is left only: 2,000.00 on 1 June
in a pause from 15 April to 15 July are 168.53 of interest and 1,831.47 of principal, and
the 44 days after it cost 7,327.58 x 14.4 % x 44 / 360 = 128.97 instead of 161.20. So do
instalments of interest alone, or of a reduced amount: as many of them as before, and then
the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from loans.engine.arrears_plan import rows_of
from loans.engine.calendar import Unit
from loans.engine.components import Collect, ReliefError
from loans.engine.contract import Contract
from loans.engine.draft import Draft, draft, left, numbered, with_earlier_interest_apart, with_idle_behind
from loans.engine.earning import Earning, Stretch
from loans.engine.easing import eased_rows
from loans.engine.profile import Profile
from loans.engine.recut import EQUAL_PRINCIPAL, LEVEL, level_instalment, needed, recut
from loans.engine.repaid_at_the_end import asks_only_at_the_end, repaid_in_part
from loans.engine.schedule import Method, PaidRow, Row


class PrepaymentError(ValueError):
    """This cannot be a prepayment in part; `code` says why.

    `due_first`: something is due and unpaid. `before_disbursement`: the loan was not yet
    paid out. `nothing_for_principal`: interest to the day takes it all. `pays_off`: it
    repays everything, which `payoff` computes. `interest_free_part`: it repays all that
    bears interest, or what bears none stands inside other instalments. `at_the_end`: the
    loan asks for everything at its end, and that is under relief or paid in part.
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
    """What a prepayment does: `rows` is the whole schedule after it, the prepayment included, at `number`.

    `earning` is what the loan has to remember with them.
    """

    rows: tuple[Row, ...]
    number: int
    principal_minor: int
    interest_minor: int
    interest_saved_minor: int
    earning: Earning


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
    cut_rate_annual: Decimal | None = None,
    cut_until: date | None = None,
    earning: Earning | None = None,
) -> Prepayment:
    """Return the schedule after part of the principal is repaid early.

    `cut_*` and `earning` are what relief left to remember. Raises PrepaymentError.
    """
    terms = (rate_annual, profile, Method(method), anchor_day, every, Unit(unit), disbursed_on or rows[0].opens_on)
    contract = Contract(*terms, cut_rate_annual, cut_until)
    unpaid = left(rows, paid)
    if len(unpaid) == 1 and contract.method is Method.BULLET and asks_only_at_the_end(rows):
        return _at_the_end(rows, unpaid, contract, amount_minor, on, earning)
    plan = with_earlier_interest_apart(draft(rows, paid, contract, is_gentle=False, earlier=earning))
    _check_day(plan, on)
    until = on + timedelta(days=1) if on == contract.disbursed_on else on
    plan = _cuttable(_with_pause(plan, until) if earning is None else plan)
    accrued_minor, credit_minor = _accrued(plan, until)
    in_pause_minor, to_come_minor = _of_pauses(plan, until)
    interest_minor = accrued_minor + in_pause_minor
    principal_minor, owed_minor = amount_minor - interest_minor, plan.principal_minor - to_come_minor
    if principal_minor <= 0:
        raise PrepaymentError("nothing_for_principal")
    if principal_minor >= owed_minor:
        raise PrepaymentError("interest_free_part" if plan.behind else "pays_off")
    pauses = [one for one in plan.stretches if until < one.ends_on <= plan.opens_on]
    opens_on = min(plan.opens_on, on, *(one.opens_on for one in pauses))
    early = Row(plan.rest[0].number, opens_on, on, principal_minor, interest_minor, 0)
    amounts = _smaller(plan)
    plan = replace(plan, credits={plan.rest[0].number: credit_minor})
    plan, left_minor = _through_pauses(plan, pauses, owed_minor - principal_minor, until)
    plan = _cut(plan, left_minor, max(until, plan.opens_on), keep, amounts)
    laid_out, idle = rows_of(plan)
    changed = numbered(plan.settled, (early, *laid_out))
    number = changed[len(plan.settled)].number
    waiting = {row.number: minor for row, minor in zip(changed[-len(laid_out) :], idle, strict=True) if minor}
    saved_minor = sum(row.due_minor for row in unpaid) - amount_minor - sum(row.due_minor for row in laid_out)
    return Prepayment(changed, number, principal_minor, interest_minor, saved_minor, Earning(plan.stretches, waiting))


def _at_the_end(
    rows: Sequence[Row],
    unpaid: Sequence[Row],
    contract: Contract,
    amount_minor: int,
    on: date,
    earning: Earning | None,
) -> Prepayment:
    """A loan that asks for everything at its end; under relief, or once part of that is paid, it is not cut anew."""
    last = rows[-1]
    _check_dates(last, contract, on)
    known = earning is not None and bool(earning.stretches or earning.idle)
    if known or last.relief_interest_minor or contract.cut_rate_annual is not None or unpaid[0] != last:
        raise PrepaymentError("at_the_end")
    until = on + timedelta(days=1) if on == contract.disbursed_on else on
    done, early = repaid_in_part(rows, contract, amount_minor, on, until)
    if early.principal_minor <= 0:
        raise PrepaymentError("nothing_for_principal")
    if early.balance_minor <= 0:
        raise PrepaymentError("pays_off")
    saved_minor = last.due_minor - amount_minor - done[-1].due_minor
    return Prepayment(done, early.number, early.principal_minor, early.interest_minor, saved_minor, Earning())


def _check_day(plan: Draft, on: date) -> None:
    _check_dates(plan.rest[0], plan.contract, on)


def _check_dates(first: Row, contract: Contract, on: date) -> None:
    if first.due_on <= on:
        raise PrepaymentError("due_first")
    if on < contract.disbursed_on:
        raise PrepaymentError("before_disbursement")


def _with_pause(plan: Draft, until: date) -> Draft:
    """Return the draft with the pause that stands before the rest, as far as its rows tell of it."""
    ended_on = plan.settled[-1].due_on if plan.settled else plan.contract.disbursed_on
    asked_minor = sum(row.relief_interest_minor for row in plan.rest)
    if not asked_minor or not max(ended_on, until) < plan.opens_on:
        return plan
    of_pause_minor = plan.contract.interest(plan.bearing_minor, ended_on, plan.opens_on)
    pause = Stretch(ended_on, plan.opens_on, plan.bearing_minor, min(asked_minor, of_pause_minor))
    return replace(plan, stretches=(pause,))


def _cuttable(plan: Draft) -> Draft:
    try:
        return with_idle_behind(plan)
    except ReliefError as error:
        raise PrepaymentError(error.code) from None


def _accrued(plan: Draft, until: date) -> tuple[int, int]:
    """Return interest of the running period to the day, and the credit it does not use up."""
    if until < plan.opens_on:  # paused, or paid ahead, so that the period has not begun
        return 0, plan.credit_minor
    interest_minor = plan.contract.interest(plan.principal_minor, plan.opens_on, until)
    used_minor = min(interest_minor, plan.credit_minor)
    return interest_minor - used_minor, plan.credit_minor - used_minor


def _of_pauses(plan: Draft, until: date) -> tuple[int, int]:
    """Return interest of a running pause to the day, and what pauses are yet to add to the principal."""
    rates, running, to_come = plan.contract.rates, 0, 0
    for one in plan.stretches:
        if one.is_added:
            to_come += one.interest_minor - one.earned(until, rates)
        elif one.opens_on < until < one.ends_on <= plan.opens_on:
            running += one.earned(until, rates)
    return running, to_come


def _through_pauses(plan: Draft, pauses: Sequence[Stretch], left_minor: int, until: date) -> tuple[Draft, int]:
    """Return the draft with the days of pauses still to come on what is left, and the principal after them."""
    others = tuple(one for one in plan.stretches if one not in pauses)
    after: list[Stretch] = []
    for one in pauses:
        start = max(one.opens_on, until)
        interest_minor = plan.contract.interest(left_minor, start, one.ends_on)
        after.append(Stretch(start, one.ends_on, left_minor, interest_minor, is_added=one.is_added))
        left_minor += interest_minor if one.is_added else 0
    taken_minor, asked_minor = (sum(one.interest_minor for one in part if not one.is_added) for part in (pauses, after))
    on_rows = [row.relief_interest_minor for row in plan.rest]
    beside_minor = max(sum(on_rows) - taken_minor, 0) + asked_minor
    rest = tuple(row._replace(relief_interest_minor=0) for row in plan.rest)
    first = rest[0]._replace(relief_interest_minor=beside_minor)
    return replace(plan, rest=(first, *rest[1:]), stretches=(*others, *after), collect=_collect(on_rows)), left_minor


def _collect(on_rows: Sequence[int]) -> Collect:
    """Return with which instalments interest of pauses was collected so far."""
    if len(on_rows) > 1 and on_rows[0] and not any(on_rows[1:]):
        return Collect.FIRST
    return Collect.LAST if len(on_rows) > 1 and on_rows[-1] and not any(on_rows[:-1]) else Collect.SPREAD


def _cut(plan: Draft, left_minor: int, opens_on: date, keep: Keep, amounts: Sequence[int | None]) -> Draft:
    """Return the draft cut anew, instalments of smaller `amounts` first."""
    contract, first_due_on = plan.contract, plan.rest[0].due_on
    count, added_minor = len(amounts), 0
    rest = plan.rest[count:]
    if count:
        periods = contract.periods(opens_on, first_due_on, count)
        rows: list[Row] = []
        short: list[Stretch] = []
        for period, amount_minor in zip(periods, amounts, strict=True):
            more, unpaid, credit_minor = eased_rows(plan, [period], left_minor, amount_minor)
            left_minor -= sum(row.principal_minor for row in more)
            plan = replace(plan, credits={plan.rest[0].number: credit_minor})
            rows, short = [*rows, *more], [*short, *unpaid]
        added_minor, opens_on = sum(one.interest_minor for one in short), rows[-1].due_on
        plan = replace(plan, eased=tuple(rows), stretches=(*plan.stretches, *short))
    beside_minor = sum(row.relief_interest_minor for row in plan.rest[:count])
    own_minor, due_on = rest[0].principal_minor + rest[0].interest_minor, contract.later(first_due_on, count)
    most = len(rest)
    if keep is Keep.INSTALMENT:
        most = _count(plan, left_minor, opens_on, due_on, rest, own_minor)
    is_fixed = keep is Keep.INSTALMENT and contract.method.value == LEVEL and not _rises(contract, opens_on)
    fixed_minor = own_minor if is_fixed else None
    return recut(
        replace(plan, rest=rest),
        opens_on,
        due_on,
        most,
        principal_minor=left_minor,
        added_minor=added_minor + beside_minor,
        instalment_minor=fixed_minor,
    )


def _smaller(plan: Draft) -> list[int | None]:
    """Return what each instalment that is smaller for a while asks for; None is its interest alone."""
    if plan.contract.method.value not in (LEVEL, EQUAL_PRINCIPAL) or len(plan.rest) < 2:
        return []
    own = [row.principal_minor + row.interest_minor + plan.credits.get(row.number, 0) for row in plan.rest]
    rates = [plan.contract.rate_on(row.opens_on) for row in plan.rest]
    is_level, amounts = plan.contract.method.value == LEVEL, list[int | None]()
    for row, own_minor, rate_annual in zip(plan.rest[:-1], own, rates, strict=False):
        # At a lower rate for a while all instalments are lower, and none of them reduced.
        usual_minor = max(minor for minor, other in zip(own[:-1], rates, strict=False) if other == rate_annual)
        if not row.principal_minor and _whole(plan, row):
            amounts.append(None if own_minor >= _whole(plan, row) or not is_level else own_minor)
        elif is_level and own_minor < usual_minor:
            amounts.append(own_minor)
        else:
            break
    return amounts


def _whole(plan: Draft, row: Row) -> int:
    return plan.contract.interest(plan.principal_minor, row.opens_on, row.due_on)


def _rises(contract: Contract, opens_on: date) -> bool:
    """Say whether a lower rate ends on the way."""
    return contract.cut_until is not None and opens_on < contract.cut_until


def _count(plan: Draft, left_minor: int, opens_on: date, due_on: date, rest: Sequence[Row], own_minor: int) -> int:
    """Return how many instalments are left where none becomes larger."""
    most = len(rest)
    if plan.contract.method.value == LEVEL and _rises(plan.contract, opens_on):
        # The instalment is solved again when the rate rises, so only the first ones can be as before.
        periods, rate_annual = plan.contract.periods(opens_on, due_on, most), plan.contract.rate_on(opens_on)
        contract = plan.contract
        solved = (
            level_instalment(left_minor, rate_annual, contract.profile, periods[:n], contract.counted_from)
            for n in range(1, most)
        )
        return next((n for n, minor in enumerate(solved, 1) if minor <= own_minor), most)
    if plan.contract.method.value == LEVEL:
        return min(needed(plan.contract, left_minor, opens_on, due_on, own_minor), most)
    if plan.contract.method.value == EQUAL_PRINCIPAL:
        largest_minor = max(row.principal_minor for row in rest)
        return min(-(-left_minor // largest_minor), most)
    return most
