"""What a borrower is told of money, applications and limits; written in the transaction of its cause.

The words are `accounts/notices/texts`; one notice for one cause, by its key.
"""

from datetime import timedelta

from django.utils import translation

from accounts.models import Borrower
from accounts.services import Draft, write_notice, write_notices
from config import clock
from loans.gateways.states import State
from loans.limit_words import cut_reason
from loans.models import LimitChange, Loan, LoanApplication, Payment, PaymentOrder
from loans.reminders import failure_key
from loans.reversal_words import reason_parts
from loans.selectors.in_force import NOTHING, InForce, in_force, total

# The other accounts are tried first: told at once, a failure might be none an hour later.
OTHER_ACCOUNTS = timedelta(hours=1)
OF_OURS = ("error", "other")  # reasons for taking a payment back that are not the bank's


def tell_of_debit(order: PaymentOrder, state: State | None) -> None:
    """That a debit came; or that one of an instalment did not, once a day. Of a payment of one's own the page tells."""
    if order.loan is None:
        return
    if state is State.SUCCEEDED:
        _tell_received(order, order.loan)
    elif state is State.FAILED and order.instalment_number is not None:
        loan = order.loan
        key = failure_key(loan.pk, order.instalment_number, order.ordered_on)
        facts = {"loan": loan.number, "sum_minor": order.amount_minor, "tried_on": order.ordered_on}
        write_notice(
            borrower=loan.borrower, lender=loan.lender, event="debit_failed", key=key, facts=facts,
            due_at=clock.now() + OTHER_ACCOUNTS,
        )  # fmt: skip


def tell_taken_back(payment: Payment, reason: str) -> None:
    """That a payment was taken back, by the bank or by us, and why."""
    write_notices(lender=payment.loan.lender, drafts=[taken_back_draft(payment, reason)])


def taken_back_draft(payment: Payment, reason: str) -> Draft:
    loan = payment.loan
    with translation.override(language_of(loan.borrower)):
        words, _written = reason_parts(reason)
    return Draft(
        borrower=loan.borrower, event="payment_taken_back", key=f"taken-back/{payment.public_id}",
        facts={
            "loan": loan.number, "sum_minor": payment.amount_minor, "paid_on": payment.value_on, "reason": words,
            "is_by_bank": reason.partition(" ")[0] not in OF_OURS,
        },
    )  # fmt: skip


def tell_decided(application: LoanApplication, limit_minor: int | None) -> None:
    """The answer to an application; approved with its limit, else None."""
    is_approved = limit_minor is not None
    write_notice(
        borrower=application.borrower, lender=application.lender,
        event="application_approved" if is_approved else "application_declined",
        key=f"application/{application.public_id}/{application.state}",
        facts={"application": application.number, "limit_minor": limit_minor},
    )  # fmt: skip


def tell_cut(change: LimitChange) -> None:
    """That a limit will be lower, and why."""
    limit = change.limit
    with translation.override(language_of(limit.borrower)):
        reason = cut_reason(change.reason)
    write_notice(
        borrower=limit.borrower, lender=limit.lender, event="limit_cut", key=f"limit/{limit.public_id}/{change.number}",
        facts={
            "limit": limit.number, "old_minor": change.old_minor, "new_minor": change.new_minor,
            "effective_on": change.effective_on, "reason": reason,
        },
    )  # fmt: skip


def _tell_received(order: PaymentOrder, loan: Loan) -> None:
    payment = Payment.objects.filter(lender=order.lender, loan=loan, key=order.key).first()
    if payment is None:
        return  # it waits in suspense
    loan = Loan.objects.select_related("lender", "borrower").get(pk=loan.pk)
    held = in_force([loan], loan.lender.today())[loan.pk]
    write_notices(lender=loan.lender, drafts=[received_draft(payment, loan, held)])


def received_draft(payment: Payment, loan: Loan, held: InForce) -> Draft:
    """That a payment came; `loan` and `held` are as they are with it."""
    row = next(iter(held.unpaid_rows), None)
    return Draft(
        borrower=loan.borrower, event="payment_received", key=f"received/{payment.public_id}",
        facts={
            "loan": loan.number, "sum_minor": payment.amount_minor, "paid_on": payment.value_on,
            "next_on": row.due_on if row else None,
            "next_minor": row.due_minor - total(held.paid.get(row.number, NOTHING)) if row else None,
            "is_settled": loan.state == Loan.State.SETTLED,
        },
    )  # fmt: skip


def language_of(borrower: Borrower) -> str:
    return borrower.user.language if borrower.user is not None else "zh-hans"
