"""Relief on a bill: every component by a table, what is refused, and what comes of it in the account."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.components import (
    Bucket,
    DueDay,
    Hold,
    InterestOnly,
    Limits,
    Pause,
    PauseInterest,
    Rate,
    Reduced,
    Reterm,
    Vest,
    Waive,
    component_from_dict,
)
from loans.engine.projection import Projection, Refusal, Waiver
from loans.engine.revolving import (
    BillError,
    DueDayMoved,
    Payment,
    Purchase,
    Relieved,
    Standing,
    account,
    explain_relief,
    project,
    standing,
)
from loans.engine.schedule import Row
from tests.loans.engine.bill_facts import BOUGHT, DUE, FREE, FRESH, LATE, RATE_ANNUAL, USUAL, bill, bill_terms, facts
from tests.loans.engine.golden import table


@pytest.mark.parametrize("row", table("bill_relief"), ids=lambda row: row["case"])
def test_relief_gives_a_bill_the_rows_of_the_table(row):
    found = bill(row["bill"], date.fromisoformat(row["as_of"]))
    assert found.penalty_minor == int(row["penalty_minor"])
    components = [component_from_dict(one) for one in json.loads(row["components"])]
    projection = project(found, components, FREE)
    after = [
        f"{one.due_on} {one.principal_minor} {one.interest_minor + one.relief_interest_minor} {one.fee_minor}"
        for one in projection.after
    ]
    assert after == row["after"].split("; ")
    assert projection.cost_to_borrower_minor == int(row["cost_minor"])
    assert (projection.resume_on.isoformat(), projection.resume_minor) == (row["resume_on"], int(row["resume_minor"]))


def test_a_pause_on_a_bill_has_every_figure_of_the_disclosure():
    projection = project(FRESH, [Pause(1), Hold(30)], USUAL)
    assert projection.before == (Row(1, DUE, DUE, 100000, 0, 0),)
    assert projection.paused_on == (DUE,)
    assert projection.held_until == date(2026, 7, 5)
    assert projection.shock == Decimal("0.0150")
    assert (projection.maturity_before, projection.maturity_after) == (DUE, date(2026, 7, 10))
    assert projection.months_added == 1
    assert projection.pause_interest_minor == 1500
    # The bill itself costs nothing; a month later it bears the contract's rate.
    assert projection.effective_annual_rate_before == 0
    assert projection.effective_annual_rate_after == RATE_ANNUAL
    assert projection.lender_npv_given_up_minor == 0
    assert projection.refused == ()


def test_a_lower_rate_and_its_end_are_remembered():
    projection = project(FRESH, [Rate(Decimal("0.073"), 2), InterestOnly(4)], FREE)
    assert (projection.cut_rate_annual, projection.cut_until) == (Decimal("0.073"), date(2026, 8, 10))
    rows = explain_relief(projection, FRESH)[1:]
    assert [row[0].formula for row in rows] == [
        "1,000.00 × 7.3% ÷ 365 × 30 = 6.00",
        "1,000.00 × 7.3% ÷ 365 × 31 = 6.20",
        "1,000.00 × 18.25% ÷ 365 × 31 = 15.50",
        "1,000.00 × 18.25% ÷ 365 × 30 = 15.00",
    ]
    for_good = project(FRESH, [Rate(Decimal("0.073")), Pause(1)], FREE)
    assert (for_good.cut_rate_annual, for_good.cut_until) == (Decimal("0.073"), None)
    assert for_good.lender_npv_given_up_minor == 887  # 9.00 of 1,015.00, discounted by 1.5 %


def test_adding_interest_to_the_debt_is_told_apart():
    projection = project(FRESH, [Pause(2, PauseInterest.ACCRUE_CAP)], FREE)
    # 30.73 where simple interest is 30.50.
    assert projection.capitalised_minor == projection.pause_interest_minor == 3073
    assert projection.compounded_extra_minor == 23
    assert projection.lender_npv_given_up_minor == 0


def test_interest_left_unpaid_makes_the_debt_grow():
    projection = project(bill("charged", FRESH.as_of), [Reduced(3, 1000)], Limits(max_capitalised_pct=Decimal("0.01")))
    # 12.00 + 15.00 + 15.50 and 5.00 of fees, of which 30.00 is paid: 17.50 less the 12.00 of before.
    assert projection.pause_interest_minor == 550
    assert projection.refused == ()
    tighter = project(bill("charged", FRESH.as_of), [Reduced(3, 1000)], Limits(max_capitalised_pct=Decimal("0.005")))
    assert tighter.refused == (Refusal("capitalised", Decimal("0.005"), Decimal("0.0055")),)


def test_penalty_stands_beside_the_rows():
    projection = project(LATE, [Waive(Bucket.PENALTY, 25, Vest.ON_COMPLETION)], FREE)
    assert (projection.penalty_before_minor, projection.penalty_after_minor) == (75, 50)
    assert (projection.left_before_minor, projection.left_after_minor) == (101350 + 75, 101350 + 50)
    assert projection.waivers == (Waiver(Bucket.PENALTY, 25, Vest.ON_COMPLETION),)
    assert projection.lender_npv_given_up_minor == 25
    # 900.00 and 4.50 and 9.00 more in 20 days, on 1,004.50.
    assert projection.effective_annual_rate_before == projection.effective_annual_rate_after
    assert projection.before == projection.after


def test_what_is_forgiven_does_not_turn_into_a_rate():
    # 4.50 of 1,004.50 for a day would be thousands of per cent a year.
    found = Standing(DUE, LATE.rows[1:], DUE, DUE + timedelta(days=1), 0, RATE_ANNUAL)
    projection = project(found, [Waive(Bucket.INTEREST, None)], FREE)
    # 900 x 0.05 % x 1 day on 900.00.
    assert projection.effective_annual_rate_after == RATE_ANNUAL
    assert projection.lender_npv_given_up_minor == 450


def test_a_late_bill_stands_with_its_minimum_its_rest_and_its_penalty():
    # 100.00 asked for on 10 June; 900 x 0.05 % x 10 days; 100 x 0.075 % x 10 days.
    assert [(row.due_on, row.principal_minor, row.interest_minor) for row in LATE.rows] == [
        (DUE, 10000, 0),
        (date(2026, 6, 20), 90000, 450),
    ]
    assert (LATE.starts_on, LATE.due_on, LATE.penalty_minor) == (date(2026, 6, 20), date(2026, 7, 10), 75)
    assert LATE.overdue == LATE.rows[:1]


def test_interest_until_an_open_bill_is_due_is_owed_before_relief_begins():
    # 1,000.00 overdue since 10 June: 9.00 and 1.50 are on the bill of 1 July, and from then to
    # 5 July 900 x 0.05 % x 5 = 2.25 and 100 x 0.05 % x 5 more until 10 July, without penalty.
    found = standing(bill_terms(), facts(BOUGHT), date(2026, 7, 5))
    assert found.starts_on == found.due_on == date(2026, 7, 10)
    assert found.penalty_minor == 150 + 38  # 100 x 0.075 % x 5 = 0.375
    # 1 to 10 July: 900 x 0.05 % x 10 = 4.50 and on the 100 from the 6th 0.25.
    assert sum(row.interest_minor for row in found.rows) == 900 + 475


def test_every_overdue_bill_stands_with_its_own_interest_and_fee():
    # The bill of July: 20.00 of fees, 9.00 of interest and what June left, called by it.
    found = standing(bill_terms(), facts(f"{BOUGHT}; 2026-06-12 fee 2000"), date(2026, 7, 20))
    assert [(row.due_on, row.principal_minor, row.fee_minor) for row in found.rows] == [
        (DUE, 100000, 0),
        (date(2026, 7, 10), 0, 2000),
        (date(2026, 7, 20), 0, 0),
    ]
    # From 1 to 10 July 900 x 0.05 % x 10 = 4.50; since then all of it is overdue.
    assert [row.interest_minor for row in found.rows] == [0, 900, 450]
    assert [row.number for row in found.rows] == [1, 2, 3]
    assert [row.balance_minor for row in found.rows] == [0, 0, 0]


def test_a_hold_that_stands_already_is_looked_at():
    held = [(date(2026, 6, 11), date(2026, 6, 30))]
    found = standing(bill_terms(), facts(BOUGHT), date(2026, 6, 20), held)
    # No penalty; 1,000.00 x 0.05 % x 10 days.
    assert (found.penalty_minor, found.rows[-1].interest_minor) == (0, 500)


def test_new_purchases_are_not_part_of_what_relief_takes_over():
    entries = [*facts(BOUGHT), Purchase(date(2026, 6, 3), 9, 70000)]
    assert standing(bill_terms(), entries, date(2026, 6, 5)) == FRESH


def test_the_hash_is_the_same_on_every_machine_and_covers_the_figures():
    projection = project(FRESH, [Pause(1)], FREE)
    assert projection.hash == "2da40e4d022cef729f3719de5a32748eafeae7238fad3694072995d886fb023c"
    assert Projection.from_dict(projection.as_dict()) == projection
    assert project(FRESH, [Pause(2)], FREE).hash != projection.hash


def test_every_row_after_relief_is_explained():
    projection = project(FRESH, [Pause(1), Reterm(3)], FREE)
    own, *rows = explain_relief(projection, FRESH)
    assert [(line.label_code, line.formula) for line in own] == [
        ("pause_interest", "1,000.00 × 18.25% ÷ 365 × 30 = 15.00"),
        ("left", "1,000.00 + 30.42 = 1,030.42"),
        ("cost", "1,030.42 − 1,000.00 = 30.42"),
    ]
    assert [line.formula for line in rows[1]] == [
        "661.53 × 18.25% ÷ 365 × 31 = 10.2537… ≈ 10.25",
        "338.47 − 10.25 = 328.22",
        "5.00",
        "328.22 + 10.25 + 5.00 = 343.47",
        "661.53 − 328.22 = 333.31",
    ]


def test_relief_in_force_is_billed_row_by_row_and_ends_at_nothing():
    projection = project(LATE, [Reterm(3), Waive(Bucket.PENALTY, None)], FREE)
    entries = [*facts(BOUGHT), Relieved(LATE.as_of, 50, projection.schedule_after)]
    for number, row in enumerate(projection.after):
        entries.append(Payment(row.due_on, 60 + number, row.due_minor))
    found = account(bill_terms(), entries, date(2026, 12, 31))
    assert [(one.due_on, one.instalments_minor) for one in found.bills[1:]] == [
        (row.due_on, row.due_minor) for row in projection.after
    ]
    assert all(one.minimum.total_minor == one.balance_minor == one.instalments_minor for one in found.bills[1:])
    assert found.payoff_minor == found.credit_minor == 0


def test_relief_before_the_due_date_takes_the_place_of_the_bill():
    projection = project(FRESH, [Reterm(2)], FREE)
    entries = [*facts(BOUGHT), Relieved(FRESH.as_of, 50, projection.schedule_after)]
    june = account(bill_terms(), entries, FRESH.as_of)
    assert june.minimum_left_minor == june.billed_minor == projection.after[0].due_minor
    july = account(bill_terms(), [*entries, Payment(DUE, 51, june.billed_minor)], date(2026, 7, 1))
    assert july.bills[-1].balance_minor == july.bills[-1].instalments_minor == projection.after[1].due_minor


def test_rows_of_relief_that_fall_on_the_running_bill_are_late_like_any_other():
    rows = (Row(1, DUE, date(2026, 6, 20), 40000, 300, 60000, 100, 700), Row(2, DUE, date(2026, 7, 10), 60000, 0, 0))
    entries = [*facts(BOUGHT), Relieved(FRESH.as_of, 50, rows)]
    june = account(bill_terms("uplift=0"), entries, FRESH.as_of)
    [left] = june.left
    assert (left.principal_minor, left.interest_minor, left.fee_minor) == (40000, 400, 700)
    assert (left.due_on, left.asked_minor, left.whole_on) == (date(2026, 6, 20), 41100, None)
    july = account(bill_terms("uplift=0"), entries, date(2026, 7, 1)).bills[-1]
    # 400 x 0.05 % for 21 to 30 June; the second row comes with this bill.
    assert (july.penalty_minor, july.interest_minor) == (200, 0)
    assert (july.overdue_minor, july.instalments_minor) == (41100, 60000)


def test_interest_that_became_principal_is_repaid_with_it():
    projection = project(FRESH, [Pause(2, PauseInterest.ACCRUE_CAP)], FREE)
    entries = [*facts(BOUGHT), Relieved(FRESH.as_of, 50, projection.schedule_after, projection.capitalised_minor)]
    assert account(bill_terms(), entries, date(2026, 8, 1)).bills[-1].balance_minor == 103073


def test_a_row_of_relief_may_be_due_on_the_day_it_is_put_in_force():
    entries = [*facts(BOUGHT), Relieved(DUE, 50, (Row(1, DUE, DUE, 100000, 0, 0),))]
    assert account(bill_terms(), entries, DUE).minimum_left_minor == 100000


def test_what_was_not_forgiven_of_penalty_comes_with_the_next_bill():
    projection = project(LATE, [Pause(1)], FREE)
    entries = [*facts(BOUGHT), Relieved(LATE.as_of, 50, projection.schedule_after, 0, projection.penalty_after_minor)]
    july = account(bill_terms(), entries, date(2026, 7, 1)).bills[-1]
    assert (july.penalty_minor, july.balance_minor, july.interest_minor) == (75, 75, 0)


def test_after_another_due_day_is_agreed_later_bills_are_due_on_it():
    projection = project(FRESH, [DueDay(25)], FREE)
    assert projection.due_day == 25
    entries = [
        *facts(f"{BOUGHT}; 2026-06-15 buy 5000"),
        Relieved(FRESH.as_of, 50, projection.schedule_after),
        DueDayMoved(FRESH.as_of, 51, projection.due_day),
    ]
    found = account(bill_terms(), entries, date(2026, 7, 1))
    assert found.left[0].due_on == date(2026, 6, 25)
    assert found.bills[-1].due_on == date(2026, 7, 25)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((Row(1, DUE, date(2026, 7, 10), 99999, 0, 0),), "principal_differs"),
        ((Row(1, DUE, date(2026, 6, 4), 100000, 0, 0),), "before_relief"),
        ((), "missing"),
    ],
)
def test_rows_that_do_not_fit_the_debt_are_not_put_in_force(rows, code):
    with pytest.raises(BillError) as refused:
        account(bill_terms(), [*facts(BOUGHT), Relieved(FRESH.as_of, 50, rows)], DUE)
    assert (refused.value.field, refused.value.code) == ("rows", code)


components = st.lists(
    st.one_of(
        st.builds(Hold, st.integers(1, 60)),
        st.builds(Pause, st.integers(1, 12), st.sampled_from(PauseInterest)),
        st.builds(InterestOnly, st.integers(1, 6)),
        st.builds(Reduced, st.integers(1, 6), st.integers(1, 4000)),
        st.builds(Reterm, st.integers(1, 60)),
        st.builds(Rate, st.just(Decimal("0.06")), st.one_of(st.none(), st.integers(1, 12))),
        st.builds(DueDay, st.integers(2, 28)),
    ),
    min_size=1,
    max_size=3,
    unique_by=type,
)


@given(components, st.integers(30_000, 500_000), st.sampled_from([0, 10]))
def test_principal_is_repaid_whole_and_no_row_is_negative(chosen, amount_minor, late_days):
    as_of = DUE + timedelta(days=late_days or -5)
    found = standing(bill_terms(), [Purchase(date(2026, 5, 20), 1, amount_minor)], as_of)
    projection = project(found, chosen, FREE)
    assert sum(row.principal_minor for row in projection.after) == amount_minor + projection.capitalised_minor
    assert all(min(row.principal_minor, row.interest_minor, row.relief_interest_minor) >= 0 for row in projection.after)
    assert projection.after[-1].balance_minor == 0
    assert [row.due_on for row in projection.after] == sorted({row.due_on for row in projection.after})
    told = project(found, list(reversed(chosen)), FREE)
    assert told.hash == projection.hash


@given(components, st.integers(30_000, 500_000))
def test_simple_interest_never_costs_more_a_year_than_the_contract(chosen, amount_minor):
    found = standing(bill_terms(), [Purchase(date(2026, 5, 20), 1, amount_minor)], date(2026, 6, 5))
    projection = project(found, chosen, FREE)
    # Months differ in length; and each row is rounded by half a fen at most, on a principal that bears a day or more.
    rounding = Decimal(len(projection.after)) * 365 / (2 * amount_minor)
    assert projection.effective_annual_rate_after <= RATE_ANNUAL * Decimal("1.01") + rounding
