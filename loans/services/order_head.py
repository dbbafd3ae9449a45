"""How every change of an order begins: what it stands for is locked, and the order is read again."""

from loans.models import PaymentOrder
from loans.services.bill_head import lock_account
from loans.services.head import lock


def lock_order(order: PaymentOrder) -> PaymentOrder:
    """The order as it is now, its loan or the account of its monthly bill locked until the transaction ends."""
    loan = lock(order.loan) if order.loan is not None else None
    account = lock_account(order.bill_account) if order.bill_account is not None else None
    now = PaymentOrder.objects.select_related("lender", "bank_account").get(pk=order.pk)
    now.loan, now.bill_account = loan, account
    return now
