"""Money that nobody could place: taken into the books at once, and placed by a person."""

from datetime import date
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import Lender, User
from accounts.roles import Verb
from accounts.services import require
from loans.errors import AlreadyResolved, AmountRefused, BillRefused, WordsNeeded
from loans.gateways.interface import Outcome, Report
from loans.gateways.notice import report as report_of
from loans.gateways.states import State
from loans.ledger import post
from loans.models import (
    Account,
    AccountEntry,
    EventReview,
    GatewayEvent,
    JournalEntry,
    Loan,
    Payment,
    PaymentOrder,
    RevolvingAccount,
    SuspenseItem,
    SuspenseResolution,
)
from loans.selectors.payout import is_too_late
from loans.selectors.refunds import credit_minor
from loans.services.bill_head import check_open, lock_account
from loans.services.bill_ordering import payment_counts_on
from loans.services.bill_paying import pay_bill, return_credit
from loans.services.bill_refunding import refund_counts_on
from loans.services.billing import make_bills
from loans.services.head import check_owed, iso, lock
from loans.services.opening import disburse_loan
from loans.services.order_head import lock_order
from loans.services.paying import record_payment
from loans.services.telling_outgoing import tell_of_outgoing

LONGEST_WORDS = 300
PAYS_NOTHING = "money that went out pays nothing"
VERBS = {
    SuspenseResolution.Outcome.MATCHED: "match_suspense",
    SuspenseResolution.Outcome.RETURNED: "return_suspense",
    SuspenseResolution.Outcome.REFUNDED: "take_as_refund",
}


@transaction.atomic
def open_suspense(
    *,
    lender: Lender,
    amount_minor: int,
    reason: str,
    key: str,
    loan: Loan | None = None,
    bill_account: RevolvingAccount | None = None,
    event: GatewayEvent | None = None,
    is_outgoing: bool = False,
    value_on: date,
) -> SuspenseItem:
    """Take money in that cannot be placed: into cash, and owed to whoever it turns out to be of.

    Money that went out without a reason is the other way round, and to be claimed back.
    """
    public_id = uuid4()
    came_minor = -amount_minor if is_outgoing else amount_minor
    entry = post(
        lender=lender,
        loan=loan,
        kind=JournalEntry.Kind.SUSPENSE,
        key=f"suspense:{public_id}",
        lines={Account.CASH: came_minor, Account.SUSPENSE: -came_minor},
        value_on=value_on,
    )
    item = SuspenseItem.objects.create(
        public_id=public_id,
        lender=lender,
        amount_minor=amount_minor,
        currency=lender.currency,
        is_outgoing=is_outgoing,
        reason=reason,
        key=key,
        loan=loan,
        bill_account=bill_account,
        event=event,
        value_on=value_on,
        journal_entry=entry,
    )
    audit.record(
        lender=lender,
        verb="open_suspense",
        subject=key,
        after={"item": str(public_id), "amount_minor": amount_minor, "reason": str(reason), "on": iso(value_on)},
        acting_user=None,
    )
    return item


@transaction.atomic
def match_suspense(*, item: SuspenseItem, loan: Loan, words: str, acting_user: User) -> Payment:
    """Put the money on a loan of the same lender that is still owed, as of the day on which it came.

    Raises `AlreadyResolved`, `WordsNeeded`, `NotDisbursed`, `AlreadySettled`, `NotPermitted`.
    """
    loan = lock(loan)
    words = _checked(item, words, acting_user)
    if loan.lender_id != item.lender_id:
        raise NotPermitted(f"{loan.number} is of another lender")
    if item.is_outgoing:
        raise NotPermitted(PAYS_NOTHING)
    check_owed(loan)
    entry = _released(item, loan)
    payment = record_payment(
        loan=loan,
        amount_minor=item.amount_minor,
        key=f"suspense:{item.public_id}",
        channel=Payment.Channel.STAFF,
        value_on=max(item.value_on, loan.disbursed_on),
        acting_user=None,
    )
    _resolve(item, SuspenseResolution.Outcome.MATCHED, entry, words, acting_user, payment=payment)
    return payment


@transaction.atomic
def match_suspense_to_bill(
    *, item: SuspenseItem, account: RevolvingAccount, words: str, acting_user: User
) -> AccountEntry:
    """Put the money on a monthly bill of the same lender, as of the day on which it came.

    It counts on the last bill day at the earliest, and where something that was done since would
    not fit any more, on the next day on which it does. Raises `AlreadyResolved`, `WordsNeeded`, `BillRefused` on a
    closed account or where there is no such day, `NotPermitted`.
    """
    account = lock_account(account)
    words = _checked(item, words, acting_user)
    if account.lender_id != item.lender_id:
        raise NotPermitted(f"{account.number} is of another lender")
    if item.is_outgoing:
        raise NotPermitted(PAYS_NOTHING)
    check_open(account)
    make_bills(account, account.lender.today())
    counts_on = payment_counts_on(account, item.amount_minor, item.value_on)
    if counts_on is None:
        raise BillRefused("no_day")
    released = _released(item, None)
    entry = pay_bill(
        account=account,
        amount_minor=item.amount_minor,
        key=f"suspense:{item.public_id}",
        channel=Payment.Channel.STAFF,
        value_on=counts_on,
        acting_user=None,
    )
    _resolve(item, SuspenseResolution.Outcome.MATCHED, released, words, acting_user, account_entry=entry)
    return entry


@transaction.atomic
def take_as_refund(*, item: SuspenseItem, words: str, acting_user: User) -> SuspenseResolution:
    """Take money that went out as the refund it looked like: what is owed back is less by it.

    Raises `AlreadyResolved`, `WordsNeeded`, `AmountRefused` where so much is not owed back any
    more, `NotPermitted` for anything but money of a refund.
    """
    order = item.event.order if item.event is not None else None
    if not item.is_outgoing or order is None or order.direction != PaymentOrder.Direction.REFUND:
        raise NotPermitted("only money of a refund is taken as one")
    order = lock_order(order)
    words = _checked(item, words, acting_user)
    released = _released(item, item.loan)
    entry = None
    if order.bill_account is not None:
        value_on = refund_counts_on(order.bill_account, item.amount_minor, item.value_on)
        if value_on is None:
            raise AmountRefused(str(item.amount_minor))
        entry = return_credit(
            account=order.bill_account,
            amount_minor=item.amount_minor,
            key=f"refund:{item.public_id}",
            value_on=value_on,
            acting_user=None,
        )
    else:
        if credit_minor(order.debt) < item.amount_minor:
            raise AmountRefused(str(item.amount_minor))
        post(
            lender=item.lender,
            loan=order.loan,
            kind=JournalEntry.Kind.REFUND,
            key=f"refund:{item.public_id}",
            lines={Account.BORROWER_CREDIT: item.amount_minor, Account.CASH: -item.amount_minor},
            value_on=item.value_on,
        )
    tell_of_outgoing(order, State.SUCCEEDED, amount_minor=item.amount_minor)
    outcome = SuspenseResolution.Outcome.REFUNDED
    return _resolve(item, outcome, released, words, acting_user, account_entry=entry)


@transaction.atomic
def return_suspense(*, item: SuspenseItem, words: str, acting_user: User) -> SuspenseResolution:
    """Record that the money is back where it came from. Raises what `match_suspense` raises."""
    words = _checked(item, words, acting_user)
    entry = _released(item, item.loan)
    return _resolve(item, SuspenseResolution.Outcome.RETURNED, entry, words, acting_user)


@transaction.atomic
def review_event(*, event: GatewayEvent, words: str, has_come: bool = False, acting_user: User) -> EventReview:
    """Say what a contradicting report turned out to be; with `has_come` its money did move, and lies in suspense.

    Only a report of success can move money. What was paid out is taken as the payout of a loan
    that still waits for it, or lies in suspense to be claimed back. Raises `AlreadyResolved`, `WordsNeeded`,
    `NotPermitted`.
    """
    require(lender=event.lender, verb=Verb.MATCH_SUSPENSE, user=acting_user)
    words = _worded(words)
    report = report_of(event.body)
    if has_come and (report.outcome is not Outcome.SUCCEEDED or report.currency != event.lender.currency):
        raise NotPermitted("this report says nothing of money that moved")
    try:
        with transaction.atomic():
            review = EventReview.objects.create(event=event, lender=event.lender, words=words, reviewed_by=acting_user)
    except IntegrityError as error:
        raise AlreadyResolved(event.event_id) from error
    if has_come:
        _moved(event, report)
    audit.record(
        lender=event.lender,
        verb="review_event",
        subject=event.order.debt.number if event.order else report.key,
        after={"event": event.event_id, "has_come": has_come, "words": words},
        acting_user=acting_user,
    )
    return review


def _moved(event: GatewayEvent, report: Report) -> None:
    """The money of a report that a person found to be right: the payout that a loan waits for, else suspense."""
    order, today = event.order, event.lender.today()
    is_outgoing = order is not None and order.direction != PaymentOrder.Direction.DEBIT
    if order is not None and order.direction == PaymentOrder.Direction.PAYOUT and _is_awaited(order, report, today):
        disburse_loan(loan=order.debt, acting_user=None)
        return
    open_suspense(
        lender=event.lender,
        amount_minor=report.amount_minor,
        reason=SuspenseItem.Reason.FOUND_IN_REVIEW,
        key=report.key,
        loan=order.loan if order else None,
        bill_account=order.bill_account if order else None,
        event=event,
        is_outgoing=is_outgoing,
        value_on=min(report.value_on or today, today),
    )


def _is_awaited(order: PaymentOrder, report: Report, today: date) -> bool:
    """Whether the loan still waits for exactly this money, and no other order is to bring it."""
    loan = lock(order.debt)
    others = PaymentOrder.objects.filter(loan=loan, direction=PaymentOrder.Direction.PAYOUT).exclude(state="failed")
    is_whole = report.amount_minor == loan.principal_minor
    return is_whole and loan.state == Loan.State.PENDING and not is_too_late(loan, today) and not others.exists()


def _checked(item: SuspenseItem, words: str, acting_user: User) -> str:
    require(lender=item.lender, verb=Verb.MATCH_SUSPENSE, user=acting_user)
    if SuspenseResolution.objects.filter(item=item).exists():
        raise AlreadyResolved(item.key)
    return _worded(words)


def _worded(words: str) -> str:
    words = words.strip()
    if not 0 < len(words) <= LONGEST_WORDS:
        raise WordsNeeded
    return words


def _released(item: SuspenseItem, loan: Loan | None) -> JournalEntry:
    """The entry that takes the money out of suspense again; a second one is the same one."""
    return post(
        lender=item.lender,
        loan=loan,
        kind=JournalEntry.Kind.SUSPENSE,
        key=f"suspense-out:{item.public_id}",
        lines={Account.SUSPENSE: item.came_minor, Account.CASH: -item.came_minor},
        value_on=item.value_on,
    )


def _resolve(
    item: SuspenseItem,
    outcome: str,
    entry: JournalEntry,
    words: str,
    acting_user: User,
    *,
    payment: Payment | None = None,
    account_entry: AccountEntry | None = None,
) -> SuspenseResolution:
    debt = payment.loan if payment else account_entry.account if account_entry else None
    try:
        with transaction.atomic():
            resolution = SuspenseResolution.objects.create(
                item=item,
                lender=item.lender,
                outcome=outcome,
                payment=payment,
                account_entry=account_entry,
                journal_entry=entry,
                words=words,
                resolved_by=acting_user,
            )
    except IntegrityError as error:
        raise AlreadyResolved(item.key) from error
    audit.record(
        lender=item.lender,
        verb=VERBS[SuspenseResolution.Outcome(outcome)],
        subject=debt.number if debt else item.key,
        after={"item": str(item.public_id), "amount_minor": item.amount_minor, "words": words},
        acting_user=acting_user,
    )
    return resolution
