"""Parts of a year."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.calendar import add_months
from loans.engine.day_count import DayCount, days_by_year, ticks, ticks_between, year_fraction
from loans.engine.terms import Method, Terms
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


@pytest.mark.parametrize("convention", DayCount)
@given(days=st.lists(DAYS, min_size=2, max_size=6).map(sorted), anchor_day=st.integers(1, 31))
def test_cutting_a_stretch_never_changes_its_days(convention, days, anchor_day):
    whole = ticks(convention, days[0], days[-1], anchor_day)
    assert sum(ticks(convention, *part, anchor_day) for part in pairwise(days)) == whole
    assert sum(ticks_between(convention, days, anchor_day)) == whole


@pytest.mark.parametrize(
    ("start", "end", "anchor_day", "days"),
    [
        # Day numbers 30 x month + day, the 31st as the 30th; 2024 has a 29 February, 2026 has none.
        (date(2024, 1, 30), date(2024, 3, 4), 4, 34),  # 1 x 30 + 30 = 60, 3 x 30 + 4 = 94
        (date(2024, 1, 30), date(2024, 2, 29), 4, 29),  # 60, 2 x 30 + 29 = 89
        (date(2024, 2, 29), date(2024, 3, 4), 4, 5),  # 89, 94
        # Where instalments are due at the end of each month, the end of February is the 30th.
        (date(2026, 1, 31), date(2026, 2, 15), 31, 15),  # 60, 75
        (date(2026, 2, 15), date(2026, 2, 28), 31, 15),  # 75, 90
        (date(2026, 2, 28), date(2026, 3, 1), 31, 1),  # 90, 91
        (date(2026, 3, 1), date(2026, 3, 31), 31, 29),  # 91, 120
        (date(2028, 2, 28), date(2028, 2, 29), 30, 2),  # 88 is not the last day of that February; 90
        (date(2026, 2, 28), date(2026, 3, 29), 29, 30),  # 89, 119
        (date(2026, 1, 28), date(2026, 2, 28), 28, 30),  # 58, 88
        (date(2026, 4, 30), date(2026, 5, 31), 31, 30),  # 150, 180
    ],
)
def test_under_thirty_day_months_each_date_has_one_number(start, end, anchor_day, days):
    assert ticks(DayCount.THIRTY_360, start, end, anchor_day) == days


@given(disbursed_on=DAYS, first=st.integers(1, 70), count=st.integers(1, 30))
def test_by_the_anchor_day_the_periods_of_a_loan_are_as_long_as_without_it(disbursed_on, first, count):
    made_up = Terms(
        100000, Decimal(0), Method.LEVEL, count, disbursed_on, first_due_on=disbursed_on + timedelta(days=first)
    )
    days = (disbursed_on, *made_up.due_dates())
    assert ticks_between(DayCount.THIRTY_360, days, made_up.anchor_day) == ticks_between(DayCount.THIRTY_360, days)


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
    following = end + timedelta(days=1)
    for convention, anchor_day in product(DayCount, (None, 1, 28, 29, 30, 31)):
        assert 0 <= ticks(convention, start, end, anchor_day) <= ticks(convention, start, following, anchor_day)


def test_a_stretch_is_cut_at_each_new_year():
    assert days_by_year(date(2027, 12, 15), date(2029, 1, 2)) == ((17, 365), (366, 366), (1, 365))
