"""When nothing may be sent: between 22:00 and 08:00 in the lender's time zone (R17, R41).

A person may make their quiet hours longer, never shorter. Whatever falls into them waits
until they end. Hours are of the clock on the wall, so a change of daylight saving does not
move them.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_START = 22
FIRST_END = 8
EARLIEST_START = 18
LATEST_END = 12


def next_open(at: datetime, zone: str, start: int = LAST_START, end: int = FIRST_END) -> datetime:
    """The first instant, `at` or later, that is not within the quiet hours from `start` to `end` o'clock.

    `start` and `end` outside what the law allows count as the nearest that it does.

    >>> from datetime import UTC
    >>> at = datetime(2026, 5, 8, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
    >>> next_open(at, "Asia/Shanghai").isoformat()
    '2026-05-09T08:00:00+08:00'
    >>> next_open(datetime(2026, 5, 8, 4, 0, tzinfo=UTC), "Asia/Shanghai").isoformat()
    '2026-05-08T12:00:00+08:00'
    """
    start = min(max(start, EARLIEST_START), LAST_START)
    end = min(max(end, FIRST_END), LATEST_END)
    local = at.astimezone(ZoneInfo(zone))
    if end <= local.hour < start:
        return local
    day = local.date() + timedelta(days=1) if local.hour >= start else local.date()
    return datetime.combine(day, time(end), local.tzinfo)


def next_morning(at: datetime, zone: str, end: int = FIRST_END) -> datetime:
    """The end of the quiet hours on the next day of the lender: when what was too much for a day goes on.

    >>> from datetime import UTC
    >>> next_morning(datetime(2026, 5, 8, 4, 0, tzinfo=UTC), "Asia/Shanghai").isoformat()
    '2026-05-09T08:00:00+08:00'
    """
    local = at.astimezone(ZoneInfo(zone))
    hour = min(max(end, FIRST_END), LATEST_END)
    return datetime.combine(local.date() + timedelta(days=1), time(hour), local.tzinfo)


def day_start(at: datetime, zone: str) -> datetime:
    """Midnight of the lender's day in which `at` lies.

    >>> from datetime import UTC
    >>> day_start(datetime(2026, 5, 8, 16, 30, tzinfo=UTC), "Asia/Shanghai").isoformat()
    '2026-05-09T00:00:00+08:00'
    """
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time(0), local.tzinfo)
