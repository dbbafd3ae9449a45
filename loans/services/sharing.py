"""What payments are for: a new one, and those after its day that it changes.

A payment that becomes known late, or that the bank takes back, changes what later ones were
for. They are shared out again in the order of their days (`loans/engine/replay.py`);
payments before that day keep what they have.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from loans.engine.arrears import Held
from loans.engine.replay import Conventions, Received, replay
from loans.engine.waterfall import Allocation as Shares
from loans.engine.waterfall import Component, Line
from loans.models import Account, Allocation, Loan, Payment, PaymentCorrection
from loans.selectors.charges import conventions_of, penalty_holds
from loans.selectors.in_force import InForce

CREDIT = Allocation.Component.CREDIT.value
ACCOUNTS = {
    Component.PENALTY.value: Account.PENALTY_INCOME,
    Component.FEE.value: Account.FEE_INCOME,
    Component.INTEREST.value: Account.INTEREST_INCOME,
    Component.PRINCIPAL.value: Account.PRINCIPAL,
    CREDIT: Account.BORROWER_CREDIT,
}
# Of a loan that was written off nothing is left in the books: what comes in is a recovery.
WRITTEN_OFF = {**ACCOUNTS, Component.PRINCIPAL.value: Account.RECOVERIES}
# What one payment gains or loses, by instalment number and component.
Change = Counter[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the new payment is for, if there is one, and what changes for others, by their primary key."""

    new: Shares | None
    changes: Mapping[int, Change]


@dataclass(frozen=True, slots=True)
class _Standing:
    """A payment that stands, with the shares it has now."""

    received: Received
    shares: Shares

    @property
    def place(self) -> tuple[date, int]:
        return self.received.on, self.received.sequence


@dataclass(frozen=True, slots=True)
class Before:
    """What the sharing of a loan's payments starts from: those that stand, and by which rules."""

    standing: Sequence[_Standing]
    conventions: Conventions
    holds: Held


def before_of(loans: Sequence[Loan], held: Mapping[int, InForce]) -> dict[int, Before]:
    """By the loan's primary key. Four queries, however many loans."""
    standing, conventions, holds = _standing(loans, held), conventions_of(loans, held), penalty_holds(loans)
    return {loan.pk: Before(standing[loan.pk], conventions[loan.pk], holds[loan.pk]) for loan in loans}


def with_new(loan: Loan, held: InForce, *, amount_minor: int, on: date, before: Before | None = None) -> Sharing:
    """The shares of a payment about to be written: after all others of its day."""
    before = before or before_of([loan], {loan.pk: held})[loan.pk]
    new = Received(on, 1 + max((each.received.sequence for each in before.standing), default=0), amount_minor)
    return _shared(before, held, before.standing, (on, new.sequence), new)


def without(loan: Loan, held: InForce, payment: Payment, before: Before | None = None) -> Sharing:
    """The shares as if `payment` had never come; its own are all taken away."""
    before = before or before_of([loan], {loan.pk: held})[loan.pk]
    gone = next(each for each in before.standing if each.received.sequence == payment.pk)
    others = [each for each in before.standing if each is not gone]
    sharing = _shared(before, held, others, gone.place, None)
    changes = {payment.pk: _difference(gone.shares, Shares((), 0)), **sharing.changes}
    return Sharing(None, changes)


def accounts_of(loan: Loan) -> Mapping[str, Account]:
    """Where what is paid on a loan goes now, by component."""
    return WRITTEN_OFF if loan.written_off_on else ACCOUNTS


def entry_lines(loan: Loan, changes: Mapping[int, Change]) -> dict[Account, int]:
    """What the journal says of changed shares, by account; what is put is a credit, below zero."""
    lines: dict[Account, int] = defaultdict(int)
    accounts = accounts_of(loan)
    for change in changes.values():
        for (_, component), amount_minor in change.items():
            lines[accounts[component]] -= amount_minor
    return {account: amount_minor for account, amount_minor in lines.items() if amount_minor}


def changed_allocations(correction: PaymentCorrection, changes: Mapping[int, Change]) -> list[Allocation]:
    """The rows that a correction writes, payment by payment."""
    return [
        Allocation(
            payment_id=payment_pk,
            lender_id=correction.lender_id,
            loan_id=correction.loan_id,
            correction=correction,
            instalment_number=number,
            component=component,
            amount_minor=amount_minor,
        )
        for payment_pk, change in sorted(changes.items())
        for (number, component), amount_minor in sorted(change.items())
        if amount_minor
    ]


def _shared(
    before: Before, held: InForce, standing: Sequence[_Standing], place: tuple[date, int], new: Received | None
) -> Sharing:
    earlier = [(each.received, each.shares) for each in standing if each.place < place]
    later = [each for each in standing if each.place > place]
    books = replay(
        held.rows,
        [*([new] if new else []), *(each.received for each in later)],
        before.conventions,
        before.holds,
        before=earlier,
    )
    changes = {
        each.received.sequence: _difference(each.shares, books.allocations[each.received.sequence]) for each in later
    }
    return Sharing(
        books.allocations[new.sequence] if new else None,
        {payment_pk: change for payment_pk, change in changes.items() if any(change.values())},
    )


def _standing(loans: Sequence[Loan], held: Mapping[int, InForce]) -> Mapping[int, list[_Standing]]:
    """Every payment of each loan that was not taken back, with its shares. One query."""
    lines: dict[int, list[Line]] = defaultdict(list)
    for loan in loans:
        for share in held[loan.pk].shares:
            lines[share.payment].append(Line(share.number, Component(share.component), share.amount_minor))
    reversed_ones = PaymentCorrection.objects.filter(loan__in=loans, kind=PaymentCorrection.Kind.REVERSED)
    payments = Payment.objects.filter(loan__in=loans).exclude(pk__in=reversed_ones.values("payment"))
    names = ("loan_id", "pk", "value_on", "amount_minor")
    found: dict[int, list[_Standing]] = defaultdict(list)
    for loan_pk, pk, on, amount_minor in payments.values_list(*names).order_by("value_on", "pk"):
        put_minor = sum(line.amount_minor for line in lines[pk])
        shares = Shares(tuple(lines[pk]), amount_minor - put_minor)
        found[loan_pk].append(_Standing(Received(on, pk, amount_minor), shares))
    return found


def _difference(old: Shares, new: Shares) -> Change:
    change: Change = Counter()
    for line in new.lines:
        change[line.number, line.component.value] += line.amount_minor
    for line in old.lines:
        change[line.number, line.component.value] -= line.amount_minor
    change[0, CREDIT] += new.unapplied_minor - old.unapplied_minor
    return change
