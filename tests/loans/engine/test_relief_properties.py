"""What holds whatever the loan and whatever the plan of relief."""

import json
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from loans.engine.profile import PROFILES
from loans.engine.relief import (
    ArrearsSplit,
    Bucket,
    DueDay,
    Hold,
    InterestOnly,
    Pause,
    PauseInterest,
    Projection,
    Rate,
    Reduced,
    Reterm,
    SplitMode,
    Then,
    Vest,
    Waive,
    component_as_dict,
    component_from_dict,
)
from loans.engine.schedule import Method, PaidRow, Terms, schedule
from tests.loans.engine.loans_made_up import paid_through
from tests.loans.engine.relief_made_up import CAP, DEFAULTS, LATE, worked

COMPOUNDED = Pause(3, CAP)

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


@given(running(), PLANS)
def test_whatever_the_plan_the_principal_is_repaid_to_the_fen_and_every_row_is_sound(loan, components):
    made_up, rows, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    whole_minor = made_up.principal_minor + found.capitalised_minor
    assert sum(row.principal_minor for row in found.schedule_after) == whole_minor
    settled = [row for row in rows if paid.get(row.number, PaidRow(0, 0)).principal_minor == row.principal_minor > 0]
    assert list(found.schedule_after[: len(settled)]) == settled
    assert found.schedule_after[-1].balance_minor == 0
    assert found.compounded_extra_minor <= found.capitalised_minor <= found.pause_interest_minor
    for earlier, later in zip(found.after, found.after[1:], strict=False):
        assert earlier.due_on == later.opens_on < later.due_on
        assert earlier.balance_minor - later.principal_minor == later.balance_minor
    for row in found.after:
        assert min(row.principal_minor, row.interest_minor, row.relief_interest_minor, row.balance_minor) >= 0
        assert row.due_minor > 0


@given(running(), PLANS)
def test_relief_never_raises_the_annual_rate(loan, components):
    made_up, _, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    rounding = Decimal(12 * 2 * (len(found.after) + 4)) / made_up.principal_minor
    assert found.effective_annual_rate_after <= found.effective_annual_rate_before + rounding


NEUTRAL = st.one_of(
    st.builds(Pause, n=st.integers(1, 3), interest=st.just(CAP), then=THEN),
    st.builds(InterestOnly, n=st.integers(1, 3), then=THEN),
    st.builds(Reterm, remaining_count=st.integers(4, 60)),
)


@given(running(may_be_part_paid=False), st.lists(NEUTRAL, min_size=1, max_size=3, unique_by=type))
def test_without_a_concession_nothing_is_given_up(loan, components):
    made_up, _, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    assert found.lender_npv_given_up_minor == 0


@given(running(), st.integers(1, 24), st.sampled_from(SplitMode))
def test_an_arrears_plan_asks_for_what_is_overdue_to_the_fen(loan, parts, mode):
    made_up, rows, paid = loan
    as_of = rows[len(paid) + 1].due_on
    found = worked(ArrearsSplit(parts, mode), terms=made_up, paid=paid, as_of=as_of)
    if mode is SplitMode.ON_TOP or made_up.profile.name == "30-360":
        # By days, instalments that move bear the interest of other months.
        assert found.left_after_minor == found.left_before_minor + found.pause_interest_minor
    assert sum(row.principal_minor for row in found.after) == sum(row.principal_minor for row in found.before)
    assert found.after[0].due_on > as_of


@given(PLANS)
def test_a_plan_survives_storage(components):
    for component in components:
        assert component_from_dict(json.loads(json.dumps(component_as_dict(component)))) == component


def test_a_projection_of_many_kinds_survives_storage():
    found = worked(
        Waive(Bucket.PENALTY, 100, Vest.PRO_RATA), Hold(10), COMPOUNDED, as_of=LATE, penalty_minor=500, limits=DEFAULTS
    )
    stored = json.loads(json.dumps(found.as_dict()))
    assert Projection.from_dict(stored) == found
    assert Projection.from_dict(stored).hash == stored["hash"]
