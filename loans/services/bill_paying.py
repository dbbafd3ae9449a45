"""Paying a monthly bill, any sum on any day, and giving back what no bill asks for."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.roles import Verb
from accounts.services import require
from credit.words import Correction
from loans.bill_facts import followed, terms_of
from loans.errors import ChannelRefused, DateRefused, FiguresChanged, InQuestion, OrderOpen
from loans.models import AccountEntry, BillPlan, JournalEntry, Payment, PaymentOrder, RevolvingAccount
from loans.selectors.refunds import is_refund_in_question
from loans.services.bill_furnishing import judge_account_anew
from loans.services.bill_head import (
    add_entry,
    check_amount,
    check_open,
    check_owner,
    entries_of,
    lock_account,
    permit_or_owner,
    stored_entry,
)
from loans.services.bill_planning import end_plan
from loans.services.billing import make_bills

Kind = AccountEntry.Kind


@transaction.atomic
def pay_bill(
    *,
    account: RevolvingAccount,
    amount_minor: int,
    key: str,
    channel: str,
    value_on: date | None = None,
    acting_user: User | None,
) -> AccountEntry:
    """Pay so much: minimum payments past due first, then that of the bill, then what may be carried over.

    What no bill asks for is a credit for the next one. The same key is the same payment. It
    counts today unless staff or the system give another day since the last bill; months on the
    credit file are then judged anew. Raises `DateRefused`.
    """
    permit_or_owner(account, Verb.RECORD_PAYMENT, acting_user)
    is_own = acting_user is not None and account.borrower.user_id == acting_user.pk
    if is_own and channel != Payment.Channel.BORROWER:
        raise ChannelRefused(channel)
    if is_own and value_on not in (None, account.lender.today()):
        raise DateRefused("not_today")
    check_amount(amount_minor)
    same = {"kind": Kind.PAYMENT, "amount_minor": amount_minor}
    account = lock_account(account)
    if stored := stored_entry(account, key, **same):
        return stored
    check_open(account)
    make_bills(account, account.lender.today())
    row = AccountEntry(key=key, channel=Payment.Channel(channel), recorded_by=acting_user, **same)
    made = add_entry(account, row, posted_as=JournalEntry.Kind.PAYMENT, verb="pay_bill", value_on=value_on)
    if made.value_on < account.lender.today():
        judge_account_anew(account, from_on=made.value_on, reason=Correction.PAYMENT_KNOWN_LATE)
    return made


@transaction.atomic
def pay_off(
    *,
    account: RevolvingAccount,
    amount_minor: int,
    key: str,
    value_on: date | None = None,
    acting_user: User | None,
) -> AccountEntry:
    """Pay for everything today: instalments end, and what no bill asks for yet waits for the next one.

    The system may give the day for which the sum was shown. Raises `FiguresChanged` where that
    day's sum is another than `amount_minor`, `DateRefused`.
    """
    check_owner(account, acting_user)
    account = lock_account(account)
    if stored := stored_entry(account, key, kind=Kind.PAYMENT, amount_minor=amount_minor):
        return stored
    check_open(account)
    if acting_user is not None and value_on is not None:
        raise DateRefused("not_today")
    today = account.lender.today()
    make_bills(account, today)
    state = followed(terms_of(account), entries_of(account), value_on or today)
    if state.payoff_minor != amount_minor:
        raise FiguresChanged(account.number)
    for plan in account.plans.filter(state=BillPlan.State.AGREED, entry__sequence__in=state.plans).order_by("pk"):
        end_plan(plan=plan, value_on=value_on, acting_user=acting_user)
    return pay_bill(
        account=account,
        amount_minor=amount_minor,
        key=key,
        channel=Payment.Channel.BORROWER,
        value_on=value_on,
        acting_user=acting_user,
    )


@transaction.atomic
def return_credit(
    *, account: RevolvingAccount, amount_minor: int, key: str, value_on: date | None = None, acting_user: User | None
) -> AccountEntry:
    """Pay back what was paid and no bill asks for. For the lender's staff; `BillRefused` for more than that.

    It counts today; the system may give another day since the last bill. Raises `OrderOpen` where
    an order that is under way counts on the credit, `InQuestion` where it may have gone before
    (`check_credit_is_free`).
    """
    account = lock_account(account)
    if acting_user is not None:
        require(lender=account.lender, verb=Verb.REFUND, user=acting_user)
    check_amount(amount_minor)
    same = {"kind": Kind.CREDIT_RETURNED, "amount_minor": amount_minor}
    if stored := stored_entry(account, key, **same):
        return stored
    check_open(account)
    if acting_user is not None and value_on is not None:
        raise DateRefused("not_today")
    if acting_user is not None:
        check_credit_is_free(account)
    make_bills(account, account.lender.today())
    row = AccountEntry(key=key, recorded_by=acting_user, **same)
    return add_entry(account, row, posted_as=JournalEntry.Kind.REFUND, verb="return_credit", value_on=value_on)


def check_credit_is_free(account: RevolvingAccount) -> None:
    """Raise `OrderOpen` while a refund is under way, or a payment of everything, whose sum leaves the credit out.

    `InQuestion` where a person is to say first whether an earlier refund went.
    """
    counting = Q(direction=PaymentOrder.Direction.REFUND) | Q(aim=PaymentOrder.Aim.SETTLE)
    if PaymentOrder.objects.open().filter(counting, bill_account=account).exists():
        raise OrderOpen(account.number)
    if is_refund_in_question(account):
        raise InQuestion(account.number)
