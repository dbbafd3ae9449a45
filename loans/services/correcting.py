"""Writing what changes about payments that were shared out before: journal entry and allocations."""

from collections.abc import Mapping

from accounts.models import User
from loans.ledger import post
from loans.models import Account, Allocation, JournalEntry, Payment, PaymentCorrection
from loans.services.sharing import Change, changed_allocations, entry_lines

# Where the money of a payment came in.
SOURCES = (Account.CASH, Account.OPENING)


def correct(
    payment: Payment,
    changes: Mapping[int, Change],
    *,
    kind: PaymentCorrection.Kind,
    reason: str = "",
    acting_user: User | None,
) -> PaymentCorrection:
    """Write what changes because `payment` was taken back or became known late.

    A payment taken back takes its money with it.
    """
    loan, is_reversed = payment.loan, kind == PaymentCorrection.Kind.REVERSED
    lines = entry_lines(loan, changes)
    if is_reversed:
        source = payment.journal_entry.postings.get(account__in=SOURCES).account
        lines[Account(source)] = lines.get(Account(source), 0) - payment.amount_minor
    entry = None
    if lines:
        entry = post(
            lender=loan.lender,
            loan=loan,
            kind=JournalEntry.Kind.REVERSAL if is_reversed else JournalEntry.Kind.CORRECTION,
            key=f"{kind.value}:{payment.key}",
            lines=lines,
            value_on=payment.value_on,
            reverses=payment.journal_entry if is_reversed else None,
        )
    correction = PaymentCorrection.objects.create(
        lender=loan.lender,
        loan=loan,
        payment=payment,
        kind=kind,
        reason=reason,
        value_on=payment.value_on,
        made_by=acting_user,
        journal_entry=entry,
    )
    Allocation.objects.bulk_create(changed_allocations(correction, changes))
    return correction
