"""What a pause does to a loan."""

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.calendar import Unit
from loans.engine.profile import PROFILES
from loans.engine.relief import (
    Collect,
    Limits,
    Pause,
    PauseInterest,
    Projection,
    Rate,
    Refusal,
    ReliefError,
    project,
)
from loans.engine.schedule import Method, PaidRow, Terms, schedule, schedule_hash
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import AS_OF, PAUSES, l1, paid_through, terms

NO_LIMITS = Limits()
DEFAULTS = Limits(Decimal("1.25"), Decimal("0.05"), 1000)


def projected(
    made_up, *components, paid_count=0, paid=None, as_of=None, limits=NO_LIMITS, rows=None, disbursed_on=None
):
    rows = schedule(made_up) if rows is None else rows
    return project(
        rows,
        paid=paid_through(rows, paid_count) if paid is None else paid,
        rate_annual=made_up.rate_annual,
        profile=made_up.profile,
        method=made_up.method,
        as_of=as_of or made_up.disbursed_on,
        components=components,
        limits=limits,
        anchor_day=made_up.anchor_day,
        every=made_up.every,
        unit=made_up.unit,
        disbursed_on=disbursed_on,
    )


def worked(*components, **given_):
    return projected(l1(), *components, **{"paid_count": 3, "as_of": AS_OF, **given_})


@pytest.mark.parametrize("row", table("relief_pauses"), ids=lambda row: row["case"])
def test_a_pause_of_the_worked_loan_has_its_published_figures(row):
    found = worked(Pause(3, PauseInterest(row["interest"]), Collect(row["collect"])))
    assert found.resume_on == date.fromisoformat(row["resume_on"])
    assert found.resume_minor == int(row["resume_minor"])
    assert [one.due_minor for one in found.after[1:-1]] == [int(row["second_minor"])] * 7
    assert (found.after[-1].due_on.isoformat(), found.after[-1].due_minor) == (row["last_on"], int(row["last_minor"]))
    assert found.left_before_minor == 971732
    assert found.left_after_minor == int(row["left_after_minor"])
    assert found.cost_to_borrower_minor == found.pause_interest_minor == int(row["cost_minor"])
    assert found.lender_npv_given_up_minor == int(row["given_up_minor"])
    assert round(found.effective_annual_rate_before * 100, 3) == Decimal("14.400")
    assert round(found.effective_annual_rate_after * 100, 3) == Decimal(row["rate_after_percent"])


def test_the_pause_names_the_dates_it_frees_and_the_months_it_adds():
    found = worked(Pause(3))
    assert found.paused_on == (date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15))
    assert (found.maturity_before, found.maturity_after, found.months_added) == (
        date(2027, 1, 15),
        date(2027, 4, 15),
        3,
    )
    assert found.compounded_extra_minor == 0
    assert found.shock == Decimal("0.0339")  # 1,116.35 / 1,079.71


def test_paid_rows_stay_as_they_were_and_numbers_are_kept():
    before, found = schedule(l1()), worked(Pause(3))
    assert found.schedule_after[:3] == before[:3]
    assert [row.number for row in found.schedule_after] == list(range(1, 13))
    assert found.schedule_after[3].opens_on == date(2026, 7, 15)
    assert found.schedule_after[3:] == found.after


def test_a_pause_over_too_large_a_first_instalment_is_projected_and_refused():
    found = worked(Pause(3, collect=Collect.FIRST), limits=DEFAULTS)
    assert found.refused == (Refusal("payment_shock", Decimal("1.25"), Decimal("1.3054")),)
    assert found.resume_minor == 140944
    assert worked(Pause(3), limits=DEFAULTS).refused == ()


@pytest.mark.parametrize(("highest", "refused"), [("1.5", 0), ("1.4999", 1)])
def test_a_shock_of_exactly_the_limit_is_allowed(highest, refused):
    # 1,000.00 without interest so far; at 25 % a month the pause and the moved row add 250.00 each.
    rows = schedule(Terms(100000, Decimal(0), Method.EQUAL_PRINCIPAL, 1, date(2026, 1, 15)))
    found = project(
        rows,
        paid={},
        rate_annual=Decimal(3),
        profile=PROFILES["30-360"],
        method=Method.EQUAL_PRINCIPAL,
        as_of=date(2026, 1, 15),
        components=(Pause(1),),
        limits=Limits(max_payment_shock=Decimal(highest)),
        anchor_day=15,
    )
    assert found.resume_minor == 150000
    assert len(found.refused) == refused


def test_a_loan_of_small_instalments_is_not_refused_a_pause_for_them():
    small = l1(principal_minor=10000)
    assert projected(small, Pause(3), limits=DEFAULTS).refused == ()


def test_a_pause_that_makes_an_instalment_too_small_is_refused():
    # 10.00 at 120 %: 1.02 of interest in 31 days of January, 0.92 in 28 days of February.
    made_up = Terms(1000, Decimal("1.2"), Method.EQUAL_PRINCIPAL, 1, date(2026, 1, 1))
    found = projected(made_up, Pause(1, PauseInterest.WAIVE), limits=Limits(min_instalment_minor=1100))
    assert found.before[0].due_minor == 1102
    assert found.refused == (Refusal("min_instalment", 1100, 1092),)


def test_ten_thousand_at_four_in_ten_thousand_a_day_costs_368_over_92_days():
    made_up = Terms(1000000, Decimal("0.146"), Method.LEVEL, 12, date(2026, 5, 15))
    assert projected(made_up, Pause(3), as_of=date(2026, 5, 20)).pause_interest_minor == 36800


@pytest.mark.parametrize(("rate_annual", "pause_interest_minor"), [("0.146", 36800), ("0.0730", 18400), ("0", 0)])
def test_a_pause_at_a_reduced_rate_costs_that_part_of_it(rate_annual, pause_interest_minor):
    # Lending rule R25: 368.00 x (1 - reduction).
    made_up = Terms(1000000, Decimal("0.146"), Method.LEVEL, 12, date(2026, 5, 15))
    found = projected(made_up, Rate(Decimal(rate_annual)), Pause(3), as_of=date(2026, 5, 20))
    assert found.pause_interest_minor == pause_interest_minor


def test_by_days_a_level_loan_keeps_its_instalment_and_the_last_takes_the_rest():
    made_up = l1(profile=PROFILES["consumer-cn"])
    rows, found = schedule(made_up), projected(made_up, Pause(3, PauseInterest.WAIVE), paid_count=3, as_of=AS_OF)
    instalment_minor = rows[3].due_minor
    assert {row.due_minor for row in found.after[:-1]} == {instalment_minor}
    # 15 Jul to 15 Aug has 31 days, as 15 Apr to 15 May has 30: one day more on the principal left.
    left_minor = rows[2].balance_minor
    assert found.after[0].interest_minor == round(Decimal(left_minor) * Decimal("0.144") * 31 / 365)
    assert found.after[0].interest_minor > rows[3].interest_minor
    assert sum(row.principal_minor for row in found.after) == left_minor


def test_equal_principal_keeps_its_principal_and_pays_interest_by_days():
    made_up = Terms(250000, Decimal("0.1825"), Method.EQUAL_PRINCIPAL, 5, date(2026, 5, 1))
    found = projected(made_up, Pause(1, PauseInterest.WAIVE))
    # 1 Jun-1 Jul, 1 Jul-1 Aug, 1 Aug-1 Sep, 1 Sep-1 Oct, 1 Oct-1 Nov: 30, 31, 31, 30, 31 days at 0.05 %.
    assert [row.interest_minor for row in found.after] == [3750, 3100, 2325, 1500, 775]
    assert {row.principal_minor for row in found.after} == {50000}


@pytest.mark.parametrize(
    ("disbursed_on", "n", "expected"),
    [
        (date(2025, 12, 31), 1, ["2026-02-28", "2026-03-31", "2026-04-30"]),
        (date(2026, 1, 31), 1, ["2026-03-31", "2026-04-30", "2026-05-31"]),
        (date(2026, 1, 30), 12, ["2027-02-28", "2027-03-30", "2027-04-30"]),
        (date(2028, 1, 29), 12, ["2029-02-28", "2029-03-29", "2029-04-29"]),
    ],
)
def test_moved_due_dates_keep_the_anchor_day(disbursed_on, n, expected):
    found = projected(l1(disbursed_on=disbursed_on, instalments=3), Pause(n))
    assert [str(row.due_on) for row in found.after] == expected


def test_the_last_instalment_alone_can_be_paused():
    found = worked(Pause(1), paid_count=11, as_of=date(2027, 1, 2))
    # 1,066.84 x 1.2 % = 12.80, spread over one.
    assert [(str(row.due_on), row.due_minor) for row in found.after] == [("2027-02-15", 107964 + 1280)]


def test_a_loan_without_interest_can_be_paused():
    free = Terms(100000, Decimal(0), Method.LEVEL, 3, date(2026, 1, 31))
    found = projected(free, Pause(2))
    assert found.cost_to_borrower_minor == found.lender_npv_given_up_minor == 0
    assert found.effective_annual_rate_before == found.effective_annual_rate_after == 0


def test_only_the_unpaid_part_of_a_partly_paid_row_is_still_to_pay():
    rows = schedule(l1())
    paid = paid_through(rows, 3) | {4: PaidRow(20000, 10991)}
    found = worked(Pause(3), paid=paid)
    assert found.before[0].due_minor == 107971 - 30991
    # 9,159.05 - 200.00 = 8,959.05, x 3.6 % = 322.53; a ninth is 35.84.
    assert found.pause_interest_minor == 32253
    assert found.after[0].due_minor == 107971 - 30991 + 3584
    assert found.schedule_after[3].principal_minor == rows[3].principal_minor
    assert found.schedule_after[3].interest_minor == rows[3].interest_minor
    assert sum(row.principal_minor for row in found.schedule_after) == 1200000


def test_a_partly_paid_row_keeps_its_interest_when_its_new_period_is_longer():
    made_up = l1(profile=PROFILES["consumer-cn"])
    rows = schedule(made_up)
    paid = paid_through(rows, 3) | {4: PaidRow(1, rows[3].interest_minor)}
    found = projected(made_up, Pause(3), paid=paid, as_of=AS_OF)
    # 15 April to 15 May has 30 days, 15 July to 15 August 31.
    assert (found.schedule_after[3].opens_on, found.schedule_after[3].due_on) == (date(2026, 7, 15), date(2026, 8, 15))
    assert found.schedule_after[3].interest_minor == rows[3].interest_minor
    assert found.after[0].interest_minor == 0
    untouched = projected(made_up, Pause(3), paid_count=3, as_of=AS_OF)
    assert untouched.schedule_after[3].interest_minor > rows[3].interest_minor


def test_interest_of_an_earlier_pause_stays_where_it_is():
    first = worked(Pause(3))
    second = worked(Pause(1), rows=first.schedule_after)
    # A second month of 9,159.05 x 1.2 % = 109.91, a ninth of it 12.21 on top of 36.64.
    assert second.pause_interest_minor == 10991
    assert [row.relief_interest_minor for row in second.after] == [3664 + 1221] * 8 + [3661 + 1223]
    assert second.resume_on == date(2026, 9, 15)
    assert second.effective_annual_rate_before == first.effective_annual_rate_after


def test_a_second_pause_costs_as_much_as_one_long_pause():
    first = worked(Pause(2))
    second = worked(Pause(1), rows=first.schedule_after)
    assert first.pause_interest_minor + second.pause_interest_minor == worked(Pause(3)).pause_interest_minor
    assert [row.due_on for row in second.after] == [row.due_on for row in worked(Pause(3)).after]


def test_a_pause_from_the_first_instalment_on_counts_from_disbursement():
    made_up = l1(first_due_on=date(2026, 2, 25))
    found = projected(made_up, Pause(1))
    # Paid out on the 15th, due on the 25th: the pause runs from 15 Jan to 15 Feb, one month of 144.00.
    assert found.pause_interest_minor == 14400
    assert (found.after[0].opens_on, found.after[0].due_on) == (date(2026, 2, 15), date(2026, 3, 25))


def test_a_second_pause_before_the_first_instalment_still_counts_from_disbursement():
    # Paid out on the 30th, due on the 15th: the pause opens on 30 March, through a February that has no 30th.
    made_up = l1(disbursed_on=date(2026, 1, 30), first_due_on=date(2026, 3, 15))
    once = projected(made_up, Pause(2))
    assert once.after[0].opens_on == date(2026, 3, 30)
    known, forgotten = (
        projected(made_up, rows=once.schedule_after, disbursed_on=on).effective_annual_rate_before
        for on in (made_up.disbursed_on, None)
    )
    # Two months of interest squeezed into the time after them would look like a dearer loan.
    assert known < made_up.rate_annual < forgotten


def test_a_moved_month_dearer_than_the_instalment_never_adds_to_the_debt():
    # A level instalment of 30-day June hardly above its interest, moved to 31-day July.
    made_up = Terms(100_000_000, Decimal("0.36"), Method.LEVEL, 360, date(2026, 6, 1))
    found = projected(made_up, Pause(1))
    assert min(row.principal_minor for row in found.after) == 0
    assert found.after[0].interest_minor > found.before[0].due_minor


def test_weekly_loans_pause_by_weeks():
    weekly = l1(unit=Unit.WEEK, profile=PROFILES["consumer-cn"])
    found = projected(weekly, Pause(2))
    assert (found.resume_on - schedule(weekly)[0].due_on).days == 14
    # 12,000.00 x 14.4 % x 14 / 365 = 66.279...
    assert found.pause_interest_minor == 6628


def test_no_component_shows_the_loan_as_it_stands():
    found = worked()
    assert found.before == found.after
    assert (found.cost_to_borrower_minor, found.paused_on, found.months_added, found.shock) == (0, (), 0, 0)
    assert found.effective_annual_rate_before == found.effective_annual_rate_after


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"paid_count": 12}, "nothing_to_pay"),
        ({"as_of": date(2026, 8, 15)}, "resume_not_after_as_of"),
        ({"paid": {13: PaidRow(1, 0)}}, "paid_unknown_row"),
        ({"paid": {1: PaidRow(93572, 0)}}, "paid_more_than_due"),
        ({"paid": {1: PaidRow(0, 14401)}}, "paid_more_than_due"),
        ({"paid": {1: PaidRow(0, 0, 1)}}, "paid_more_than_due"),
        ({"paid": {2: PaidRow(1, 0)}}, "paid_out_of_order"),
    ],
)
def test_what_is_impossible_is_refused_by_name(changes, code):
    with pytest.raises(ReliefError) as refused:
        worked(Pause(3), **changes)
    assert refused.value.code == code


def test_two_pauses_in_one_plan_are_refused():
    with pytest.raises(ReliefError) as refused:
        worked(Pause(1), Pause(2))
    assert refused.value.code == "repeated_kind"


def test_a_pause_that_ends_the_day_after_the_request_is_possible():
    assert worked(Pause(3), as_of=date(2026, 8, 14)).resume_on == date(2026, 8, 15)


@given(terms(most_instalments=24), PAUSES, st.data())
def test_a_projection_survives_storage_and_its_hash_with_it(made_up, pause, data):
    paid_count = data.draw(st.integers(0, made_up.instalments - 1))
    found = projected(made_up, pause, paid_count=paid_count, limits=DEFAULTS)
    stored = json.loads(json.dumps(found.as_dict()))
    assert Projection.from_dict(stored) == found
    assert Projection.from_dict(stored).hash == stored["hash"] == found.hash


def test_an_altered_projection_cannot_be_read_back():
    stored = worked(Pause(3)).as_dict()
    stored["resume_minor"] -= 1
    with pytest.raises(ReliefError) as refused:
        Projection.from_dict(stored)
    assert refused.value.code == "hash_mismatch"


def test_the_same_relief_on_another_day_has_the_same_hash():
    assert worked(Pause(3)).hash == worked(Pause(3), as_of=date(2026, 5, 9)).hash
    assert worked(Pause(3)).hash != worked(Pause(3, collect=Collect.LAST)).hash


@given(terms(most_instalments=36), PAUSES, st.data())
def test_a_pause_keeps_the_principal_and_every_row_is_sound(made_up, pause, data):
    paid_count = data.draw(st.integers(0, made_up.instalments - 1))
    rows = schedule(made_up)
    found = projected(made_up, pause, paid_count=paid_count)
    assert sum(row.principal_minor for row in found.schedule_after) == made_up.principal_minor
    assert found.schedule_after[:paid_count] == rows[:paid_count]
    assert found.schedule_after[-1].balance_minor == 0
    balance_minor = made_up.principal_minor
    for row in found.schedule_after:
        balance_minor -= row.principal_minor
        assert row.balance_minor == balance_minor
        assert min(row.principal_minor, row.interest_minor, row.relief_interest_minor, row.balance_minor) >= 0
    for earlier, later in pairwise(found.after):
        assert earlier.due_on == later.opens_on < later.due_on


@given(terms(most_instalments=36), PAUSES, st.data())
def test_interest_of_a_pause_is_collected_to_the_fen(made_up, pause, data):
    paid_count = data.draw(st.integers(0, made_up.instalments - 1))
    found = projected(made_up, pause, paid_count=paid_count)
    assert sum(row.relief_interest_minor for row in found.after) == found.pause_interest_minor
    if pause.interest is PauseInterest.WAIVE:
        assert found.pause_interest_minor == 0


@given(terms(most_instalments=36), PAUSES, st.data())
def test_a_pause_with_simple_interest_never_raises_the_annual_rate(made_up, pause, data):
    paid_count = data.draw(st.integers(0, made_up.instalments - 1))
    found = projected(made_up, pause, paid_count=paid_count)
    # Half a fen of rounding in each row and in the pause itself is all a lender can gain.
    assert found.lender_npv_given_up_minor >= -(len(found.after) + 1)
    fen_of_the_loan = Decimal(2 * (len(found.after) + 1)) / made_up.principal_minor
    assert found.effective_annual_rate_after <= found.effective_annual_rate_before + 12 * fen_of_the_loan


@given(terms(most_instalments=36), PAUSES)
def test_under_twelfths_a_level_pause_changes_nothing_but_dates(made_up, pause):
    made_up = l1(
        principal_minor=made_up.principal_minor,
        rate_annual=made_up.rate_annual,
        instalments=made_up.instalments,
        disbursed_on=made_up.disbursed_on,
    )
    found = projected(made_up, pause)
    figures = [(row.principal_minor, row.interest_minor, row.balance_minor) for row in found.before]
    assert [(row.principal_minor, row.interest_minor, row.balance_minor) for row in found.after] == figures
    assert found.months_added == pause.n


def test_the_schedule_in_force_is_left_untouched():
    rows = schedule(l1())
    known = schedule_hash(rows)
    worked(Pause(3), rows=rows)
    assert schedule_hash(rows) == known
