"""The part of a balance that a period charges."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from loans.engine.calendar import Unit
from loans.engine.periods import factors, units_between
from loans.engine.profile import PROFILES, profile

JANUARY = [date(2026, 1, 1), date(2026, 2, 1)]


@pytest.mark.parametrize(
    ("start", "end", "unit", "expected"),
    [
        (date(2026, 1, 15), date(2026, 2, 15), Unit.MONTH, Fraction(1)),
        (date(2026, 1, 31), date(2026, 2, 28), Unit.MONTH, Fraction(1)),
        (date(2026, 2, 28), date(2026, 3, 31), Unit.MONTH, Fraction(1)),
        (date(2026, 2, 28), date(2026, 3, 30), Unit.MONTH, Fraction(1) + Fraction(2, 31)),
        (date(2024, 1, 1), date(2024, 2, 18), Unit.MONTH, 1 + Fraction(17, 29)),
        (date(2026, 1, 20), date(2026, 2, 10), Unit.MONTH, Fraction(21, 31)),
        # The end of a month is a day like others for who starts in the middle of one.
        (date(2026, 1, 15), date(2026, 2, 28), Unit.MONTH, 1 + Fraction(13, 28)),
        (date(2026, 2, 28), date(2026, 3, 28), Unit.MONTH, Fraction(1)),
        (date(2027, 2, 28), date(2028, 2, 29), Unit.MONTH, Fraction(12)),
        (date(2026, 1, 1), date(2026, 1, 11), Unit.WEEK, Fraction(10, 7)),
        (date(2026, 1, 1), date(2026, 1, 11), Unit.DAY, Fraction(10)),
    ],
)
def test_a_broken_month_is_its_days_over_those_of_the_month(start, end, unit, expected):
    assert units_between(start, end, unit) == expected


def test_factors_are_exact_unless_digits_are_given():
    exact = factors(Decimal("0.12"), PROFILES["consumer-cn"], JANUARY)
    assert Fraction(exact.each[0], exact.year) == Fraction(12 * 31, 36500)
    kept = factors(Decimal("0.12"), PROFILES["fineract-cumulative-daily"], JANUARY)
    # 0.12 / 365 to 12 digits is 0.000328767123288; times 31 is 0.010191780821928, and that to 12 digits:
    assert Decimal(kept.each[0]) / kept.year == Decimal("0.0101917808219")
    # The instalment is solved from a month of 30 days.
    assert Decimal(kept.solving[0]) / kept.year == Decimal("0.000328767123288") * 30


def test_fewer_digits_are_rounded_as_the_profile_rounds():
    # 0.12 / 365 = 0.00032876712...; to 6 digits 0.000328767, times 31 = 0.010191777, to 6 digits 0.0101918.
    kept = factors(Decimal("0.12"), profile({"base": "consumer-cn", "digits": 6}), JANUARY)
    assert Decimal(kept.each[0]) / kept.year == Decimal("0.0101918")


def test_months_of_thirty_days_stand_for_every_month_of_a_longer_period():
    kept = factors(Decimal("0.365"), PROFILES["fineract-cumulative-daily"], [date(2026, 1, 1), date(2026, 4, 1)], 3)
    assert Decimal(kept.solving[0]) / kept.year == Decimal("0.09")


def test_the_whole_is_all_periods_as_one():
    made = factors(Decimal("0.1"), PROFILES["30-360"], [date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)])
    assert Fraction(made.whole, made.year) == Fraction(2, 120)
    assert made.after(1).each == made.each[1:]


def test_weeks_under_a_fineract_profile_are_days_over_360():
    kept = factors(
        Decimal("0.36"), PROFILES["fineract-progressive"], [date(2024, 1, 29), date(2024, 2, 12)], 2, Unit.WEEK
    )
    assert Decimal(kept.each[0]) / kept.year == Decimal("0.014")


def test_a_broken_month_is_exact_where_no_digits_are_given():
    instalment = profile({"base": "30-360", "interest_period": "instalment"})
    made = factors(Decimal("0.12"), instalment, [date(2026, 1, 15), date(2026, 3, 1), date(2026, 4, 1)])
    assert [Fraction(factor, made.year) for factor in made.each] == [Fraction(15, 1000), Fraction(10, 1000)]


def test_a_month_of_thirty_days_is_one_of_a_year_of_365_where_years_are_actual():
    odd = profile({"base": "consumer-cn", "day_count": "actual/actual", "pmt_basis": "30-day-months"})
    made = factors(Decimal("0.365"), odd, JANUARY)
    assert Fraction(made.solving[0], made.year) == Fraction(30, 1000)


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", "0.0123457"), ("half_even", "0.0123456")])
def test_half_of_the_last_digit_goes_where_the_profile_says(rounding, expected):
    # 0.1481478 / 12 is 0.01234565, of which six digits are kept.
    kept = factors(
        Decimal("0.1481478"),
        profile({"base": "30-360", "digits": 6, "rounding": rounding}),
        [date(2026, 1, 15), date(2026, 2, 15)],
    )
    assert Decimal(kept.each[0]) / kept.year == Decimal(expected)


def test_all_the_digits_a_profile_may_ask_for_are_kept():
    # 0.1 / 12 is 0.00833...; 34 digits of it are an 8 and 33 times 3, the last one the 36th decimal.
    kept = factors(Decimal("0.1"), profile({"base": "30-360", "digits": 34}), [date(2026, 1, 15), date(2026, 2, 15)])
    assert Fraction(kept.each[0], kept.year) == Fraction(int("8" + "3" * 33), 10**36)
