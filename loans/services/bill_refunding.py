"""What was paid on a monthly bill and no bill asks for goes back: asked for, ordered, booked when it went.

Until it has gone the credit stands, and a bill that is made meanwhile uses it. If the money goes
all the same, it lies in suspense, to come back: the borrower had the use of it twice.
"""

from datetime import date

from django.db import transaction

from accounts.errors import NotPermitted
from accounts.models import BankAccount, User
from accounts.roles import Verb
from accounts.services import require
from loans.errors import AmountRefused
from loans.models import AccountEntry, PaymentOrder, RefundWish, RevolvingAccount
from loans.selectors.refunds import bill_credit_minor, is_refund_in_question
from loans.services.bill_head import check_open, entries_of, first_fitting, lock_account
from loans.services.bill_paying import check_credit_is_free, return_credit
from loans.services.billing import make_bills
from loans.services.ordering import check_amount, stored_refund, write_order
from loans.services.refunding import write_wish

Direction = PaymentOrder.Direction


@transaction.atomic
def wish_bill_refund(*, account: RevolvingAccount, bank_account: BankAccount, acting_user: User) -> RefundWish:
    """The borrower wants back what no bill asks for, to that bank account; asked again, the wish that stands.

    Raises `AmountRefused` where there is nothing, `OrderOpen` while a refund is under way,
    `InQuestion` while it is not clear whether an earlier one went, `AccountRefused`, `BillRefused` on a closed account.
    """
    account = lock_account(account)
    if account.borrower.user_id != acting_user.pk:
        raise NotPermitted("only the borrower asks for their money")
    check_open(account)
    make_bills(account, account.lender.today())
    return write_wish(account, bank_account, acting_user)


@transaction.atomic
def order_bill_refund(
    *,
    account: RevolvingAccount,
    bank_account: BankAccount,
    amount_minor: int | None = None,
    key: str | None = None,
    acting_user: User | None,
) -> PaymentOrder:
    """Send back what no bill asks for (all of it unless told how much).

    The same key again returns the order that stands; without one it is the next of its account.
    Raises `KeyTaken`, `AmountRefused` above what there is or where nothing is, `OrderOpen` while a refund or a
    payment of everything is under way, `InQuestion` while it is not clear whether an earlier refund
    went, `AccountRefused`, `NoGateway`, `BillRefused` on a closed account.
    """
    account = lock_account(account)
    if acting_user is not None:
        require(lender=account.lender, verb=Verb.REFUND, user=acting_user)
    if key is not None and (stored := stored_refund(account, key, amount_minor)):
        return stored
    check_open(account)
    check_credit_is_free(account)
    make_bills(account, account.lender.today())
    credit_minor = bill_credit_minor(account)
    amount_minor = credit_minor if amount_minor is None else amount_minor
    check_amount(amount_minor)
    if amount_minor > credit_minor:
        raise AmountRefused(str(amount_minor))
    refunds = PaymentOrder.objects.filter(bill_account=account, direction=Direction.REFUND)
    return write_order(
        account,
        bank_account,
        direction=Direction.REFUND,
        amount_minor=amount_minor,
        key=key if key is not None else f"refund:{account.public_id}:{refunds.count() + 1}",
        acting_user=acting_user,
    )


def unneeded_bill_refund(order: PaymentOrder, account: RevolvingAccount) -> str:
    """Why a refund written a while ago must not be sent now; empty if it may. `account` is locked."""
    if account.state != RevolvingAccount.State.ACTIVE:
        return "bill_closed"
    if is_refund_in_question(account):
        return "in_question"
    return "" if bill_credit_minor(account) >= order.amount_minor else "credit_used"


def refund_counts_on(account: RevolvingAccount, amount_minor: int, value_on: date) -> date | None:
    """The day on which money that went back counts; None where no bill had left so much any more.

    The day it moved, the last bill day at the earliest; today if it was owed then only. The
    account is locked; its bills are made.
    """
    if account.state != RevolvingAccount.State.ACTIVE:
        return None
    today = account.lender.today()
    make_bills(account, today)
    days = (max(value_on, account.billed_to_on or account.opened_on), today)
    return first_fitting(account, AccountEntry.Kind.CREDIT_RETURNED, amount_minor, entries_of(account), days)


def book_bill_refund(order: PaymentOrder, account: RevolvingAccount, amount_minor: int, value_on: date) -> None:
    """The effect in the books of a refund of which `refund_counts_on` has said that it can be booked."""
    return_credit(
        account=account,
        amount_minor=amount_minor,
        key=order.key,
        value_on=refund_counts_on(account, amount_minor, value_on),
        acting_user=None,
    )
