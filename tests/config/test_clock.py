"""The one clock: instants in UTC, days in a lender's zone, and standing still for a test."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from config import clock

LATE = datetime(2026, 5, 8, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        (LATE, "Asia/Shanghai", date(2026, 5, 8)),
        (LATE + timedelta(seconds=1), "Asia/Shanghai", date(2026, 5, 9)),
        (LATE + timedelta(seconds=1), "UTC", date(2026, 5, 8)),
        (datetime(2026, 1, 1, 3, tzinfo=UTC), "America/New_York", date(2025, 12, 31)),
    ],
)
def test_a_business_day_ends_at_midnight_of_its_own_zone(instant: datetime, zone: str, day: date) -> None:
    with clock.at(instant):
        assert clock.today(zone) == day


def test_an_instant_is_kept_in_utc_whatever_zone_it_was_said_in() -> None:
    with clock.at(datetime(2026, 5, 8, 12, tzinfo=timezone(timedelta(hours=8)))):
        assert clock.now() == datetime(2026, 5, 8, 4, tzinfo=UTC)
        assert clock.now().tzinfo is UTC


def test_blocks_nest_and_the_outer_day_comes_back_even_after_an_error() -> None:
    def fail() -> None:
        with clock.at(LATE + timedelta(days=1)):
            assert clock.now() == LATE + timedelta(days=1)
            raise RuntimeError

    before = clock.now()
    with clock.at(LATE):
        with pytest.raises(RuntimeError):
            fail()
        assert clock.now() == LATE
    assert clock.now() == before


def test_every_thread_stands_at_the_same_instant() -> None:
    seen: list[datetime] = []
    with clock.at(LATE):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen == [LATE]


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 5, 8)):  # noqa: DTZ001
        pass


def test_left_alone_the_clock_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as alone:
        alone.setattr(clock, "_stands_at", [])
        first = clock.now()
        assert first.tzinfo is UTC
        assert clock.now() >= first
