"""The close of loans on a typical day, beside three other ways to the same effects; see `close_yardsticks`.

`python -m benchmarks.close [--loans N] [--days 5] [--only N]`, on the empty PostgreSQL that DATABASE_URL names;
`python -m tests.postgres .venv/bin/python -m benchmarks.close` finds one. It makes a book unless it is there, closes a
month end, so that every loan was looked at as in any book that lives, lets a day pass to warm up, and then on each day:
what is due is paid, the set-based close and the loop run and are rolled back, ours closes the day, and its finished
rows are copied once more and rolled back. What was rolled back is vacuumed away before the next. With `--only` as many
days follow on which all loans to look at but so many are put off to the day after, to see what the same events cost in
a larger book.

What counts is processor time, of this process and of the database's own for this connection (/proc, so the server
must be on this machine); seconds on the wall stand beside it. Figures are medians over the days.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

AS_OF = date(2026, 8, 30)  # the day before a month end, and no other in the month after
WARM_UP = 3  # that day, the month end, and another
DAY = timedelta(days=1)
TICK_MS = 1000 // os.sysconf("SC_CLK_TCK")
SET, BARE, ONE, OURS = "set-based SQL", "bare rows", "one by one", "Leeway"
GOALS = ((OURS, SET, 300, True), (SET, BARE, 200, True), (ONE, OURS, 2500, False))


@dataclass(frozen=True)
class Cost:
    """What some work took; `loans` it was about, `rows` it wrote."""

    client_ms: int
    server_ms: int
    wall_ms: int
    loans: int
    rows: int

    @property
    def us(self) -> int:
        """Microseconds of processor time for each loan."""
        return 1000 * (self.client_ms + self.server_ms) // max(self.loans, 1)

    @property
    def wall_us(self) -> int:
        return 1000 * self.wall_ms // max(self.loans, 1)


def set_up() -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings", LEEWAY_DEMO="on", LEEWAY_ALLOWED_HOSTS="localhost",
        LEEWAY_LOG_LEVEL="ERROR",
    )  # fmt: skip
    # As a server with its data on solid state disks is set up (docs/running.md), for all ways alike; and no others
    # that work for a connection, whose time would not be counted.
    os.environ.setdefault("PGOPTIONS", "-c random_page_cost=1.1 -c jit=off -c max_parallel_workers_per_gather=0")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    if connection.vendor != "postgresql":
        sys.exit("The yardsticks are PostgreSQL's: set DATABASE_URL, or run through `python -m tests.postgres`.")
    call_command("migrate", verbosity=0)


def morning_of(day: date) -> Any:
    """Stand at two at night in Shanghai on that day."""
    from config import clock

    return clock.at(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=6))


def server_ms() -> int:
    """Processor time of the server process behind this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_MS


def cost_of(work: Callable[[], int], loans: int) -> Cost:
    """What `work` takes; it says how many rows it wrote."""
    server, client, wall = server_ms(), time.process_time_ns(), time.perf_counter_ns()
    rows = work()
    took = (time.process_time_ns() - client) // 1_000_000, server_ms() - server
    return Cost(*took, (time.perf_counter_ns() - wall) // 1_000_000, loans, rows)


@contextmanager
def undone() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def forget_dead_rows() -> None:
    """Take away what was rolled back, or the next way would have to step over it."""
    from django.db import connection

    from loans.models import JournalEntry, JournalSeal, Loan, Posting, StageStep

    with connection.cursor() as cursor:
        for model in (Loan, JournalEntry, JournalSeal, Posting, StageStep):
            cursor.execute(f"VACUUM {model._meta.db_table}")


class Run:
    """One book and what was measured on it."""

    def __init__(self, lender: Any, workers: int, sample: int) -> None:
        self.lender, self.workers, self.sample = lender, workers, sample
        self.found: dict[str, list[Cost]] = defaultdict(list)
        self.lines = self.alike = 0
        self.few: list[Cost] = []

    def a_day(self, day: date, *, is_counted: bool = True) -> None:
        """Pay, close by all ways, and keep what each took."""
        from benchmarks import close_yardsticks as other
        from benchmarks.between_days import pay_what_is_due
        from loans.services.closing_loans import loans_to_close

        with morning_of(day + DAY):
            paid = pay_what_is_due(self.lender, day)
            keys = loans_to_close(self.lender, day)
            values = self.values(day)
            found = {}
            if is_counted:
                with undone():
                    found[SET] = cost_of(lambda: self._by_set(values), len(keys))
                    meant = self._what(values)
                some = keys[:: max(1, len(keys) // self.sample)][: self.sample]
                forget_dead_rows()
                with undone():
                    found[ONE] = cost_of(lambda: other.one_by_one(self.lender, day, some), len(some))
                forget_dead_rows()
            found[OURS] = replace(cost_of(lambda: self._by_us(day), len(keys)), rows=self._rows_of(day))
            if is_counted:
                done = self._what(values)
                self.lines += len(done)
                self.alike += len(done & meant)
                forget_dead_rows()
                other.run(other.FINISHED, values)
                with undone():
                    found[BARE] = cost_of(lambda: self._bare(values), len(keys))
                other.run((other.FORGET,), values)
        print(f"{day}: {paid} paid, {len(keys)} loans looked at, {found[OURS].wall_ms / 1000:.1f} s", flush=True)
        if is_counted:
            for name, cost in found.items():
                self.found[name].append(cost)

    def a_thin_day(self, day: date, loans: int, *, is_counted: bool) -> None:
        """Pay, put all loans but so many off to the next day, and close by ours."""
        from accounts.keys import among
        from benchmarks.between_days import pay_what_is_due
        from loans.models import Loan
        from loans.services.closing_loans import loans_to_close

        with morning_of(day + DAY):
            pay_what_is_due(self.lender, day)
            keys = loans_to_close(self.lender, day)
            kept = set(keys[:: max(1, len(keys) // loans)][:loans])
            put_off = among(key for key in keys if key not in kept)
            Loan.objects.filter(pk__in=put_off).update(next_close_on=day + DAY)
            forget_dead_rows()
            cost = cost_of(lambda: self._by_us(day), len(kept))
        print(f"{day}: {len(kept)} of {len(keys)} loans looked at, {cost.wall_ms / 1000:.1f} s", flush=True)
        self.few += [cost] if is_counted else []

    def values(self, day: date) -> Mapping[str, Any]:
        from loans.engine.calendar import month_end

        return {"lender": self.lender.pk, "day": day, "next": day + DAY, "month_end": month_end(day + DAY)}

    def _by_set(self, values: Mapping[str, Any]) -> int:
        from benchmarks import close_yardsticks as other

        rows = other.run(other.SET_BASED, values)
        other.keys_looked_at()
        return rows

    def _bare(self, values: Mapping[str, Any]) -> int:
        from benchmarks import close_yardsticks as other

        rows = other.run(other.BARE, values)
        other.keys_looked_at()
        return rows

    def _by_us(self, day: date) -> int:
        from loans.services.closing_day import close_days

        close_days(lender=self.lender, through=day, workers=self.workers)
        return 0  # they are counted when the clock does not run

    def _rows_of(self, day: date) -> int:
        """Rows that our close wrote: loans, entries with postings and seal, steps of collection."""
        from loans.models import JournalEntry, Loan, Posting, StageStep

        steps = StageStep.objects.filter(lender=self.lender, taken_on=day + DAY).count()
        entries = JournalEntry.objects.filter(lender=self.lender, kind="accrual", posted_on=day)
        lines = Posting.objects.filter(entry__in=entries).count()
        loans = Loan.objects.filter(lender=self.lender, receivable_on=day).count()
        return loans + 2 * entries.count() + lines + 2 * steps

    def _what(self, values: Mapping[str, Any]) -> set[tuple[int, str, int]]:
        """Every line that the close of the day posted: loan, account, amount."""
        from django.db import connection

        from benchmarks import close_yardsticks as other

        with connection.cursor() as cursor:
            cursor.execute(other.WHAT, values)
            return set(cursor.fetchall())


def only_loans() -> None:
    """Leave the step over loans alone: bills, months and reminders have no yardstick here."""
    from loans.closing import steps

    for place, step in list(steps._steps.items()):
        if step.name != "loans":
            del steps._steps[place]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--sample", type=int, default=200, help="loans a day that the loop does")
    parser.add_argument("--workers", type=int, default=1, help="processes of our close; more than one hides their time")
    parser.add_argument("--only", type=int, default=0, help="then days on which so many loans are looked at")
    parser.add_argument("--json", type=Path, help="write microseconds a loan to this file")
    options = parser.parse_args()
    set_up()
    from django.core.management import call_command

    from accounts.models import Lender
    from loans.models import Loan

    found = Lender.objects.filter(code="book").first()
    if found is None:
        with morning_of(AS_OF + DAY):
            call_command("make_book", loans=options.loans, as_of=AS_OF)
        found = Lender.objects.get(code="book")
    only_loans()
    run = Run(found, options.workers, options.sample)
    first = AS_OF if found.closed_through is None else found.closed_through + DAY
    for number in range(options.days + WARM_UP):
        run.a_day(first + number * DAY, is_counted=number >= WARM_UP)
    report(run, Loan.objects.running().filter(lender=found).count())
    if options.only:
        first += (options.days + WARM_UP) * DAY
        for number in range(options.days + 1):
            run.a_thin_day(first + number * DAY, options.only, is_counted=number > 0)
        print(f"with as few events: {int(median(cost.us for cost in run.few))} us a loan")
    if options.json:
        measured = {name: int(median(cost.us for cost in costs)) for name, costs in run.found.items()}
        looks = int(median(cost.loans for cost in run.found[OURS]))
        few = int(median(cost.us for cost in run.few)) if run.few else 0
        options.json.write_text(json.dumps({"us": measured, "looks": looks, "few_us": few}))


def report(run: Run, loans: int) -> None:
    print(
        f"\n{'way':<15}{'loans':>8}{'rows':>9}{'client ms':>11}{'server ms':>11}{'us/loan':>9}{'times':>7}{'wall s':>8}"
    )
    typical = {name: int(median(cost.us for cost in costs)) for name, costs in run.found.items()}
    for name in (BARE, SET, OURS, ONE):
        costs = run.found[name]
        seen = [
            int(median(getattr(cost, field) for cost in costs)) for field in ("loans", "rows", "client_ms", "server_ms")
        ]
        wall = median(cost.wall_ms for cost in costs) / 1000
        times = typical[name] / max(typical[SET], 1)
        print(
            f"{name:<15}{seen[0]:>8}{seen[1]:>9}{seen[2]:>11}{seen[3]:>11}{typical[name]:>9}{times:>7.2f}{wall:>8.1f}"
        )
    for part, whole, hundredths, is_most in GOALS:
        ratio = int(median(100 * mine.us // max(its.us, 1) for mine, its in _pairs(run, part, whole)))
        is_met = ratio <= hundredths if is_most else ratio >= hundredths
        bound = "at most" if is_most else "at least"
        print(f"{part}, {bound} {hundredths / 100:g} x {whole}: {ratio / 100:.2f}, {'met' if is_met else 'NOT met'}")
    ours, loop = run.found[OURS], run.found[ONE]
    every = median(cost.wall_us for cost in loop) * loans / 1000 / median(cost.wall_ms for cost in ours)
    print(f"touching every loan, at least 150 x our wall: {every:.0f}, {'met' if every >= 150 else 'NOT met'}")
    print(f"lines of the journal that the set-based close posts alike: {run.alike} of {run.lines}")
    print("most memory held:", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MiB")
    print("load:", " ".join(f"{load:.1f}" for load in os.getloadavg()))


def _pairs(run: Run, part: str, whole: str) -> Iterator[tuple[Cost, Cost]]:
    return zip(run.found[part], run.found[whole], strict=True)


if __name__ == "__main__":
    main()
