"""Taking a payment back: the bank returned it, or it was recorded in error."""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.roles import Verb
from credit.services import reopen_tradeline
from credit.words import Correction
from loans.errors import LaterSchedule, NothingToReverse, RefundedAlready
from loans.models import Account, Loan, Payment, PaymentCorrection, PaymentOrder, Posting, ScheduleVersion
from loans.reversal_words import returned_reason
from loans.selectors.in_force import in_force
from loans.services.adopting import restore_before
from loans.services.correcting import correct
from loans.services.furnishing import judge_anew
from loans.services.head import change, iso, lock, permit
from loans.services.paying import refresh
from loans.services.sharing import without
from loans.services.telling import tell_taken_back

# Schedules that a payment brings about, and that do not outlive it.
OF_A_PAYMENT = (ScheduleVersion.Source.PAYOFF, ScheduleVersion.Source.PREPAYMENT)


@transaction.atomic
def reverse_payment(*, payment: Payment, reason: str, acting_user: User | None) -> PaymentCorrection:
    """Take `payment` back whole, and share out the later ones as if it had never come.

    A loan that it settled runs again, the schedule that it brought about gives way to the
    one before, and months on the credit file are judged anew. Called again it returns the
    correction that stands. Raises `LaterSchedule` where another schedule was agreed on after
    the one the payment brought about, `RefundedAlready` where what it left over was paid
    back.
    """
    loan = lock(payment.loan)
    permit(loan, Verb.REVERSE_PAYMENT, acting_user)
    payment = Payment.objects.select_related("loan__lender", "journal_entry").get(pk=payment.pk)
    payment.loan = loan
    stored = PaymentCorrection.objects.filter(payment=payment, kind=PaymentCorrection.Kind.REVERSED).first()
    if stored is not None:
        return stored
    brought = _brought_about(payment)
    before = {"state": str(loan.state), "principal_left_minor": loan.principal_left_minor}
    _run_again(loan)
    held = in_force([loan], loan.lender.today())[loan.pk]
    sharing = without(loan, held, payment)
    correction = correct(
        payment, sharing.changes, kind=PaymentCorrection.Kind.REVERSED, reason=reason, acting_user=acting_user
    )
    _check_credit(loan)
    if brought is not None:
        restore_before(loan, brought, reference=str(payment.public_id), on=payment.value_on, acting_user=acting_user)
    refresh(loan)
    judge_anew(loan, from_on=payment.value_on, reason=Correction.PAYMENT_TAKEN_BACK)
    audit.record(
        lender=loan.lender,
        verb="reverse_payment",
        subject=loan.number,
        before=before,
        after={
            "payment": str(payment.public_id),
            "amount_minor": payment.amount_minor,
            "value_on": iso(payment.value_on),
            "reason": reason,
            "state": str(loan.state),
            "principal_left_minor": loan.principal_left_minor,
            "changed_payments": len(sharing.changes) - 1,
        },
        acting_user=acting_user,
    )
    tell_taken_back(payment, reason)
    return correction


@transaction.atomic
def reverse_returned(*, order: PaymentOrder, reason: str, value_on: date) -> PaymentCorrection:
    """Take back what a debit brought, because the bank returned the money on `value_on`; the system's work.

    `reason` is what the bank or the gateway said, at best its code. Called again it returns the
    correction that stands. Raises `NothingToReverse` where no payment stands for the order, and
    what `reverse_payment` raises where a person has to look first.
    """
    if order.loan is None:
        raise NothingToReverse(order.key)
    loan = lock(order.loan)
    payment = Payment.objects.filter(lender=order.lender, loan=loan, key=order.key).select_related("loan").first()
    if order.direction != PaymentOrder.Direction.DEBIT or payment is None:
        raise NothingToReverse(order.key)
    stored = PaymentCorrection.objects.filter(payment=payment, kind=PaymentCorrection.Kind.REVERSED).first()
    if stored is not None:
        return stored
    correction = reverse_payment(payment=payment, reason=returned_reason(reason), acting_user=None)
    audit.record(
        lender=order.lender,
        verb="return_order",
        subject=loan.number,
        after={"key": order.key, "reason": reason, "on": iso(value_on)},
        acting_user=None,
    )
    return correction


def _brought_about(payment: Payment) -> ScheduleVersion | None:
    """The schedule that came with this payment, if there is one; it must still be the one in force."""
    loan = payment.loan
    version = loan.schedules.filter(source__in=OF_A_PAYMENT, source_reference=str(payment.public_id)).first()
    if version is not None and version.number != loan.current_version:
        raise LaterSchedule(f"{loan.number} has version {loan.current_version}, after {version.number}")
    return version


def _run_again(loan: Loan) -> None:
    """A settled loan is open again, here and on the credit file; what is left is written by `refresh`."""
    if loan.state == Loan.State.SETTLED:
        state = Loan.State.WRITTEN_OFF if loan.written_off_on else Loan.State.ACTIVE
        change(loan, state=state, settled_on=None)
        reopen_tradeline(lender=loan.lender, reference=loan.number, acting_user=None)


def _check_credit(loan: Loan) -> None:
    """What is owed back is never below nothing: somebody was, or is being, refunded what this payment left over."""
    lines = Posting.objects.filter(entry__loan=loan, account=Account.BORROWER_CREDIT)
    on_the_way = PaymentOrder.objects.open().filter(loan=loan, direction=PaymentOrder.Direction.REFUND)
    refunding_minor = sum(on_the_way.values_list("amount_minor", flat=True))
    if sum(lines.values_list("amount_minor", flat=True)) + refunding_minor > 0:
        raise RefundedAlready(loan.number)
