"""Repaying part of a loan before it is due."""

from datetime import date
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from loans.engine.money import LARGEST_MINOR
from loans.engine.prepayment import Keep, PrepaymentError
from loans.errors import AmountRefused, DateRefused, EarlyRefused, KeyTaken
from loans.models import Loan, Payment, ScheduleVersion
from loans.selectors.charges import charges_of
from loans.selectors.early import EarlyRepayment, early_repayment
from loans.selectors.in_force import InForce, in_force
from loans.services.adopting import adopt
from loans.services.head import check_running, is_borrower, lock
from loans.services.paying import check_payer, checked_day, receive, stored_payment
from loans.services.settling import check_nothing_later


@transaction.atomic
def repay_early(
    *,
    loan: Loan,
    amount_minor: int,
    keep: str,
    key: str,
    value_on: date | None = None,
    channel: str = "",
    acting_user: User | None,
) -> Payment:
    """Put a sum to principal that is not yet due, on that day (today unless given), and cut the rest anew.

    `keep` is COUNT (as many instalments, each lower) or INSTALMENT (as before, and fewer). The
    payment is at most `amount_minor`: what does not go into principal and fee is not taken. The
    same key again returns the payment that stands. Raises `EarlyRefused` beside what
    `record_payment` raises.
    """
    loan = lock(loan)
    channel = channel or (Payment.Channel.BORROWER if is_borrower(loan, acting_user) else Payment.Channel.STAFF)
    check_payer(loan, channel, acting_user)
    stored = stored_payment(loan, key, value_on)
    if stored is not None:
        if not 0 < stored.amount_minor <= amount_minor:
            raise KeyTaken(key)
        return stored
    check_running(loan)
    if type(amount_minor) is not int or not 0 < amount_minor <= LARGEST_MINOR:
        raise AmountRefused(str(amount_minor))
    value_on = checked_day(loan, value_on, acting_user)
    held, early = _planned(loan, amount_minor, keep, value_on)
    public_id = uuid4()
    adopt(
        loan,
        early.rows,
        source=ScheduleVersion.Source.PREPAYMENT,
        reference=str(public_id),
        paused_on=held.paused_on,
        remembered=early.remembered,
        adopted_on=value_on,
        acting_user=acting_user,
    )
    return receive(
        loan,
        amount_minor=early.amount_minor,
        key=key,
        channel=channel,
        value_on=value_on,
        public_id=public_id,
        acting_user=acting_user,
    )


def repays_minor(loan: Loan, amount_minor: int, keep: str, on: date) -> int | None:
    """What of the sum would be taken on that day, which may be past; None where it cannot be repaid so (any more)."""
    try:
        return _planned(loan, amount_minor, keep, on)[1].amount_minor
    except (DateRefused, EarlyRefused):
        return None


def _planned(loan: Loan, amount_minor: int, keep: str, on: date) -> tuple[InForce, EarlyRepayment]:
    """What is in force, and what the sum would make of it."""
    check_nothing_later(loan, on)
    found = in_force([loan], loan.lender.today())
    if charges_of([loan], found, on)[loan.pk].owed_minor:
        raise EarlyRefused("due_first")
    try:
        return found[loan.pk], early_repayment(loan, found[loan.pk], amount_minor, on, Keep(keep))
    except PrepaymentError as error:
        raise EarlyRefused(error.code) from error
