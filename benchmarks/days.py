"""Whole closes, with every step: typical days and a month end, by one process and by two, and the same day again.

`python -m benchmarks.days [--loans N] [--typical 6] [--through DAY] [--catch-up 1,30]`, on the PostgreSQL that
DATABASE_URL names; `python -m tests.postgres .venv/bin/python -m benchmarks.days` finds one. It makes a book unless it
is there, and closes a month end if it never had one. On each day what is due is paid, not timed. Typical days are
closed by one process and by two in turn; with `--through` each day to that one follows, by one; then the last is asked
for again; with `--catch-up` so many days go by in which nobody pays, and are closed in one run. Seconds are those on
the wall: nothing else should run.
"""

import argparse
import os
import resource
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from benchmarks.close import AS_OF, DAY, morning_of, only_loans, set_up

AT_LEAST, AT_MOST_AGAIN, MOST_MIB = 150, 5, 400


@dataclass(frozen=True)
class Closed:
    """A run of the close: how many days and processes, loans looked at, rows written, and how long it took."""

    days: int
    workers: int
    loans: int
    rows: int
    wall_ms: int
    steps: dict[str, int]

    @property
    def rows_a_second(self) -> int:
        return 1000 * self.rows // max(self.wall_ms, 1)


def written(lender: Any, days: Sequence[Any]) -> int:
    """Rows that the closes of these days wrote.

    Loans, entries with seal and postings, steps with audit, months, warnings with audit, notices with three deliveries.
    """
    from loans.models import JournalEntry, Posting, StageStep

    def counted(step: str, kind: str) -> int:
        return sum(day.counts.get(step, {}).get(kind, 0) for day in days)

    on = [day.day for day in days]
    once = counted("loans", "looked_at") + counted("months", "furnished")
    told = counted("telling", "told")
    notices = 4 * (told + counted("reminders", "written"))
    entries = JournalEntry.objects.filter(lender=lender, kind="accrual", posted_on__in=on)
    steps = StageStep.objects.filter(lender=lender, taken_on__in=[day + DAY for day in on]).count()
    lines = Posting.objects.filter(entry__in=entries).count()
    return once + 2 * told + notices + 2 * entries.count() + lines + 2 * steps


def close(lender: Any, last: date, workers: int) -> Closed:
    from loans.services.closing_day import close_days

    with morning_of(last + DAY):
        began = time.perf_counter_ns()
        days = close_days(lender=lender, through=last, workers=workers)
        wall_ms = (time.perf_counter_ns() - began) // 1_000_000
    steps: dict[str, int] = defaultdict(int)
    for day in days:
        for step, took in day.milliseconds.items():
            steps[step] += took
    loans = sum(day.counts.get("loans", {}).get("looked_at", 0) for day in days)
    return Closed(len(days), workers, loans, written(lender, days), wall_ms, dict(steps))


def said(name: str, one: Closed) -> None:
    steps = ", ".join(f"{step} {took / 1000:.1f}" for step, took in one.steps.items() if took >= 100)
    per_second = 1000 * one.loans // max(one.wall_ms, 1)
    print(
        f"{name:<22}{one.days:>4} d{one.workers:>3} p{one.loans:>9} loans{one.rows:>9} rows{one.wall_ms / 1000:>8.1f} s"
        f"{per_second:>7} loans/s   {steps}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--typical", type=int, default=6, help="typical days, by one process and by two in turn")
    parser.add_argument("--through", type=date.fromisoformat, help="close each day to this one")
    parser.add_argument("--catch-up", default="", help="numbers of days, with commas, that are closed in one run")
    parser.add_argument("--only-loans", action="store_true", help="the step over loans alone, which is shared out")
    options = parser.parse_args()
    set_up()
    from django.core.management import call_command

    from accounts.models import Lender

    lender = Lender.objects.filter(code="book").first()
    if lender is None:
        with morning_of(AS_OF + DAY):
            call_command("make_book", loans=options.loans, as_of=AS_OF, with_months=True)
        lender = Lender.objects.get(code="book")
    if options.only_loans:
        only_loans()
    day = lender.closed_through or AS_OF - DAY
    while day <= AS_OF:
        day = a_day(lender, day)
        said(f"{day} {day:%a}", close(lender, day, 1))
    day, found = typical(lender, day, options.typical)
    while options.through and day < options.through:
        day = a_day(lender, day)
        said(f"{day} {day:%a}", close(lender, day, 1))
    if found:
        again(lender, day, found)
    for days in [int(text) for text in options.catch_up.split(",") if text]:
        day += timedelta(days=days)
        said(f"catch-up to {day}", close(lender, day, 1))
    held = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"most memory held: {max(held)} MiB, {'met' if max(held) <= MOST_MIB else 'NOT met'} (at most {MOST_MIB})")
    print("load:", " ".join(f"{load:.1f}" for load in os.getloadavg()))


def a_day(lender: Any, day: date) -> date:
    """The next day comes, and what is due on it is paid."""
    from benchmarks.between_days import pay_what_is_due

    day += DAY
    with morning_of(day + DAY):
        pay_what_is_due(lender, day)
    return day


def typical(lender: Any, day: date, days: int) -> tuple[date, Sequence[Closed]]:
    found = []
    for number in range(days + 1):
        day = a_day(lender, day)
        one = close(lender, day, 1 + number % 2)
        said(f"{day} {day:%a}", one)
        found += [one] if number else []  # the first warms up
    by = {count: [one.rows_a_second for one in found if one.workers == count] for count in (1, 2)}
    if all(by.values()):
        ratio = 100 * median(by[2]) // median(by[1])
        verdict = "met" if ratio >= AT_LEAST else "NOT met"
        print(f"two processes, at least 1.5 x the rows a second of one: {ratio / 100:.2f}, {verdict}")
    return day, found


def everything() -> int:
    """Rows of every table that a close adds to."""
    from credit.models import MonthFact
    from loans.models import BusinessDay, CloseChunk, JournalEntry, Posting, StageStep

    return sum(
        model.objects.count() for model in (BusinessDay, CloseChunk, JournalEntry, Posting, StageStep, MonthFact)
    )


def again(lender: Any, day: date, found: Sequence[Closed]) -> None:
    before = everything()
    one = close(lender, day, 1)
    rows = everything() - before
    share = 100 * one.wall_ms / max(median(each.wall_ms for each in found), 1)
    is_met = rows == 0 and share <= AT_MOST_AGAIN
    print(f"{day} again: {rows} rows, {share:.1f} % of a day, {'met' if is_met else 'NOT met'} (0 rows, at most 5 %)")


if __name__ == "__main__":
    main()
