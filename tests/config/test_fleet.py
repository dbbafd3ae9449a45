"""The fleet: what is due is handed out once, workers share a close, and what one that died had is done by the next."""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from multiprocessing import get_context
from typing import Any

import pytest
from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Borrower, Lender, ScheduledRun
from config import environment, periodic
from config.periodic import DAY, HOUR, Work
from loans.books import violations
from loans.closing import workers
from loans.closing.steps import LoanStep
from loans.models import CloseChunk, JournalEntry
from loans.services import closing_chunks, closing_day
from loans.services.closing_day import close_days
from loans.services.closing_loans import close_loans, loans_to_close
from tests.loans.closing.conftest import paid_out
from tests.loans.conftest import at_noon

fleet: Any = pytest.importorskip("config.fleet") if site.FLEET else None
OPENED = date(2026, 5, 6)
LOANS = 6


@pytest.fixture
def queue(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With a fleet, nothing handed out, and nothing that is due."""
    monkeypatch.setattr(periodic, "WORK", ())
    settings.FLEET, settings.CLOSE_HELPERS = True, "config.fleet.call_helpers"
    sql("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")
    yield
    sql("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


@pytest.fixture
def book(queue: None, qinghe: Lender, borrower: Borrower, monkeypatch: pytest.MonkeyPatch) -> Lender:
    """Loans that were paid out two days ago, and a close that takes them two at a time."""
    monkeypatch.setattr(closing_chunks, "AT_ONCE", 2)
    monkeypatch.setattr(closing_day, "registered", lambda: [LoanStep("loans", loans_to_close, close_loans)])
    paid_out(qinghe, [borrower] * LOANS, OPENED)
    return qinghe


def sql(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def waiting() -> list[str]:
    """What is handed out and not begun, by its lock or its name."""
    return [row[0] for row in sql(
        "SELECT coalesce(queueing_lock, task_name) FROM procrastinate_jobs WHERE status = 'todo' ORDER BY 1"
    )]  # fmt: skip


def a_worker(prepare: Callable[[], object] = lambda: None) -> int | None:
    """Run one worker in a process of its own until nothing is left; how it ended."""

    def work() -> None:
        prepare()
        call_command("fleet", "--until-idle", "--at-once", "1")

    process = get_context("fork").Process(target=workers._alone, args=(work,))
    process.start()
    process.join()
    return process.exitcode


def posted() -> list[tuple[str, int]]:
    return sorted(JournalEntry.objects.filter(kind="accrual").values_list("key", "postings__amount_minor"))


@pytest.mark.postgres
def test_what_is_due_is_handed_out_once_and_lender_by_lender(
    queue: None, qinghe: Lender, jiangpan: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = (
        Work("close", [("close_day", "--all")], HOUR),
        Work("collect", [("collect", "--all")], HOUR, is_of=lambda code: code == "qinghe"),
        Work("leaving", [("close_services",)], DAY),
    )
    monkeypatch.setattr(periodic, "WORK", work)
    fleet.look(timestamp=0)
    fleet.look(timestamp=60)
    assert waiting() == ["close.jiangpan", "close.qinghe", "collect.qinghe", "leaving"]


@pytest.mark.postgres
def test_a_worker_does_it_and_once_it_is_done_it_is_not_handed_out(
    queue: None, qinghe: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "WORK", (Work("close", [("close_day", "--all")], HOUR),))
    fleet.look(timestamp=0)
    assert a_worker() == 0
    assert ScheduledRun.objects.get().name == "close.qinghe"
    qinghe.refresh_from_db()
    assert qinghe.closed_through == qinghe.today() - DAY
    fleet.look(timestamp=60)
    assert waiting() == []


@pytest.mark.postgres
def test_what_goes_wrong_fails_its_job_and_is_not_tried_before_its_next_time(
    queue: None, qinghe: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "WORK", (Work("odd", [("close_day", "--lender", "nobody")], HOUR),))
    fleet.look(timestamp=0)
    assert a_worker() == 0
    assert sql("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'run'") == [("failed",)]
    assert "nobody" in ScheduledRun.objects.get().error
    fleet.look(timestamp=60)
    assert waiting() == []


@pytest.mark.postgres
def test_a_close_calls_helpers_who_do_its_parts(book: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process cuts the day up and stops there; all of its parts are done by a worker that was called."""

    class Stopped(Exception):
        pass

    def stop(*work: Any, **how: Any) -> None:
        raise Stopped

    with at_noon(OPENED + timedelta(days=1)), monkeypatch.context() as patch:
        patch.setattr(closing_day, "_work", stop)
        with pytest.raises(Stopped):
            close_days(lender=book, through=OPENED)
        assert waiting() == ["help", "help"], "for three parts, one of which the caller does"
    with at_noon(OPENED + timedelta(days=1)):
        assert a_worker() == 0
        assert [chunk.state for chunk in CloseChunk.objects.filter(number__gt=0)] == ["done"] * 3
        (day,) = close_days(lender=book, through=OPENED)
        assert day.counts["loans"]["accrued"] == LOANS
        assert list(violations([book])) == []


@pytest.mark.postgres
def test_help_that_comes_when_the_day_is_closed_finds_nothing(book: Lender) -> None:
    with at_noon(OPENED + timedelta(days=1)):
        close_days(lender=book, through=OPENED)
        before = posted()
        assert len(waiting()) == 2
        assert a_worker() == 0
    assert waiting() == []
    assert posted() == before


@pytest.mark.postgres
def test_what_a_worker_that_died_had_is_done_by_the_next(book: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "WORK", (Work("close", [("close_day", "--all")], HOUR),))

    def dying() -> None:
        real, parts = closing_chunks._work, list[int]()

        def once(*work: Any) -> Any:
            if parts:
                os._exit(9)
            parts.append(1)
            return real(*work)

        closing_chunks._work = once

    fleet.look(timestamp=0)
    assert a_worker(dying) == 9
    assert CloseChunk.objects.filter(state="waiting").exists()
    assert ScheduledRun.objects.get().ended_at is None
    fleet.look(timestamp=60)
    assert "close.qinghe" in waiting()
    assert a_worker() == 0
    book.refresh_from_db()
    assert book.closed_through == book.today() - DAY
    assert len(posted()) == 2 * LOANS, "each once: a day's interest and its income"
    assert list(violations([book])) == []


@pytest.mark.postgres
def test_jobs_of_workers_that_are_silent_are_forgotten(queue: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "WORK", (Work("leaving", [("close_services",)], DAY),))

    def dying() -> None:
        monkeypatch.setattr(fleet, "run_due", lambda work: os._exit(9))

    fleet.look(timestamp=0)
    assert a_worker(dying) == 9
    doing = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
    assert sql(doing) == [(1,)]
    asyncio.run(tidied())
    assert sql(doing) == [(1,)], "it may be alive still"
    sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '61 seconds'")
    asyncio.run(tidied())
    assert sql(doing) == [(0,)]


async def tidied() -> None:
    worker = fleet.app.connector.get_worker_connector()
    with fleet.app.replace_connector(worker):
        async with fleet.app.open_async():
            await fleet.tidy(timestamp=0)


def test_without_a_fleet_the_command_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="LEEWAY_FLEET is off"):
        call_command("fleet")


@pytest.mark.parametrize(
    "vendor, package, said", [("sqlite3", object(), "needs PostgreSQL"), ("postgresql", None, "requirements/fleet.txt")]
)
def test_a_fleet_that_could_not_work_is_refused(
    vendor: str, package: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEEWAY_FLEET", "on")
    monkeypatch.setattr(environment, "find_spec", lambda name: package)
    with pytest.raises(ImproperlyConfigured, match=said):
        environment.fleet(vendor=vendor)
