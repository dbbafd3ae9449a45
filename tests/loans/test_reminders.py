"""Which step of the reminders is told on a day: each once, missed ones only where they still help."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.models.product import usual_reminders
from loans.reminders import due_dates, event_of, last_useful_on, may_remind, read_key, step_on

DUE = date(2026, 5, 15)
STEPS = st.lists(st.integers(-30, 90), unique=True, max_size=12)


def test_run_every_day_each_step_is_told_on_its_day() -> None:
    told: list[tuple[int, int]] = []
    for offset in range(-40, 60):
        step = step_on(usual_reminders(), offset)
        if step is not None and step not in [one for _, one in told]:
            told.append((offset, step))
    assert told == [(step, step) for step in (-7, -3, -1, 0, 1, 3, 7, 15, 30)]


@pytest.mark.parametrize(
    "first_run, told",
    [
        (-6, [-7, -3, -1, 0, 1, 3, 7, 15, 30]),  # the step of a week before is a day late, and still helps
        (-2, [-3, -1, 0, 1, 3, 7, 15, 30]),
        (0, [0, 1, 3, 7, 15, 30]),  # never a word of before on the day itself
        (2, [1, 3, 7, 15, 30]),
        (12, [15, 30]),  # five days after the step of seven: not told any more
        (40, []),
    ],
)
def test_after_an_outage_only_what_still_helps_is_told(first_run: int, told: list[int]) -> None:
    steps = [step_on(usual_reminders(), offset) for offset in range(first_run, 60)]
    assert list(dict.fromkeys(step for step in steps if step is not None)) == told


@given(steps=STEPS, offset=st.integers(-60, 120))
def test_no_step_before_the_day_is_told_on_it_or_later(steps: list[int], offset: int) -> None:
    step = step_on(steps, offset)
    assert step is None or (step <= offset and (step >= 0 or offset < 0))
    if step == 0:
        assert offset == 0


@given(steps=STEPS, offset=st.integers(-40, 100))
def test_exactly_the_due_dates_with_a_turn_are_looked_for(steps: list[int], offset: int) -> None:
    on = DUE + timedelta(days=offset)
    assert (DUE in due_dates(steps, on)) == (step_on(steps, offset) is not None)


def test_a_product_without_steps_reminds_of_nothing() -> None:
    assert step_on([], 0) is None
    assert due_dates([], DUE) == []


def test_an_arrangement_reminds_of_its_new_dates_and_asks_for_nothing() -> None:
    assert [may_remind(step, is_arranged=True, is_held=False) for step in (-7, -1, 0, 1, 30)] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert not any(may_remind(step, is_arranged=held, is_held=True) for step in (-7, 0, 7) for held in (True, False))
    assert event_of(-7, is_arranged=True, is_in_grace=False) == "reminder_resume"


def test_a_reminder_is_of_use_as_long_as_it_is_true() -> None:
    assert last_useful_on(-7, DUE, date(2026, 5, 9)) == date(2026, 5, 14)
    assert last_useful_on(0, DUE, DUE) == DUE
    assert last_useful_on(3, DUE, date(2026, 5, 19)) == date(2026, 5, 19)


def test_other_keys_are_not_reminders() -> None:
    assert read_key("remind/1/2026-05-15") is None
    assert read_key("payment/1/2026-05-15/0") is None
