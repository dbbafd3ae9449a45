"""A close that is killed before any of its statements, and run again, leaves what an undisturbed one leaves.

The statements of the close are counted in a child process that kills itself before the k-th; the
parent runs the close again. Not a random moment: every one there is. Copying a database takes
PostgreSQL long, so a run of every change takes every seventh there; LEEWAY_KILL_EVERY=1 takes all.
Besides, a close of two processes is killed at moments that chance picks; LEEWAY_KILLS says how many.
"""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from accounts.models import Borrower, Lender, Notice
from credit.models import MonthFact
from loans import services
from loans.books import violations
from loans.closing.errors import CloseRunning
from loans.models import BusinessDay, CloseChunk, CloseFailure, Forewarning, HeldMonth, JournalEntry, Loan, StageStep
from loans.services import closing_chunks
from loans.services.closing_day import close_days
from tests.loans.conftest import at_noon, product_of
from tests.loans.reporting import agreed

pytestmark = pytest.mark.django_db(transaction=True)
OPENED = date(2026, 2, 15)
# The end of a month and of a grace: accruals, penalty interest, steps of collection, reminders, months.
DAY = date(2026, 3, 31)
BOOK = 4
TRIES = 100_000
MONTH = ("tradeline", "month", "version", "as_of", "paid_minor", "balance_minor", "days_past_due", "status_end")
SEED = 20260331
KILLS = int(os.environ.get("LEEWAY_KILLS", "5"))
IN_PARTS = ("loans", "telling", "months", "reminders")
EVERY = int(os.environ.get("LEEWAY_KILL_EVERY", "1" if connection.vendor == "sqlite" else "7"))


@pytest.fixture
def book(qinghe: Lender, borrower: Borrower) -> Lender:
    """Loans due on the 15th and the 27th, paid and unpaid; closed through 30 March."""
    product = product_of(
        qinghe, profile={"base": "consumer-cn"}, penalty_uplift=Decimal("0.5"), reminder_days=[-3, 0, 1, 15]
    )
    for number in range(BOOK):
        paid_out = OPENED if number % 2 else OPENED + timedelta(days=12)
        with at_noon(paid_out):
            loan = services.open_loan(
                lender=qinghe, borrower=borrower, product=product, principal_minor=1_200_000, instalment_count=12,
                disbursed_on=paid_out, acting_user=None,
            )  # fmt: skip
            services.disburse_loan(loan=loan, acting_user=None)
            if not number:
                agreed(borrower, qinghe)
    first = Loan.objects.order_by("pk")[0]
    with at_noon(DAY):
        services.record_payment(loan=first, amount_minor=30_000, key="part", channel="staff", acting_user=None)
    return qinghe


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of loans makes several chunks."""
    monkeypatch.setattr(closing_chunks, "AT_ONCE", 2)


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
        "months": list(MonthFact.objects.order_by("tradeline", "month", "version").values_list(*MONTH)),
        "held": list(held.values_list("loan", "month", "reason", "held_on")),
        "letters": list(Forewarning.objects.order_by("loan", "kind").values_list("loan", "kind", "told_on")),
        "through": Lender.objects.get(pk=lender.pk).closed_through,
        "waiting": CloseChunk.objects.filter(state="waiting").count(),
    }


def statements_of(lender: Lender) -> int:
    """Close the day, and say how many statements that took."""
    counted = 0

    def count(execute: Callable[..., Any], *rest: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*rest)

    with connection.execute_wrapper(count), at_noon(DAY + timedelta(days=1)):
        close_days(lender=lender, through=DAY)
    return counted


def close_again(lender: Lender) -> None:
    """As the next run of the night does; the server may need a moment to see that the process is gone."""
    with at_noon(DAY + timedelta(days=1)):
        for _ in range(TRIES):
            with suppress(CloseRunning):
                close_days(lender=lender, through=DAY)
                return
    raise AssertionError("the lock is never freed")


def killed_before(lender: Lender, number: int) -> bool:
    """Close the day in a process that kills itself before a statement; whether it came to that."""
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
            with connection.execute_wrapper(count), at_noon(DAY + timedelta(days=1)):
                close_days(lender=lender, through=DAY)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


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


def test_killed_before_any_statement_and_run_again_it_is_as_if_nothing_had_happened(
    book: Lender, tmp_path: Path, small_chunks: None
) -> None:
    with copied(tmp_path):
        points = statements_of(book)
        undisturbed = state_of(book)
    assert undisturbed["waiting"] == 0
    assert {step for _, step in undisturbed["steps"]} == {"early"}
    assert len(undisturbed["months"]) == BOOK
    assert any(key.startswith("accrual/") and on == DAY for key, on, *_ in undisturbed["journal"])
    for number in range(1, points + 1, EVERY):
        with copied(tmp_path):
            assert killed_before(book, number), number
            close_again(book)
            assert state_of(book) == undisturbed, number
            with at_noon(DAY + timedelta(days=1)):
                assert list(violations(Lender.objects.all())) == [], number


@pytest.mark.postgres
def test_killed_at_any_moment_with_a_second_process_at_work_it_is_as_if_nothing_had_happened(
    book: Lender, tmp_path: Path, small_chunks: None
) -> None:
    """The second process outlives the first for a moment, and the next run meets it."""
    with copied(tmp_path):
        began = time.monotonic_ns()
        with at_noon(DAY + timedelta(days=1)):
            close_days(lender=book, through=DAY, workers=2)
        took_us = (time.monotonic_ns() - began) // 1000
        undisturbed = state_of(book)
    chance, killed = random.Random(SEED), 0
    for number in range(KILLS):
        with copied(tmp_path):
            killed += killed_after(book, chance.randrange(1, took_us))
            close_again(book)
            assert state_of(book) == undisturbed, number
            with at_noon(DAY + timedelta(days=1)):
                assert list(violations(Lender.objects.all())) == [], number
    assert killed > KILLS // 4


def killed_after(lender: Lender, microseconds: int) -> bool:
    """Close the day in a process that the kernel ends after so long; whether it came to that."""
    connections.close_all()
    child = os.fork()
    if child == 0:  # pragma: no cover  # another process
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # what is not caught ends a process at once, as SIGKILL does
        signal.setitimer(signal.ITIMER_REAL, microseconds / 1_000_000)
        try:
            with at_noon(DAY + timedelta(days=1)):
                close_days(lender=lender, through=DAY, workers=2)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
