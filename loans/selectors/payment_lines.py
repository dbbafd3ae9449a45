"""What each payment on a loan went to."""

from collections import defaultdict
from dataclasses import dataclass

from loans.models import Allocation, Loan, Payment


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment went to one instalment; interest includes interest of a pause."""

    number: int
    principal_minor: int
    interest_minor: int
    fee_minor: int
    penalty_minor: int

    @property
    def extra_minor(self) -> int:
        return self.fee_minor + self.penalty_minor

    @property
    def amount_minor(self) -> int:
        return self.principal_minor + self.interest_minor + self.extra_minor


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment and its parts, by instalment, as they are after every correction.

    `owed_back_minor` is what nothing needed; `is_reversed` says that the money was taken back.
    """

    payment: Payment
    parts: tuple[Part, ...]
    owed_back_minor: int
    is_reversed: bool
    is_changed: bool

    @property
    def channel(self) -> str:
        """By which way it came, in words (Django's own puts all ways in order for each row)."""
        return str(Payment.Channel(self.payment.channel).label)

    @property
    def paid_minor(self) -> int:
        """What of it counts for the loan."""
        return sum(part.amount_minor for part in self.parts)

    @property
    def principal_minor(self) -> int:
        """What it took off the principal."""
        return sum(part.principal_minor for part in self.parts)

    @property
    def has_extra(self) -> bool:
        return any(part.extra_minor for part in self.parts)


def payment_lines(loan: Loan) -> tuple[PaymentLine, ...]:
    """Every payment on the loan, the latest first. Two queries."""
    payments = loan.payments.prefetch_related("allocations").order_by("-value_on", "-pk")
    return tuple(payment_line(payment) for payment in payments)


def payment_line(payment: Payment) -> PaymentLine:
    """One query, or none where the allocations are there already."""
    by_number: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    allocations = list(payment.allocations.all())
    for allocation in allocations:
        by_number[allocation.instalment_number][allocation.component] += allocation.amount_minor
    credit_minor = by_number.pop(0, {}).get(Allocation.Component.CREDIT, 0)
    parts = (_part(number, by_number[number]) for number in sorted(by_number))
    left_minor = payment.unapplied_minor + sum(each.amount_minor for each in allocations)
    return PaymentLine(
        payment=payment,
        parts=tuple(part for part in parts if part.amount_minor),
        owed_back_minor=payment.unapplied_minor + credit_minor,
        is_reversed=left_minor == 0,
        is_changed=any(allocation.correction_id for allocation in allocations),
    )


def _part(number: int, amounts: dict[str, int]) -> Part:
    component = Allocation.Component
    return Part(
        number=number,
        principal_minor=amounts[component.PRINCIPAL],
        interest_minor=amounts[component.INTEREST],
        fee_minor=amounts[component.FEE],
        penalty_minor=amounts[component.PENALTY],
    )
