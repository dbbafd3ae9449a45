"""Closing the service of one lender: what is in the way, what it would end, and how far it is.

A blocker is something that is open at this lender: it is named, with the way to it. What
another floor has open shows here by what it keeps in these tables: a request for relief by
the holds that it opened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Sum

from accounts.models import Borrower, Lender, LenderRelation
from credit.models import Consent
from credit.selectors import live_consents
from loans.models import (
    Account,
    CreditLimit,
    GatewayEvent,
    Hold,
    LimitReservation,
    Loan,
    LoanApplication,
    PaymentOrder,
    Posting,
    RevolvingAccount,
    ServiceClosure,
    SettlementCertificate,
    SuspenseItem,
)
from loans.selectors.certificates import settled_loans

COOLING_DAYS = 7


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that is open: its kind, its name, and where it is dealt with (`loans/parts/blocker.html`)."""

    kind: str
    name: str
    public_id: UUID | None = None
    amount_minor: int = 0
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """`state` is that of the relation; `steps` of the last leaving, the latest first."""

    lender: Lender
    relation: LenderRelation
    on: date
    blockers: tuple[Blocker, ...]
    limits: tuple[CreditLimit, ...]
    consents: tuple[Consent, ...]
    settled: tuple[tuple[Loan, SettlementCertificate | None], ...]
    steps: tuple[ServiceClosure, ...]

    @property
    def state(self) -> str:
        return str(self.relation.state)

    @property
    def undo_until_on(self) -> date:
        """The last day to take it back: of what was asked for, else if it is asked for today."""
        return self.relation.closing_on or self.on + timedelta(days=COOLING_DAYS)

    @property
    def may_undo(self) -> bool:
        return self.state == LenderRelation.State.CLOSING and self.on <= self.undo_until_on

    @property
    def may_ask(self) -> bool:
        return self.state == LenderRelation.State.ACTIVE and not self.blockers


def relation_of(user: Any, lender_code: str) -> LenderRelation | None:
    """The person's own customer relation with the lender, or None. One query."""
    own = LenderRelation.objects.filter(borrower__user=user, lender__code=lender_code)
    return own.select_related("lender", "borrower").first()


def relations_of(user: Any) -> list[LenderRelation]:
    """Every lender of whom the person is or was a customer, by name of code. One query."""
    return list(LenderRelation.objects.filter(borrower__user=user).select_related("lender").order_by("lender__code"))


def closing_page(relation: LenderRelation, on: date) -> ClosingPage:
    """Fifteen queries, however much there is."""
    borrower, lender = relation.borrower, relation.lender
    return ClosingPage(
        lender=lender,
        relation=relation,
        on=on,
        blockers=blockers(borrower, lender, on),
        limits=tuple(CreditLimit.objects.active().filter(borrower=borrower, lender=lender).select_related("product")),
        consents=tuple(live_consents(borrower, lender, on).values()),
        settled=tuple(settled_loans(borrower, lender.pk)),
        steps=tuple(ServiceClosure.objects.filter(relation=relation)),
    )


def blockers(borrower: Borrower, lender: Lender, on: date) -> tuple[Blocker, ...]:
    """Everything of the borrower that is open at the lender. Nine queries."""
    loans = {loan.pk: loan for loan in Loan.objects.filter(borrower=borrower, lender=lender)}
    return (
        *_open_loans(loans),
        *_owed_back(loans),
        *_orders(loans),
        *_unplaced(loans),
        *_in_review(loans),
        *_relief(loans, on),
        *_applications(borrower, lender),
        *_set_aside(borrower, lender),
        *_monthly_bills(borrower, lender),
    )


def _open_loans(loans: dict[int, Loan]) -> Iterator[Blocker]:
    for loan in loans.values():
        if loan.state not in (Loan.State.SETTLED, Loan.State.CANCELLED):
            yield Blocker("loan", loan.number, loan.public_id, loan.principal_left_minor, loan.currency)


def _owed_back(loans: dict[int, Loan]) -> Iterator[Blocker]:
    """What the books owe the borrower, by loan."""
    lines = Posting.objects.filter(entry__loan__in=loans, account=Account.BORROWER_CREDIT)
    for loan_id, sum_minor in (
        lines.values_list("entry__loan").annotate(sum=Sum("amount_minor")).order_by("entry__loan")
    ):
        if sum_minor:
            loan = loans[loan_id]
            yield Blocker("owed_back", loan.number, loan.public_id, -sum_minor, loan.currency)


def _orders(loans: dict[int, Loan]) -> Iterator[Blocker]:
    for order in PaymentOrder.objects.open().filter(loan__in=loans).order_by("pk"):
        kind = "refund" if order.direction == PaymentOrder.Direction.REFUND else "order"
        loan = loans[order.loan_id]
        yield Blocker(kind, loan.number, loan.public_id, order.amount_minor, order.currency)


def _unplaced(loans: dict[int, Loan]) -> Iterator[Blocker]:
    for item in SuspenseItem.objects.open().filter(loan__in=loans).order_by("pk"):
        loan = loans[item.loan_id]
        yield Blocker("unplaced", loan.number, loan.public_id, item.amount_minor, item.currency)


def _in_review(loans: dict[int, Loan]) -> Iterator[Blocker]:
    """Reports of a gateway that a person must look at: it is not clear whether that money moved."""
    reports = GatewayEvent.objects.to_review().filter(order__loan__in=loans).select_related("order").order_by("pk")
    for order in {event.order_id: event.order for event in reports}.values():
        if order is not None and order.loan_id is not None:
            loan = loans[order.loan_id]
            yield Blocker("in_review", loan.number, loan.public_id, order.amount_minor, order.currency)


def _relief(loans: dict[int, Loan], on: date) -> Iterator[Blocker]:
    """Holds carry the reference of what opened them; one line for each.

    On a settled loan those that only run out are in nobody's way.
    """
    open_ones = Hold.objects.on(on).filter(loan__in=loans).exclude(loan__state="settled", until_on__isnull=False)
    sources = open_ones.order_by("pk").values_list("source", flat=True)
    yield from (Blocker("relief", source) for source in dict.fromkeys(sources))


def _applications(borrower: Borrower, lender: Lender) -> Iterator[Blocker]:
    for application in LoanApplication.objects.open().filter(borrower=borrower, lender=lender).order_by("pk"):
        yield Blocker("application", application.number, application.public_id)


def _monthly_bills(borrower: Borrower, lender: Lender) -> Iterator[Blocker]:
    """An account in use, also one on which nothing is owed: it is closed first, which shows what is open on it."""
    for account in RevolvingAccount.objects.active().filter(borrower=borrower, lender=lender).order_by("pk"):
        yield Blocker("bill", account.number, account.public_id, account.principal_left_minor, account.currency)


def _set_aside(borrower: Borrower, lender: Lender) -> Iterator[Blocker]:
    """A draw-down that has begun: the sum is set aside, and no loan stands for it yet."""
    begun = LimitReservation.objects.filter(
        limit__borrower=borrower, lender=lender, released_at__isnull=True, loan__isnull=True
    )
    for held in begun.select_related("limit").order_by("pk"):
        yield Blocker("draw_down", held.reference, held.limit.public_id, held.amount_minor)
