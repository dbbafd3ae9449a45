"""Due dates that never drift."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.calendar import (
    Unit,
    add_months,
    contract_day,
    days_in_month,
    due_dates,
    month_end,
    month_of,
    months_between,
    shift,
    stands_on_anchor,
)
from tests.loans.engine.golden import table

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("row", table("due_dates"), ids=lambda row: f"{row['case']} no. {row['number']}")
def test_a_due_date_stands_on_its_anchor_day(row):
    first, number = date.fromisoformat(row["first_due_on"]), int(row["number"])
    dates = due_dates(first, number, anchor_day=int(row["anchor_day"]))
    assert dates[-1] == date.fromisoformat(row["due_on"])


@given(on=DAYS, months=st.integers(-240, 240), anchor_day=st.integers(1, 31))
def test_going_by_months_in_two_steps_is_going_at_once(on, months, anchor_day):
    one_step = add_months(on, months, anchor_day)
    assert add_months(add_months(on, 7, anchor_day), months - 7, anchor_day) == one_step
    assert months_between(on, one_step) == months
    assert stands_on_anchor(one_step, anchor_day)


@given(on=DAYS)
def test_a_month_runs_from_its_first_to_its_last_day(on):
    assert month_of(on).day == 1
    assert month_of(on) <= on <= month_end(on)
    assert (month_end(on) + timedelta(days=1)).day == 1


@pytest.mark.parametrize(("year", "days"), [(2026, 28), (2028, 29), (2100, 28), (2000, 29)])
def test_february_follows_the_gregorian_rule(year, days):
    assert days_in_month(year, 2) == days


@pytest.mark.parametrize(
    ("unit", "every", "expected"),
    [
        (Unit.MONTH, 3, ["2026-01-31", "2026-04-30", "2026-07-31"]),
        (Unit.WEEK, 2, ["2026-01-31", "2026-02-14", "2026-02-28"]),
        (Unit.DAY, 30, ["2026-01-31", "2026-03-02", "2026-04-01"]),
    ],
)
def test_instalments_may_lie_months_weeks_or_days_apart(unit, every, expected):
    assert [str(on) for on in due_dates(date(2026, 1, 31), 3, every, unit)] == expected


@pytest.mark.parametrize(
    ("first_due_on", "every", "expected"),
    [
        (date(1979, 12, 31), 1, ["1979-12-31", "1980-01-31", "1980-02-29"]),
        (date(1980, 1, 31), 1, ["1980-01-31", "1980-02-29", "1980-03-31"]),
        (date(2119, 10, 31), 1, ["2119-10-31", "2119-11-30", "2119-12-31"]),
        (date(2119, 12, 31), 2, ["2119-12-31", "2120-02-29", "2120-04-30"]),
        (date(2119, 8, 31), 3, ["2119-08-31", "2119-11-30", "2120-02-29"]),
    ],
)
def test_dates_go_on_where_the_prepared_years_end(first_due_on, every, expected):
    assert [str(on) for on in due_dates(first_due_on, 3, every)] == expected


def test_an_anchor_matters_for_months_only():
    assert shift(date(2026, 2, 28), 1, Unit.WEEK, anchor_day=31) == date(2026, 3, 7)
    assert shift(date(2026, 2, 28), -1, Unit.DAY, anchor_day=31) == date(2026, 2, 27)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2026-01-10"], 10),
        # 27 February is the last of no month, so no day gives both dates.
        (["2026-01-10", "2026-02-27", "2026-03-31"], None),
        (["2026-01-10", "2026-02-28", "2026-03-31"], 31),
    ],
)
def test_the_day_of_a_contract_is_one_on_which_all_later_dates_stand(days, expected):
    assert contract_day([date.fromisoformat(on) for on in days]) == expected


@pytest.mark.parametrize("year", [1970, 2026, 2150])
def test_an_anchor_holds_in_any_century(year):
    dates = due_dates(date(year, 2, 28), 3, anchor_day=31)
    assert [(on.month, on.day) for on in dates] == [(2, 28), (3, 31), (4, 30)]
