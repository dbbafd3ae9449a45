"""What has to be done again and again, and when: `manage.py tick` runs each as its time comes.

Times of day are those of `TIME_ZONE`. Every command here finds by itself what is to be done,
catches up with what was missed and may be run twice, so only the latest time of each counts:
after an outage nothing is run once for every time that went by.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from io import StringIO
from zlib import crc32

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.errors import Conflict
from accounts.exclusive import exclusive
from accounts.models import Lender, ScheduledRun
from config import clock
from loans.services.collecting import collects

KIND = 7_201_502  # tells these locks from others of the same database
KEPT = timedelta(days=30)
LONGEST_ERROR = 400
DAY, WEEK = timedelta(days=1), timedelta(days=7)
SUNDAY = 6
Command = tuple[str, ...]
ALL = "--all"  # a command that may be given one lender in its place
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """Commands that are run one after the other every so often; `at` is when, after midnight (or in the hour).

    `weekday` is 0 for Monday, for what is done once a week. `is_of` says by a lender's code
    whether there is anything to do for them, where it is done for each lender alone.
    """

    name: str
    commands: Sequence[Command]
    every: timedelta
    at: time = time(0)
    weekday: int | None = None
    is_of: Callable[[str], bool] = lambda code: True

    def last_due(self, now: datetime) -> datetime:
        """The latest of its times up to `now`."""
        local = timezone.localtime(now)
        first = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
            hours=self.at.hour, minutes=self.at.minute
        )
        if self.weekday is not None:
            first -= (local.weekday() - self.weekday) % 7 * DAY
        while first > local:
            first -= DAY if self.weekday is None else WEEK
        if self.every >= DAY:
            return first
        # Within a day by the hours that went by: a clock that is put back holds nothing up.
        begun = first.astimezone(UTC)
        return begun + (now.astimezone(UTC) - begun) // self.every * self.every


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one piece of work: `error` is empty where all went well."""

    name: str
    due_at: datetime
    error: str


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WORK = (
    Work("messages", [("send_messages",)], MINUTE),
    Work("identity", [("identity_tick",)], 5 * MINUTE),
    Work("collect", [("collect", "--all")], 10 * MINUTE, is_of=collects),
    Work("remind", [("remind", "--all")], HOUR, time(0, 5)),
    Work("relief", [("relief_tick",)], HOUR, time(0, 7)),
    Work("close", [("close_day", "--all")], HOUR, time(0, 10)),
    Work("leaving", [("close_services",)], DAY, time(1, 10)),
    Work("verify", [("verify_books",), ("verify_audit",)], DAY, time(2, 30)),
    Work("furnish", [("furnish", "--all")], DAY, time(9, 0)),
    Work("clean", [("clearsessions",), ("erase_expired",)], WEEK, time(4, 0), weekday=SUNDAY),
)


def everything() -> Iterator[Work]:
    """All periodic work; where a fleet shares it, a piece for each lender of what can be done for one alone."""
    codes = list(Lender.objects.order_by("code").values_list("code", flat=True)) if settings.FLEET else []
    for one in WORK:
        if settings.FLEET and any(ALL in command for command in one.commands):
            for code in filter(one.is_of, codes):
                commands = [(command[0], "--lender", code) for command in one.commands]
                yield replace(one, name=f"{one.name}.{code}", commands=commands)
        else:
            yield one


def due(work: Iterable[Work] | None = None) -> Iterator[Work]:
    """What of that work, or of everything, is due and was not run to its end yet, in order."""
    for one in everything() if work is None else work:
        done = ScheduledRun.objects.filter(name=one.name, due_at=one.last_due(clock.now()), ended_at__isnull=False)
        if not done.exists():
            yield one


def run_due(work: Iterable[Work] | None = None, call: Callable[..., object] = call_command) -> Iterator[Ran]:
    """Run what is due and was not run yet, in order, and say of each what came of it.

    One that another process runs at this moment is left to it. One whose process died is run
    again; one that failed is not, until its next time comes. Whatever breaks, the others go on.
    """
    for one in due(work):
        due_at = one.last_due(clock.now())
        try:
            with exclusive(KIND, crc32(one.name.encode()) & 0x7FFF_FFFF, f"{one.name}.tick"):
                error = _run(one, due_at, call)
        except Conflict:
            continue
        if error is not None:
            yield Ran(one.name, due_at, error)
    ScheduledRun.objects.filter(due_at__lt=clock.now() - KEPT).delete()


def _run(one: Work, due_at: datetime, call: Callable[..., object]) -> str | None:
    """None where another process ran it between the look and the lock."""
    row, _ = ScheduledRun.objects.get_or_create(name=one.name, due_at=due_at)
    if row.ended_at is not None:
        return None
    error = ""
    for command in one.commands:
        try:
            call(*command, stdout=StringIO())  # what went well is no news: cron would mail it
        except (Exception, SystemExit) as fault:  # whatever it is, it is written down, and the others go on
            log.exception("%s: %s", one.name, " ".join(command))
            error = error or f"{' '.join(command)}: {fault or type(fault).__name__}"[:LONGEST_ERROR]
    ScheduledRun.objects.filter(pk=row.pk).update(ended_at=clock.now(), error=error)
    return error
