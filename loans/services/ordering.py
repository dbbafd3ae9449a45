"""Writing orders for a gateway; nothing leaves the house here (`sending` does that)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import BankAccount, Lender, User
from accounts.roles import Verb
from loans.engine.money import LARGEST_MINOR
from loans.errors import (
    AccountRefused,
    AmountRefused,
    DateRefused,
    InQuestion,
    KeyRefused,
    KeyTaken,
    NoGateway,
    NotPending,
    OrderOpen,
)
from loans.gateways.bank_file import BANK_FILE, collects_by_file
from loans.gateways.configured import gateway_for
from loans.ledger import BATCH
from loans.models import Loan, PaymentOrder, RevolvingAccount
from loans.selectors.debits import is_in_question
from loans.selectors.refunds import credit_minor, is_refund_in_question
from loans.services.head import check_owed, is_borrower, iso, lock, permit

LONGEST_KEY = 64
Direction = PaymentOrder.Direction


@transaction.atomic
def order_debit(
    *, loan: Loan, bank_account: BankAccount, amount_minor: int, key: str, acting_user: User | None
) -> PaymentOrder:
    """A payment that the borrower starts: collect this sum from that account, today.

    The same key again returns the order that stands. Raises `OrderOpen` while the loan is being
    paid off, `InQuestion` while staff are to place money of it that came, `KeyTaken`,
    `AmountRefused`, `AccountRefused`, `NoGateway`, `NotDisbursed`, `AlreadySettled`.
    """
    loan = lock(loan)
    if not is_borrower(loan, acting_user):
        permit(loan, Verb.RECORD_PAYMENT, acting_user)
    if stored := stored_order(loan.lender, key, loan=loan, amount_minor=amount_minor, direction=Direction.DEBIT):
        return stored
    check_owed(loan)
    check_amount(amount_minor)
    if PaymentOrder.objects.open().filter(loan=loan).exclude(aim=PaymentOrder.Aim.PAY).exists():
        # Its sum would not be right any more.
        raise OrderOpen(loan.number)
    if is_in_question(loan):
        # What seems not to have come may have come.
        raise InQuestion(loan.number)
    return write_order(
        loan, bank_account, direction=Direction.DEBIT, amount_minor=amount_minor, key=key, acting_user=acting_user
    )


@transaction.atomic
def order_payout(*, loan: Loan, bank_account: BankAccount, acting_user: User | None) -> PaymentOrder:
    """Pay the loan's principal out to that account; when the gateway has done it, the loan is disbursed.

    While a payout is open or done, asking again returns it; after one that failed a new one is
    written. Raises `NotPending`, `DateRefused` before the day of disbursement, `AccountRefused`,
    `NoGateway`.
    """
    loan = lock(loan)
    permit(loan, Verb.DISBURSE_LOAN, acting_user)
    earlier = list(PaymentOrder.objects.filter(loan=loan, direction=Direction.PAYOUT).order_by("pk"))
    standing = [order for order in earlier if order.state != PaymentOrder.State.FAILED]
    if standing:
        return standing[0]
    if loan.state != Loan.State.PENDING:
        raise NotPending(loan.number)
    if loan.disbursed_on > loan.lender.today():
        raise DateRefused("in_future")
    return write_order(
        loan,
        bank_account,
        direction=Direction.PAYOUT,
        amount_minor=loan.principal_minor,
        key=f"payout:{loan.public_id}:{len(earlier) + 1}",
        acting_user=acting_user,
    )


@transaction.atomic
def order_refund(
    *,
    loan: Loan,
    bank_account: BankAccount,
    amount_minor: int | None = None,
    key: str | None = None,
    acting_user: User | None,
) -> PaymentOrder:
    """Send back what is owed to the borrower on this loan (all of it unless told how much).

    The same key again returns the order that stands; without one it is the next of its loan.
    Raises `KeyTaken`, `AmountRefused` above what is owed or where nothing is, `OrderOpen` while a refund is
    under way, `InQuestion` while it is not clear whether an earlier one went, `AccountRefused`, `NoGateway`.
    """
    loan = lock(loan)
    permit(loan, Verb.REFUND, acting_user)
    if key is not None and (stored := stored_refund(loan, key, amount_minor)):
        return stored
    refunds = PaymentOrder.objects.filter(loan=loan, direction=Direction.REFUND)
    if refunds.open().exists():
        raise OrderOpen(loan.number)
    if is_refund_in_question(loan):
        raise InQuestion(loan.number)
    owed_minor = credit_minor(loan)
    amount_minor = owed_minor if amount_minor is None else amount_minor
    check_amount(amount_minor)
    if amount_minor > owed_minor:
        raise AmountRefused(str(amount_minor))
    return write_order(
        loan,
        bank_account,
        direction=Direction.REFUND,
        amount_minor=amount_minor,
        key=key if key is not None else f"refund:{loan.public_id}:{refunds.count() + 1}",
        acting_user=acting_user,
    )


def stored_refund(debt: Loan | RevolvingAccount, key: str, amount_minor: int | None) -> PaymentOrder | None:
    """The refund that stands under this key, or None. Raises `KeyTaken`, `KeyRefused`."""
    column = "loan_id" if isinstance(debt, Loan) else "bill_account_id"
    same: dict[str, Any] = {"direction": Direction.REFUND, column: debt.pk}
    if amount_minor is not None:
        same["amount_minor"] = amount_minor
    return stored_order(debt.lender, key, **same)


def write_order(
    debt: Loan | RevolvingAccount, bank_account: BankAccount, *, acting_user: User | None, **columns: Any
) -> PaymentOrder:
    """One order of a debt that the caller has locked and checked; `columns` are those of `order_of`."""
    order = order_of(debt, bank_account, ordered_by=acting_user, **columns)
    store_orders(debt.lender, [order], acting_user=acting_user)
    return order


def order_of(
    debt: Loan | RevolvingAccount,
    bank_account: BankAccount,
    *,
    direction: str,
    amount_minor: int,
    key: str,
    aim: str = PaymentOrder.Aim.PAY,
    instalment_number: int | None = None,
    may_be_partial: bool = False,
    on: date | None = None,
    ordered_by: User | None = None,
) -> PaymentOrder:
    """An order that is not stored yet. Raises `AccountRefused`, `NoGateway`."""
    is_proved = bank_account.is_active and bank_account.verified_at is not None
    if bank_account.borrower_id != debt.borrower_id or not is_proved:
        raise AccountRefused(str(bank_account.public_id))
    return PaymentOrder(
        lender=debt.lender,
        loan=debt if isinstance(debt, Loan) else None,
        bill_account=None if isinstance(debt, Loan) else debt,
        direction=direction,
        aim=aim,
        instalment_number=instalment_number,
        bank_account=bank_account,
        amount_minor=amount_minor,
        currency=debt.currency,
        may_be_partial=may_be_partial,
        key=key,
        gateway=gateway_name(debt.lender, direction),
        ordered_on=on or debt.lender.today(),
        ordered_by=ordered_by,
    )


def store_orders(lender: Lender, orders: Sequence[PaymentOrder], *, acting_user: User | None) -> None:
    """Store orders, each with its entry in the audit chain. Raises `OrderOpen`; as many queries for many as for one."""
    try:
        with transaction.atomic():
            PaymentOrder.objects.bulk_create(orders, batch_size=BATCH)
    except IntegrityError as error:
        raise OrderOpen(", ".join(_number(order) for order in orders)) from error
    facts = [
        audit.Fact(verb=f"order_{order.direction}", subject=_number(order), after=order_facts(order))
        for order in orders
    ]
    audit.record_all(lender=lender, facts=facts, acting_user=acting_user)


def _number(order: PaymentOrder) -> str:
    debt = order.loan or order.bill_account
    assert debt is not None  # one of the two, by its constraint
    return debt.number


def gateway_name(lender: Lender, direction: str) -> str:
    """The name of what moves the lender's money in this direction; raises `NoGateway`."""
    if direction == Direction.DEBIT and collects_by_file(lender.code):
        return BANK_FILE
    gateway = gateway_for(lender.code)
    if gateway is None:
        raise NoGateway(lender.code)
    return gateway.name


def stored_order(lender: Lender, key: str, **same: Any) -> PaymentOrder | None:
    """The order that stands under this key, or None; `KeyTaken` if it is not of the `same` debt, sum and aim.

    Raises `KeyRefused` for a key that is empty or too long.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise KeyRefused(key[:LONGEST_KEY])
    stored = PaymentOrder.objects.filter(lender=lender, key=key).first()
    if stored is not None and any(getattr(stored, name) != value for name, value in same.items()):
        raise KeyTaken(key)
    return stored


def check_amount(amount_minor: int) -> None:
    if type(amount_minor) is not int or not 0 < amount_minor <= LARGEST_MINOR:
        raise AmountRefused(str(amount_minor))


def order_facts(order: PaymentOrder) -> Mapping[str, Any]:
    """An order as the audit chain holds it."""
    return {
        "key": order.key,
        "aim": str(order.aim),
        "amount_minor": order.amount_minor,
        "instalment": order.instalment_number,
        "account": str(order.bank_account.public_id),
        "on": iso(order.ordered_on),
    }
