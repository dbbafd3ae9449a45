"""Buying on a monthly bill, and giving back what was bought. What a merchant reports, once for each key."""

from django.db import transaction

from accounts.errors import NotPermitted
from accounts.models import User
from accounts.roles import Verb
from accounts.services import require
from loans.errors import AmountRefused
from loans.models import AccountEntry, JournalEntry, RevolvingAccount
from loans.services.bill_head import add_entry, check_amount, check_open, check_owner, lock_account, stored_entry
from loans.services.billing import make_bills
from loans.services.limiting import draw_on

Kind = AccountEntry.Kind
LONGEST_MERCHANT = 60


@transaction.atomic
def purchase(
    *, account: RevolvingAccount, merchant: str, amount_minor: int, key: str, acting_user: User | None
) -> AccountEntry:
    """Buy for so much, never above what is left of the limit; the same key is the same purchase.

    Raises `LimitExceeded` with what is left (nothing while something is overdue), `LimitRefused`,
    `Conflict` where another tab was quicker, `BillRefused` on a closed account.
    """
    check_owner(account, acting_user)
    check_amount(amount_minor)
    merchant = " ".join(merchant.split())
    if not 0 < len(merchant) <= LONGEST_MERCHANT:
        raise AmountRefused("merchant")
    limit = account.limit
    same = {"kind": Kind.PURCHASE, "amount_minor": amount_minor, "merchant": merchant}
    # Looked up under the lock: of two tabs with one key, the second must see what the first wrote.
    account = lock_account(account)
    if stored := stored_entry(account, key, **same):
        return stored
    check_open(account)
    make_bills(account, account.lender.today())
    draw_on(limit=limit, amount_minor=amount_minor, acting_user=acting_user)
    row = AccountEntry(key=key, recorded_by=acting_user, **same)
    return add_entry(account, row, posted_as=JournalEntry.Kind.PURCHASE, verb="purchase")


@transaction.atomic
def refund_purchase(*, bought: AccountEntry, amount_minor: int, key: str, acting_user: User | None) -> AccountEntry:
    """Give back so much of a purchase. What was paid for already is the borrower's money.

    For a merchant (the system) and the lender's staff. Raises `BillRefused` for more than was bought.
    """
    account = lock_account(bought.account)
    if acting_user is not None:
        require(lender=account.lender, verb=Verb.REFUND, user=acting_user)
    check_amount(amount_minor)
    if bought.kind != Kind.PURCHASE:
        raise NotPermitted("only a purchase is refunded")
    same = {"kind": Kind.REFUND, "amount_minor": amount_minor, "about_id": bought.pk}
    if stored := stored_entry(account, key, **same):
        return stored
    check_open(account)
    make_bills(account, account.lender.today())
    row = AccountEntry(kind=Kind.REFUND, amount_minor=amount_minor, about=bought, key=key, recorded_by=acting_user)
    return add_entry(account, row, posted_as=JournalEntry.Kind.RETURN, verb="refund_purchase")
