"""A bill in instalments: parts, fees, the real annual rate, what ends it early."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.cost_sheet import Contingent
from loans.engine.revolving import (
    BillError,
    Settlement,
    bill_plan,
    explain_plan,
    plan_cost_sheet,
    plan_rates,
    settlement,
)
from loans.engine.revolving.plan import plan_terms
from loans.engine.schedule import Row
from tests.loans.engine.golden import table

PLANS = table("bill_plans")
DUE = date(2026, 6, 10)


def plan(row):
    due_on = date.fromisoformat(row["due_on"])
    return bill_plan(int(row["amount_minor"]), int(row["parts"]), Decimal(row["fee_rate"]), due_on)


@pytest.mark.parametrize("row", PLANS, ids=lambda row: row["case"])
def test_a_plan_has_the_parts_of_the_table(row):
    rows = plan(row)
    assert [one.due_on.isoformat() for one in rows] == row["dues"].split()
    assert [one.principal_minor for one in rows] == [int(part) for part in row["principals"].split()]
    assert [one.fee_minor for one in rows] == [int(part) for part in row["fees"].split()]
    assert [one.number for one in rows] == list(range(1, len(rows) + 1))
    assert [one.opens_on for one in rows] == [date.fromisoformat(row["due_on"]), *(one.due_on for one in rows[:-1])]
    assert rows[-1].balance_minor == 0


@pytest.mark.parametrize("row", [row for row in PLANS if row["irr_percent"]], ids=lambda row: row["case"])
def test_the_real_annual_rate_of_a_plan_is_the_published_one(row):
    rates = plan_rates(plan(row))
    assert round(Decimal(rates["irr_x12"]) * 100, 2) == Decimal(row["irr_percent"])
    assert plan_cost_sheet(plan(row), lender="bank").rate_annual == Decimal(rates["irr_x12"])


def test_a_plan_is_quoted_under_all_four_conventions():
    # One part of 1 % after a month: 1.01 ^ 12 a year for the EU, 1.01 ^ (365 / 30) by days.
    rates = plan_rates(bill_plan(1000000, 1, Decimal("0.01"), DUE))
    assert rates["irr_x12"] == rates["us_appendix_j"] == "0.12000000"
    assert round(Decimal(rates["eu_aprc"]), 8) == round(Decimal("1.01") ** 12 - 1, 8)
    exact = Decimal("1.01") ** (Decimal(365) / 30) - 1
    assert round(Decimal(rates["effective"]), 8) == round(exact, 8)


def test_the_cost_sheet_of_a_plan_names_the_fee_and_what_being_late_would_cost():
    late = Contingent("penalty", "bank", rate_annual=Decimal("0.27375"))
    sheet = plan_cost_sheet(bill_plan(1200000, 12, Decimal("0.088"), DUE), lender="bank", contingent=[late])
    assert [(item.code, item.charger, item.amount_minor) for item in sheet.items] == [("fee", "bank", 105600)]
    assert (sheet.principal_minor, sheet.total_minor, sheet.contingent) == (1200000, 105600, (late,))


@pytest.mark.parametrize(
    ("on", "left", "expected"),
    [
        (DUE, 3, (1200000, 0, 0)),
        # 92.00 for the thirty days until 10 July.
        (date(2026, 6, 11), 3, (1200000, 0, 307)),
        (date(2026, 6, 25), 3, (1200000, 0, 4600)),
        (date(2026, 7, 10), 3, (1200000, 0, 9200)),
        # The first part is billed; one of 31 days of the second: 92.00 / 31 = 2.9677.
        (date(2026, 7, 11), 2, (800000, 0, 297)),
        # The first part is billed on 1 July and the second has not begun.
        (date(2026, 7, 5), 2, (800000, 0, 0)),
    ],
)
def test_what_ends_a_plan_has_no_fee_for_days_to_come(on, left, expected):
    rows = bill_plan(1200000, 3, Decimal("0.023"), DUE)
    ends = settlement(rows[-left:], on)
    assert ends == Settlement(*expected)
    assert ends.total_minor == sum(expected)


def test_every_figure_of_a_plan_is_explained():
    groups = explain_plan(bill_plan(1200000, 12, Decimal("0.088"), DUE), Decimal("0.088"))
    assert [(line.label_code, line.formula) for line in groups[0]] == [
        ("principal", "12,000.00 ÷ 12 = 1,000.00"),
        ("fee", "12,000.00 × 8.8% = 1,056.00; 1,056.00 ÷ 12 = 88.00"),
        ("due", "1,000.00 + 88.00 = 1,088.00"),
        ("balance", "12,000.00 − 1,000.00 = 11,000.00"),
    ]
    [one] = explain_plan(bill_plan(50000, 1, Decimal("0.01"), DUE), Decimal("0.01"))
    assert [line.formula for line in one] == ["500.00", "5.00", "500.00 + 5.00 = 505.00", "500.00 − 500.00 = 0.00"]
    # A fee of another rate is shown without the rate that does not give it.
    other = explain_plan(bill_plan(1200000, 12, Decimal("0.088"), DUE), Decimal("0.09"))
    assert other[0][1].formula == "1,056.00 ÷ 12 = 88.00"


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ((0, 3, Decimal("0.023"), DUE), "amount_minor", "too_small"),
        ((100.0, 3, Decimal("0.023"), DUE), "amount_minor", "wrong_kind"),
        ((100, 0, Decimal("0.023"), DUE), "parts", "too_small"),
        ((100, 61, Decimal("0.023"), DUE), "parts", "too_large"),
        ((100, 3, 0.023, DUE), "fee_rate", "wrong_kind"),
        ((100, 3, Decimal("-0.01"), DUE), "fee_rate", "too_small"),
        ((100, 3, Decimal("1.01"), DUE), "fee_rate", "too_large"),
        ((100, 3, Decimal("0.000000001"), DUE), "fee_rate", "too_precise"),
        ((100, 3, Decimal("0.023"), "2026-06-10"), "due_on", "wrong_kind"),
        ((100, 3, Decimal("0.023"), date(9998, 12, 1)), "due_on", "beyond_the_calendar"),
        ((100, 3, Decimal("0.023"), date(1899, 12, 31)), "due_on", "beyond_the_calendar"),
        ((100, 3, Decimal("0.023"), date(9998, 9, 1)), "due_on", "beyond_the_calendar"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_name(asked, field, code):
    with pytest.raises(BillError) as refused:
        bill_plan(*asked)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_plan_may_begin_on_the_first_day_and_end_on_the_last_of_the_calendar():
    # Its last part leaves a month before the calendar's last day, 31 December 9998.
    assert bill_plan(100, 3, Decimal(0), date(1900, 1, 1))[-1].due_on == date(1900, 4, 1)
    assert bill_plan(100, 3, Decimal(0), date(9998, 8, 31))[-1].due_on == date(9998, 11, 30)


def test_a_plan_is_a_loan_without_interest():
    assert plan_terms(100000, 3, DUE).rate_annual == 0


def test_rows_of_relief_that_end_early_owe_interest_of_the_days_gone_by():
    # 3.00 of June's row whole, 10 of 31 days of 3.10 are 1.00; 0.50 stands beside the rows. A row of a day is whole.
    june = Row(1, DUE, date(2026, 7, 10), 50000, 300, 50000, relief_interest_minor=50)
    july = Row(2, date(2026, 7, 10), date(2026, 8, 10), 50000, 310, 0)
    assert settlement([june, july], date(2026, 7, 20)) == Settlement(100000, 300 + 100 + 50, 0)
    day = Row(1, DUE, date(2026, 6, 11), 50000, 30, 0, fee_minor=10)
    assert settlement([day], date(2026, 6, 11)) == Settlement(50000, 30, 10)


@given(
    st.integers(1, 10_000_000),
    st.integers(1, 60),
    st.integers(0, 10_000).map(lambda part: Decimal(part) / 10_000),
    st.dates(date(2026, 1, 1), date(2030, 12, 28)).filter(lambda on: on.day <= 28),
    st.integers(0, 2000),
)
def test_parts_add_up_and_an_early_end_never_costs_more_than_the_whole(amount_minor, parts, fee_rate, due_on, days):
    rows = bill_plan(amount_minor, parts, fee_rate, due_on)
    assert sum(row.principal_minor for row in rows) == amount_minor
    fees_minor = sum(row.fee_minor for row in rows)
    assert abs(fees_minor - amount_minor * fee_rate) <= Decimal("0.5")
    assert all(row.principal_minor >= 0 and row.fee_minor >= 0 for row in rows)
    assert {row.due_on.day for row in rows} == {due_on.day}
    on = date.fromordinal(due_on.toordinal() + days)
    assert amount_minor <= settlement(rows, on).total_minor <= amount_minor + fees_minor
