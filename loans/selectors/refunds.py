"""What is owed back to a borrower on a loan or a monthly bill, and how far it is on its way back."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from accounts.models import BankAccount
from accounts.selectors import debit_sources
from loans.bill_facts import followed, terms_of
from loans.models import (
    Account,
    AccountEntry,
    GatewayEvent,
    Loan,
    PaymentOrder,
    Posting,
    RefundWish,
    RevolvingAccount,
    SuspenseItem,
)
from loans.selectors.debits import Debt, of_debt

Direction, State = PaymentOrder.Direction, PaymentOrder.State


@dataclass(frozen=True, slots=True)
class Refund:
    """`order` is a refund under way, else the last one if it failed; `wish` what the borrower asked for since.

    With `is_in_question` it may have gone before: a person looks at that first.
    """

    debt: Debt
    owed_minor: int
    order: PaymentOrder | None
    wish: RefundWish | None
    sources: tuple[BankAccount, ...]
    is_in_question: bool

    @property
    def is_under_way(self) -> bool:
        return self.order is not None and self.order.is_open

    @property
    def is_open(self) -> bool:
        """Whether it can be ordered, or asked for."""
        return self.owed_minor > 0 and bool(self.sources) and not (self.is_under_way or self.is_in_question)


def credit_minor(loan: Loan) -> int:
    """What the books owe back to the borrower on this loan. One query."""
    owed = Posting.objects.filter(entry__loan=loan, account=Account.BORROWER_CREDIT).aggregate(sum=Sum("amount_minor"))
    return -(owed["sum"] or 0)


def bill_credit_minor(account: RevolvingAccount) -> int:
    """What was paid on a monthly bill and no bill up to today asks for. One query."""
    entries = list(account.entries.order_by("sequence"))
    return followed(terms_of(account), entries, account.closed_on or account.lender.today()).credit_minor


def is_refund_in_question(debt: Debt) -> bool:
    """Whether money went out that is to come back, or a report of a refund waits for a person. Two queries.

    Until that is clear the books may still owe what has gone.
    """
    refunds = GatewayEvent.objects.to_review().filter(of_debt(debt, "order__"), order__direction=Direction.REFUND)
    return SuspenseItem.objects.open().filter(of_debt(debt), is_outgoing=True).exists() or refunds.exists()


def order_by_key(debt: Debt, key: UUID | None) -> PaymentOrder | None:
    """The refund of this debt that was ordered under this key. One query."""
    if key is None:
        return None
    return PaymentOrder.objects.filter(of_debt(debt), direction=Direction.REFUND, key=str(key)).first()


def refund_of(debt: Debt) -> Refund:
    """Six queries, seven for a monthly bill."""
    orders = PaymentOrder.objects.filter(of_debt(debt), direction=Direction.REFUND).select_related("bank_account")
    last = orders.order_by("pk").last()
    wishes = RefundWish.objects.filter(of_debt(debt)).select_related("bank_account")
    if last is not None:
        wishes = wishes.filter(wished_at__gt=last.created_at)
    wish = wishes.order_by("pk").last()
    return Refund(
        debt=debt,
        owed_minor=credit_minor(debt) if isinstance(debt, Loan) else bill_credit_minor(debt),
        order=last if last is not None and last.state != State.SUCCEEDED else None,
        wish=wish if wish is not None and not _is_over(wish) else None,
        sources=tuple(debit_sources(debt.borrower)),
        is_in_question=is_refund_in_question(debt),
    )


def _is_over(wish: RefundWish) -> bool:
    """Whether money of the monthly bill went back some other way since it was wished for. One query there."""
    if wish.bill_account_id is None:
        return False
    back = AccountEntry.objects.filter(account=wish.bill_account_id, kind=AccountEntry.Kind.CREDIT_RETURNED)
    return back.filter(recorded_at__gt=wish.wished_at).exists()
