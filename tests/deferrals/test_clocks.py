"""Business days and the promises on them, against the State Council's notice for 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deferrals.clocks import (
    CHINA,
    WorkCalendar,
    backward,
    business_days_after,
    business_days_between,
    calendar_for,
    forward,
    promises,
    rescind_until,
)

DAYS = st.dates(date(2025, 6, 1), date(2027, 6, 1))
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-04-04", "2026-04-06"),
        ("2026-05-01", "2026-05-05"),
        ("2026-06-19", "2026-06-21"),
        ("2026-09-25", "2026-09-27"),
        ("2026-10-01", "2026-10-07"),
    ],
)
def test_a_holiday_is_off_on_each_of_its_days_and_weekdays_beside_it_are_not(first: str, last: str) -> None:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        assert not CHINA.is_business_day(day), day
        day += ONE_DAY
    beside = [start for start in (date.fromisoformat(first) - ONE_DAY, end + ONE_DAY) if start.weekday() < 5]
    assert all(CHINA.is_business_day(day) for day in beside)


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_a_make_up_day_on_a_weekend_is_worked(day: str) -> None:
    on = date.fromisoformat(day)
    assert on.weekday() >= 5
    assert CHINA.is_business_day(on)


@pytest.mark.parametrize("day", ["2026-01-10", "2026-05-10", "2026-10-11"])
def test_other_weekend_days_are_off(day: str) -> None:
    assert not CHINA.is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize(("day", "works"), [("2027-01-01", True), ("2025-10-01", True), ("2027-02-06", False)])
def test_a_year_without_a_notice_goes_by_monday_to_friday(day: str, works: bool) -> None:
    assert CHINA.is_business_day(date.fromisoformat(day)) is works


def test_only_shanghai_has_a_calendar_of_its_own() -> None:
    assert calendar_for("Asia/Shanghai") is CHINA
    assert calendar_for("Europe/Berlin") == WorkCalendar()
    assert calendar_for("Europe/Berlin").is_business_day(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("on", "count", "expected"),
    [
        ("2026-05-08", 0, "2026-05-08"),
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday that is worked
        ("2026-02-13", 2, "2026-02-24"),  # then nine days of Spring Festival
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 4, "2026-10-12"),  # 8, 9, the make-up Saturday 10, Monday 12
        ("2026-12-31", 1, "2027-01-01"),  # no notice for 2027 yet
    ],
)
def test_business_days_are_counted_from_the_day_after(on: str, count: int, expected: str) -> None:
    assert business_days_after(date.fromisoformat(on), count, CHINA) == date.fromisoformat(expected)


def test_business_days_between_two_days() -> None:
    assert business_days_between(date(2026, 9, 30), date(2026, 10, 12), CHINA) == 4
    assert business_days_between(date(2026, 10, 1), date(2026, 10, 7), CHINA) == 0
    assert business_days_between(date(2026, 10, 12), date(2026, 9, 30), CHINA) == 0


@given(on=DAYS, count=st.integers(1, 40))
def test_counting_there_and_back_is_the_same_number(on: date, count: int) -> None:
    end = business_days_after(on, count, CHINA)
    assert CHINA.is_business_day(end)
    assert business_days_between(on, end, CHINA) == count


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("2026-05-08", "2026-05-08", "2026-05-08"),
        ("2026-05-10", "2026-05-09", "2026-05-11"),  # back to the make-up Saturday, on to Monday
        ("2026-10-04", "2026-09-30", "2026-10-08"),
    ],
)
def test_our_promise_moves_backward_and_the_borrowers_deadline_forward(day: str, before: str, after: str) -> None:
    on = date.fromisoformat(day)
    assert (backward(on, CHINA), forward(on, CHINA)) == (date.fromisoformat(before), date.fromisoformat(after))


@given(day=DAYS)
def test_moving_a_day_skips_no_business_day(day: date) -> None:
    ours, theirs = backward(day, CHINA), forward(day, CHINA)
    assert ours <= day <= theirs
    assert business_days_between(ours, theirs, CHINA) == (0 if CHINA.is_business_day(day) else 1)


@pytest.mark.parametrize(
    ("received", "target", "hard"),
    [
        ("2026-05-08", "2026-05-14", "2026-05-29"),
        ("2026-09-26", "2026-10-09", "2026-10-16"),  # 28, 29, 30 Sep, 8, 9 Oct; 17 Oct is a Saturday
        ("2026-02-12", "2026-02-26", "2026-03-05"),  # 13, the make-up 14, 24, 25, 26 Feb
    ],
)
def test_a_request_is_promised_an_answer(received: str, target: str, hard: str) -> None:
    found = promises(date.fromisoformat(received), target_business_days=5, hard_days=21, calendar=CHINA)
    assert (found.target_on, found.decide_by_on) == (date.fromisoformat(target), date.fromisoformat(hard))
    assert found.acknowledge_by == date.fromisoformat(received)


def test_the_target_is_never_later_than_the_latest_day() -> None:
    found = promises(date(2026, 9, 28), target_business_days=5, hard_days=7, calendar=CHINA)
    # five business days end on 10 October, seven days on 5 October, a rest day
    assert found.target_on == found.decide_by_on == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("accepted", "first_due", "expected"),
    [
        ("2026-05-01", "2026-05-15", "2026-05-08"),
        ("2026-05-08", "2026-05-15", "2026-05-15"),
        ("2026-05-13", "2026-05-15", "2026-05-15"),
        ("2026-05-15", "2026-05-15", "2026-05-15"),
        ("2026-05-16", "2026-05-15", None),
    ],
)
def test_it_can_be_taken_back_for_seven_days_but_not_past_the_old_due_date(
    accepted: str, first_due: str, expected: str | None
) -> None:
    found = rescind_until(date.fromisoformat(accepted), (date.fromisoformat(first_due), date(2026, 6, 15)), 7)
    assert found == (date.fromisoformat(expected) if expected else None)


def test_without_a_moved_due_date_only_the_days_count() -> None:
    assert rescind_until(date(2026, 5, 8), (), 7) == date(2026, 5, 15)
