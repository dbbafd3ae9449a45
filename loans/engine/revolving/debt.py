"""What one bill still asks for, and of that how much its own minimum.

A bill keeps its own parts until they are paid, whichever later bill shows them. Of its
purchases a share is in the minimum; the rest may be carried over. When a bill is made
and the minimum of the one before was not paid, the rest of all older bills is called: it
is due with the minimum of the new bill.
"""

from dataclasses import dataclass, field
from datetime import date

from loans.engine.revolving.charging import Stretch
from loans.engine.revolving.terms import BillTerms
from loans.engine.waterfall import Component, Due


@dataclass(slots=True, eq=False)
class Debt:
    """One bill's debt, changed as it is paid; only the replay of `course` holds these.

    `purchases_minor` is what was billed less refunds and what became instalments, paid or
    not. `grace_until` is the last day of its grace, `whole_on` the day from which nothing
    of its minimum was unpaid. `waiting_*` are the days of a grace that still runs: they
    are charged only if it runs out.
    """

    number: int
    due_on: date
    fee_minor: int
    penalty_minor: int
    interest_minor: int
    instalments_minor: int
    purchases_minor: int
    purchases_paid_minor: int = 0
    called_due_on: date | None = None
    grace_until: date | None = None
    whole_on: date | None = None
    waiting_interest: list[Stretch] = field(default_factory=list)
    waiting_penalty: list[Stretch] = field(default_factory=list)
    waiting_held: list[Stretch] = field(default_factory=list)

    @property
    def purchases_left_minor(self) -> int:
        """Purchases not yet paid."""
        return self.purchases_minor - self.purchases_paid_minor

    @property
    def principal_minor(self) -> int:
        """Principal not yet paid."""
        return self.instalments_minor + self.purchases_left_minor

    @property
    def left_minor(self) -> int:
        """All that is not yet paid."""
        return self.fee_minor + self.penalty_minor + self.interest_minor + self.principal_minor

    def share_left(self, terms: BillTerms) -> int:
        """Return what the share of purchases in the minimum still asks for."""
        return max(terms.share(self.purchases_minor) - self.purchases_paid_minor, 0)

    def asked_principal(self, terms: BillTerms) -> int:
        """Return the principal that the bill's own minimum still asks for."""
        return self.instalments_minor + self.share_left(terms)

    def asked(self, terms: BillTerms) -> int:
        """Return what the bill's own minimum still asks for."""
        return self.fee_minor + self.penalty_minor + self.interest_minor + self.asked_principal(terms)

    def rest(self, terms: BillTerms) -> int:
        """Return what may be carried over of it, or was called by a later bill."""
        return self.purchases_left_minor - self.share_left(terms)

    def penal_base(self, terms: BillTerms, on: date) -> int:
        """Return what of an unpaid bill bears penalty interest on a day after its due date without a hold."""
        with_interest = terms.penalty.base.value == "principal_and_interest"
        base_minor = self.asked_principal(terms) + (self.interest_minor if with_interest else 0)
        if self.called_due_on is not None and self.called_due_on < on:
            base_minor += self.rest(terms)
        return base_minor

    def penal_principal(self, terms: BillTerms, on: date) -> int:
        """Return the principal for which penalty takes the place of interest."""
        is_called = self.called_due_on is not None and self.called_due_on < on
        return self.asked_principal(terms) + (self.rest(terms) if is_called else 0)

    def dues(self, terms: BillTerms) -> list[Due]:
        """Return what must be paid of it, by the day it was or is due."""
        own = Due(
            self.number,
            self.due_on,
            self.penalty_minor,
            self.fee_minor,
            self.interest_minor,
            self.asked_principal(terms),
        )
        if self.called_due_on is None:
            return [own]
        return [own, Due(self.number, self.called_due_on, 0, 0, 0, self.rest(terms))]

    def pay(self, component: Component, amount_minor: int) -> None:
        """Take a part of a payment, instalments before purchases."""
        if component is Component.PRINCIPAL:
            instalments_minor = min(amount_minor, self.instalments_minor)
            self.instalments_minor -= instalments_minor
            self.purchases_paid_minor += amount_minor - instalments_minor
        else:
            name = f"{component.value}_minor"
            setattr(self, name, getattr(self, name) - amount_minor)

    def forget_waiting(self) -> None:
        """Let go of the days of a grace, charged or not."""
        self.waiting_interest, self.waiting_penalty, self.waiting_held = [], [], []

    def clear(self) -> int:
        """Let a plan take over all of it but penalty; return the principal that it takes over."""
        principal_minor = self.principal_minor
        self.fee_minor = self.penalty_minor = self.interest_minor = self.instalments_minor = 0
        self.purchases_minor = self.purchases_paid_minor
        self.called_due_on = self.grace_until = None
        self.forget_waiting()
        return principal_minor
