"""What is owed back to a borrower on a loan, and how far it is on its way back."""

from dataclasses import dataclass

from django.db.models import Sum

from accounts.models import BankAccount
from accounts.selectors import debit_sources
from loans.models import Account, Loan, PaymentOrder, Posting, RefundWish

Direction, State = PaymentOrder.Direction, PaymentOrder.State


@dataclass(frozen=True, slots=True)
class Refund:
    """`order` is a refund under way, else the last one if it failed; `wish` what the borrower asked for since."""

    loan: Loan
    owed_minor: int
    order: PaymentOrder | None
    wish: RefundWish | None
    sources: tuple[BankAccount, ...]

    @property
    def is_under_way(self) -> bool:
        return self.order is not None and self.order.is_open

    @property
    def is_open(self) -> bool:
        """Whether it can be ordered, or asked for."""
        return self.owed_minor > 0 and bool(self.sources) and not self.is_under_way


def credit_minor(loan: Loan) -> int:
    """What the books owe back to the borrower on this loan. One query."""
    owed = Posting.objects.filter(entry__loan=loan, account=Account.BORROWER_CREDIT).aggregate(sum=Sum("amount_minor"))
    return -(owed["sum"] or 0)


def refund_of(loan: Loan) -> Refund:
    """Four queries."""
    orders = PaymentOrder.objects.filter(loan=loan, direction=Direction.REFUND).select_related("bank_account")
    last = orders.order_by("pk").last()
    wishes = RefundWish.objects.filter(loan=loan).select_related("bank_account")
    if last is not None:
        wishes = wishes.filter(wished_at__gt=last.created_at)
    return Refund(
        loan=loan,
        owed_minor=credit_minor(loan),
        order=last if last is not None and last.state != State.SUCCEEDED else None,
        wish=wishes.order_by("pk").last(),
        sources=tuple(debit_sources(loan.borrower)),
    )
