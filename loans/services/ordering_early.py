"""Paying a loan off, or part of it early, through the gateway: the sum of a day, ordered on that day.

The sum is good to the end of the day on which it was ordered, whenever the bank answers. While
the order is open nothing else is collected on the loan, so that the sum stays right; if the
loan changes all the same, the money waits in suspense for a person.
"""

from datetime import date

from django.db import transaction

from accounts.errors import Conflict
from accounts.models import BankAccount, User
from accounts.roles import Verb
from loans.engine.prepayment import Keep
from loans.errors import InQuestion, OrderOpen
from loans.models import Loan, Payment, PaymentOrder
from loans.selectors.debits import is_in_question
from loans.services.head import check_running, is_borrower, lock, permit
from loans.services.ordering import check_amount, stored_order, write_order
from loans.services.prepaying import repay_early, repays_minor
from loans.services.settling import settle_early, settles_at_minor

Aim, Direction = PaymentOrder.Aim, PaymentOrder.Direction
KEEPS = {Aim.REPAY_COUNT: Keep.COUNT, Aim.REPAY_INSTALMENT: Keep.INSTALMENT}


@transaction.atomic
def order_early(
    *, loan: Loan, bank_account: BankAccount, aim: str, amount_minor: int, key: str, acting_user: User | None
) -> PaymentOrder:
    """Collect from that account, today, exactly the sum that was shown, to end the loan or repay part of it.

    The same key again returns the order that stands. Raises `OrderOpen` while any debit of the
    loan is open, `InQuestion` while staff are to place money of it that came, `Conflict` where
    the sum of today is another, `KeyTaken`, `AccountRefused`, `NoGateway`, `NotDisbursed`, `AlreadySettled`.
    """
    loan = lock(loan)
    if not is_borrower(loan, acting_user):
        permit(loan, Verb.RECORD_PAYMENT, acting_user)
    if stored := stored_order(loan.lender, key, loan=loan, amount_minor=amount_minor, aim=aim):
        return stored
    check_running(loan)
    check_amount(amount_minor)
    if PaymentOrder.objects.open().filter(loan=loan, direction=Direction.DEBIT).exists():
        raise OrderOpen(loan.number)
    if is_in_question(loan):
        raise InQuestion(loan.number)
    if not is_still_right(loan, aim, amount_minor, loan.lender.today()):
        raise Conflict(f"{loan.number} costs another sum today")
    return write_order(
        loan,
        bank_account,
        direction=Direction.DEBIT,
        aim=aim,
        amount_minor=amount_minor,
        key=key,
        acting_user=acting_user,
    )


def is_still_right(loan: Loan, aim: str, amount_minor: int, on: date) -> bool:
    """Whether that sum is what the aim costs on that day, as far as is known now."""
    if aim == Aim.SETTLE:
        return settles_at_minor(loan, on) == amount_minor
    return repays_minor(loan, amount_minor, KEEPS[Aim(aim)], on) == amount_minor


def book_early(order: PaymentOrder) -> Payment:
    """The money came: end the loan, or repay the part, as of the day of the order."""
    loan: Loan = order.debt
    if order.aim == Aim.SETTLE:
        return settle_early(
            loan=loan,
            key=order.key,
            value_on=order.ordered_on,
            channel=Payment.Channel.BORROWER,
            acting_user=None,
        )
    return repay_early(
        loan=loan,
        amount_minor=order.amount_minor,
        keep=KEEPS[Aim(order.aim)],
        key=order.key,
        value_on=order.ordered_on,
        channel=Payment.Channel.BORROWER,
        acting_user=None,
    )
