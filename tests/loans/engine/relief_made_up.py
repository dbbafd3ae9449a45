"""Relief of the worked loan, for tests."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from loans.engine.profile import PROFILES
from loans.engine.relief import (
    DueDay,
    InterestOnly,
    Limits,
    Pause,
    PauseInterest,
    Rate,
    Reduced,
    Reterm,
    Then,
    project,
)
from loans.engine.schedule import Method, PaidRow, Terms, schedule
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through

LATE = date(2026, 6, 20)
CAP = PauseInterest.ACCRUE_CAP
DEFAULTS = Limits(Decimal("1.25"), Decimal("0.05"), 1000)


THEN = st.sampled_from(Then)
KINDS = st.one_of(
    st.builds(Pause, n=st.integers(1, 3), interest=st.sampled_from(PauseInterest), then=THEN),
    st.builds(InterestOnly, n=st.integers(1, 3), then=THEN),
    st.builds(Reduced, n=st.integers(1, 3), amount_minor=st.integers(1, 13000), then=THEN),
    st.builds(Rate, rate_annual=st.sampled_from([Decimal(0), Decimal("0.01")]), periods=st.none() | st.integers(1, 30)),
    st.builds(Reterm, remaining_count=st.integers(8, 60)),
    st.builds(DueDay, day=st.integers(1, 31)),
)
PLANS = st.lists(KINDS, min_size=1, max_size=4, unique_by=type)


@st.composite
def running(draw, may_be_part_paid=True):
    """Any loan some way through its term, perhaps with part of an instalment paid."""
    made_up = Terms(
        principal_minor=draw(st.integers(1_000_000, 20_000_000)),
        rate_annual=Decimal(draw(st.integers(100, 3600))) / 10000,
        method=draw(st.sampled_from((Method.LEVEL, Method.EQUAL_PRINCIPAL))),
        instalments=draw(st.integers(14, 36)),
        disbursed_on=draw(st.dates(date(2024, 1, 1), date(2030, 12, 31))),
        profile=PROFILES[draw(st.sampled_from(("consumer-cn", "consumer-cn-360", "30-360")))],
    )
    rows, count = schedule(made_up), draw(st.integers(0, 4))
    paid = paid_through(rows, count)
    if may_be_part_paid and draw(st.booleans()):
        row = rows[count]
        paid[row.number] = PaidRow(draw(st.integers(0, row.principal_minor // 2)), row.interest_minor)
    return made_up, rows, paid


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


def in_days_from_february(made_up, opens_on, components) -> bool:
    """Say whether days to another due day begin at the end of a February, and have each their share under twelfths."""
    is_moved = any(isinstance(one, DueDay) for one in components)
    return is_moved and made_up.profile == PROFILES["30-360"] and opens_on.month == 2 and opens_on.day >= 28


def dues(found) -> list[int]:
    return [row.due_minor for row in found.after]
