"""Are payment orders and suspense what the journal says? Two of the checks of `loans/books.py`."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Count, QuerySet, Sum

from accounts.models import Lender
from loans.book_parts import chunks
from loans.models import (
    Account,
    AccountEntry,
    JournalEntry,
    Loan,
    Payment,
    PaymentOrder,
    Posting,
    SuspenseItem,
    SuspenseResolution,
)

Found = Iterator[tuple[str, str]]
Direction = PaymentOrder.Direction
State = PaymentOrder.State


def orders_are_booked(lender: Lender) -> Found:
    """Money that an order moved is in the books once, as a payment or in suspense; no other order is in them."""
    orders = PaymentOrder.objects.filter(lender=lender)
    for chunk in chunks(orders.select_related("loan", "bill_account")):
        yield from _booked(lender, chunk)
    doubled = orders.open().filter(direction=Direction.DEBIT, instalment_number__isnull=False)
    per = doubled.values("loan__number", "instalment_number").annotate(orders=Count("pk")).filter(orders__gt=1)
    for number, instalment in per.values_list("loan__number", "instalment_number"):
        yield number, f"instalment {instalment} has more than one debit open"
    of_bills = orders.open().filter(bill_account__isnull=False)
    counted = of_bills.values("bill_account__number", "direction").annotate(orders=Count("pk")).filter(orders__gt=1)
    for number, direction in counted.values_list("bill_account__number", "direction"):
        yield number, f"the bill has more than one {direction} open"


def _booked(lender: Lender, orders: Sequence[PaymentOrder]) -> Found:
    own = {"lender": lender, "key__in": [order.key for order in orders]}
    payments = dict(Payment.objects.filter(**own).values_list("key", "amount_minor"))
    suspense = _sums(SuspenseItem.objects.filter(lender=lender, event__order__in=orders), "event__order__key")
    payments_of_bills, refunds_of_bills = (
        _on_bills(AccountEntry.objects.filter(**own, kind=kind))
        for kind in (AccountEntry.Kind.PAYMENT, AccountEntry.Kind.CREDIT_RETURNED)
    )
    refunds = _refunds(JournalEntry.objects.filter(**own, kind=JournalEntry.Kind.REFUND))
    for order in orders:
        moved_minor = order.moved_minor if order.state == State.SUCCEEDED else 0
        if order.direction == Direction.DEBIT:
            paid = payments if order.loan_id is not None else payments_of_bills
            booked = paid.get(order.key, 0) + suspense.get(order.key, 0)
        elif order.direction == Direction.REFUND and order.loan_id is None:
            booked = refunds_of_bills.get(order.key, 0) + suspense.get(order.key, 0)
        elif order.direction == Direction.REFUND:
            booked = refunds.get(order.key, 0)
        else:
            in_suspense = suspense.get(order.key, 0)
            is_booked = moved_minor and not in_suspense and order.debt.state != Loan.State.PENDING
            booked = order.debt.principal_minor if is_booked else in_suspense
        if booked != moved_minor and not _was_contradicted(order, booked):
            yield order.key, f"moved {moved_minor}, booked {booked}"


def suspense_adds_up(lender: Lender) -> Found:
    """The account is what lies in suspense; each sum came in by its own entry and went out by one."""
    postings = Posting.objects.filter(lender=lender, account=Account.SUSPENSE)
    lying = sum(item.came_minor for item in SuspenseItem.objects.open().filter(lender=lender))
    balance = -(postings.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
    if balance != lying:
        yield "suspense", f"the account has {balance}, {lying} lies there"
    posted = dict(postings.values_list("entry_id", "amount_minor"))
    meant = {
        item.journal_entry_id: (item.key, -item.came_minor) for item in SuspenseItem.objects.filter(lender=lender)
    } | {
        found.journal_entry_id: (found.item.key, found.item.came_minor)
        for found in SuspenseResolution.objects.filter(lender=lender).select_related("item")
    }
    for entry in sorted(posted.keys() | meant.keys()):
        key, amount = meant.get(entry, (f"entry {entry}", 0))
        if posted.get(entry, 0) != amount:
            yield key, f"posted {posted.get(entry, 0)}, meant {amount}"


def _was_contradicted(order: PaymentOrder, booked: int) -> bool:
    """An order reported as failed whose money a person found to have come after all; it lies in suspense."""
    found = SuspenseItem.objects.filter(event__order=order, reason=SuspenseItem.Reason.FOUND_IN_REVIEW)
    return booked - (order.moved_minor or 0) == sum(found.values_list("amount_minor", flat=True)) > 0


def _sums(rows: QuerySet, name: str) -> Mapping[str, int]:
    return dict(rows.values_list(name).annotate(Sum("amount_minor")).order_by())


def _on_bills(entries: QuerySet[AccountEntry]) -> Mapping[str, int]:
    return {key: amount_minor or 0 for key, amount_minor in entries.values_list("key", "amount_minor")}


def _refunds(entries: QuerySet[JournalEntry]) -> Mapping[str, int]:
    own = Posting.objects.filter(entry__in=entries, account=Account.BORROWER_CREDIT)
    return dict(own.values_list("entry__key", "amount_minor"))
