"""Settling early: the sum that ends the loan today, and how it comes about.

    principal left + interest of instalments already due + interest of the days of the
    running period + interest of a pause for the days gone by + penalty interest = the sum

Each step is shown with its real digits; together they are the engine's payoff and penalty
interest to the end of the day, to the fen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from accounts.models import BankAccount
from accounts.selectors import debit_sources
from accounts.wording import DIGITS
from loans.engine.early_fee import early_fee_minor
from loans.engine.earning import Rates, Stretch
from loans.engine.explain import Line, amount_text, explain_row
from loans.engine.explain_sums import explain_payoff
from loans.engine.interest import interest_minor
from loans.engine.payoff import Payoff, payoff, with_put_off_apart
from loans.engine.schedule import Row
from loans.gateways.configured import gateway_for
from loans.models import Loan, PaymentOrder
from loans.selectors.charges import Explained, explained
from loans.selectors.debits import did_not_go_through, is_in_question, under_way
from loans.selectors.in_force import NOTHING, InForce
from loans.selectors.standing import Standing, standing
from loans.selectors.what_now import WhatNow, what_now


@dataclass(frozen=True, slots=True)
class Quote:
    """Good to the end of `on`. `steps` add up to the whole; `saved_minor` is how much less it is than paying on."""

    on: date
    payoff: Payoff
    penalty_minor: int
    steps: tuple[Line, ...]
    saved_minor: int
    penalty: tuple[Explained, ...] = ()

    @property
    def total_minor(self) -> int:
        return self.payoff.total_minor + self.penalty_minor


@dataclass(frozen=True, slots=True)
class SettlePage:
    """`is_recording` and `is_collecting` as on the pay page; nothing can be settled while a debit is under way."""

    loan: Loan
    on: date
    now: WhatNow
    quote: Quote | None
    left_minor: int
    is_recording: bool
    is_collecting: bool = False
    sources: tuple[BankAccount, ...] = ()
    under_way: tuple[PaymentOrder, ...] = ()
    failed: PaymentOrder | None = None
    is_in_question: bool = False

    @property
    def is_open(self) -> bool:
        is_free = not (self.under_way or self.is_in_question)
        is_offered = self.is_recording or bool(self.is_collecting and self.sources and is_free)
        return is_offered and self.quote is not None and self.quote.total_minor > 0

    @property
    def is_withdrawal(self) -> bool:
        """Whether the money came today, so that it can be given back for the interest of one day."""
        return self.now.is_running and self.loan.disbursed_on == self.on


def settle_page(loan: Loan, on: date, *, is_recording: bool) -> SettlePage:
    """Three queries, up to six more where the lender has a gateway."""
    found = standing(loan, on)
    now = what_now(found)
    is_collecting = not is_recording and gateway_for(loan.lender.code) is not None
    in_question = is_collecting and is_in_question(loan)
    return SettlePage(
        loan=loan,
        on=on,
        now=now,
        quote=quote(found) if now.is_running else None,
        left_minor=found.left_minor,
        is_recording=is_recording,
        is_collecting=is_collecting,
        sources=tuple(debit_sources(loan.borrower)) if is_collecting else (),
        under_way=tuple(under_way(loan)) if is_collecting else (),
        failed=did_not_go_through(loan) if is_collecting and not in_question else None,
        is_in_question=in_question,
    )


def quote(found: Standing) -> Quote:
    loan = found.loan
    owed = payoff_on(loan, found, found.on)
    penalty_minor = found.penalty.owed_minor
    saved_minor = max(found.left_minor - owed.total_minor - penalty_minor, 0)
    said = explained(found.penalty, found.rows, DIGITS.get(loan.currency, 2))
    return Quote(found.on, owed, penalty_minor, steps(found, owed), saved_minor, said)


def payoff_on(loan: Loan, held: InForce | Standing, on: date) -> Payoff:
    """The engine's payoff, with the lender's fee on principal repaid before it is due, if there is one.

    Money given back on the day on which it was paid out bears the interest of that day and no fee.
    """
    owed = engine_payoff(loan, held, on)
    if on == loan.disbursed_on:
        return owed
    early_minor = sum(
        row.principal_minor - held.paid.get(row.number, NOTHING).principal_minor for row in held.rows if row.due_on > on
    )
    return replace(owed, fee_minor=owed.fee_minor + early_fee_minor(early_minor, loan.product.early_fee_rate))


def engine_payoff(loan: Loan, held: InForce | Standing, on: date) -> Payoff:
    """The engine's payoff, by the loan's terms and what relief left to remember."""
    known = held.remembered
    return payoff(
        held.rows,
        held.paid,
        on,
        loan.rate_annual,
        loan.conventions,
        loan.disbursed_on,
        cut_rate_annual=known.cut_rate_annual,
        cut_until=known.cut_until,
        anchor_day=known.due_day or loan.anchor_day,
        earning=known.earning,
    )


def steps(found: Standing, owed: Payoff) -> tuple[Line, ...]:
    """How the sum comes about; a step of nothing is left out, the principal never."""
    loan = found.loan
    digits = DIGITS.get(loan.currency, 2)
    repaid_minor = loan.principal_minor - owed.principal_minor
    principal = " − ".join(amount_text(part, digits) for part in (loan.principal_minor, repaid_minor) if part)
    if repaid_minor:
        principal += f" = {amount_text(owed.principal_minor, digits)}"
    penalty = Line("penalty", amount_text(found.penalty.owed_minor, digits), found.penalty.owed_minor)
    first = Line("principal", principal, owed.principal_minor)
    if found.remembered.earning is not None:
        lines = [*_under_relief(found, owed), penalty]
        return (first, *(line for line in lines if line.amount_minor))
    rows, put_off = with_put_off_apart(
        found.rows, Rates(loan.rate_annual, loan.conventions, anchor_day=loan.anchor_day), {}
    )
    due = sum(
        max(row.interest_minor - found.paid.get(row.number, NOTHING).interest_minor, 0)
        for row in rows
        if row.due_on <= found.on
    )
    running = _running(found, rows)
    pause = _pause(found, owed.interest_minor - due - running.amount_minor, put_off)
    lines = [
        Line("due_interest", amount_text(due, digits), due),
        running,
        pause,
        Line("fee", amount_text(owed.fee_minor, digits), owed.fee_minor),
        penalty,
    ]
    return (first, *(line for line in lines if line.amount_minor))


def _under_relief(found: Standing, owed: Payoff) -> list[Line]:
    """The steps after the principal where relief left something to remember, as the engine explains them."""
    loan, known = found.loan, found.remembered
    rates = known.rates(loan.rate_annual, loan.conventions, loan.anchor_day)
    _, *lines = explain_payoff(
        owed,
        found.rows,
        found.paid,
        found.on,
        rates,
        disbursed_on=loan.disbursed_on,
        earning=known.earning,
        digits=DIGITS.get(loan.currency, 2),
    )
    return lines


def _running(found: Standing, rows: Sequence[Row]) -> Line:
    """Interest of the running period so far, on the principal that is not yet due; nothing where it is put off."""
    current = next((row for row in rows if row.opens_on <= found.on < row.due_on), None)
    if current is None or not current.interest_minor:
        return Line("running_interest", "", 0)
    # Borrowed and repaid on one day is one day.
    is_first_day = current is rows[0] and current.opens_on == found.on
    until = found.on + timedelta(days=1) if is_first_day else found.on
    not_due_minor = sum(
        row.principal_minor - found.paid.get(row.number, NOTHING).principal_minor
        for row in found.rows
        if row.due_on > found.on
    )
    line = _interest("running_interest", found.loan, not_due_minor, current.opens_on, until)
    ahead_minor = found.paid.get(current.number, NOTHING).interest_minor
    if not ahead_minor:
        return line
    left_minor = max(line.amount_minor - ahead_minor, 0)
    return Line(line.label_code, amount_text(left_minor, DIGITS.get(found.loan.currency, 2)), left_minor)


def _pause(found: Standing, amount_minor: int, put_off: Sequence[Stretch]) -> Line:
    """Interest of pauses: all of a pause that is over; of one that runs, the days since the last due date.

    Interest that was put off is told in the same way.
    """
    if put_off:
        first = put_off[0]
        line = _interest("put_off_interest", found.loan, first.principal_minor, first.opens_on, found.on)
        if line.amount_minor == amount_minor:
            return line
        return Line("put_off_interest", amount_text(amount_minor, DIGITS.get(found.loan.currency, 2)), amount_minor)
    starts_on = found.loan.disbursed_on
    for row in found.rows:
        if starts_on <= found.on < row.opens_on:
            line = _interest("running_interest", found.loan, found.principal_left_minor, starts_on, found.on)
            if line.amount_minor == amount_minor:
                return line
        starts_on = row.due_on
    return Line("pause_interest", amount_text(amount_minor, DIGITS.get(found.loan.currency, 2)), amount_minor)


def _interest(code: str, loan: Loan, principal_minor: int, start: date, end: date) -> Line:
    """Interest on a sum for a stretch of days, with its formula."""
    conventions = loan.conventions
    amount_minor = interest_minor(principal_minor, loan.rate_annual, conventions, start, end, loan.anchor_day)
    stretch = Row(0, start, end, 0, amount_minor, principal_minor)
    explained = explain_row(
        stretch,
        principal_before_minor=principal_minor,
        rate_annual=loan.rate_annual,
        profile=conventions,
        digits=DIGITS.get(loan.currency, 2),
        anchor_day=loan.anchor_day,
    )
    return explained[0]._replace(label_code=code)
