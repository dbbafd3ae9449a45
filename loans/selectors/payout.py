"""Where the money of a signed contract is, before it is a running loan: on its way, stuck, or given up."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.conf import settings

from accounts.models import BankAccount
from accounts.selectors import debit_sources
from loans.gateways.configured import gateway_for
from loans.models import Contract, ContractCancellation, GatewayEvent, Loan, PaymentOrder, SuspenseItem
from loans.order_words import why_not


class Stage(StrEnum):
    """`waiting` is not sent yet; `stuck` the same for too many days; `looked_at` is with a person of the staff."""

    WAITING = "waiting"
    STUCK = "stuck"
    UNDER_WAY = "under_way"
    FAILED = "failed"
    LOOKED_AT = "looked_at"
    CANCELLED = "cancelled"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Payout:
    """`order` is the last one, `why` what stood in its way and what helps.

    The borrower may cancel once it failed or is stuck; until it is with the gateway, or a
    person looks at it, staff may cancel sooner. `sources` are accounts it could be sent to.
    """

    loan: Loan
    stage: Stage
    contract: Contract | None
    order: PaymentOrder | None
    why: tuple[str, str]
    sources: tuple[BankAccount, ...]
    cancellation: ContractCancellation | None = None

    @property
    def may_cancel(self) -> bool:
        return self.stage in (Stage.FAILED, Stage.STUCK)

    @property
    def may_be_cancelled_by_staff(self) -> bool:
        return self.stage in (Stage.FAILED, Stage.STUCK, Stage.WAITING) and self.contract is not None

    @property
    def may_choose(self) -> bool:
        """Whether another account can be chosen."""
        return bool(self.sources)


def payout(loan: Loan, on: date) -> Payout:
    """Five queries for a loan that waits for its money."""
    contract = Contract.objects.filter(loan=loan).select_related("draw_down", "lender").first()
    orders = PaymentOrder.objects.filter(loan=loan, direction=PaymentOrder.Direction.PAYOUT)
    order = orders.select_related("bank_account").order_by("pk").last()
    stage = _stage(loan, contract, order, on)
    is_failed = stage is Stage.FAILED and order is not None
    return Payout(
        loan=loan,
        stage=stage,
        contract=contract,
        order=order,
        why=why_not(order.reason) if is_failed and order else ("", ""),
        sources=_sources(loan, order, on) if is_failed else (),
        cancellation=ContractCancellation.objects.filter(loan=loan).first() if stage is Stage.CANCELLED else None,
    )


def is_too_late(loan: Loan, on: date) -> bool:
    """Whether the first due date has come, after which nothing is paid out on a contract any more."""
    return loan.first_due_on is not None and loan.first_due_on <= on


def _is_looked_at(loan: Loan) -> bool:
    """Whether money of the loan lies in suspense, in or out, or a report about it waits for a person. Two queries."""
    return (
        SuspenseItem.objects.open().filter(loan=loan).exists()
        or GatewayEvent.objects.to_review().filter(order__loan=loan).exists()
    )


def _stage(loan: Loan, contract: Contract | None, order: PaymentOrder | None, on: date) -> Stage:
    if loan.state == Loan.State.CANCELLED:
        return Stage.CANCELLED
    if loan.state != Loan.State.PENDING:
        return Stage.PAID
    if _is_looked_at(loan) or (order is not None and order.state == PaymentOrder.State.SUCCEEDED):
        return Stage.LOOKED_AT
    if order is not None and order.state == PaymentOrder.State.FAILED:
        return Stage.FAILED
    if order is not None and order.state != PaymentOrder.State.CREATED:
        return Stage.UNDER_WAY
    since = contract.signed_on if contract else loan.disbursed_on
    is_stuck = contract is not None and on >= since + timedelta(days=settings.PAYOUT_DAYS)
    return Stage.STUCK if is_stuck else Stage.WAITING


def _sources(loan: Loan, order: PaymentOrder | None, on: date) -> tuple[BankAccount, ...]:
    if gateway_for(loan.lender.code) is None or is_too_late(loan, on):
        return ()
    return tuple(debit_sources(loan.borrower))
