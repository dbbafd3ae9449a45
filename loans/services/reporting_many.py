"""Many successes at once, as a bank's file brings them: the effect of `take_report` on each, in few statements.

Only what is plain is booked together: an open debit of a running loan (of no monthly bill), the sum that was
ordered, the last payment of its loan so far, one of its loan in the batch. Everything else goes
the usual way, one by one. `tests/loans/bank_files/test_same_books.py` holds both against each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast
from uuid import uuid4

from django.db import transaction

from accounts import audit
from accounts.models import Lender
from accounts.services import write_notices
from config import clock
from credit.words import Correction
from loans.engine.waterfall import Allocation as Shares
from loans.gateways.interface import Outcome, Report
from loans.gateways.states import WAITING, Answer, State, is_payable
from loans.ledger import BATCH, EntryDraft, post_all
from loans.models import Account, Allocation, GatewayEvent, JournalEntry, Loan, Payment, PaymentOrder, RevolvingAccount
from loans.selectors.charges import charges_of
from loans.selectors.in_force import InForce, Share, in_force, paid_off, paid_rows
from loans.services.furnishing import judge_each_anew
from loans.services.head import change_each, iso, today_or_sooner, update_each
from loans.services.paying import allocations, payment_lines, refresh
from loans.services.reporting import Taken, take_report, write_applied
from loans.services.returning_many import book_returns, plain_returns
from loans.services.sharing import before_of, with_new
from loans.services.telling import received_draft
from loans.stages import Stage

Direction = PaymentOrder.Direction
NOT_STORED_YET = 0


@dataclass(frozen=True, slots=True)
class _Plain:
    """A success that can be booked together with others, and what it is for."""

    event_id: str
    report: Report
    order: PaymentOrder
    loan: Loan
    value_on: date
    held: InForce
    shares: Shares
    principal_left_minor: int

    @property
    def channel(self) -> str:
        is_own = self.order.instalment_number is None
        return Payment.Channel.BORROWER if is_own else Payment.Channel.AUTO_DEBIT


@transaction.atomic
def take_reports(*, lender: Lender, gateway: str, reports: Mapping[str, Report]) -> dict[str, Taken]:
    """Take reports by their event, in order; answers by event. The same as `take_report` for each."""
    _lock_all(lender, gateway, [report.key for report in reports.values()])
    plain = {each.event_id: each for each in _plain(lender, gateway, reports)}
    taken = {event_id: Taken(Answer.APPLIED, is_replay=False) for event_id in plain}
    _book(lender, gateway, list(plain.values()))
    returns = plain_returns(lender, gateway, reports)
    book_returns(lender, gateway, returns)
    taken |= {each.event_id: Taken(Answer.APPLIED, is_replay=False) for each in returns}
    for event_id, report in reports.items():
        if event_id not in taken:
            taken[event_id] = take_report(lender=lender, gateway=gateway, event_id=event_id, report=report)
    return taken


def _lock_all(lender: Lender, gateway: str, keys: Sequence[str]) -> None:
    """Lock whatever the reports are about, loans before monthly bills, each in the order of their keys.

    What is booked one by one later must not wait for a lock while it holds the audit chain's
    head, for which its holder may be waiting.
    """
    orders = PaymentOrder.objects.filter(lender=lender, gateway=gateway, key__in=keys)
    for debts, column in ((Loan.objects.all(), "loan"), (RevolvingAccount.objects.all(), "bill_account")):
        named = orders.filter(**{f"{column}__isnull": False}).values(column)
        list(debts.select_for_update(no_key=True).filter(pk__in=named).order_by("pk").values_list("pk", flat=True))


def _plain(lender: Lender, gateway: str, reports: Mapping[str, Report]) -> Iterable[_Plain]:
    """Which of the reports are plain; their loans are locked, in the order of their keys."""
    good = {
        event_id: report
        for event_id, report in reports.items()
        if report.outcome is Outcome.SUCCEEDED and report.currency == lender.currency
    }
    known = set(
        GatewayEvent.objects.filter(lender=lender, gateway=gateway, event_id__in=good).values_list(
            "event_id", flat=True
        )
    )
    orders, loans = _locked(lender, gateway, [report.key for report in good.values()])
    wanted = [
        (event_id, report, orders[report.key])
        for event_id, report in good.items()
        if event_id not in known and report.key in orders
    ]
    today = lender.today()
    running = [loan for loan in loans.values() if loan.state == Loan.State.ACTIVE]
    held = in_force(running, today)
    before = before_of(running, held) if running else {}
    seen: set[int] = set()
    for event_id, report, order in wanted:
        loan = loans[cast(int, order.loan_id)]
        is_fit = is_payable(order.amount_minor, report.amount_minor, may_be_partial=order.may_be_partial)
        if loan.pk in seen or loan.pk not in held or not is_fit:
            continue
        seen.add(loan.pk)
        on = max(min(report.value_on or today, today), min(order.ordered_on, today))
        sharing = with_new(loan, held[loan.pk], amount_minor=report.amount_minor, on=on, before=before[loan.pk])
        if sharing.changes or sharing.new is None or on < loan.disbursed_on:
            continue
        yield _Plain(event_id, report, order, loan, on, held[loan.pk], sharing.new, loan.principal_left_minor)


def _locked(lender: Lender, gateway: str, keys: Sequence[str]) -> tuple[dict[str, PaymentOrder], dict[int, Loan]]:
    """Debits that wait for this word, as they are under the lock of their loans."""
    rows = PaymentOrder.objects.filter(
        lender=lender, gateway=gateway, key__in=keys, direction=Direction.DEBIT, loan__isnull=False
    )
    locked = Loan.objects.select_for_update(of=("self",), no_key=True).select_related("lender", "borrower")
    loans = {loan.pk: loan for loan in locked.filter(pk__in=rows.values("loan")).order_by("pk")}
    # A sum that was agreed on for a day (to end a loan, to repay a part) is more than a payment.
    plain = rows.filter(state__in=WAITING, aim=PaymentOrder.Aim.PAY)
    return {order.key: order for order in plain}, loans


def _book(lender: Lender, gateway: str, plain: Sequence[_Plain]) -> None:
    if not plain:
        return
    write_applied(lender, gateway, [(each.event_id, each.report, each.order) for each in plain])
    _end_orders(plain)
    payments = _write_payments(lender, plain)
    held = _refresh(plain)
    _judge(lender, plain)
    facts = []
    for each, payment in zip(plain, payments, strict=True):
        facts += _facts(each, payment)
    audit.record_all(lender=lender, facts=facts, acting_user=None)
    told = [
        received_draft(payment, each.loan, held[each.loan.pk]) for each, payment in zip(plain, payments, strict=True)
    ]
    write_notices(lender=lender, drafts=told)


def _end_orders(plain: Sequence[_Plain]) -> None:
    """What `take_report` writes to an order that has ended."""
    ended_at = clock.now()
    ends = [
        (
            each.order,
            {
                "state": State.SUCCEEDED.value,
                "ended_at": ended_at,
                "moved_minor": each.report.amount_minor,
                "value_on": each.value_on,
                "reason": each.report.reason,
                "reference": each.report.reference,
            },
        )
        for each in plain
    ]
    update_each(PaymentOrder, ends, "state")


def _write_payments(lender: Lender, plain: Sequence[_Plain]) -> list[Payment]:
    """Entries, payments and what they are for."""
    entries = post_all(
        [
            EntryDraft(
                lender=lender,
                loan=each.loan,
                kind=JournalEntry.Kind.PAYMENT,
                key=f"payment:{each.order.key}",
                lines=payment_lines(
                    each.loan,
                    each.report.amount_minor,
                    each.shares.lines,
                    each.shares.unapplied_minor,
                    source=Account.CASH,
                ),
                value_on=each.value_on,
                posted_on=lender.today(),
            )
            for each in plain
        ]
    )
    payments = Payment.objects.bulk_create(
        [
            Payment(
                public_id=uuid4(),
                lender=lender,
                loan=each.loan,
                key=each.order.key,
                amount_minor=each.report.amount_minor,
                unapplied_minor=each.shares.unapplied_minor,
                value_on=each.value_on,
                channel=each.channel,
                journal_entry=entry,
            )
            for each, entry in zip(plain, entries, strict=True)
        ],
        batch_size=BATCH,
    )
    shares = [
        line for each, payment in zip(plain, payments, strict=True) for line in allocations(payment, each.shares.lines)
    ]
    Allocation.objects.bulk_create(shares, batch_size=BATCH)
    return payments


def _refresh(plain: Sequence[_Plain]) -> dict[int, InForce]:
    """The cached columns of loans that go on; those that are paid off, or in a stage, take the usual way.

    What the books say now is what they said before this payment, and its shares; that is returned.
    """
    loans, today = [each.loan for each in plain], plain[0].loan.lender.today()
    held = {each.loan.pk: _with_shares(each) for each in plain}
    charges = charges_of(loans, held, today)
    going_on = []
    for loan in loans:
        own: InForce = held[loan.pk]
        unpaid = own.unpaid_rows
        if loan.stage != Stage.NONE.value or not (unpaid or charges[loan.pk].owed_minor):
            refresh(loan)
            continue
        oldest_on = unpaid[0].due_on if unpaid else None
        going_on.append(
            (
                loan,
                {
                    "principal_left_minor": own.principal_left_minor,
                    "oldest_unpaid_due_on": oldest_on,
                    "next_close_on": today_or_sooner(loan),
                },
            )
        )
    change_each(going_on)
    return held


def _with_shares(each: _Plain) -> InForce:
    """The schedule in force, and what is paid on it once this payment counts."""
    new = [
        Share(NOT_STORED_YET, each.value_on, line.number, line.component.value, line.amount_minor)
        for line in each.shares.lines
    ]
    shares = (*each.held.shares, *new)
    paid, last = paid_rows(shares)
    return replace(each.held, paid=paid, paid_off_on=paid_off(each.held.rows, paid, last), shares=shares)


def _judge(lender: Lender, plain: Sequence[_Plain]) -> None:
    """Months on file from the month of a payment that became known late, as `receive` has them judged."""
    late = {each.loan: each.value_on for each in plain if each.value_on < lender.today()}
    judge_each_anew(lender, late, reason=Correction.PAYMENT_KNOWN_LATE)


def _facts(each: _Plain, payment: Payment) -> list[audit.Fact]:
    """What `take_report` and `record_payment` say of it in the audit chain."""
    report, loan = each.report, each.loan
    return [
        audit.Fact(
            verb="end_order",
            subject=loan.number,
            before={"key": each.order.key, "state": str(each.order.state)},
            after={
                "state": State.SUCCEEDED.value,
                "amount_minor": report.amount_minor,
                "on": iso(each.value_on),
                "reason": report.reason,
            },
        ),
        audit.Fact(
            verb="record_payment",
            subject=loan.number,
            before={"principal_left_minor": each.principal_left_minor, "state": str(Loan.State.ACTIVE)},
            after={
                "payment": str(payment.public_id),
                "amount_minor": payment.amount_minor,
                "unapplied_minor": payment.unapplied_minor,
                "value_on": iso(each.value_on),
                "channel": str(payment.channel),
                "state": str(loan.state),
                "principal_left_minor": loan.principal_left_minor,
                "changed_payments": 0,
            },
        ),
    ]
