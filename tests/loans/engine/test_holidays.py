"""Until when something due on a holiday can be paid."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.holidays import HolidayError, Rule, WorkingDays, working_days

# The National Day holiday as it might be: 1 to 7 October 2026, work made up on Saturday the 10th.
GOLDEN_WEEK = frozenset(date(2026, 10, day) for day in range(1, 8))
MADE_UP = frozenset({date(2026, 10, 10)})


def calendar(rule: Rule) -> WorkingDays:
    return WorkingDays(rule, holidays=GOLDEN_WEEK, made_up=MADE_UP)


@pytest.mark.parametrize(
    ("rule", "due_on", "payable_on"),
    [
        (Rule.FOLLOWING, date(2026, 10, 3), date(2026, 10, 8)),
        (Rule.PRECEDING, date(2026, 10, 3), date(2026, 9, 30)),
        (Rule.MODIFIED_FOLLOWING, date(2026, 10, 3), date(2026, 10, 8)),
        (Rule.MODIFIED_FOLLOWING, date(2026, 10, 31), date(2026, 10, 30)),
        (Rule.FOLLOWING, date(2026, 10, 31), date(2026, 11, 2)),
        (Rule.NONE, date(2026, 10, 3), date(2026, 10, 3)),
        # A Saturday on which work is made up is a working day.
        (Rule.FOLLOWING, date(2026, 10, 10), date(2026, 10, 10)),
        (Rule.PRECEDING, date(2026, 10, 11), date(2026, 10, 10)),
    ],
)
def test_a_holiday_moves_the_day_to_pay(rule, due_on, payable_on):
    assert calendar(rule).payable_on(due_on) == payable_on


@given(rule=st.sampled_from(Rule), due_on=st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_the_day_to_pay_is_a_working_day_near_the_due_date(rule, due_on):
    found = calendar(rule).payable_on(due_on)
    assert rule is Rule.NONE or calendar(rule).is_working(found)
    assert abs((found - due_on).days) <= 8
    if calendar(rule).is_working(due_on):
        assert found == due_on


@pytest.mark.parametrize("rule", Rule)
def test_a_calendar_survives_storage(rule):
    assert working_days(json.loads(json.dumps(calendar(rule).as_dict()))) == calendar(rule)


def test_an_empty_calendar_is_the_plain_week_without_a_rule():
    assert working_days({}) == WorkingDays()


def test_any_day_of_the_week_may_be_free():
    free = working_days({"weekend": [0, 6]})
    # 2026-03-01 is a Sunday.
    assert [free.is_working(date(2026, 3, day)) for day in range(1, 8)] == [False, False, *[True] * 5]


@pytest.mark.parametrize("rule", [Rule.FOLLOWING, Rule.PRECEDING])
def test_a_calendar_without_a_working_day_is_not_searched_for_ever(rule):
    with pytest.raises(HolidayError) as refused:
        WorkingDays(rule, weekend=frozenset(range(7))).payable_on(date(2026, 1, 1))
    assert (refused.value.field, refused.value.code) == ("holidays", "no_working_day")


def test_a_closure_of_fifty_nine_days_is_still_crossed():
    start = date(2026, 1, 5)
    closed = frozenset(start + timedelta(days=k) for k in range(60))
    assert WorkingDays(Rule.FOLLOWING, frozenset(), closed).payable_on(start) == start + timedelta(days=60)


@pytest.mark.parametrize(
    ("written", "field", "code"),
    [
        ({"holiday": []}, "holiday", "unknown_key"),
        ({"rule": "forward"}, "rule", "unknown"),
        ({"weekend": [7]}, "weekend", "not_weekdays"),
        ({"weekend": "sunday"}, "weekend", "not_weekdays"),
        ({"holidays": ["2026-02-30"]}, "holidays", "not_a_date"),
        ({"made_up": 5}, "made_up", "not_a_date"),
    ],
)
def test_a_calendar_written_wrongly_is_refused_by_field(written, field, code):
    with pytest.raises(HolidayError) as refused:
        working_days(written)
    assert (refused.value.field, refused.value.code) == (field, code)
