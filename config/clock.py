"""What time is it, and what day is it for a lender?

The only place that reads the machine's clock. Storage is UTC; a business date is the
calendar day in the lender's own time zone (`Asia/Shanghai` unless the lender says
otherwise), which ends at 24:00 there. Day arithmetic is done on dates, never by adding
24 hours.

A test or a demonstration lives on another day by `with clock.at(instant): ...`; all threads
of the process then stand at that instant.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_stands_at: list[datetime] = []  # of the whole process: a test's server thread lives on the same day


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _stands_at[-1] if _stands_at else datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day in the IANA time zone `zone`.

    >>> with at(datetime(2026, 5, 8, 16, 0, tzinfo=UTC)):
    ...     today("Asia/Shanghai"), today("UTC")
    (datetime.date(2026, 5, 9), datetime.date(2026, 5, 8))
    """
    return now().astimezone(ZoneInfo(zone)).date()


def local(zone: str) -> datetime:
    """The present instant as clocks in the IANA time zone `zone` show it.

    >>> with at(datetime(2026, 5, 8, 16, 0, tzinfo=UTC)):
    ...     local("Asia/Shanghai").time()
    datetime.time(0, 0)
    """
    return now().astimezone(ZoneInfo(zone))


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Stand at `instant` (aware) for the length of the block; blocks may nest."""
    if instant.tzinfo is None:
        raise ValueError("clock.at() needs an aware instant")
    _stands_at.append(instant.astimezone(UTC))
    try:
        yield
    finally:
        _stands_at.pop()
