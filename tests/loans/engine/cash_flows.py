"""Payments as the golden tables write them, and a check of a rate that needs no solver."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from loans.engine.calendar import Unit, due_dates

Dated = tuple[date, int]


def flows(row: dict[str, str]) -> list[Dated]:
    """Return the advance and its payments; "24 23000 1978-02-10 1 month" is 24 of 230.00, one a month."""
    found = []
    for series in row["payments"].split(";"):
        count, amount_minor, first, every, unit = series.split()
        dates = due_dates(date.fromisoformat(first), int(count), int(every), Unit(unit))
        found += [(on, int(amount_minor)) for on in dates]
    return [(date.fromisoformat(row["advanced_on"]), -int(row["advance_minor"])), *sorted(found)]


def is_root(rate: Decimal, timed: Iterable[tuple[Fraction, int]], growth: Callable[[Decimal], Decimal]) -> bool:
    """Say whether payments are worth nothing at a rate, give or take its last decimal."""
    timed = list(timed)

    def worth(at: Decimal) -> Decimal:
        return sum(
            (amount / growth(at) ** (Decimal(time.numerator) / time.denominator) for time, amount in timed), Decimal(0)
        )

    with localcontext(prec=50):
        return worth(rate - Decimal("1E-8")) > 0 > worth(rate + Decimal("1E-8"))
