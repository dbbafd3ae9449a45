"""Telling a gateway what was ordered, and asking it what became of it.

An order is told once: it is marked as sent and committed, then the gateway is called, then the
answer is written. If the process dies in between, or no answer comes, the order is open and is
only asked about, by its key. An order is not taken to have failed because the gateway does not
know it, unless an hour has passed: it may still be on its way.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from accounts import audit
from accounts.models import Lender
from config import clock
from credit.models.consent import Purpose
from credit.selectors import live_consent
from loans.errors import NoGateway
from loans.gateways.bank_file import collects_by_file
from loans.gateways.configured import gateway_for
from loans.gateways.interface import Gateway, Instruction, NoAnswer, NotReceived, Outcome, Report
from loans.gateways.states import State as GatewayState
from loans.models import Contract, Hold, Loan, PaymentOrder
from loans.selectors.debits import bill_of
from loans.selectors.payout import is_too_late
from loans.selectors.refunds import credit_minor, is_refund_in_question
from loans.selectors.standing import standing
from loans.services.bill_ordering import unneeded_bill_debit
from loans.services.bill_refunding import unneeded_bill_refund
from loans.services.order_head import lock_order
from loans.services.ordering_early import is_still_right
from loans.services.reporting import take_report
from loans.services.telling_outgoing import tell_of_outgoing

State = PaymentOrder.State
ASK_AFTER = timedelta(minutes=5)
ARRIVES_WITHIN = timedelta(hours=1)
NOT_RECEIVED = "not_received"
log = logging.getLogger(__name__)


def send_orders(
    *, lender: Lender, gateway: Gateway | None = None, orders: Iterable[PaymentOrder] | None = None
) -> Counter[str]:
    """Send what is written and not sent yet (of `orders`, or of all); counts by what came of it.

    Debits that travel in files wait for the next one, which `write_collections` writes.
    Counts: `sent`, `unanswered`, `taken_back` for what is not needed any more, and `failed` for
    what broke: the log says of it, and the others go on. Raises `NoGateway`.
    """
    gateway = gateway or gateway_for(lender.code)
    if gateway is None:
        return _nothing_to_call(lender)
    waiting = PaymentOrder.objects.filter(lender=lender, gateway=gateway.name, state=State.CREATED)
    if orders is not None:
        waiting = waiting.filter(pk__in=[order.pk for order in orders])
    pks = waiting.order_by("pk").values_list("pk", flat=True)
    return Counter(_or_failed(_send, pk, gateway) for pk in pks)


def query_unknown(*, lender: Lender, gateway: Gateway | None = None) -> Counter[str]:
    """Ask about every order whose last word has not come, at most every five minutes each.

    Counts: `answered`, `pending`, `not_received`, `unanswered`, `failed`. Raises `NoGateway`.
    """
    gateway = gateway or gateway_for(lender.code)
    if gateway is None:
        return _nothing_to_call(lender)
    last = Coalesce(F("asked_at"), F("sent_at"))
    orders = PaymentOrder.objects.waiting().filter(lender=lender, gateway=gateway.name)
    due = orders.annotate(last=last).filter(last__lte=clock.now() - ASK_AFTER)
    return Counter(_or_failed(_ask, order, gateway) for order in due.order_by("pk"))


def _or_failed(act: Callable[[Any, Gateway], str], order: int | PaymentOrder, gateway: Gateway) -> str:
    """What came of one order; one that breaks must not keep the lender's others from their turn."""
    try:
        return act(order, gateway)
    except Exception:
        log.exception("the order %s broke", order)
        return "failed"


def _nothing_to_call(lender: Lender) -> Counter[str]:
    """Where files alone carry the debits there is nobody to tell and nobody to ask."""
    if not collects_by_file(lender.code):
        raise NoGateway(lender.code)
    return Counter()


def _send(pk: int, gateway: Gateway) -> str:
    # The claim must be committed before the call, or a fault after it would undo what was told.
    with transaction.atomic(durable=gateway.calls_out):
        order = _claimed(pk)
    if order is None:
        return "taken_back"
    send = gateway.send_debit if order.direction == PaymentOrder.Direction.DEBIT else gateway.send_payout
    try:
        answer = send(instruction(order))
    except NoAnswer:
        _is_unknown(order)
        return "unanswered"
    if answer.outcome is not Outcome.PENDING:
        _take(order, gateway, answer, f"answer:{order.key}")
    return "sent"


def _claimed(pk: int) -> PaymentOrder | None:
    """The order, marked as sent by this caller and nobody else; None where it is not to be sent any more."""
    order = lock_order(PaymentOrder.objects.select_related("loan", "bill_account").get(pk=pk))
    reason = _unneeded(order)
    columns = (
        {"state": State.FAILED, "reason": reason, "ended_at": clock.now()}
        if reason
        else {"state": State.SENT, "sent_at": clock.now()}
    )
    if not PaymentOrder.objects.filter(pk=pk, state=State.CREATED).update(**columns):
        return None
    if not reason:
        order.state = State.SENT
        return order
    audit.record(
        lender=order.lender,
        verb="take_order_back",
        subject=order.debt.number,
        after={"key": order.key, "reason": reason},
        acting_user=None,
    )
    if order.direction != PaymentOrder.Direction.DEBIT:
        tell_of_outgoing(order, GatewayState.FAILED, reason=reason)
    return None


def _unneeded(order: PaymentOrder) -> str:
    """Why an order written a while ago must not be sent now; empty if it may."""
    if not order.bank_account.is_active:
        return "account_removed"
    reason = _unneeded_by_debt(order)
    is_auto_debit = order.instalment_number is not None
    return "no_mandate" if not reason and is_auto_debit and not _has_mandate(order) else reason


def _unneeded_by_debt(order: PaymentOrder) -> str:
    if order.bill_account is not None:
        is_refund = order.direction == PaymentOrder.Direction.REFUND
        return (unneeded_bill_refund if is_refund else unneeded_bill_debit)(order, order.bill_account)
    loan: Loan = order.debt
    if order.direction == PaymentOrder.Direction.PAYOUT:
        return _unneeded_payout(loan)
    if order.direction == PaymentOrder.Direction.REFUND:
        return _unneeded_refund(order, loan)
    if not loan.is_owed:
        return "loan_closed"
    today = order.lender.today()
    if order.aim != PaymentOrder.Aim.PAY:
        return _unneeded_early(order, loan, today)
    if order.instalment_number is None:
        return "amount_changed" if order.amount_minor > standing(loan, today).left_minor else ""
    if Hold.objects.active(loan=loan, kind=Hold.Kind.AUTO_DEBIT, on=today):
        return "held"
    bill = bill_of(loan, today)
    if bill is None or bill.number != order.instalment_number:
        return "not_due"
    return "" if bill.left_minor == order.amount_minor else "amount_changed"


def _has_mandate(order: PaymentOrder) -> bool:
    """Whether the borrower still allows the lender to collect by itself."""
    return live_consent(order.debt.borrower, order.lender, Purpose.DEBIT, order.lender.today()) is not None


def _unneeded_early(order: PaymentOrder, loan: Loan, today: date) -> str:
    if order.ordered_on != today:
        return "quote_over"
    return "" if is_still_right(loan, order.aim, order.amount_minor, today) else "amount_changed"


def _unneeded_refund(order: PaymentOrder, loan: Loan) -> str:
    if is_refund_in_question(loan):
        return "in_question"
    return "" if credit_minor(loan) >= order.amount_minor else "amount_changed"


def _unneeded_payout(loan: Loan) -> str:
    if loan.state != Loan.State.PENDING:
        return "loan_closed"
    is_signed = Contract.objects.filter(loan=loan).exists()
    return "too_late" if is_signed and is_too_late(loan, loan.lender.today()) else ""


def instruction(order: PaymentOrder) -> Instruction:
    """The order as the gateway gets it."""
    return Instruction(
        key=order.key,
        amount_minor=order.amount_minor,
        currency=order.currency,
        account=str(order.bank_account.public_id),
        purpose=order.debt.number,
        may_be_partial=order.may_be_partial,
    )


def _ask(order: PaymentOrder, gateway: Gateway) -> str:
    try:
        answer = gateway.query(order.key)
    except NoAnswer:
        _is_unknown(order)
        return "unanswered"
    except NotReceived:
        if order.sent_at is None or clock.now() - order.sent_at < ARRIVES_WITHIN:
            _asked(order)
            return "not_received"
        answer = Report(
            key=order.key,
            outcome=Outcome.FAILED,
            amount_minor=order.amount_minor,
            currency=order.currency,
            reason=NOT_RECEIVED,
        )
    if answer.outcome is Outcome.PENDING:
        _asked(order)
        return "pending"
    _take(order, gateway, answer, f"query:{order.key}")
    return "answered"


def _take(order: PaymentOrder, gateway: Gateway, answer: Report, event_id: str) -> None:
    take_report(lender=order.lender, gateway=gateway.name, event_id=event_id, report=answer)
    _asked(order)


def _is_unknown(order: PaymentOrder) -> None:
    """No answer came: from now on it is asked about. What ended meanwhile stays ended."""
    PaymentOrder.objects.filter(pk=order.pk, state=State.SENT).update(state=State.UNKNOWN)
    _asked(order)


def _asked(order: PaymentOrder) -> None:
    PaymentOrder.objects.waiting().filter(pk=order.pk).update(asked_at=clock.now())
