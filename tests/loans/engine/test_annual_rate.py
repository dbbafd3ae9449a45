"""What a loan costs a year."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.annual_rate import RateError, irr_x12, solve
from tests.loans.engine.golden import table

TWO_PLACES = Decimal("0.01")


@pytest.mark.parametrize("row", table("annual_rates"), ids=lambda row: row["case"])
def test_a_fee_on_the_whole_has_its_published_annual_rate(row):
    count, lent_minor = int(row["instalments"]), 36_000_000
    part_minor = int(lent_minor * (100 + Decimal(row["fee_percent"])) / 100 / count)
    found = irr_x12([-lent_minor] + [part_minor] * count)
    assert (found * 100).quantize(TWO_PLACES) == Decimal(row["irr_percent"])


def test_one_payment_after_one_month_costs_twelve_times_its_interest():
    assert irr_x12([-100000, 101200]) == Decimal("0.144")


def test_a_month_without_a_payment_is_a_period_too():
    assert irr_x12([-100000, 0, 102010]) == Decimal("0.12")  # 1.01 x 1.01 = 1.0201


def test_dated_payments_are_laid_on_months():
    dated = [(date(2026, 1, 31), -100000), (date(2026, 2, 28), 0), (date(2026, 3, 31), 102010)]
    assert irr_x12(dated) == Decimal("0.12")


def test_a_date_inside_a_month_is_a_part_of_it():
    # Half a month: (1 + i) ^ 0.5 = 1.01, so i = 1.0201 - 1 = 0.0201, times 12.
    assert irr_x12([(date(2026, 1, 15), -100000), (date(2026, 1, 30), 101000)]) == Decimal("0.2412")


@given(rate=st.integers(1, 600), count=st.integers(1, 36))
def test_interest_only_loans_cost_their_rate(rate, count):
    lent_minor = 10**9
    monthly_minor = lent_minor * rate // 12000
    exact = Decimal(monthly_minor) * 12 / lent_minor
    found = irr_x12([-lent_minor] + [monthly_minor] * (count - 1) + [lent_minor + monthly_minor])
    assert abs(found - exact) <= Decimal("1E-8")


@pytest.mark.parametrize(
    "flows",
    [[-100, 0, 0], [100, 100], [0, 0], [-1, 10**9], []],
    ids=["never repaid", "nothing lent", "nothing at all", "beyond the bound", "no payment"],
)
def test_payments_that_no_rate_explains_are_refused(flows):
    with pytest.raises(RateError):
        irr_x12(flows)


def test_less_paid_back_than_lent_is_a_negative_rate():
    assert irr_x12([-100000, 99000]) == Decimal("-0.12")


def test_a_rate_of_nothing_has_no_sign():
    assert not solve(lambda rate: -rate).is_signed()
