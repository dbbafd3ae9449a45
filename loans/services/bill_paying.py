"""Paying a monthly bill, any sum on any day, and giving back what no bill asks for."""

from django.db import transaction

from accounts.models import User
from accounts.roles import Verb
from accounts.services import require
from loans.errors import ChannelRefused
from loans.models import AccountEntry, JournalEntry, Payment, RevolvingAccount
from loans.services.bill_head import (
    add_entry,
    check_amount,
    check_open,
    lock_account,
    permit_or_owner,
    stored_entry,
)
from loans.services.billing import make_bills

Kind = AccountEntry.Kind


@transaction.atomic
def pay_bill(
    *, account: RevolvingAccount, amount_minor: int, key: str, channel: str, acting_user: User | None
) -> AccountEntry:
    """Pay so much today: minimum payments past due first, then that of the bill, then what may be carried over.

    What no bill asks for is a credit for the next one. The same key is the same payment.
    """
    permit_or_owner(account, Verb.RECORD_PAYMENT, acting_user)
    is_own = acting_user is not None and account.borrower.user_id == acting_user.pk
    if is_own and channel != Payment.Channel.BORROWER:
        raise ChannelRefused(channel)
    check_amount(amount_minor)
    same = {"kind": Kind.PAYMENT, "amount_minor": amount_minor}
    account = lock_account(account)
    if stored := stored_entry(account, key, **same):
        return stored
    check_open(account)
    make_bills(account, account.lender.today())
    row = AccountEntry(key=key, channel=Payment.Channel(channel), recorded_by=acting_user, **same)
    return add_entry(account, row, posted_as=JournalEntry.Kind.PAYMENT, verb="pay_bill")


@transaction.atomic
def return_credit(*, account: RevolvingAccount, amount_minor: int, key: str, acting_user: User | None) -> AccountEntry:
    """Pay back what was paid and no bill asks for. For the lender's staff; `BillRefused` for more than that."""
    account = lock_account(account)
    if acting_user is not None:
        require(lender=account.lender, verb=Verb.REFUND, user=acting_user)
    check_amount(amount_minor)
    same = {"kind": Kind.CREDIT_RETURNED, "amount_minor": amount_minor}
    if stored := stored_entry(account, key, **same):
        return stored
    check_open(account)
    make_bills(account, account.lender.today())
    row = AccountEntry(key=key, recorded_by=acting_user, **same)
    return add_entry(account, row, posted_as=JournalEntry.Kind.REFUND, verb="return_credit")
