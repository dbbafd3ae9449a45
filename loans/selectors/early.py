"""Repaying part of a loan early: what it would change, one way beside the other.

The money pays interest to the day, the lender's fee if there is one, and principal; the
rest of the schedule is cut anew, with as many instalments, each lower, or with instalments as
before and fewer of them. Nothing is written here; the service does the same arithmetic
again and refuses if the answer is another.
"""

from dataclasses import dataclass, replace
from datetime import date

from accounts.models import BankAccount
from accounts.selectors import debit_sources
from loans.engine.early_fee import early_fee_minor, principal_within
from loans.engine.prepayment import Keep, Prepayment, PrepaymentError, prepayment
from loans.engine.remembered import Remembered
from loans.engine.schedule import Method, Row
from loans.gateways.configured import gateway_for
from loans.models import Loan, PaymentOrder
from loans.selectors.debits import is_in_question, under_way
from loans.selectors.in_force import InForce
from loans.selectors.settle_page import Quote, quote
from loans.selectors.standing import Standing, standing
from loans.selectors.what_now import WhatNow, what_now


@dataclass(frozen=True, slots=True)
class EarlyRepayment:
    """What one way of repaying in part does. `rows` is the whole schedule after it.

    `amount_minor` is what is to be paid: interest to the day, the fee, and principal.
    """

    keep: Keep
    rows: tuple[Row, ...]
    number: int
    amount_minor: int
    principal_minor: int
    interest_minor: int
    fee_minor: int
    interest_saved_minor: int
    remembered: Remembered

    @property
    def rest(self) -> tuple[Row, ...]:
        return self.rows[self.number :]


@dataclass(frozen=True, slots=True)
class EarlyPage:
    """`options` are those that differ; `problem` is why there is none for the sum that was typed.

    While it `is_in_question` what came before, nothing more is asked for.
    """

    loan: Loan
    on: date
    now: WhatNow
    quote: Quote | None
    amount_minor: int | None
    options: tuple[EarlyRepayment, ...]
    problem: str
    rest_now: tuple[Row, ...]
    is_recording: bool
    is_collecting: bool = False
    sources: tuple[BankAccount, ...] = ()
    under_way: tuple[PaymentOrder, ...] = ()
    is_in_question: bool = False

    @property
    def is_open(self) -> bool:
        is_free = not (self.under_way or self.is_in_question)
        is_offered = self.is_recording or bool(self.is_collecting and self.sources and is_free)
        return is_offered and bool(self.options)


def early_page(loan: Loan, on: date, amount_minor: int | None, *, is_recording: bool) -> EarlyPage:
    """Three queries, three more where somebody was late, up to four more where the lender has a gateway."""
    is_collecting = not is_recording and gateway_for(loan.lender.code) is not None
    found = standing(loan, on)
    now = what_now(found)
    options: tuple[EarlyRepayment, ...] = ()
    problem = "" if now.is_running else "closed"
    if now.is_running and (now.is_late or now.penalty_minor or now.next_on == on):
        problem = "due_first"
    if not problem and amount_minor is not None:
        try:
            both = [early_repayment(loan, found, amount_minor, on, keep) for keep in Keep]
            options = tuple(both[:1] if both[0].rows == both[1].rows else both)
        except PrepaymentError as error:
            problem = error.code
    return EarlyPage(
        loan=loan,
        on=on,
        now=now,
        quote=quote(found) if now.is_running else None,
        amount_minor=amount_minor,
        options=options,
        problem=problem,
        rest_now=found.unpaid_rows,
        is_recording=is_recording,
        is_collecting=is_collecting,
        sources=tuple(debit_sources(loan.borrower)) if is_collecting else (),
        under_way=tuple(under_way(loan)) if is_collecting else (),
        is_in_question=is_collecting and is_in_question(loan),
    )


def early_repayment(loan: Loan, held: InForce | Standing, amount_minor: int, on: date, keep: Keep) -> EarlyRepayment:
    """What a sum does that is paid on a day on which nothing is due. Raises `PrepaymentError`.

    Of a sum that does not go into principal and fee without a rest, the rest is not asked for.
    """
    rate = loan.product.early_fee_rate
    done = _prepaid(loan, held, amount_minor, on, keep)
    if rate:
        principal_minor = principal_within(amount_minor - done.interest_minor, rate)
        done = _prepaid(loan, held, done.interest_minor + principal_minor, on, keep)
    fee_minor = early_fee_minor(done.principal_minor, rate)
    rows = list(done.rows)
    rows[done.number - 1] = rows[done.number - 1]._replace(fee_minor=fee_minor)
    return EarlyRepayment(
        keep=keep,
        rows=tuple(rows),
        number=done.number,
        amount_minor=done.principal_minor + done.interest_minor + fee_minor,
        principal_minor=done.principal_minor,
        interest_minor=done.interest_minor,
        fee_minor=fee_minor,
        interest_saved_minor=done.interest_saved_minor,
        remembered=_remembered(held.remembered, done),
    )


def _remembered(before: Remembered, done: Prepayment) -> Remembered:
    """What is to be remembered after it; a loan without relief has nothing that its rows do not say."""
    if before.earning is None and not done.earning.stretches and not done.earning.idle:
        return before
    return replace(before, earning=done.earning)


def _prepaid(loan: Loan, held: InForce | Standing, amount_minor: int, on: date, keep: Keep) -> Prepayment:
    known = held.remembered
    return prepayment(
        held.rows,
        held.paid,
        amount_minor,
        on,
        keep,
        rate_annual=loan.rate_annual,
        profile=loan.conventions,
        method=Method(loan.method),
        anchor_day=known.due_day or loan.anchor_day,
        disbursed_on=loan.disbursed_on,
        cut_rate_annual=known.cut_rate_annual,
        cut_until=known.cut_until,
        earning=known.earning,
    )
