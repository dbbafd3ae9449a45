"""Ending a process before any of its statements, on a copy of the whole database each time.

The statements of a piece of work are counted in a child process that ends itself before the k-th, as `kill -9`
would; the parent does the work again on what it left.
"""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import connection, connections

from accounts.models import Lender, Notice
from credit.models import MonthFact
from loans.closing.errors import CloseRunning
from loans.models import BusinessDay, CloseChunk, CloseFailure, Forewarning, HeldMonth, JournalEntry, Loan, StageStep

TRIES = 100_000
MONTH = (
    "tradeline__reference", "month", "version", "as_of", "paid_minor", "balance_minor", "days_past_due", "status_end",
)  # fmt: skip
IN_PARTS = ("loans", "telling", "months", "reminders")
Work = Callable[[], Any]


@contextmanager
def copied(folder: Path) -> Iterator[None]:
    """Work on a copy of the whole database, so that the next point starts from the same book."""
    settings = connection.settings_dict
    name = settings["NAME"]
    connections.close_all()
    if connection.vendor == "sqlite":
        settings["NAME"] = str(folder / "copy.sqlite3")
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(settings["NAME"])) as target:
            source.backup(target)
    else:
        settings["NAME"] = f"{name}_copy"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}_copy" TEMPLATE "{name}"')
    try:
        yield
    finally:
        connections.close_all()
        copy, settings["NAME"] = settings["NAME"], name
        if connection.vendor == "sqlite":
            for path in folder.glob("copy.sqlite3*"):
                path.unlink()
        else:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def statements_of(work: Work) -> int:
    """Do it, and say how many statements that took."""
    counted = 0

    def count(execute: Callable[..., Any], *rest: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*rest)

    with connection.execute_wrapper(count):
        work()
    return counted


def killed_before(work: Work, number: int) -> bool:
    """Do it in a process that kills itself before a statement; whether it came to that."""
    connections.close_all()
    child = os.fork()
    if child == 0:  # pragma: no cover  # another process
        seen = 0

        def count(execute: Callable[..., Any], *rest: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*rest)

        try:
            with connection.execute_wrapper(count):
                work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def killed_after(work: Work, microseconds: int) -> bool:
    """Do it in a process that the kernel ends after so long; whether it came to that."""
    connections.close_all()
    child = os.fork()
    if child == 0:  # pragma: no cover  # another process
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # what is not caught ends a process at once, as SIGKILL does
        signal.setitimer(signal.ITIMER_REAL, microseconds / 1_000_000)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def done_again(close: Work) -> None:
    """As the next run of the night does; the server may need a moment to see that the process is gone."""
    for _ in range(TRIES):
        with suppress(CloseRunning):
            close()
            return
    raise AssertionError("the lock is never freed")


def state_of(lender: Lender) -> dict[str, Any]:
    """Everything that a close leaves, without keys of rows and times.

    A step that is done as a whole and was cut off counts only what was left of it.
    """
    days = BusinessDay.objects.filter(lender=lender).order_by("day")
    entries = JournalEntry.objects.filter(lender=lender).order_by("key", "postings__account")
    held = HeldMonth.objects.order_by("loan", "month", "reason")
    columns = (
        "number", "stage", "next_close_on", "next_month_on", "receivable_on", "interest_receivable_minor", "state",
    )  # fmt: skip
    return {
        "journal": list(entries.values_list("key", "posted_on", "postings__account", "postings__amount_minor")),
        "loans": list(Loan.objects.filter(lender=lender).order_by("number").values_list(*columns)),
        "steps": list(StageStep.objects.order_by("loan__number", "pk").values_list("loan__number", "to_stage")),
        "notices": sorted(Notice.objects.filter(lender=lender).values_list("event", "key", "deliveries__channel")),
        "failures": CloseFailure.objects.count(),
        "days": [(row.day, row.state, row.set_aside, [row.counts.get(step) for step in IN_PARTS]) for row in days],
        "months": list(MonthFact.objects.order_by("tradeline__reference", "month", "version").values_list(*MONTH)),
        "held": list(held.values_list("loan", "month", "reason", "held_on")),
        "letters": list(Forewarning.objects.order_by("loan", "kind").values_list("loan", "kind", "told_on")),
        "through": Lender.objects.get(pk=lender.pk).closed_through,
        "waiting": CloseChunk.objects.filter(state="waiting").count(),
    }
