"""A monthly bill in the demonstration: opened from a limit, bought on, paid in full, in part and in instalments."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid5

from accounts.models import Lender, User
from config import clock
from config.demonstration.applying import KEYS
from loans.models import CreditLimit, RevolvingAccount
from loans.services import bill_buying, bill_furnishing, bill_opening, bill_paying, bill_planning, billing
from loans.services.drawing import Signature

Deed = Callable[[User, Lender], None]
A_WHILE = timedelta(seconds=30)


def open_it(user: User, lender: Lender) -> None:
    """The cost sheet, read for a while, and then the contract."""
    limit = CreditLimit.objects.active().get(borrower=user.borrower, lender=lender, product__kind="revolving")
    offer = bill_opening.ask_to_open(limit=limit, due_day=limit.product.due_days[0], acting_user=user)
    with clock.at(offer.made_at + A_WHILE):
        offer = bill_opening.confirm_offer_read(offer=offer, acting_user=user)
    signature = Signature(typed_name=user.borrower.name, method="demonstration", language=user.language)
    bill_opening.open_account(offer=offer, shown_hash=offer.terms_hash, signature=signature, acting_user=user)


def buy(merchant: str, yuan: int) -> Deed:
    def do(user: User, lender: Lender) -> None:
        bill_buying.purchase(
            account=_account(user, lender),
            merchant=merchant,
            amount_minor=yuan * 100,
            key=str(uuid5(KEYS, f"{user.email} {merchant} {lender.today()}")),
            acting_user=user,
        )

    return do


def pay(*, whole: bool) -> Deed:
    """All that the bill asks for, or the minimum payment; nothing where nothing is owed."""

    def do(user: User, lender: Lender) -> None:
        account = _account(user, lender)
        billing.close_bill(account=account, acting_user=None)
        bill = account.bills.order_by("-bill_on").first()
        if bill is not None and bill.to_pay_minor:
            bill_paying.pay_bill(
                account=account,
                amount_minor=bill.to_pay_minor if whole else bill.minimum_minor,
                key=str(uuid5(KEYS, f"{user.email} pays {lender.today()}")),
                channel="borrower",
                acting_user=user,
            )

    return do


def split(yuan: int, parts: int) -> Deed:
    def do(user: User, lender: Lender) -> None:
        account = _account(user, lender)
        plan = bill_planning.offer_plan(account=account, amount_minor=yuan * 100, parts=parts, acting_user=user)
        with clock.at(plan.made_at + A_WHILE):
            bill_planning.plan_bill(plan=plan, shown_hash=plan.rows_hash, acting_user=user)

    return do


def make_bills(lender: Lender) -> None:
    billing.bill_all(lender=lender)


def furnish(lender: Lender) -> None:
    bill_furnishing.furnish_all(lender=lender)


def _account(user: User, lender: Lender) -> RevolvingAccount:
    account: RevolvingAccount = RevolvingAccount.objects.active().get(borrower=user.borrower, lender=lender)
    return account
