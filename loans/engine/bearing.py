"""At what rate a loan bears interest while events change it: its rates and pauses so far.

A part of a period has its share of the period's days. Under profiles with `digits` a
day belongs to the period it ends, under the others to the one it begins: a pause from
10 February to 10 March takes 21 days from the period that ends on 1 March there, and
20 days here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import lcm

from loans.engine.periods import Factors, factors
from loans.engine.profile import PmtBasis
from loans.engine.terms import Terms


@dataclass(frozen=True, slots=True)
class Slot:
    """A period and what it asks for; without a fixed principal, the instalment less its interest.

    Interest is that of the balance, unless it was fixed. `early` is principal that came
    before the due date: (day, amount).
    """

    opens_on: date
    due_on: date
    instalment_minor: int = 0
    principal_minor: int | None = None
    interest_minor: int | None = None
    early: tuple[tuple[date, int], ...] = ()


class Bearing:
    """The rates of a loan, each from a day on, and the stretches that bear no interest."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.rates: list[tuple[date, Decimal]] = [(date.min, terms.rate_annual)]
        self.pauses: list[tuple[date, date]] = []

    def edge(self, on: date) -> date:
        """Return where a day begins: on it, or after the day before where days end periods."""
        return on - timedelta(days=1) if self.terms.profile.digits is not None else on

    @property
    def edges(self) -> list[date]:
        """The days on which the rate changes or a pause begins or ends."""
        return [*(on for on, _ in self.rates), *(on for pause in self.pauses for on in pause)]

    def factor(self, slot: Slot, start: date, end: date) -> Fraction:
        """Return the factor of a part of a slot: each stretch at its rate, none in a pause."""
        days = (slot.due_on - slot.opens_on).days
        edges = {start, end, *self.edges}
        total = Fraction(0)
        for opens_on, ends_on in pairwise(sorted(on for on in edges if start <= on <= end)):
            if any(pause[0] <= opens_on < pause[1] for pause in self.pauses):
                continue
            rate_annual = [rate for on, rate in self.rates if on <= opens_on][-1]
            whole = self._whole(rate_annual, slot)
            total += Fraction(whole.each[0] * (ends_on - opens_on).days, whole.year * days)
        return total

    def factors(self, slots: Sequence[Slot]) -> Factors:
        """Return the factors of slots, rates and pauses included, over one denominator."""
        each = [self.factor(slot, slot.opens_on, slot.due_on) for slot in slots]
        solving = each
        if self.terms.profile.pmt_basis is PmtBasis.THIRTY_DAY_MONTHS:
            month = self._whole(self.rates[-1][1], slots[0])
            solving = [Fraction(month.solving[0], month.year)] * len(slots)
        year = lcm(*(factor.denominator for factor in (*each, *solving)))
        whole = [int(factor * year) for factor in each]
        return Factors(whole, [int(factor * year) for factor in solving], sum(whole), year)

    def _whole(self, rate_annual: Decimal, slot: Slot) -> Factors:
        bounds = (slot.opens_on, slot.due_on)
        return factors(rate_annual, self.terms.profile, bounds, self.terms.every, self.terms.unit)
