"""A bill as it was made, and its minimum payment.

    balance   what older bills left + purchases - refunds + instalments + fees
              + interest + penalty interest

    minimum   purchases     a share (10 %) of new purchases, without what was refunded or
                            moved into instalments
            + instalments   each instalment that is due, whole
            + fees          whole
            + overdue       older bills, whole, if the minimum of the last was not paid
            + interest      interest and penalty interest, whole

What an older bill left after its minimum was paid is carried over: it bears interest
and is in the balance, but not in the minimum.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from loans.engine.revolving.charging import Stretch


class Minimum(NamedTuple):
    """The five parts of a minimum payment, in minor units."""

    purchases_minor: int
    instalments_minor: int
    fees_minor: int
    overdue_minor: int
    interest_minor: int

    @property
    def total_minor(self) -> int:
        """What is to be paid at least."""
        return sum(self)


@dataclass(frozen=True, slots=True)
class Bill:
    """What was billed on a day; the period is from `opens_on` until `bill_on`, not included.

    `refunds_minor` are those of purchases not billed before. `instalments_*` is what
    plans ask for with this bill. `carried_minor` and `overdue_minor` are what older bills
    left. `interest` and `penalty` are the days and sums from which those charges come.
    `advance_minor` is what had been paid ahead and is used for this bill.
    """

    number: int
    opens_on: date
    bill_on: date
    due_on: date
    carried_minor: int
    overdue_minor: int
    purchases_minor: int
    refunds_minor: int
    instalments_principal_minor: int
    instalments_interest_minor: int
    instalments_fee_minor: int
    fees_minor: int
    interest_minor: int
    penalty_minor: int
    advance_minor: int
    minimum: Minimum
    interest: tuple[Stretch, ...] = ()
    penalty: tuple[Stretch, ...] = ()
    penalty_earlier_minor: int = 0

    @property
    def instalments_minor(self) -> int:
        """What plans ask for with this bill."""
        return self.instalments_principal_minor + self.instalments_interest_minor + self.instalments_fee_minor

    @property
    def balance_minor(self) -> int:
        """All that is owed on the bill day, whatever is only due later left out."""
        charged_minor = self.fees_minor + self.interest_minor + self.penalty_minor
        new_minor = self.purchases_minor - self.refunds_minor + self.instalments_minor
        return self.carried_minor + self.overdue_minor + new_minor + charged_minor
