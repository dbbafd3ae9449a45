"""What may be collected from whom, and what is under way."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from config import clock
from loans.models import (
    AccountEntry,
    GatewayEvent,
    Loan,
    PaymentCorrection,
    PaymentOrder,
    RevolvingAccount,
    SuspenseItem,
)
from loans.reversal_words import is_for_good
from loans.selectors.charges import charges_of
from loans.selectors.in_force import in_force, total

TOLD_FOR = timedelta(days=7)
Debt = Loan | RevolvingAccount
Direction, State = PaymentOrder.Direction, PaymentOrder.State


@dataclass(frozen=True, slots=True)
class Bill:
    """The oldest instalment that is due and not paid, and what is left to pay of it, penalty interest included."""

    number: int
    due_on: date
    left_minor: int


def bill_of(loan: Loan, on: date) -> Bill | None:
    """None where nothing is due on a running loan. Three queries, and three more where somebody is late."""
    return bills_of([loan], on).get(loan.pk)


def bills_of(loans: Sequence[Loan], on: date) -> dict[int, Bill]:
    """By the loan's primary key, where something is due. As many queries for many loans as for one."""
    running = [loan for loan in loans if loan.state == Loan.State.ACTIVE]
    held = in_force(running, on) if running else {}
    rows = {loan: next((row for row in held[loan.pk].unpaid_rows if row.due_on <= on), None) for loan in running}
    due = {loan: row for loan, row in rows.items() if row is not None}
    charges = charges_of(due, held, on)
    return {
        loan.pk: Bill(
            row.number,
            row.due_on,
            row.due_minor - total(held[loan.pk].paid_on(row)) + charges[loan.pk].owed_on(row.number),
        )
        for loan, row in due.items()
    }


def is_in_question(debt: Debt) -> bool:
    """Whether money of a loan or a monthly bill lies in suspense, or a report waits for a person. Two queries."""
    return bool(in_question([debt]))


def in_question(debts: Sequence[Debt]) -> set[int]:
    """Which of these loans, or of these monthly bills, are in question. Two queries, however many.

    Money that went out, and reports of it, are not in the way of what is to come in.
    """
    name = _column(debts)
    in_suspense = SuspenseItem.objects.open().filter(**{f"{name}__in": debts}, is_outgoing=False)
    to_review = GatewayEvent.objects.to_review().filter(
        **{f"order__{name}__in": debts}, order__direction=Direction.DEBIT
    )
    return {*in_suspense.values_list(name, flat=True), *to_review.values_list(f"order__{name}", flat=True)}


def barred(mandates: Mapping[Debt, datetime]) -> Mapping[int, set[int]]:
    """Bank accounts (ids), by loan or monthly bill, whose bank will not do it: closed, no mandate, disputed.

    Said of a debit that failed, or that came and went back, since the moment given for each. To
    debit again would be no use, or against what the borrower wants. Three queries, however many.
    """
    found: dict[int, set[int]] = defaultdict(set)
    if not mandates:
        return found
    since, name = {debt.pk: at for debt, at in mandates.items()}, _column(mandates)
    failed = PaymentOrder.objects.filter(
        **{f"{name}__in": since}, direction=Direction.DEBIT, state=State.FAILED, ended_at__gte=min(since.values())
    )
    for debt, account, said, at in failed.values_list(name, "bank_account", "reason", "ended_at"):
        if at >= since[debt] and is_for_good(said):
            found[debt].add(account)
    orders = PaymentOrder.objects.filter(direction=Direction.DEBIT, key__in=_sent_back(name, since))
    for debt, account in orders.filter(**{f"{name}__in": since}).values_list(name, "bank_account"):
        found[debt].add(account)
    return found


def _sent_back(name: str, since: Mapping[int, datetime]) -> list[str]:
    """Keys of the payments of these debts that were booked and taken back for such a reason. One query."""
    rows: Any
    if name == "loan":
        reversals = PaymentCorrection.objects.filter(kind=PaymentCorrection.Kind.REVERSED, loan__in=since)
        rows = reversals.values_list("loan", "made_at", "payment__key", "reason")
    else:
        taken_back = AccountEntry.objects.filter(kind=AccountEntry.Kind.TAKEN_BACK, account__in=since)
        rows = taken_back.values_list("account", "recorded_at", "about__key", "reason")
    return [key for debt, at, key, reason in rows if at >= since[debt] and is_for_good(reason)]


def did_not_go_through(debt: Debt) -> PaymentOrder | None:
    """The last debit, if it failed within the last seven days and nothing was paid since. Up to two queries.

    One that the lender began and took back before the bank was asked did not fail.
    """
    never_asked = Q(state=State.FAILED, sent_at__isnull=True, instalment_number__isnull=False)
    debits = PaymentOrder.objects.filter(~never_asked, of_debt(debt), direction=Direction.DEBIT)
    order = debits.select_related("bank_account").order_by("pk").last()
    if order is None or order.state != State.FAILED or order.ended_at is None:
        return None
    if order.ended_at < clock.now() - TOLD_FOR:
        return None
    if isinstance(debt, Loan):
        is_paid_since = debt.payments.filter(received_at__gt=order.ended_at).exists()
    else:
        is_paid_since = debt.entries.filter(kind=AccountEntry.Kind.PAYMENT, recorded_at__gt=order.ended_at).exists()
    return None if is_paid_since else order


def under_way(debt: Debt) -> list[PaymentOrder]:
    """Debits whose last word has not come, the oldest first. One query."""
    debits = PaymentOrder.objects.open().filter(of_debt(debt), direction=Direction.DEBIT)
    return list(debits.select_related("bank_account").order_by("created_at", "pk"))


def of_debt(debt: Debt, path: str = "") -> Q:
    """Rows that stand for this loan, or for this monthly bill."""
    return Q(**{f"{path}loan" if isinstance(debt, Loan) else f"{path}bill_account": debt})


def _column(debts: Collection[Debt]) -> str:
    """The column of what stands for such debts: all loans, or all monthly bills."""
    return "loan" if all(isinstance(debt, Loan) for debt in debts) else "bill_account"
