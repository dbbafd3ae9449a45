"""Paying a loan off before its time."""

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from loans.engine.payoff import Payoff
from loans.engine.remembered import NOTHING_REMEMBERED
from loans.engine.schedule import Row
from loans.errors import AmountRefused, DateRefused, KeyTaken
from loans.models import Loan, Payment, ScheduleVersion
from loans.selectors.charges import charges_of
from loans.selectors.in_force import InForce, in_force
from loans.selectors.settle_page import payoff_on
from loans.services.adopting import adopt
from loans.services.head import check_running, is_borrower, lock
from loans.services.paying import check_payer, checked_day, receive, stored_payment


@transaction.atomic
def settle_early(
    *, loan: Loan, key: str, value_on: date | None = None, channel: str = "", acting_user: User | None
) -> Payment:
    """Pay what ends the loan on that day (today unless given), and settle it.

    A new schedule version asks for the payoff on that day: rows already due stay as they
    are, those to come become one, with the principal left and the interest to the day. The
    channel is the borrower's or the staff's own, unless given. The same key again returns the
    payment that stands. Raises what `record_payment` raises.
    """
    loan = lock(loan)
    channel = channel or (Payment.Channel.BORROWER if is_borrower(loan, acting_user) else Payment.Channel.STAFF)
    check_payer(loan, channel, acting_user)
    stored = stored_payment(loan, key, value_on)
    if stored is not None:
        if loan.state != Loan.State.SETTLED:
            raise KeyTaken(key)
        return stored
    check_running(loan)
    value_on = checked_day(loan, value_on, acting_user)
    held, quote, amount_minor = _quoted(loan, value_on)
    if amount_minor <= 0:
        raise AmountRefused(str(amount_minor))
    public_id = uuid4()
    if any(row.due_on > value_on for row in held.unpaid_rows):
        adopt(
            loan,
            payoff_rows(held, quote, value_on),
            source=ScheduleVersion.Source.PAYOFF,
            reference=str(public_id),
            paused_on=(),
            remembered=NOTHING_REMEMBERED,
            adopted_on=value_on,
            acting_user=acting_user,
        )
    return receive(
        loan,
        amount_minor=amount_minor,
        key=key,
        channel=channel,
        value_on=value_on,
        public_id=public_id,
        acting_user=acting_user,
    )


def settles_at_minor(loan: Loan, on: date) -> int | None:
    """What ends the loan on that day, which may be past; None where something has happened since."""
    try:
        return _quoted(loan, on)[2]
    except DateRefused:
        return None


def _quoted(loan: Loan, on: date) -> tuple[InForce, Payoff, int]:
    """What is in force, the payoff on that day, and all that is to be paid with it."""
    check_nothing_later(loan, on)
    found = in_force([loan], loan.lender.today())
    held, penalty_minor = found[loan.pk], charges_of([loan], found, on)[loan.pk].owed_minor
    quote = payoff_on(loan, held, on)
    return held, quote, quote.total_minor + penalty_minor


def payoff_rows(held: InForce, quote: Payoff, on: date) -> tuple[Row, ...]:
    """The schedule that ends on that day: what is unpaid and not yet due becomes its last row.

    Rows paid ahead keep number and amounts and are due by that day; of the last row, what was
    paid of it before stays in it.
    """
    first = next(row for row in held.unpaid_rows if row.due_on > on)
    kept = [_due_by(row, on) for row in held.rows if row.number < first.number]
    ahead = [row for row in held.rows if row.number >= first.number]
    paid = [held.paid_on(row) for row in ahead]
    last = Row(
        number=first.number,
        opens_on=min(first.opens_on, on),
        due_on=on,
        principal_minor=sum(row.principal_minor for row in ahead),
        interest_minor=quote.interest_minor - _interest_left(held, kept) + sum(each.interest_minor for each in paid),
        balance_minor=0,
        fee_minor=quote.fee_minor - _fees_left(held, kept) + sum(each.fee_minor for each in paid),
    )
    return (*kept, last)


def _due_by(row: Row, on: date) -> Row:
    return row._replace(opens_on=min(row.opens_on, on), due_on=min(row.due_on, on))


def _interest_left(held: InForce, rows: Sequence[Row]) -> int:
    return sum(row.interest_minor + row.relief_interest_minor - held.paid_on(row).interest_minor for row in rows)


def _fees_left(held: InForce, rows: Sequence[Row]) -> int:
    return sum(row.fee_minor - held.paid_on(row).fee_minor for row in rows)


def check_nothing_later(loan: Loan, value_on: date) -> None:
    """A payoff is counted from all that happened, so nothing may have happened after its day."""
    last_paid_on = loan.payments.aggregate(last=Max("value_on"))["last"]
    adopted_on = loan.schedules.aggregate(last=Max("adopted_on"))["last"]
    if value_on < max(on for on in (last_paid_on, adopted_on) if on is not None):
        raise DateRefused("before_last_change")
