"""What a gateway reports of an order: read once, booked at most once, kept for ever.

The same report may come as an answer, as a message, as another message, late, early, or in
two threads at once. Whatever comes first has its effect; everything later is told apart by its
event, by the state of the order and by the key of the payment.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import Conflict
from accounts.models import Lender
from config import clock
from loans.errors import BillRefused, LaterSchedule, NothingToReverse, RefundedAlready
from loans.gateways.configured import CALLBACK
from loans.gateways.interface import Outcome, Report
from loans.gateways.notice import as_dict, notice
from loans.gateways.states import Answer, State, after, is_payable
from loans.ledger import BATCH, post
from loans.models import (
    Account,
    Contract,
    GatewayEvent,
    JournalEntry,
    Loan,
    Payment,
    PaymentOrder,
    RevolvingAccount,
    SuspenseItem,
)
from loans.selectors.payout import is_too_late
from loans.services.bill_ordering import book_bill_debit
from loans.services.bill_refunding import book_bill_refund, refund_counts_on
from loans.services.bill_reversing import return_bill_debit
from loans.services.bill_telling import tell_bill_debit_failed, tell_bill_paid
from loans.services.head import iso
from loans.services.opening import disburse_loan
from loans.services.order_head import lock_order
from loans.services.ordering_early import book_early, is_still_right
from loans.services.paying import record_payment
from loans.services.reversing import reverse_returned
from loans.services.suspending import open_suspense
from loans.services.telling import tell_of_debit
from loans.services.telling_outgoing import tell_of_outgoing

Direction = PaymentOrder.Direction
Reason = SuspenseItem.Reason
WENT_OUT = (Reason.PAID_OUT_UNASKED, Reason.CREDIT_USED)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a report; `is_replay` where it had been taken before."""

    answer: Answer
    is_replay: bool


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a report does: to the order, and to the books."""

    answer: Answer
    state: State | None = None
    suspense: str = ""
    is_return: bool = False


def take_callback(*, lender: Lender, body: bytes) -> Taken:
    """Take a message whose signature has been checked; raises `NoticeError` where it cannot be read."""
    found = notice(body)
    return take_report(lender=lender, gateway=CALLBACK, event_id=found.event_id, report=found.report)


def take_report(*, lender: Lender, gateway: str, event_id: str, report: Report) -> Taken:
    """Take one report: at most one effect per event and per order, the same answer every time."""
    # Somebody else may write an event of this name between the look and the writing, and then
    # another that contradicts it: both are seen at the third look.
    for _look in range(2):
        with suppress(IntegrityError), transaction.atomic():
            return _take(lender, gateway, event_id, report)
    with transaction.atomic():
        return _take(lender, gateway, event_id, report)


def fingerprint(report: Report) -> str:
    """The hash by which the same content is known again."""
    return hashlib.sha256(json.dumps(as_dict(report), sort_keys=True).encode()).hexdigest()


def write_applied(lender: Lender, gateway: str, taken: Iterable[tuple[str, Report, PaymentOrder]]) -> None:
    """Write many reports down, by event and order, that had their effect."""
    GatewayEvent.objects.bulk_create(
        [
            GatewayEvent(
                lender=lender,
                gateway=gateway,
                event_id=event_id,
                body_sha256=fingerprint(report),
                body=as_dict(report),
                order=order,
                answer=Answer.APPLIED.value,
            )
            for event_id, report, order in taken
        ],
        batch_size=BATCH,
    )


def _take(lender: Lender, gateway: str, event_id: str, report: Report) -> Taken:
    order = _locked(lender, gateway, report.key)
    sha256 = fingerprint(report)
    # One look for both questions: what was written between two looks would answer them differently.
    known = list(GatewayEvent.objects.filter(lender=lender, gateway=gateway, event_id=event_id))
    for event in known:
        if event.body_sha256 == sha256:
            return Taken(Answer(event.answer), is_replay=True)
    first = next((event for event in known if event.contradicts_id is None), None)
    value_on = _value_on(lender, order, report)
    verdict = _Verdict(Answer.CONFLICT) if first is not None else _verdict(lender, order, report, value_on)
    if order is not None and verdict.is_return:
        verdict = _taken_back(order, verdict, report, value_on)
    elif order is not None and verdict.state is not None:
        verdict = _ended(order, verdict, verdict.state, report, value_on)
    event = GatewayEvent.objects.create(
        lender=lender,
        gateway=gateway,
        event_id=event_id,
        body_sha256=sha256,
        body=as_dict(report),
        order=order,
        answer=verdict.answer.value,
        contradicts=first,
    )
    if verdict.suspense:
        open_suspense(
            lender=lender,
            amount_minor=report.amount_minor,
            reason=verdict.suspense,
            key=report.key,
            loan=order.loan if order else None,
            bill_account=order.bill_account if order else None,
            event=event,
            is_outgoing=verdict.suspense in WENT_OUT,
            value_on=value_on,
        )
    if order is not None:
        _tell(order, verdict, report.reason)
    return Taken(verdict.answer, is_replay=False)


def _tell(order: PaymentOrder, verdict: _Verdict, reason: str) -> None:
    state = verdict.state
    if order.direction != Direction.DEBIT:
        tell_of_outgoing(order, state, reason=reason, is_used=verdict.suspense == Reason.CREDIT_USED)
    elif order.bill_account is None:
        tell_of_debit(order, state)
    elif state is State.SUCCEEDED:
        tell_bill_paid(order, order.bill_account)
    elif state is State.FAILED:
        tell_bill_debit_failed(order, order.bill_account)


def _locked(lender: Lender, gateway: str, key: str) -> PaymentOrder | None:
    """The order of this key as it is now, what it stands for locked; None where there is none."""
    orders = PaymentOrder.objects.filter(lender=lender, gateway=gateway, key=key)
    found = orders.select_related("loan", "bill_account").first()
    return lock_order(found) if found is not None else None


def _verdict(lender: Lender, order: PaymentOrder | None, report: Report, value_on: date) -> _Verdict:
    """What the report means, before anything is written."""
    if report.currency != (order or lender).currency:
        return _Verdict(Answer.CONFLICT)
    if order is None:
        if report.outcome is Outcome.SUCCEEDED:
            return _Verdict(Answer.SUSPENSE, suspense=Reason.UNKNOWN_ORDER)
        return _Verdict(Answer.REVIEW if report.outcome is Outcome.RETURNED else Answer.NOTED)
    answer, state = after(State(order.state), report.outcome)
    if answer is Answer.NOTED and report.outcome is Outcome.SUCCEEDED and report.amount_minor != order.moved_minor:
        return _Verdict(Answer.CONFLICT)
    if answer is not Answer.APPLIED:
        return _Verdict(answer)
    if report.outcome is Outcome.RETURNED:
        return _return(order, report, value_on)
    return _success(order, report, value_on) if state is State.SUCCEEDED else _Verdict(answer, state)


def _success(order: PaymentOrder, report: Report, value_on: date) -> _Verdict:
    """Money moved: it is booked where it is what was ordered, else it waits where people see it."""
    fits = is_payable(order.amount_minor, report.amount_minor, may_be_partial=order.may_be_partial)
    if order.direction != Direction.DEBIT:
        if fits and order.direction == Direction.PAYOUT and _is_unasked(order.debt):
            return _Verdict(Answer.SUSPENSE, State.SUCCEEDED, Reason.PAID_OUT_UNASKED)
        account = order.bill_account
        if fits and account is not None and refund_counts_on(account, report.amount_minor, value_on) is None:
            return _Verdict(Answer.SUSPENSE, State.SUCCEEDED, Reason.CREDIT_USED)
        return _Verdict(Answer.APPLIED, State.SUCCEEDED) if fits else _Verdict(Answer.CONFLICT)
    if not fits:
        return _Verdict(Answer.SUSPENSE, State.SUCCEEDED, Reason.AMOUNT_DIFFERS)
    if order.bill_account is not None:
        is_open = order.bill_account.state == RevolvingAccount.State.ACTIVE
        closed = _Verdict(Answer.SUSPENSE, State.SUCCEEDED, Reason.BILL_CLOSED)
        return _Verdict(Answer.APPLIED, State.SUCCEEDED) if is_open else closed
    if not order.debt.is_owed:
        return _Verdict(Answer.SUSPENSE, State.SUCCEEDED, Reason.LOAN_CLOSED)
    is_early = order.aim != PaymentOrder.Aim.PAY
    if is_early and not is_still_right(order.debt, order.aim, order.amount_minor, order.ordered_on):
        return _Verdict(Answer.SUSPENSE, State.SUCCEEDED, Reason.LOAN_CHANGED)
    return _Verdict(Answer.APPLIED, State.SUCCEEDED)


def _is_unasked(loan: Loan) -> bool:
    """Whether money was paid out on a contract that was given up, or whose first due date had come."""
    if loan.state != Loan.State.PENDING:
        return loan.state == Loan.State.CANCELLED
    return is_too_late(loan, loan.lender.today()) and Contract.objects.filter(loan=loan).exists()


def _return(order: PaymentOrder, report: Report, value_on: date) -> _Verdict:
    """Money went back: a debit's own sum is taken back, anything else is for a person.

    Where the report that it came is still on its way, it came all the same.
    """
    if order.direction != Direction.DEBIT:
        return _Verdict(Answer.REVIEW)
    if order.state == State.SUCCEEDED:
        return _Verdict(Answer.REVIEW, is_return=report.amount_minor == order.moved_minor)
    came = _success(order, report, value_on)
    return _Verdict(Answer.REVIEW, came.state, came.suspense, is_return=not came.suspense)


def _ended(order: PaymentOrder, verdict: _Verdict, state: State, report: Report, value_on: date) -> _Verdict:
    """End the order and book what moved; money for which there is no place any more lies in suspense."""
    _end(order, state, report, value_on)
    if state is not State.SUCCEEDED or verdict.suspense or _book(order, report.amount_minor, value_on):
        return verdict
    return replace(verdict, answer=Answer.SUSPENSE, suspense=Reason.BILL_CLOSED)


def _taken_back(order: PaymentOrder, verdict: _Verdict, report: Report, value_on: date) -> _Verdict:
    """Book what came, if it is not booked yet, and reverse it; what cannot be reversed waits for a person."""
    if verdict.state is not None:
        _end(order, verdict.state, replace(report, reason=""), value_on)
        if not _book(order, report.amount_minor, value_on):
            return _Verdict(Answer.REVIEW, suspense=Reason.BILL_CLOSED)
    try:
        with transaction.atomic():
            if order.bill_account is not None:
                return_bill_debit(order=order, reason=report.reason, value_on=value_on)
            else:
                reverse_returned(order=order, reason=report.reason, value_on=value_on)
    except (LaterSchedule, NothingToReverse, RefundedAlready, BillRefused):
        return _Verdict(Answer.REVIEW)
    return _Verdict(Answer.APPLIED)


def _value_on(lender: Lender, order: PaymentOrder | None, report: Report) -> date:
    """The day on which the money moved, as reported; a day outside the order's life counts as the nearest in it."""
    today: date = lender.today()
    value_on = min(report.value_on or today, today)
    return value_on if order is None else max(value_on, min(order.ordered_on, today))


def _end(order: PaymentOrder, state: State, report: Report, value_on: date) -> None:
    has_moved = state is State.SUCCEEDED
    changed = PaymentOrder.objects.filter(pk=order.pk, state=order.state).update(
        state=state.value,
        ended_at=clock.now(),
        moved_minor=report.amount_minor if has_moved else 0,
        value_on=value_on if has_moved else None,
        reason=report.reason,
        reference=report.reference,
    )
    if not changed:
        raise Conflict(f"{order.key} was changed by somebody else")
    audit.record(
        lender=order.lender,
        verb="end_order",
        subject=order.debt.number,
        before={"key": order.key, "state": str(order.state)},
        after={"state": state.value, "amount_minor": report.amount_minor, "on": iso(value_on), "reason": report.reason},
        acting_user=None,
    )


def _book(order: PaymentOrder, amount_minor: int, value_on: date) -> bool:
    """The effect in the books of money that moved as ordered; False where they have no place for it."""
    if order.bill_account is not None:
        if order.direction == Direction.DEBIT:
            return book_bill_debit(order, order.bill_account, amount_minor, value_on)
        book_bill_refund(order, order.bill_account, amount_minor, value_on)
        return True
    loan: Loan = order.debt
    if order.aim != PaymentOrder.Aim.PAY:
        book_early(order)
    elif order.direction == Direction.DEBIT:
        is_own = order.instalment_number is None
        record_payment(
            loan=loan,
            amount_minor=amount_minor,
            key=order.key,
            channel=Payment.Channel.BORROWER if is_own else Payment.Channel.AUTO_DEBIT,
            value_on=value_on,
            acting_user=None,
        )
    elif order.direction == Direction.REFUND:
        post(
            lender=loan.lender,
            loan=loan,
            kind=JournalEntry.Kind.REFUND,
            key=order.key,
            lines={Account.BORROWER_CREDIT: amount_minor, Account.CASH: -amount_minor},
            value_on=value_on,
        )
    elif loan.state == Loan.State.PENDING:
        disburse_loan(loan=loan, acting_user=None)
    return True
