"""Many debits that a bank sent back, at once: the effect of `take_report` on each, in few statements.

Only what is plain is taken back together: a debit that was booked as ordered, on a running loan that
is in no stage of collection, and whose payment is the last one of its loan, left nothing over and brought
about no schedule; one of its loan in the batch. Everything else goes the usual way, one by one.
`tests/loans/bank_files/test_same_books.py` holds both against each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts import audit
from accounts.models import Lender
from accounts.services import write_notices
from credit.words import Correction
from loans.gateways.interface import Outcome, Report
from loans.gateways.states import State
from loans.ledger import BATCH, EntryDraft, post_all
from loans.models import (
    Account,
    Allocation,
    GatewayEvent,
    JournalEntry,
    Loan,
    Payment,
    PaymentCorrection,
    PaymentOrder,
    Posting,
    ScheduleVersion,
)
from loans.reversal_words import returned_reason
from loans.selectors.in_force import InForce, in_force
from loans.services.correcting import SOURCES
from loans.services.furnishing import judge_each_anew
from loans.services.head import change_each, iso, today_or_sooner
from loans.services.reporting import write_applied
from loans.services.reversing import OF_A_PAYMENT
from loans.services.sharing import Change, before_of, changed_allocations, entry_lines, without
from loans.services.telling import taken_back_draft
from loans.stages import Stage

PRINCIPAL, PENALTY = Allocation.Component.PRINCIPAL.value, Allocation.Component.PENALTY.value


@dataclass(frozen=True, slots=True)
class Return:
    """A debit that can be taken back together with others, and what it changes."""

    event_id: str
    report: Report
    order: PaymentOrder
    loan: Loan
    payment: Payment
    changes: Mapping[int, Change]
    principal_left_minor: int
    principal_after_minor: int
    oldest_on: date

    @property
    def reason(self) -> str:
        return returned_reason(self.report.reason)


def plain_returns(lender: Lender, gateway: str, reports: Mapping[str, Report]) -> list[Return]:
    """Which of the reports are such returns; whatever they are about is locked. Some ten queries."""
    back = _first_words(lender, reports)
    known = GatewayEvent.objects.filter(lender=lender, gateway=gateway, event_id__in=list(back))
    for event_id in known.values_list("event_id", flat=True):
        del back[event_id]
    if not back:
        return []
    debits = PaymentOrder.objects.filter(
        lender=lender, gateway=gateway, key__in=[report.key for report in back.values()], loan__isnull=False,
        direction=PaymentOrder.Direction.DEBIT, aim=PaymentOrder.Aim.PAY, state=State.SUCCEEDED.value,
    )  # fmt: skip
    orders = {order.key: order for order in debits}
    payments = _payments(lender, list(orders))
    loans = _loans(orders.values())
    held = in_force(list(loans.values()), lender.today()) if loans else {}
    before = before_of(list(loans.values()), held) if loans else {}
    found: list[Return] = []
    for event_id, report in back.items():
        order, payment = orders.get(report.key), payments.get(report.key)
        if order is None or payment is None or report.amount_minor != order.moved_minor:
            continue
        loan = loans.pop(payment.loan_id, None)  # one of its loan
        if loan is None:
            continue
        payment.loan = loan
        sharing = without(loan, held[loan.pk], payment, before=before[loan.pk])
        again = _open_again(sharing.changes[payment.pk], held[loan.pk])
        if set(sharing.changes) == {payment.pk} and again:
            principal_minor = -sum(
                minor for (_, component), minor in sharing.changes[payment.pk].items() if component == PRINCIPAL
            )
            found.append(
                Return(
                    event_id=event_id,
                    report=report,
                    order=order,
                    loan=loan,
                    payment=payment,
                    changes=sharing.changes,
                    principal_left_minor=loan.principal_left_minor,
                    principal_after_minor=held[loan.pk].principal_left_minor + principal_minor,
                    oldest_on=min(again),
                )
            )
    return found


def _first_words(lender: Lender, reports: Mapping[str, Report]) -> dict[str, Report]:
    """Returns of this batch, but for those after which the batch tells something else of the same order."""
    last = {report.key: event_id for event_id, report in reports.items()}
    return {
        event_id: report
        for event_id, report in reports.items()
        if report.outcome is Outcome.RETURNED and report.currency == lender.currency and last[report.key] == event_id
    }


def _payments(lender: Lender, keys: Sequence[str]) -> dict[str, Payment]:
    """The payments of these orders that stand, left nothing over, and brought about no schedule."""
    payments = Payment.objects.filter(lender=lender, key__in=keys, unapplied_minor=0).select_related("journal_entry")
    found = {str(payment.public_id): payment for payment in payments.exclude(corrections__kind="reversed")}
    brought = ScheduleVersion.objects.filter(lender=lender, source__in=OF_A_PAYMENT, source_reference__in=list(found))
    for reference in brought.values_list("source_reference", flat=True):
        del found[reference]
    return {payment.key: payment for payment in found.values()}


def _loans(orders: Iterable[PaymentOrder]) -> dict[int, Loan]:
    """Running loans of these orders that are in no stage, as they are under the lock."""
    keys = [order.loan_id for order in orders if order.loan_id is not None]
    locked = Loan.objects.select_for_update(of=("self",), no_key=True).select_related("lender", "borrower__user")
    running = locked.filter(pk__in=keys, state=Loan.State.ACTIVE, stage=Stage.NONE.value)
    return {loan.pk: loan for loan in running.order_by("pk")}


def _open_again(taken: Change, held: InForce) -> set[date]:
    """Due dates of what is unpaid without the payment; penalty interest stands beside the schedule."""
    numbers = {number for (number, component), minor in taken.items() if minor and component != PENALTY}
    rows = {row.due_on for row in held.rows if row.number in numbers}
    return rows | {row.due_on for row in held.unpaid_rows}


def book_returns(lender: Lender, gateway: str, returns: Sequence[Return]) -> None:
    """Take them back: events, entries, corrections, loans, months, the audit chain, what borrowers are told."""
    if not returns:
        return
    write_applied(lender, gateway, [(each.event_id, each.report, each.order) for each in returns])
    _correct(lender, returns)
    _refresh(returns)
    since = {each.loan: each.payment.value_on for each in returns}
    judge_each_anew(lender, since, reason=Correction.PAYMENT_TAKEN_BACK)
    audit.record_all(lender=lender, facts=[fact for each in returns for fact in _facts(each)], acting_user=None)
    write_notices(lender=lender, drafts=[taken_back_draft(each.payment, each.reason) for each in returns])


def _correct(lender: Lender, returns: Sequence[Return]) -> None:
    """What `correct` writes of each."""
    lines = Posting.objects.filter(
        entry__in=[each.payment.journal_entry_id for each in returns], account__in=SOURCES
    ).values_list("entry", "account")
    source = dict(lines)
    drafts = []
    for each in returns:
        own = entry_lines(each.loan, each.changes)
        came_in = Account(source[each.payment.journal_entry_id])
        own[came_in] = own.get(came_in, 0) - each.payment.amount_minor
        drafts.append(
            EntryDraft(
                lender=lender,
                loan=each.loan,
                kind=JournalEntry.Kind.REVERSAL,
                key=f"{PaymentCorrection.Kind.REVERSED.value}:{each.payment.key}",
                lines=own,
                value_on=each.payment.value_on,
                posted_on=lender.today(),
                reverses=each.payment.journal_entry,
            )
        )
    entries = post_all(drafts)
    corrections = PaymentCorrection.objects.bulk_create(
        [
            PaymentCorrection(
                lender=lender,
                loan=each.loan,
                payment=each.payment,
                kind=PaymentCorrection.Kind.REVERSED,
                reason=each.reason,
                value_on=each.payment.value_on,
                journal_entry=entry,
            )
            for each, entry in zip(returns, entries, strict=True)
        ],
        batch_size=BATCH,
    )
    shares = [
        share
        for each, correction in zip(returns, corrections, strict=True)
        for share in changed_allocations(correction, each.changes)
    ]
    Allocation.objects.bulk_create(shares, batch_size=BATCH)


def _refresh(returns: Sequence[Return]) -> None:
    rows = [
        (
            each.loan,
            {
                "principal_left_minor": each.principal_after_minor,
                "oldest_unpaid_due_on": each.oldest_on,
                "next_close_on": today_or_sooner(each.loan),
            },
        )
        for each in returns
    ]
    change_each(rows)


def _facts(each: Return) -> list[audit.Fact]:
    """What `reverse_payment` and `reverse_returned` say of it in the audit chain."""
    loan, payment = each.loan, each.payment
    value_on = max(
        min(each.report.value_on or loan.lender.today(), loan.lender.today()),
        min(each.order.ordered_on, loan.lender.today()),
    )
    return [
        audit.Fact(
            verb="reverse_payment",
            subject=loan.number,
            before={"state": str(loan.state), "principal_left_minor": each.principal_left_minor},
            after={
                "payment": str(payment.public_id),
                "amount_minor": payment.amount_minor,
                "value_on": iso(payment.value_on),
                "reason": each.reason,
                "state": str(loan.state),
                "principal_left_minor": loan.principal_left_minor,
                "changed_payments": 0,
            },
        ),
        audit.Fact(
            verb="return_order",
            subject=loan.number,
            after={"key": each.order.key, "reason": each.report.reason, "on": iso(value_on)},
        ),
    ]
