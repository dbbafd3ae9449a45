"""When a borrower is reminded of an instalment, and with which words (R17, R26).

A product names its steps in days from the due date, before it negative:

    -7  -3  -1 | 0 | 1  3  7  15  30
    before      the day   past due

Each step is told once. Missed days are caught up only where it still helps: on a day, the
newest step that has come is told, a step before the due date never on it or after it, that
of the day itself on that day only, one after it for at most three days.

What stands still comes first. Under a contact hold nothing is said, except that an
arrangement in force may remind of its own new dates before they are due.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CATCH_UP_DAYS = 3
PREFIX = "remind"
FAILURE = "debit-failed"


def step_on(steps: Iterable[int], offset: int) -> int | None:
    """The step to be told `offset` days after the due date (before it negative), or None.

    >>> steps = [-7, -3, -1, 0, 1, 3, 7, 15, 30]
    >>> [step_on(steps, offset) for offset in (-8, -7, -4, -2, -1, 0, 1, 2, 11, 18, 19)]
    [None, -7, -7, -3, -1, 0, 1, 1, None, 15, None]
    """
    come = [step for step in steps if step <= offset]
    if not come:
        return None
    step = max(come)
    if step < 0:
        return step if offset < 0 else None
    return step if offset - step <= (CATCH_UP_DAYS if step else 0) else None


def due_dates(steps: Iterable[int], on: date) -> list[date]:
    """The due dates of which a step may be told on that day, the latest first.

    >>> [f"{day:%m-%d}" for day in due_dates([-1, 0, 1], date(2026, 5, 15))]
    ['05-16', '05-15', '05-14', '05-13', '05-12', '05-11']
    """
    listed = list(steps)
    if not listed:
        return []
    offsets = range(min(listed), max(listed) + CATCH_UP_DAYS + 1)
    return [on - timedelta(days=offset) for offset in offsets if step_on(listed, offset) is not None]


def key_of(borrower: int, due_on: date, step: int) -> str:
    """One notice for all loans of one borrower at one lender that are due on one day.

    >>> key_of(12, date(2026, 5, 15), -3)
    'remind/12/2026-05-15/-3'
    """
    return f"{PREFIX}/{borrower}/{due_on.isoformat()}/{step}"


def read_key(key: str) -> tuple[int, date, int] | None:
    """What `key_of` was given; None for the key of another notice.

    >>> read_key("remind/12/2026-05-15/-3"), read_key("payment/12")
    ((12, datetime.date(2026, 5, 15), -3), None)
    """
    parts = key.split("/")
    if parts[0] != PREFIX or len(parts) != 4:
        return None
    return int(parts[1]), date.fromisoformat(parts[2]), int(parts[3])


def failure_key(loan: int, number: int, on: date) -> str:
    """One notice a day that an instalment could not be collected, however many accounts were tried."""
    return f"{FAILURE}/{loan}/{number}/{on.isoformat()}"


def failed_loan(key: str) -> int | None:
    """The loan that `failure_key` was given; None for the key of another notice.

    >>> failed_loan(failure_key(7, 4, date(2026, 5, 15))), failed_loan("remind/7/2026-05-15/4")
    (7, None)
    """
    parts = key.split("/")
    return int(parts[1]) if parts[0] == FAILURE and len(parts) == 4 else None


def may_remind(step: int, *, is_arranged: bool, is_held: bool) -> bool:
    """`is_arranged`: the arrangement in force holds contact; `is_held`: anything else does.

    >>> [may_remind(step, is_arranged=True, is_held=False) for step in (-3, 0, 1)]
    [True, True, False]
    >>> may_remind(-3, is_arranged=False, is_held=True)
    False
    """
    return not is_held and (step <= 0 or not is_arranged)


def event_of(step: int, *, is_arranged: bool, is_in_grace: bool) -> str:
    """Which words: see `accounts/notices/texts/reminders.py`.

    >>> [event_of(step, is_arranged=False, is_in_grace=step == 1) for step in (-3, 0, 1, 7)]
    ['reminder_before', 'reminder_today', 'reminder_grace', 'reminder_late']
    """
    if step < 0:
        return "reminder_resume" if is_arranged else "reminder_before"
    if step == 0:
        return "reminder_today"
    return "reminder_grace" if is_in_grace else "reminder_late"


def last_useful_on(step: int, due_on: date, on: date) -> date:
    """The last day on which the notice, written `on`, still says what is so.

    >>> last_useful_on(-3, date(2026, 5, 15), date(2026, 5, 12)).isoformat()
    '2026-05-14'
    """
    return due_on - timedelta(days=1) if step < 0 else on


def end_of_day(day: date, zone: str) -> datetime:
    """The last second of a day of the lender.

    >>> end_of_day(date(2026, 5, 14), "Asia/Shanghai").isoformat()
    '2026-05-14T23:59:59+08:00'
    """
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(zone)) - timedelta(seconds=1)
