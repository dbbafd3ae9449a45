"""Paying on a loan: what for, at most how much; and what a payment went to."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.wording import DIGITS
from loans.models import Loan, Payment
from loans.selectors.charges import Explained, explained
from loans.selectors.payment_lines import PaymentLine, payment_line
from loans.selectors.settle_page import Quote, quote
from loans.selectors.standing import Standing, standing
from loans.selectors.what_now import WhatNow, what_now


@dataclass(frozen=True, slots=True)
class PayPage:
    """`is_recording` says that this site itself takes the payment down."""

    loan: Loan
    on: date
    now: WhatNow
    left_minor: int
    quote: Quote | None
    is_recording: bool
    penalty: tuple[Explained, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.is_recording and self.now.is_running

    @property
    def settles_at_minor(self) -> int | None:
        """The sum that ends the loan today, where that is less than paying on to the end."""
        if self.quote is None or not 0 < self.quote.total_minor < self.left_minor:
            return None
        return self.quote.total_minor

    @property
    def is_better_settled(self) -> bool:
        """What a payment today would be for already costs as much as ending the loan."""
        return self.settles_at_minor is not None and self.now.suggested_minor >= self.settles_at_minor


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """One payment: what it went to, and how the loan stands now."""

    loan: Loan
    line: PaymentLine
    now: WhatNow
    left_minor: int
    paid_count: int
    row_count: int


def pay_page(loan: Loan, on: date, *, is_recording: bool) -> PayPage:
    """Three queries."""
    found = standing(loan, on)
    now = what_now(found)
    return PayPage(
        loan=loan,
        on=on,
        now=now,
        left_minor=found.left_minor,
        quote=quote(found) if now.is_running else None,
        is_recording=is_recording,
        penalty=explained(found.penalty, found.rows, DIGITS.get(loan.currency, 2)),
    )


def payment_page(loan: Loan, payment: Payment, on: date) -> PaymentPage:
    """Four queries, and three more where somebody was late."""
    found: Standing = standing(loan, on)
    return PaymentPage(
        loan=loan,
        line=payment_line(payment),
        now=what_now(found),
        left_minor=found.left_minor,
        paid_count=found.paid_count,
        row_count=len(found.rows),
    )


def payment_by_key(loan: Loan, key: UUID | None) -> Payment | None:
    """The payment on this loan that was sent under this key. One query."""
    return loan.payments.filter(key=str(key)).first() if key else None
