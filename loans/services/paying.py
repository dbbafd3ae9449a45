"""Receiving money on a loan: allocated, posted, and effective at most once per key."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.roles import Verb
from credit.services import close_tradeline
from credit.words import Correction
from loans.engine.money import LARGEST_MINOR
from loans.engine.waterfall import Allocation as Shares
from loans.engine.waterfall import Line
from loans.errors import AmountRefused, ChannelRefused, DateRefused, KeyRefused, KeyTaken
from loans.ledger import post
from loans.models import Account, Allocation, JournalEntry, Loan, Payment, PaymentCorrection
from loans.selectors.charges import charges_of
from loans.selectors.in_force import in_force
from loans.services.correcting import correct
from loans.services.furnishing import judge_anew
from loans.services.head import change, check_owed, is_borrower, iso, lock, permit
from loans.services.sharing import accounts_of, with_new
from loans.services.staging import end_when_current

LONGEST_KEY = 64


@transaction.atomic
def record_payment(
    *,
    loan: Loan,
    amount_minor: int,
    key: str,
    channel: str,
    value_on: date | None = None,
    acting_user: User | None,
) -> Payment:
    """Receive money on a loan: what is due first, then the instalments to come, in order.

    The same key with the same loan, amount and date (where one is given) returns the payment
    that stands, and nothing happens twice. What the loan does not need is owed back
    (`unapplied_minor`). The last payment settles the loan, and one that was written off too. A
    borrower pays today and through the borrower's channel; staff and the system may date a
    payment back to the disbursement.

    Raises `KeyTaken`, `KeyRefused`, `NotDisbursed`, `AlreadySettled`, `AmountRefused`,
    `DateRefused`, `ChannelRefused`.
    """
    loan = lock(loan)
    check_payer(loan, channel, acting_user)
    stored = stored_payment(loan, key, value_on)
    if stored is not None:
        if stored.amount_minor != amount_minor:
            raise KeyTaken(key)
        return stored
    check_owed(loan)
    if type(amount_minor) is not int or not 0 < amount_minor <= LARGEST_MINOR:
        raise AmountRefused(str(amount_minor))
    value_on = checked_day(loan, value_on, acting_user)
    return receive(
        loan, amount_minor=amount_minor, key=key, channel=channel, value_on=value_on, acting_user=acting_user
    )


def receive(
    loan: Loan,
    *,
    amount_minor: int,
    key: str,
    channel: str,
    value_on: date,
    public_id: UUID | None = None,
    acting_user: User | None,
) -> Payment:
    """The same on a loan that the caller has locked and checked.

    A payment dated before others changes what those were for; that is written as a
    correction that names it.
    """
    held = in_force([loan], loan.lender.today())[loan.pk]
    sharing = with_new(loan, held, amount_minor=amount_minor, on=value_on)
    assert sharing.new is not None
    payment = _write(loan, sharing.new, amount_minor, key, channel, value_on, public_id or uuid4(), acting_user)
    if sharing.changes:
        correct(payment, sharing.changes, kind=PaymentCorrection.Kind.BACKDATED, acting_user=acting_user)
    before = {"principal_left_minor": loan.principal_left_minor, "state": str(loan.state)}
    refresh(loan)
    if value_on < loan.lender.today():
        judge_anew(loan, from_on=value_on, reason=Correction.PAYMENT_KNOWN_LATE)
    audit.record(
        lender=loan.lender,
        verb="record_payment",
        subject=loan.number,
        before=before,
        after={
            "payment": str(payment.public_id),
            "amount_minor": amount_minor,
            "unapplied_minor": payment.unapplied_minor,
            "value_on": iso(value_on),
            "channel": str(channel),
            "state": str(loan.state),
            "principal_left_minor": loan.principal_left_minor,
            "changed_payments": len(sharing.changes),
        },
        acting_user=acting_user,
    )
    return payment


def check_payer(loan: Loan, channel: str, acting_user: User | None) -> None:
    """The borrower through their own channel, staff who may record payments, or the system."""
    if not is_borrower(loan, acting_user):
        permit(loan, Verb.RECORD_PAYMENT, acting_user)
    elif channel != Payment.Channel.BORROWER:
        raise ChannelRefused(channel)
    Payment.Channel(channel)


def stored_payment(loan: Loan, key: str, value_on: date | None) -> Payment | None:
    """The payment that stands under this key, or None; `KeyTaken` if it is of another loan or day."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise KeyRefused(key[:LONGEST_KEY])
    stored = Payment.objects.select_related("loan").filter(lender=loan.lender, key=key).first()
    if stored is not None and (stored.loan_id != loan.pk or value_on not in (None, stored.value_on)):
        raise KeyTaken(key)
    return stored


def checked_day(loan: Loan, value_on: date | None, acting_user: User | None) -> date:
    """The day on which a payment counts, today unless given."""
    today = loan.lender.today()
    value_on = value_on or today
    if value_on > today:
        raise DateRefused("in_future")
    if value_on < loan.disbursed_on:
        raise DateRefused("before_disbursement")
    if value_on != today and is_borrower(loan, acting_user):
        raise DateRefused("not_today")
    return value_on


def payment_lines(
    loan: Loan, amount_minor: int, lines: Sequence[Line], unapplied_minor: int, *, source: Account
) -> dict[Account, int]:
    """The journal's lines of one payment: the money that came, and where it went."""
    own, accounts = {source: amount_minor, Account.BORROWER_CREDIT: -unapplied_minor}, accounts_of(loan)
    for line in lines:
        account = accounts[line.component]
        own[account] = own.get(account, 0) - line.amount_minor
    return own


def allocations(payment: Payment, lines: Sequence[Line]) -> list[Allocation]:
    """The shares of a payment, as they are stored."""
    return [
        Allocation(
            payment=payment,
            lender=payment.lender,
            loan=payment.loan,
            instalment_number=line.number,
            component=line.component.value,
            amount_minor=line.amount_minor,
        )
        for line in lines
    ]


def refresh(loan: Loan) -> None:
    """Write the cached columns from what the books say now; settle the loan if nothing is left."""
    today = loan.lender.today()
    held = in_force([loan], today)
    own = held[loan.pk]
    unpaid = own.unpaid_rows
    if unpaid or charges_of([loan], held, today)[loan.pk].owed_minor:
        oldest_on = unpaid[0].due_on if unpaid else None
        change(loan, principal_left_minor=own.principal_left_minor, oldest_unpaid_due_on=oldest_on)
        end_when_current(loan)
        return
    settled_on = max(share.on for share in own.shares)
    change(loan, principal_left_minor=0, oldest_unpaid_due_on=None, state=Loan.State.SETTLED, settled_on=settled_on)
    end_when_current(loan)
    # The account on the credit file is closed with the loan, whoever paid.
    close_tradeline(lender=loan.lender, reference=loan.number, on=settled_on, acting_user=None)


def _write(
    loan: Loan,
    shares: Shares,
    amount_minor: int,
    key: str,
    channel: str,
    value_on: date,
    public_id: UUID,
    acting_user: User | None,
) -> Payment:
    entry = post(
        lender=loan.lender,
        loan=loan,
        kind=JournalEntry.Kind.PAYMENT,
        key=f"payment:{key}",
        lines=payment_lines(loan, amount_minor, shares.lines, shares.unapplied_minor, source=Account.CASH),
        value_on=value_on,
    )
    payment = Payment.objects.create(
        public_id=public_id,
        lender=loan.lender,
        loan=loan,
        key=key,
        amount_minor=amount_minor,
        unapplied_minor=shares.unapplied_minor,
        value_on=value_on,
        channel=channel,
        recorded_by=acting_user,
        journal_entry=entry,
    )
    Allocation.objects.bulk_create(allocations(payment, shares.lines))
    return payment
