"""What holds whatever the loan and whatever the plan of relief."""

import json
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from loans.engine.calendar import months_between
from loans.engine.profile import PROFILES
from loans.engine.relief import (
    ArrearsSplit,
    Bucket,
    Collect,
    Hold,
    InterestOnly,
    Pause,
    Projection,
    Reterm,
    SplitMode,
    Vest,
    Waive,
    component_as_dict,
    component_from_dict,
)
from loans.engine.schedule import PaidRow
from tests.loans.engine.loans_made_up import PAUSES
from tests.loans.engine.relief_made_up import CAP, DEFAULTS, LATE, PLANS, THEN, running, worked

COMPOUNDED = Pause(3, CAP)


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


@given(running(may_be_part_paid=False), st.lists(NEUTRAL, min_size=1, max_size=3, unique_by=type))
def test_without_a_concession_the_worth_at_the_contract_s_rate_stays_within_a_fen_a_row(loan, components):
    made_up, _, paid = loan
    assume(made_up.profile == PROFILES["30-360"])
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    month, opens_on = 1 + Fraction(made_up.rate_annual) / 12, found.before[0].opens_on
    worth_before, worth_after = (
        sum(row.due_minor / month ** months_between(opens_on, row.due_on) for row in rows)
        for rows in (found.before, found.after)
    )
    assert abs(worth_before - worth_after) <= len(found.before) + len(found.after)


@given(running())
def test_deferring_nothing_changes_nothing(loan):
    made_up, rows, paid = loan
    found = worked(terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    assert found.before == found.after
    assert found.schedule_after == rows
    assert (found.cost_to_borrower_minor, found.pause_interest_minor, found.lender_npv_given_up_minor) == (0, 0, 0)
    assert (found.shock, found.months_added, found.paused_on, found.refused) == (0, 0, (), ())
    assert found.effective_annual_rate_before == found.effective_annual_rate_after


@given(running(), PAUSES)
def test_each_row_after_a_pause_asks_for_its_own_and_its_share_and_the_last_for_the_rest(loan, pause):
    made_up, _, paid = loan
    found = worked(pause, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    beside = [row.relief_interest_minor for row in found.after]
    if pause.collect is Collect.SPREAD:
        assert len(set(beside[:-1])) <= 1
        # What rounding leaves is less than half a fen a row, or less than a fen where it is rounded down.
        assert abs(beside[-1] * len(beside) - sum(beside)) <= len(beside) * len(beside)


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
