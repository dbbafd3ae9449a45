"""How late somebody is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.arrears import (
    InstalmentState,
    Position,
    bucket,
    days_past_due,
    grace_ends,
    overdue_days,
    position,
)
from tests.loans.engine.golden import table


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def june(paid_off_on: date | None = None, *, due_on: date = date(2026, 6, 10), number: int = 1) -> InstalmentState:
    return InstalmentState(number, due_on, 107971, 107971 if paid_off_on else 0, paid_off_on)


@pytest.mark.parametrize("row", table("days_past_due"), ids=lambda row: row["case"])
def test_days_and_bucket_are_those_of_the_rules(row):
    states = [june(day(row["paid_off_on"]), due_on=date.fromisoformat(row["due_on"]))]
    on, grace_days = date.fromisoformat(row["on"]), int(row["grace_days"])
    assert days_past_due(states, on) == int(row["days_past_due"])
    assert overdue_days(states, on, grace_days) == int(row["days_overdue"])
    found = position(states, on, grace_days)
    assert (found.days_past_due, found.days_overdue) == (int(row["days_past_due"]), int(row["days_overdue"]))
    assert found.bucket == row["bucket"]


def two(may_paid_off_on: date | None) -> list[InstalmentState]:
    """May, paid when said, and June unpaid."""
    return [june(number=2), june(may_paid_off_on, due_on=date(2026, 5, 10))]


@pytest.mark.parametrize(
    ("may_paid_off_on", "needs_clean", "expected"),
    [
        (date(2026, 5, 10), True, 0),
        (date(2026, 5, 13), True, 0),
        (date(2026, 5, 14), True, 2),
        (date(2026, 5, 14), False, 0),
    ],
    ids=["before on its day", "before inside its grace", "before overdue", "before overdue but no condition"],
)
def test_grace_needs_the_instalment_before_to_have_been_clean(may_paid_off_on, needs_clean, expected):
    assert overdue_days(two(may_paid_off_on), date(2026, 6, 12), 3, needs_clean) == expected


def test_the_condition_holds_unless_it_is_lifted():
    behind = two(date(2026, 5, 14))
    assert grace_ends(behind, 3) == {1: date(2026, 5, 13), 2: date(2026, 6, 10)}
    found = position(behind, date(2026, 6, 12), 3)
    assert (found.days_overdue, found.overdue_count, found.in_grace_until) == (2, 1, None)


def test_on_the_last_day_of_grace_nothing_is_overdue():
    found = position([june()], date(2026, 6, 13), 3)
    assert (found.overdue_count, found.overdue_minor, found.in_grace_until) == (0, 0, date(2026, 6, 13))


def test_held_days_use_up_no_grace():
    held = [(date(2026, 6, 11), date(2026, 6, 12))]
    found = position([june()], date(2026, 6, 14), 3, held=held)
    assert (found.days_overdue, found.overdue_count, found.in_grace_until) == (0, 0, date(2026, 6, 15))
    assert grace_ends([june()], 3, held=[(date(2026, 6, 11), date(2026, 6, 11))]) == {1: date(2026, 6, 14)}


def test_clean_is_regained_by_one_instalment_without_grace():
    states = [
        june(date(2026, 4, 30), due_on=date(2026, 4, 10), number=1),
        june(date(2026, 5, 10), due_on=date(2026, 5, 10), number=2),
        june(number=3),
    ]
    assert overdue_days(states, date(2026, 6, 12), 3) == 0
    late_again = [states[0], june(date(2026, 5, 11), due_on=date(2026, 5, 10), number=2), states[2]]
    assert overdue_days(late_again, date(2026, 6, 12), 3) == 2


def test_days_count_from_the_oldest_unpaid_instalment():
    assert days_past_due(two(None), date(2026, 6, 20)) == 41
    assert days_past_due(two(date(2026, 6, 1)), date(2026, 6, 20)) == 10


def test_a_loan_two_instalments_behind_shows_both_and_what_comes_next():
    july = june(due_on=date(2026, 7, 10), number=3)
    found = position([july, *two(None)], date(2026, 6, 20), 3)
    assert found == Position(
        oldest_unpaid_due_on=date(2026, 5, 10),
        days_past_due=41,
        days_overdue=41,
        bucket="M2",
        in_grace_until=None,
        overdue_minor=2 * 107971,
        overdue_count=2,
        next_due_on=date(2026, 7, 10),
        next_due_minor=107971,
        next_number=3,
    )


def test_in_grace_nothing_is_overdue_and_the_last_day_is_named():
    found = position([june(), june(due_on=date(2026, 7, 10), number=2)], date(2026, 6, 12), 3)
    assert (found.in_grace_until, found.days_past_due, found.days_overdue) == (date(2026, 6, 13), 2, 0)
    assert (found.overdue_minor, found.overdue_count, found.bucket) == (0, 0, "M0")
    assert found.next_number == 2


def test_grace_has_not_begun_on_the_due_date():
    found = position([june()], date(2026, 6, 10), 3)
    assert (found.in_grace_until, found.next_due_on, found.next_number) == (None, date(2026, 6, 10), 1)


def test_without_a_condition_a_second_instalment_still_in_its_own_grace_is_not_overdue():
    found = position(two(None), date(2026, 6, 12), 3, grace_needs_clean_previous=False)
    assert (found.overdue_count, found.overdue_minor, found.days_overdue) == (1, 107971, 33)


def test_only_the_unpaid_part_of_an_instalment_is_overdue():
    part_paid = InstalmentState(1, date(2026, 6, 10), 107971, 30991, None)
    found = position([part_paid], date(2026, 6, 20), 3)
    assert (found.overdue_minor, found.overdue_count, found.next_due_minor) == (76980, 1, 0)


def test_a_loan_paid_in_full_has_no_position():
    found = position([june(date(2026, 6, 10))], date(2026, 7, 1), 3)
    assert found == Position(None, 0, 0, "M0", None, 0, 0, None, 0, None)


def test_no_instalment_at_all_is_not_late():
    assert (days_past_due([], date(2026, 6, 10)), overdue_days([], date(2026, 6, 10), 3)) == (0, 0)


@given(days=st.integers(-400, 1000))
def test_a_bucket_holds_thirty_days(days):
    expected = 0 if days <= 0 else min(7, 1 + (days - 1) // 30)
    assert bucket(days) == f"M{expected}"


@given(late=st.integers(-30, 400), grace_days=st.integers(0, 7))
def test_grace_hides_days_but_never_shortens_them(late, grace_days):
    on = date(2026, 6, 10) + timedelta(days=late)
    counted = overdue_days([june()], on, grace_days)
    assert counted in (0, days_past_due([june()], on))
    assert (counted == 0) == (late <= grace_days)
