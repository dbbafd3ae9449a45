"""A borrower asks for what they overpaid; the refund itself is ordered by staff (`ordering.order_refund`)."""

from django.db import transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import BankAccount, User
from loans.errors import AccountRefused, AmountRefused, InQuestion, OrderOpen
from loans.models import Loan, RefundWish
from loans.selectors.debits import Debt
from loans.selectors.refunds import refund_of
from loans.services.head import is_borrower, lock


@transaction.atomic
def wish_refund(*, loan: Loan, bank_account: BankAccount, acting_user: User) -> RefundWish:
    """The borrower wants what is owed back on this loan, to that account; asked again, the wish that stands.

    Raises `AmountRefused` where nothing is owed back, `OrderOpen` while a refund is under way,
    `InQuestion` while it is not clear whether an earlier one went, `AccountRefused`.
    """
    loan = lock(loan)
    if not is_borrower(loan, acting_user):
        raise NotPermitted("only the borrower asks for their money")
    return write_wish(loan, bank_account, acting_user)


def write_wish(debt: Debt, bank_account: BankAccount, acting_user: User) -> RefundWish:
    """One wish on a loan or a monthly bill that the caller has locked and checked; that which stands, if one does."""
    found = refund_of(debt)
    if found.is_under_way:
        raise OrderOpen(debt.number)
    if found.is_in_question:
        raise InQuestion(debt.number)
    if found.owed_minor <= 0:
        raise AmountRefused(str(found.owed_minor))
    if bank_account.pk not in {source.pk for source in found.sources}:
        raise AccountRefused(str(bank_account.public_id))
    if found.wish is not None:
        return found.wish
    wish = RefundWish.objects.create(
        lender=debt.lender,
        borrower=debt.borrower,
        loan=debt if isinstance(debt, Loan) else None,
        bill_account=None if isinstance(debt, Loan) else debt,
        bank_account=bank_account,
        amount_minor=found.owed_minor,
        wished_by=acting_user,
    )
    audit.record(
        lender=debt.lender,
        verb="wish_refund",
        subject=debt.number,
        after={"amount_minor": found.owed_minor, "account": str(bank_account.public_id)},
        acting_user=acting_user,
    )
    return wish
