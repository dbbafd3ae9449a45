"""What must have happened before a month is reported: days of consent, of telling, and runs of late months."""

from datetime import date

import pytest

from loans.adverse import Hindrance, Permission, has_consent, hindrance, run_began, told_since

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
ALWAYS = [(date(2026, 1, 1), None)]


def said(month: date, *, adverse: set[date], told: list[date], on: date, consents: list = ALWAYS) -> Hindrance | None:  # type: ignore[type-arg]
    return hindrance(month, adverse, Permission(consents, told, 3), closed_on=None, on=on)


def test_a_good_month_needs_consent_and_no_telling() -> None:
    assert said(JUNE, adverse=set(), told=[], on=date(2026, 7, 8)) is None
    assert said(JUNE, adverse=set(), told=[], on=date(2026, 7, 8), consents=[]) == "no_consent"


def test_consent_comes_first() -> None:
    assert said(JUNE, adverse={JUNE}, told=[], on=date(2026, 7, 8), consents=[]) == "no_consent"


@pytest.mark.parametrize("day, answer", [(20, "just_told"), (21, "just_told"), (22, None)])
def test_a_late_month_waits_three_days_from_telling(day: int, answer: str | None) -> None:
    assert said(JUNE, adverse={JUNE}, told=[date(2026, 6, 19)], on=date(2026, 6, day)) == answer


def test_telling_covers_the_run_and_nothing_after_a_good_month() -> None:
    told = [date(2026, 6, 19)]
    assert said(AUGUST, adverse={JUNE, JULY, AUGUST}, told=told, on=date(2026, 9, 8)) is None
    assert said(AUGUST, adverse={JUNE, AUGUST}, told=told, on=date(2026, 9, 8)) == "not_told"


def test_telling_in_the_midst_of_a_run_covers_all_of_it() -> None:
    assert said(JUNE, adverse={JUNE, JULY}, told=[date(2026, 7, 20)], on=date(2026, 7, 23)) is None


def test_the_last_day_of_the_month_before_does_not_count() -> None:
    assert told_since(JUNE, [date(2026, 5, 31)]) is None
    assert told_since(JUNE, [date(2026, 5, 31), JUNE, JULY]) == JUNE


def test_a_run_goes_over_the_turn_of_the_year() -> None:
    assert run_began(date(2027, 1, 1), {date(2026, 12, 1), date(2026, 11, 1)}) == date(2026, 11, 1)


@pytest.mark.parametrize(
    "given_on, until, closed_on, answer",
    [
        (date(2026, 7, 8), None, None, True),  # the day of reporting itself
        (date(2026, 7, 9), None, None, False),  # too late
        (date(2025, 6, 29), date(2026, 6, 29), None, False),  # ran out before the month did
        (date(2025, 6, 30), date(2026, 6, 30), None, True),
        (date(2025, 6, 12), date(2026, 6, 12), date(2026, 6, 12), True),  # with the account
        (date(2025, 6, 12), date(2026, 6, 11), date(2026, 6, 12), False),
    ],
)
def test_consent_must_reach_the_months_end(
    given_on: date, until: date | None, closed_on: date | None, answer: bool
) -> None:
    may = Permission([(given_on, until)], (), 3)
    assert has_consent(JUNE, may, closed_on=closed_on, on=date(2026, 7, 8)) is answer
