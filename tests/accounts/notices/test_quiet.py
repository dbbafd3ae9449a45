"""The quiet hours: 22:00 to 08:00 by the lender's clock, never shorter."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.notices.quiet import day_start, next_morning, next_open

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "at, opens",
    [
        ("2026-05-08T08:00:00", "2026-05-08T08:00:00"),
        ("2026-05-08T07:59:59", "2026-05-08T08:00:00"),
        ("2026-05-08T21:59:59", "2026-05-08T21:59:59"),
        ("2026-05-08T22:00:00", "2026-05-09T08:00:00"),
        ("2026-05-08T00:00:00", "2026-05-08T08:00:00"),
        ("2026-12-31T23:30:00", "2027-01-01T08:00:00"),
    ],
)
def test_what_falls_into_the_night_waits_for_the_morning(at: str, opens: str) -> None:
    assert next_open(local(at), "Asia/Shanghai") == local(opens)


def test_a_person_may_have_longer_quiet_hours_and_never_shorter() -> None:
    assert next_open(local("2026-05-08T20:00:00"), "Asia/Shanghai", 19, 10) == local("2026-05-09T10:00:00")
    assert next_open(local("2026-05-08T23:00:00"), "Asia/Shanghai", 24, 5) == local("2026-05-09T08:00:00")


def test_the_lenders_clock_counts_not_ours() -> None:
    at = datetime(2026, 5, 8, 13, 0, tzinfo=UTC)  # 21:00 in Shanghai, 22:00 in Tokyo
    assert next_open(at, "Asia/Shanghai") == at
    assert next_open(at, "Asia/Tokyo") == datetime(2026, 5, 8, 23, 0, tzinfo=UTC)


def test_the_morning_after_is_at_eight_also_where_the_clocks_change() -> None:
    at = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # clocks go forward in Berlin in the night that follows
    assert next_morning(at, "Europe/Berlin").isoformat() == "2026-03-29T08:00:00+02:00"


def test_a_day_begins_at_midnight_of_the_lender() -> None:
    assert day_start(datetime(2026, 5, 8, 15, 59, tzinfo=UTC), "Asia/Shanghai") == local("2026-05-08T00:00:00")
    assert day_start(datetime(2026, 5, 8, 16, 0, tzinfo=UTC), "Asia/Shanghai") == local("2026-05-09T00:00:00")
