"""Regulation Z, appendix J."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from loans.engine.annual_rate import RateError
from loans.engine.calendar import add_months
from loans.engine.unit_periods import Standard, UnitPeriod, unit_period, us_appendix_j
from tests.loans.engine.cash_flows import flows
from tests.loans.engine.golden import table

START = date(2026, 1, 10)


@pytest.mark.parametrize("row", table("appendix_j"), ids=lambda row: row["case"])
def test_an_advance_has_its_published_annual_percentage_rate(row):
    assert (us_appendix_j(flows(row)) * 100).quantize(Decimal("0.01")) == Decimal(row["rate_percent"])


def test_a_rate_has_eight_decimals():
    # 1.044 after six months: exactly 4.4 % x 2.
    assert str(us_appendix_j([(START, -100000), (date(2026, 7, 10), 104400)])) == "0.08800000"


def test_odd_days_of_a_year_are_parts_of_365():
    # 1.1 x (1 + 0.1 x 73/365) = 1.122, exactly.
    assert us_appendix_j([(date(1978, 1, 10), -100000), (date(1979, 3, 24), 112200)]) == Decimal("0.1")


def test_years_are_counted_back_from_the_last_day_of_february_to_the_last_one():
    # From 15 January to 29 February 2028 are 45 days; each payment comes so long, and whole years, after the advance.
    ends = [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29)]
    growth = Fraction(11, 10)
    worth = sum(10**12 / growth**years for years in (1, 2, 3, 4)) / (1 + Fraction(45, 3650))
    found = us_appendix_j([(date(2028, 1, 15), -round(worth)), *((on, 10**12) for on in ends)])
    assert found == Decimal("0.1")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([START, *(add_months(START, k) for k in (1, 2, 3))], UnitPeriod(1, Standard.MONTH)),
        ([START, *(add_months(START, k) for k in (3, 6, 9))], UnitPeriod(3, Standard.MONTH)),
        ([START, *(add_months(START, k) for k in (24, 48))], UnitPeriod(12, Standard.MONTH)),
        ([START, *(START + timedelta(days=14 * k) for k in (1, 2, 3))], UnitPeriod(2, Standard.WEEK)),
        ([START, *(START + timedelta(days=10 * k) for k in (1, 2, 3))], UnitPeriod(10, Standard.DAY)),
        # Two of a month and two of two months: the shorter one.
        ([START, *(add_months(START, k) for k in (1, 2, 4, 6))], UnitPeriod(1, Standard.MONTH)),
        # The 1st and the 16th, after an advance in December; three payments are enough to see it.
        (
            [date(2025, 12, 20), date(2026, 1, 1), date(2026, 1, 16), date(2026, 2, 1)],
            UnitPeriod(1, Standard.HALF_MONTH),
        ),
        # The 15th and the last day, 13 days apart in February; the 1st and the 14th, up to 18 days apart; always 15.
        (
            [date(2026, 1, 20), date(2026, 1, 31), date(2026, 2, 15), date(2026, 2, 28), date(2026, 3, 15)],
            UnitPeriod(1, Standard.HALF_MONTH),
        ),
        (
            [date(2025, 12, 20), date(2026, 1, 1), date(2026, 1, 14), date(2026, 2, 1), date(2026, 2, 14)],
            UnitPeriod(1, Standard.HALF_MONTH),
        ),
        (
            [date(2026, 3, 20), date(2026, 4, 1), date(2026, 4, 16), date(2026, 5, 1)],
            UnitPeriod(1, Standard.HALF_MONTH),
        ),
        # Two payments 15 days apart do not show half months: 10 and 15 days, on average nearest to two weeks.
        ([START, START + timedelta(days=10), START + timedelta(days=25)], UnitPeriod(2, Standard.WEEK)),
        # The 1st and the 20th are no half months: 19, 12, 19 and 9 days, of which 19 occurs twice.
        (
            [date(2026, 1, 1), date(2026, 1, 20), date(2026, 2, 1), date(2026, 2, 20), date(2026, 3, 1)],
            UnitPeriod(19, Standard.DAY),
        ),
        # Three times a month, then twice two weeks.
        (
            [*(add_months(START, k) for k in range(4)), date(2026, 4, 24), date(2026, 5, 8)],
            UnitPeriod(1, Standard.MONTH),
        ),
        # One day and two days.
        ([START, START + timedelta(days=1), START + timedelta(days=3)], UnitPeriod(1, Standard.DAY)),
        # Twice 360 days and twice 52 weeks are shorter than a year, twice 53 weeks are not.
        ([START, START + timedelta(days=360), START + timedelta(days=720)], UnitPeriod(360, Standard.DAY)),
        ([START, START + timedelta(weeks=52), START + timedelta(weeks=104)], UnitPeriod(52, Standard.WEEK)),
        ([START, START + timedelta(weeks=53), START + timedelta(weeks=106)], UnitPeriod(12, Standard.MONTH)),
        # Averages of 7, 15 and 30 days: 6 and 8, 10 and 20, 29 and 31.
        ([START, START + timedelta(days=6), START + timedelta(days=14)], UnitPeriod(1, Standard.WEEK)),
        ([START, START + timedelta(days=10), START + timedelta(days=30)], UnitPeriod(1, Standard.HALF_MONTH)),
        ([START, START + timedelta(days=29), START + timedelta(days=60)], UnitPeriod(1, Standard.MONTH)),
        # Nothing occurs twice; (31 + 59) / 2 = 45 days: six weeks (42) are nearer than 7 weeks (49).
        ([date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)], UnitPeriod(6, Standard.WEEK)),
        # A single payment: the term, in months or in days, and at most a year.
        ([START, add_months(START, 5)], UnitPeriod(5, Standard.MONTH)),
        ([START, START + timedelta(days=100)], UnitPeriod(100, Standard.DAY)),
        ([START, add_months(START, 12)], UnitPeriod(12, Standard.MONTH)),
        ([START, START + timedelta(days=371)], UnitPeriod(12, Standard.MONTH)),
        # 31 January and 28 February are ends of months, as is 31 March.
        ([date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)], UnitPeriod(1, Standard.MONTH)),
        ([date(2028, 1, 30), date(2028, 2, 29), date(2028, 3, 30)], UnitPeriod(1, Standard.MONTH)),
        # From the last day to the last day is a month, though 30 days lie between twice.
        (
            [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)],
            UnitPeriod(1, Standard.MONTH),
        ),
    ],
)
def test_the_unit_period_is_the_interval_that_occurs_most_often(days, expected):
    assert unit_period(days) == expected


def test_payments_at_the_end_of_each_month_cost_what_monthly_ones_do():
    by_the_tenth = [(START, -500000), *((add_months(START, k), 23000) for k in range(1, 25))]
    last = date(2026, 1, 31)
    at_the_end = [(last, -500000), *((add_months(last, k), 23000) for k in range(1, 25))]
    assert us_appendix_j(at_the_end) == us_appendix_j(by_the_tenth)


def test_a_day_on_which_nothing_is_paid_is_no_payment():
    paid = [(START, -100000), (date(2026, 3, 10), 50000), (date(2026, 5, 10), 52000)]
    skipped = [paid[0], (date(2026, 2, 10), 0), *paid[1:]]
    assert us_appendix_j(skipped) == us_appendix_j(paid)


@pytest.mark.parametrize("paid", [[], [(date(2026, 2, 10), 0)], [(date(2026, 2, 10), 1000000)]])
def test_payments_that_no_rate_explains_are_refused(paid):
    with pytest.raises(RateError):
        us_appendix_j([(START, -1000), *paid])
