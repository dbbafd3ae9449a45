"""What a borrower is told of money that was to go to them: their loan paid out, or what they had paid too much.

The words are `accounts/notices/texts/payments.py` and `refunds.py`; one notice for one cause.
"""

from datetime import date
from typing import Any

from django.utils import translation

from accounts.services import write_notice
from loans.gateways.states import State
from loans.models import Contract, Loan, PaymentOrder
from loans.order_words import WHY
from loans.selectors.in_force import in_force
from loans.services.telling import language_of

Direction = PaymentOrder.Direction


def tell_of_outgoing(
    order: PaymentOrder,
    state: State | None,
    *,
    reason: str = "",
    is_used: bool = False,
    amount_minor: int | None = None,
) -> None:
    """That a payout or a refund went, or that it did not and why; nothing while its last word has not come.

    With `is_used` the money of a refund went though not all of it was owed back any more: staff
    look at that. `amount_minor` is what went, where that is not what was ordered.
    """
    if state not in (State.SUCCEEDED, State.FAILED):
        return
    on = order.lender.today()
    if order.direction == Direction.REFUND:
        key = "account" if order.loan is None else "loan"
        facts: dict[str, Any] = {key: order.debt.number}
        if state is State.SUCCEEDED:
            sent_minor = order.amount_minor if amount_minor is None else amount_minor
            _write(order, "refund_sent", facts | {"paid_on": on, "is_used": is_used, "sum_minor": sent_minor})
        else:
            why = {"reason": _why(order, reason), "is_looked_at": reason == "in_question"}
            _write(order, "refund_failed", facts | {"tried_on": on} | why)
    elif order.direction == Direction.PAYOUT and state is State.FAILED:
        _tell_payout_failed(order, on, reason)
    elif order.direction == Direction.PAYOUT:
        _tell_paid_out(order)


def _tell_payout_failed(order: PaymentOrder, on: date, reason: str) -> None:
    # One that was given up, or paid out by hand meanwhile, is nothing to be told of.
    contract = Contract.objects.filter(loan=order.loan, loan__state=Loan.State.PENDING).first()
    if contract is not None:
        why = {"reason": _why(order, reason), "is_too_late": reason == "too_late"}
        facts = {"contract": contract.number, "tried_on": on} | why
        _write(order, "payout_failed", facts)


def _tell_paid_out(order: PaymentOrder) -> None:
    loan = Loan.objects.select_related("lender", "borrower").get(pk=order.debt.pk)
    if loan.state != Loan.State.ACTIVE:
        return  # nobody had asked for it any more: staff look at it
    first = in_force([loan], loan.disbursed_on)[loan.pk].unpaid_rows[0]
    facts = {"loan": loan.number, "first_on": first.due_on, "first_minor": first.due_minor}
    # Money can be given back on the day on which it was paid out.
    until_on = loan.disbursed_on if loan.disbursed_on == loan.lender.today() else None
    _write(order, "loan_paid_out", facts | {"paid_on": loan.disbursed_on, "until_on": until_on})


def _why(order: PaymentOrder, reason: str) -> str | None:
    """What stood in the way, in the borrower's language; None where nobody said."""
    if reason not in WHY:
        return None
    with translation.override(language_of(order.debt.borrower)):
        return str(WHY[reason][0])


def _write(order: PaymentOrder, event: str, facts: dict[str, Any]) -> None:
    write_notice(
        borrower=order.debt.borrower, lender=order.lender, event=event, key=f"{event}/{order.public_id}",
        facts={"sum_minor": order.amount_minor} | facts,
    )  # fmt: skip
