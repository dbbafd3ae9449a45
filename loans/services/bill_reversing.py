"""Taking a payment of a monthly bill back: the bank returned it.

The payment stays as it was entered; another entry takes it back, and from then on everything
follows as if it had never come: what it had paid is unpaid since its due date, and bears what
that costs. Bills that were made meanwhile stay as they were made; the next one carries on from
what is so.
"""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.roles import Verb
from accounts.services import require
from credit.words import Correction
from loans.errors import NothingToReverse
from loans.models import AccountEntry, JournalEntry, PaymentOrder
from loans.reversal_words import returned_reason
from loans.services.bill_furnishing import judge_account_anew
from loans.services.bill_head import add_entry, check_open, lock_account
from loans.services.bill_telling import tell_bill_payment_taken_back
from loans.services.billing import make_bills
from loans.services.head import iso

Kind = AccountEntry.Kind


@transaction.atomic
def reverse_bill_payment(
    *, entry: AccountEntry, reason: str, value_on: date | None = None, acting_user: User | None
) -> AccountEntry:
    """Take a payment back whole, as of `value_on` (today unless given, the last bill day at the earliest).

    Months on the credit file are judged anew, and the borrower is told. Called again it returns
    the entry that stands. Raises `BillRefused` where the account is closed, or where what the
    payment left over was paid back or used since, so that a person has to look.
    """
    account = lock_account(entry.account)
    if acting_user is not None:
        require(lender=account.lender, verb=Verb.REVERSE_PAYMENT, user=acting_user)
    if entry.kind != Kind.PAYMENT:
        raise NothingToReverse(entry.key)
    stored = account.entries.filter(kind=Kind.TAKEN_BACK, about=entry).first()
    if stored is not None:
        return stored
    check_open(account)
    make_bills(account, account.lender.today())
    row = AccountEntry(
        kind=Kind.TAKEN_BACK,
        amount_minor=entry.amount_minor,
        about=entry,
        reason=reason,
        key=f"back:{entry.public_id}",
        recorded_by=acting_user,
    )
    first_on = max(entry.value_on, account.billed_to_on or account.opened_on)
    value_on = max(value_on, first_on) if value_on is not None else None
    made = add_entry(account, row, posted_as=JournalEntry.Kind.REVERSAL, verb="reverse_bill_payment", value_on=value_on)
    judge_account_anew(account, from_on=entry.value_on, reason=Correction.PAYMENT_TAKEN_BACK)
    tell_bill_payment_taken_back(made)
    return made


@transaction.atomic
def return_bill_debit(*, order: PaymentOrder, reason: str, value_on: date) -> AccountEntry:
    """Take back what a debit brought, because the bank returned the money on `value_on`; the system's work.

    Raises `NothingToReverse` where no payment stands for the order, and what
    `reverse_bill_payment` raises.
    """
    rows = AccountEntry.objects.filter(lender=order.lender, account=order.bill_account, key=order.key)
    entry = rows.select_related("account").first()
    if entry is None:
        raise NothingToReverse(order.key)
    stands = AccountEntry.objects.filter(about=entry, kind=Kind.TAKEN_BACK).first()
    if stands is not None:
        return stands
    made = reverse_bill_payment(entry=entry, reason=returned_reason(reason), value_on=value_on, acting_user=None)
    audit.record(
        lender=order.lender,
        verb="return_order",
        subject=entry.account.number,
        after={"key": order.key, "reason": reason, "on": iso(value_on)},
        acting_user=None,
    )
    return made
