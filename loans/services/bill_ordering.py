"""Collecting a monthly bill through the gateway: ordered, looked at again before it is sent, booked once.

At most one debit of an account is open, so that the sum of each stays right. The sum that pays
for everything is good to the end of its day: if the account has changed by the time the bank
answers, the money is a payment like any other, and nothing of it is lost.
"""

from datetime import date

from django.db import transaction

from accounts.models import BankAccount, User
from accounts.roles import Verb
from loans.bill_facts import followed, terms_of
from loans.errors import AmountRefused, BillRefused, FiguresChanged, InQuestion, OrderOpen
from loans.models import AccountEntry, Hold, Payment, PaymentOrder, RevolvingAccount
from loans.selectors.bill_debits import bill_debit_of
from loans.selectors.debits import is_in_question
from loans.services.bill_head import check_open, entries_of, first_fitting, lock_account, permit_or_owner
from loans.services.bill_paying import pay_bill, pay_off
from loans.services.billing import make_bills
from loans.services.ordering import check_amount, stored_order, write_order

Aim, Direction = PaymentOrder.Aim, PaymentOrder.Direction


@transaction.atomic
def order_bill_debit(
    *,
    account: RevolvingAccount,
    bank_account: BankAccount,
    amount_minor: int,
    key: str,
    aim: str = Aim.PAY,
    acting_user: User | None,
) -> PaymentOrder:
    """A payment that the borrower starts: collect this sum from that bank account, today.

    With the aim `settle` it is today's sum for everything, and instalments end with it. The same
    key again returns the order that stands. Raises `OrderOpen` while another debit is under way
    (where it pays for everything, a refund too), `InQuestion` while staff are to place money of it
    that came, `AmountRefused` above what is owed, `FiguresChanged`, `KeyTaken`, `AccountRefused`,
    `NoGateway`, `BillRefused` on a closed account.
    """
    account = lock_account(account)
    permit_or_owner(account, Verb.RECORD_PAYMENT, acting_user)
    if stored := stored_order(account.lender, key, bill_account=account, amount_minor=amount_minor, aim=aim):
        return stored
    check_open(account)
    check_amount(amount_minor)
    today = account.lender.today()
    make_bills(account, today)
    payoff_minor = payoff_of(account, today)
    if amount_minor > payoff_minor:
        raise AmountRefused(str(amount_minor))
    if aim == Aim.SETTLE and amount_minor != payoff_minor:
        raise FiguresChanged(account.number)
    in_the_way = PaymentOrder.objects.open().filter(bill_account=account)
    if aim != Aim.SETTLE:
        in_the_way = in_the_way.filter(direction=Direction.DEBIT)
    if in_the_way.exists():
        # The sum for everything leaves out a credit that may be on its way back.
        raise OrderOpen(account.number)
    if is_in_question(account):
        # What seems not to have come may have come.
        raise InQuestion(account.number)
    return write_order(
        account,
        bank_account,
        direction=Direction.DEBIT,
        aim=aim,
        amount_minor=amount_minor,
        key=key,
        acting_user=acting_user,
    )


def payoff_of(account: RevolvingAccount, on: date) -> int:
    """The sum that pays for everything on that day, as far as is known now. One query."""
    return followed(terms_of(account), entries_of(account), on).payoff_minor


def unneeded_bill_debit(order: PaymentOrder, account: RevolvingAccount) -> str:
    """Why an order written a while ago must not be sent now; empty if it may. `account` is locked."""
    today = account.lender.today()
    if account.state != RevolvingAccount.State.ACTIVE:
        return "bill_closed"
    if order.aim == Aim.SETTLE:
        if order.ordered_on != today:
            return "quote_over"
        return "" if payoff_of(account, today) == order.amount_minor else "bill_changed"
    if order.instalment_number is None:
        return "bill_changed" if order.amount_minor > payoff_of(account, today) else ""
    if Hold.objects.active(bill_account=account, kind=Hold.Kind.AUTO_DEBIT, on=today):
        return "held"
    now = bill_debit_of(account, entries_of(account), today)
    if now is None or now.number != order.instalment_number:
        return "not_due"
    return "" if now.amount_minor == order.amount_minor else "bill_changed"


def payment_counts_on(account: RevolvingAccount, amount_minor: int, value_on: date) -> date | None:
    """The day on which money that came counts: the day it moved, the last bill day at the earliest.

    Where something that was done since would not fit any more (a bill that the money would have
    paid was turned into instalments), it is the next day on which it fits; None where there is
    none. The account is locked; its bills are made.
    """
    rows, first_on = entries_of(account), max(value_on, account.billed_to_on or account.opened_on)
    later = {row.value_on for row in rows if row.value_on > first_on}
    days: list[date] = sorted({first_on, *later, account.lender.today()})
    return first_fitting(account, AccountEntry.Kind.PAYMENT, amount_minor, rows, days)


def book_bill_debit(order: PaymentOrder, account: RevolvingAccount, amount_minor: int, value_on: date) -> bool:
    """The effect in the books of money that came as ordered; it never counts before the last bill.

    False, and nothing is booked, where the account has no place for it on any day.
    """
    today = account.lender.today()
    make_bills(account, today)
    first_on = account.billed_to_on or account.opened_on
    if order.aim == Aim.SETTLE and first_on <= order.ordered_on:
        try:
            with transaction.atomic():
                pay_off(
                    account=account,
                    amount_minor=amount_minor,
                    key=order.key,
                    value_on=order.ordered_on,
                    acting_user=None,
                )
        except (FiguresChanged, BillRefused):
            value_on = order.ordered_on
        else:
            return True
    counts_on = payment_counts_on(account, amount_minor, value_on)
    if counts_on is None:
        return False
    is_own = order.instalment_number is None
    pay_bill(
        account=account,
        amount_minor=amount_minor,
        key=order.key,
        channel=Payment.Channel.BORROWER if is_own else Payment.Channel.AUTO_DEBIT,
        value_on=counts_on,
        acting_user=None,
    )
    return True
