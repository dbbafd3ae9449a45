"""Relief of the worked loan, for tests."""

from datetime import date
from decimal import Decimal

from loans.engine.relief import Limits, PauseInterest, project
from loans.engine.schedule import schedule
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through

LATE = date(2026, 6, 20)
CAP = PauseInterest.ACCRUE_CAP
DEFAULTS = Limits(Decimal("1.25"), Decimal("0.05"), 1000)


def worked(
    *components, terms=None, rows=None, as_of=AS_OF, paid=None, paid_count=3, limits=None, penalty_minor=0, **cut
):
    terms = terms or l1()
    rows = rows or schedule(terms)
    return project(
        rows,
        paid=paid_through(rows, paid_count) if paid is None else paid,
        rate_annual=terms.rate_annual,
        profile=terms.profile,
        method=terms.method,
        as_of=as_of,
        components=components,
        limits=limits or Limits(),
        anchor_day=terms.anchor_day,
        every=terms.every,
        unit=terms.unit,
        penalty_minor=penalty_minor,
        **cut,
    )


def dues(found) -> list[int]:
    return [row.due_minor for row in found.after]
