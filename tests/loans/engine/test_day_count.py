"""Parts of a year."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.calendar import add_months
from loans.engine.day_count import DayCount, days_by_year, ticks, ticks_between, year_fraction
from tests.loans.engine.golden import table

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize("row", table("day_counts"), ids=lambda row: f"{row['convention']} {row['start']} {row['end']}")
def test_a_stretch_of_days_is_an_exact_part_of_a_year(row):
    found = year_fraction(DayCount(row["convention"]), date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))
    assert found == Fraction(int(row["numerator"]), int(row["denominator"]))


@given(start=DAYS, first=st.integers(0, 900), second=st.integers(0, 900))
def test_counting_actual_days_in_two_steps_is_counting_at_once(start, first, second):
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    for convention in (DayCount.ACTUAL_365, DayCount.ACTUAL_360, DayCount.ACTUAL_ACTUAL):
        assert ticks(convention, start, middle) + ticks(convention, middle, end) == ticks(convention, start, end)


@given(start=DAYS, months=st.integers(1, 60))
def test_whole_months_are_twelfths_whatever_the_day(start, months):
    on = add_months(start, months)
    following = add_months(start, months + 1, anchor_day=start.day)
    assert year_fraction(DayCount.THIRTY_360, start, on) == Fraction(months, 12)
    assert year_fraction(DayCount.THIRTY_360, on, following) == Fraction(1, 12)


@pytest.mark.parametrize("convention", DayCount)
@given(start=DAYS, months=st.lists(st.integers(1, 14), min_size=1, max_size=5))
def test_stretches_measured_together_are_those_measured_alone(convention, start, months):
    days = [add_months(start, sum(months[:number])) for number in range(len(months) + 1)]
    assert ticks_between(convention, days) == [
        ticks(convention, days[number], days[number + 1]) for number in range(len(months))
    ]


@given(start=DAYS, days=st.integers(0, 800))
def test_a_day_more_is_never_less_of_a_year(start, days):
    end = start + timedelta(days=days)
    for convention in DayCount:
        assert 0 <= ticks(convention, start, end) <= ticks(convention, start, end + timedelta(days=1))


def test_a_stretch_is_cut_at_each_new_year():
    assert days_by_year(date(2027, 12, 15), date(2029, 1, 2)) == ((17, 365), (366, 366), (1, 365))
