"""What a loan costs a year."""

from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.annual_rate import RateError, effective, eu_aprc, irr_x12, periodic_irr, solve
from loans.engine.calendar import Unit
from tests.loans.engine.cash_flows import flows, is_root
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


@pytest.mark.parametrize("row", table("eu_aprc"), ids=lambda row: row["case"])
def test_a_loan_has_its_published_percentage_rate_of_charge(row):
    assert (eu_aprc(flows(row)) * 100).quantize(Decimal("0.1")) == Decimal(row["rate_percent"])


def test_effective_counts_days_over_365_in_leap_years_too():
    # 366 days of 2028: (1 + X) ^ (366/365) = 1.12.
    dated = [(date(2028, 1, 1), -100000), (date(2029, 1, 1), 112000)]
    assert is_root(effective(dated), [(Fraction(0), -100000), (Fraction(366, 365), 112000)], lambda rate: 1 + rate)
    # (1 + X) ^ 2 = 1.21 after two years of 365 days.
    assert effective([(date(2025, 1, 1), -100000), (date(2027, 1, 1), 121000)]) == Decimal("0.1")


@pytest.mark.parametrize(
    ("start", "on", "unit", "years"),
    [
        (date(2026, 1, 15), date(2026, 4, 15), Unit.MONTH, Fraction(3, 12)),
        (date(2026, 1, 31), date(2026, 2, 28), Unit.MONTH, Fraction(1, 12)),
        # Back from 15 May: three months to 15 February, then 15 days of the 365 before it.
        (date(2026, 1, 31), date(2026, 5, 15), Unit.MONTH, Fraction(3, 12) + Fraction(15, 365)),
        # The year before 15 February 2025 has a leap day.
        (date(2025, 1, 31), date(2025, 5, 15), Unit.MONTH, Fraction(3, 12) + Fraction(15, 366)),
        (date(2026, 1, 1), date(2026, 1, 31), Unit.MONTH, Fraction(30, 365)),
        (date(2026, 1, 1), date(2026, 1, 29), Unit.WEEK, Fraction(4, 52)),
        (date(2026, 1, 1), date(2026, 1, 31), Unit.WEEK, Fraction(4, 52) + Fraction(2, 365)),
        # The days end on 1 March 2028, after a year of 366.
        (date(2028, 2, 27), date(2028, 3, 29), Unit.WEEK, Fraction(4, 52) + Fraction(3, 366)),
        (date(2026, 1, 1), date(2028, 1, 11), Unit.DAY, 2 + Fraction(10, 365)),
        (date(2026, 1, 1), date(2026, 4, 11), Unit.DAY, Fraction(100, 365)),
    ],
)
def test_an_interval_is_whole_periods_counted_back_and_then_days(start, on, unit, years):
    found = eu_aprc([(start, -100000), (on, 103000)], unit)
    assert is_root(found, [(Fraction(0), -100000), (years, 103000)], lambda rate: 1 + rate)


@pytest.mark.parametrize(
    ("unit", "every", "on", "periods", "per_year"),
    [
        (Unit.MONTH, 1, date(2026, 3, 15), Fraction(2), 12),
        (Unit.MONTH, 3, date(2026, 3, 15), Fraction(2, 3), 4),
        (Unit.MONTH, 24, date(2028, 1, 15), Fraction(1), Fraction(1, 2)),
        (Unit.WEEK, 2, date(2026, 2, 12), Fraction(2), 26),
        (Unit.DAY, 10, date(2026, 1, 30), Fraction(3, 2), Fraction(73, 2)),
    ],
)
def test_a_periodic_rate_counts_its_periods_a_year(unit, every, on, periods, per_year):
    found = periodic_irr([(date(2026, 1, 15), -100000), (on, 103000)], every, unit)
    year = Decimal(Fraction(per_year).numerator) / Fraction(per_year).denominator
    assert is_root(found, [(Fraction(0), -100000), (periods, 103000)], lambda rate: 1 + rate / year)


def test_a_monthly_periodic_rate_is_the_disclosed_one():
    dated = [(date(2026, 1, 31), -100000), (date(2026, 2, 28), 51000), (date(2026, 3, 31), 51000)]
    assert periodic_irr(dated) == irr_x12(dated)


def test_a_rate_beyond_the_bound_is_refused_and_one_just_inside_is_found():
    def repaid(count, on):
        return [(date(2026, 1, 1), -1000), (on, 1000 * count)]

    assert effective(repaid(100, date(2027, 1, 1))) == 99
    for convention in (effective, eu_aprc, periodic_irr):
        with pytest.raises(RateError):
            convention(repaid(10, date(2026, 2, 1)))


@pytest.mark.parametrize("convention", [effective, eu_aprc, periodic_irr])
def test_an_advance_alone_has_no_rate(convention):
    with pytest.raises(RateError):
        convention([(date(2026, 1, 1), -1000)])


def test_a_rate_below_the_bound_is_refused_and_one_above_it_is_found():
    # Who gets back 8 % less after a month loses 96 % a year; 9 and 10 % less are 108 and 120 %.
    start, on = date(2026, 1, 15), date(2026, 2, 15)
    assert periodic_irr([(start, -100000), (on, 92000)]) == Decimal("-0.96")
    for back_minor in (91000, 90000):
        with pytest.raises(RateError):
            periodic_irr([(start, -100000), (on, back_minor)])


@pytest.mark.parametrize("root", ["-0.99", "100", "100.5"])
def test_a_rate_at_the_bound_itself_is_refused(root):
    with pytest.raises(RateError):
        solve(lambda rate: Decimal(root) - rate)


def test_the_precision_of_the_caller_changes_nothing():
    flows = [-1200000] + [107971] * 12
    found = irr_x12(flows)
    with localcontext(prec=6):
        assert irr_x12(flows) == found


def test_a_search_ends_where_the_value_never_crosses_nothing():
    asked = []
    with pytest.raises(RateError):
        solve(lambda rate: asked.append(rate) or Decimal(1))
    assert len(asked) == 2


def asked_for(value_at):
    """Return the rate found, and how often the value was asked for."""
    asked = []
    found = solve(lambda rate: asked.append(rate) or value_at(rate))
    return found, len(asked)


# 101 / 2^44 is below 1E-11; three questions a step, and the two ends and two usual rates before.
MOST_QUESTIONS = 3 * 44 + 4


@pytest.mark.parametrize("root", ["-0.98", "-0.3", "0.00000001", "0.144", "0.99999999", "1", "37.5", "99.99999999"])
def test_a_search_reaches_its_bound_at_worst(root):
    # A cliff has no slope to follow: nothing but halving helps.
    found, questions = asked_for(lambda rate: Decimal(1 if rate < Decimal(root) else -1))
    assert abs(found - Decimal(root)) <= Decimal("1E-8")
    assert 30 <= questions <= MOST_QUESTIONS


def test_a_search_soon_ends_where_payments_are_worth_less_as_the_rate_grows():
    monthly = [(k, 107971) for k in range(1, 13)]
    found, questions = asked_for(
        lambda rate: sum((due / (1 + rate / 12) ** k for k, due in monthly), Decimal(-1200000))
    )
    assert found == irr_x12([-1200000] + [107971] * 12)
    assert questions <= 20
