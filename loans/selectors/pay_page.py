"""Paying on a loan: what for, at most how much; and what a payment went to."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.models import BankAccount
from accounts.selectors import debit_sources
from accounts.wording import DIGITS
from loans.gateways.bank_file import collects_by_file
from loans.gateways.configured import gateway_for
from loans.models import Loan, Payment, PaymentCorrection, PaymentOrder
from loans.reversal_words import reason_parts
from loans.selectors.charges import Explained, explained
from loans.selectors.debits import did_not_go_through, is_in_question, under_way
from loans.selectors.payment_lines import PaymentLine, payment_line
from loans.selectors.settle_page import Quote, quote
from loans.selectors.standing import Standing, standing
from loans.selectors.what_now import WhatNow, what_now


@dataclass(frozen=True, slots=True)
class PayPage:
    """`is_recording` says that this site itself takes the payment down, without money moving.

    With `is_collecting` it asks the borrower's bank for the money, from one of `sources`.
    `under_way` are debits whose result has not come. While it `is_in_question` what came before,
    nothing more is asked for.
    """

    loan: Loan
    on: date
    now: WhatNow
    left_minor: int
    quote: Quote | None
    is_recording: bool
    is_collecting: bool
    sources: tuple[BankAccount, ...]
    under_way: tuple[PaymentOrder, ...]
    penalty: tuple[Explained, ...] = ()
    failed: PaymentOrder | None = None
    is_in_question: bool = False

    @property
    def is_open(self) -> bool:
        is_offered = self.is_recording or bool(self.is_collecting and self.sources)
        return is_offered and self.now.is_owed and not (self.is_being_repaid_early or self.is_in_question)

    @property
    def is_being_repaid_early(self) -> bool:
        """Whether an order at an agreed sum is under way, which another payment would make wrong."""
        return any(order.aim != PaymentOrder.Aim.PAY for order in self.under_way)

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
    taken_back: tuple[str, str]
    now: WhatNow
    left_minor: int
    paid_count: int
    row_count: int


def pay_page(loan: Loan, on: date, *, is_recording: bool) -> PayPage:
    """Four queries, and up to five more where the lender has a gateway."""
    found = standing(loan, on)
    now = what_now(found)
    code = loan.lender.code
    is_collecting = not is_recording and (collects_by_file(code) or gateway_for(code) is not None)
    in_question = is_collecting and is_in_question(loan)
    return PayPage(
        loan=loan,
        on=on,
        now=now,
        left_minor=found.left_minor,
        quote=quote(found) if now.is_running else None,
        is_recording=is_recording,
        penalty=explained(found.penalty, found.rows, DIGITS.get(loan.currency, 2)),
        is_collecting=is_collecting,
        sources=tuple(debit_sources(loan.borrower)) if is_collecting else (),
        under_way=tuple(under_way(loan)),
        failed=did_not_go_through(loan) if is_collecting and not in_question else None,
        is_in_question=in_question,
    )


def payment_page(loan: Loan, payment: Payment, on: date) -> PaymentPage:
    """Four queries, and three more where somebody was late."""
    found: Standing = standing(loan, on)
    line = payment_line(payment)
    return PaymentPage(
        loan=loan,
        line=line,
        taken_back=_taken_back(payment) if line.is_reversed else ("", ""),
        now=what_now(found),
        left_minor=found.left_minor,
        paid_count=found.paid_count,
        row_count=len(found.rows),
    )


def _taken_back(payment: Payment) -> tuple[str, str]:
    """Why it was taken back: what the bank said, and what a person wrote. One query."""
    return reason_parts(payment.corrections.get(kind=PaymentCorrection.Kind.REVERSED).reason)


def payment_by_key(loan: Loan, key: UUID | None) -> Payment | None:
    """The payment on this loan that was sent under this key. One query."""
    return loan.payments.filter(key=str(key)).first() if key else None


def order_by_key(loan: Loan, key: UUID | None) -> PaymentOrder | None:
    """The order on this loan that was sent under this key. One query."""
    return PaymentOrder.objects.filter(loan=loan, key=str(key)).first() if key else None
