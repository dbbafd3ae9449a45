"""Periodic work: each at its time, once, whatever else breaks or runs beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from io import StringIO
from typing import Any
from zlib import crc32

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.utils import timezone

from accounts.exclusive import exclusive
from accounts.models import ScheduledRun
from config import clock, periodic
from config.periodic import DAY, HOUR, KEPT, KIND, MINUTE, SUNDAY, WEEK, WORK, Work, run_due

SHANGHAI = timezone.get_fixed_timezone(480)
HOURLY = Work("hourly", [("a",), ("b", "--all")], HOUR, time(0, 5))
DAILY = Work("daily", [("c",)], DAY, time(9))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "work, now, due",
    [
        (HOURLY, "2026-05-08 12:05", "2026-05-08 12:05"),
        (HOURLY, "2026-05-08 12:04", "2026-05-08 11:05"),
        (HOURLY, "2026-05-08 00:04", "2026-05-07 23:05"),
        (DAILY, "2026-05-08 09:00", "2026-05-08 09:00"),
        (DAILY, "2026-05-08 08:59", "2026-05-07 09:00"),
        (Work("w", [], WEEK, time(4), weekday=SUNDAY), "2026-05-08 12:00", "2026-05-03 04:00"),  # a Friday
        (Work("w", [], WEEK, time(4), weekday=SUNDAY), "2026-05-10 03:59", "2026-05-03 04:00"),
        (Work("w", [], WEEK, time(4), weekday=SUNDAY), "2026-05-10 04:00", "2026-05-10 04:00"),
        (Work("m", [], 10 * MINUTE), "2026-05-08 12:19", "2026-05-08 12:10"),
    ],
)
def test_the_latest_of_its_times(work: Work, now: str, due: str) -> None:
    assert work.last_due(at(now)) == at(due)


def test_a_clock_that_is_put_back_holds_nothing_up(settings: Any) -> None:
    """In Berlin 02:30 comes twice on 25 October 2026, an hour apart: at 00:30 and 01:30 of UTC."""
    settings.TIME_ZONE = "Europe/Berlin"
    with timezone.override("Europe/Berlin"):
        first, second = (HOURLY.last_due(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1))
        assert second - first == HOUR
        assert DAILY.last_due(datetime(2026, 10, 26, 7, 30, tzinfo=UTC)) == datetime(2026, 10, 25, 8, tzinfo=UTC)


class Calls:
    """Takes commands down instead of running them; those in `broken` fail."""

    def __init__(self, *broken: str) -> None:
        self.made: list[tuple[str, ...]] = []
        self.broken = broken

    def __call__(self, *command: str, stdout: StringIO) -> None:
        stdout.write("It went well.")
        self.made.append(command)
        if command[0] in self.broken:
            raise CommandError("it is broken")


def ran(now: str, calls: Calls, *work: Work) -> list[tuple[str, str]]:
    with clock.at(at(now)):
        return [(one.name, one.error) for one in run_due(work, calls)]


@pytest.mark.django_db
def test_each_time_is_run_once_with_all_its_commands_in_order() -> None:
    calls = Calls()
    assert ran("2026-05-08 12:07", calls, HOURLY) == [("hourly", "")]
    assert ran("2026-05-08 12:59", calls, HOURLY) == []
    assert ran("2026-05-08 13:05", calls, HOURLY) == [("hourly", "")]
    assert calls.made == 2 * [("a",), ("b", "--all")]


@pytest.mark.django_db
def test_after_an_outage_it_is_run_once_and_not_for_every_time_that_went_by() -> None:
    calls = Calls()
    ran("2026-05-08 12:07", calls, HOURLY)
    ran("2026-05-11 12:07", calls, HOURLY)
    assert len(calls.made) == 4
    assert ScheduledRun.objects.count() == 2


@pytest.mark.django_db
def test_whatever_breaks_the_others_go_on_and_it_waits_for_its_next_time() -> None:
    calls = Calls("a")
    assert ran("2026-05-08 12:07", calls, HOURLY, DAILY) == [("hourly", "a: it is broken"), ("daily", "")]
    assert calls.made == [("a",), ("b", "--all"), ("c",)]
    assert ScheduledRun.objects.get(name="hourly").error == "a: it is broken"
    assert ran("2026-05-08 12:30", calls, HOURLY, DAILY) == []


@pytest.mark.django_db
def test_one_whose_process_died_is_run_again() -> None:
    class Died(BaseException):
        pass

    def dies(*command: str, **options: Any) -> None:
        raise Died

    with clock.at(at("2026-05-08 12:07")), pytest.raises(Died):
        list(run_due([HOURLY], dies))
    assert ScheduledRun.objects.get().ended_at is None
    calls = Calls()
    assert ran("2026-05-08 12:08", calls, HOURLY) == [("hourly", "")]
    assert len(calls.made) == 2


@pytest.mark.django_db
def test_what_another_process_does_is_left_to_it() -> None:
    calls = Calls()
    with exclusive(KIND, crc32(b"hourly") & 0x7FFF_FFFF, "hourly.tick"):
        assert ran("2026-05-08 12:07", calls, HOURLY, DAILY) == [("daily", "")]
    assert ran("2026-05-08 12:08", calls, HOURLY, DAILY) == [("hourly", "")]


@pytest.mark.django_db
def test_what_another_process_has_done_between_the_look_and_the_lock_is_not_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @contextmanager
    def slow(*lock: Any) -> Iterator[None]:
        now = clock.now()
        ScheduledRun.objects.create(name="hourly", due_at=HOURLY.last_due(now), ended_at=now)
        yield

    monkeypatch.setattr(periodic, "exclusive", slow)
    calls = Calls()
    assert ran("2026-05-08 12:07", calls, HOURLY) == []
    assert calls.made == []


@pytest.mark.django_db
def test_rows_are_kept_for_a_month() -> None:
    calls = Calls()
    ran("2026-05-08 12:07", calls, HOURLY)
    with clock.at(at("2026-05-08 12:07") + KEPT + HOUR):
        list(run_due([HOURLY], calls))
    assert ScheduledRun.objects.count() == 1


def test_every_command_is_there_and_every_name_is_its_own() -> None:
    assert {command[0] for work in WORK for command in work.commands} <= set(get_commands())
    assert len({work.name for work in WORK}) == len(WORK)


@pytest.mark.django_db(transaction=True)
def test_the_whole_of_it_runs_on_an_empty_site() -> None:
    with clock.at(at("2026-05-08 12:07")):
        assert [(one.name, one.error) for one in run_due()] == [(work.name, "") for work in WORK]
        assert list(run_due()) == []


@pytest.mark.django_db
def test_the_command_says_what_failed_and_lists_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.management.commands.tick.run_due", lambda: run_due([HOURLY], Calls("a")))
    monkeypatch.setattr(periodic, "WORK", [HOURLY, DAILY])
    said, wrong = StringIO(), StringIO()
    with clock.at(at("2026-05-08 12:07")):
        with pytest.raises(CommandError, match="1 failed"):
            call_command("tick", stdout=said, stderr=wrong)
        call_command("tick", stdout=said, stderr=wrong)  # it waits for its next time
        assert said.getvalue() == ""
        call_command("tick", "--list", stdout=said)
    assert wrong.getvalue() == "hourly: a: it is broken\n"
    assert said.getvalue().splitlines() == [
        "hourly: a and b --all; a: it is broken at 2026-05-08 12:05; next 2026-05-08 13:05",
        "daily: c; never run; next 2026-05-09 09:00",
    ]


@pytest.mark.parametrize("pause", ["0", "3601", "x", "-1"])
def test_a_pause_that_is_none_is_a_wrong_call(pause: str) -> None:
    with pytest.raises(CommandError, match="is not a number from 1 to 3600"):
        call_command("tick", f"--loop={pause}")


def test_a_pause_between_is_kept_until_somebody_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def sleep(seconds: int) -> None:
        if len(rounds) == 3:
            raise KeyboardInterrupt
        rounds.append(seconds)

    monkeypatch.setattr("config.management.commands.tick.run_due", lambda: iter(()))
    monkeypatch.setattr("config.management.commands.tick.close_old_connections", lambda: None)
    monkeypatch.setattr("config.management.commands.tick.time.sleep", sleep)
    call_command("tick", "--loop=7")
    assert rounds == [7, 7, 7]
