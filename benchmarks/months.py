"""The months of a whole book given to the credit file, beside copying the finished rows.

`python -m benchmarks.months [--loans 20000] [--as-of 2026-10-03] [--rounds 3]`, on the PostgreSQL that DATABASE_URL
names; `python -m tests.postgres .venv/bin/python -m benchmarks.months` finds one. It makes a book, unless it is there,
whose months are on file but for the last, whose grace ends with the day, and in each round, rolled back each time:

    Leeway      the step "months" of the close, some hundred loans at a time, as `close_day` does it
    one by one  the service of one loan, for some of them
    again       what came out written once more, with all keys, indexes and guards: the months and those that are
                held back by COPY, the day on which each loan is looked at next by UPDATE … FROM
    copied      of that the months alone
    bare        the months alone into a table without keys, indexes or guards

What counts is processor time of this process and of the database's own for this connection; see `benchmarks/close`.
"""

import argparse
import os
import resource
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import partial
from statistics import median
from typing import Any

from benchmarks.close import DAY, Cost, cost_of, morning_of, set_up, undone

AS_OF = date(2026, 10, 3)  # the grace of September ends
OURS, ONE, AGAIN, COPIED, BARE = "Leeway", "one by one", "again", "copied", "bare"
AT_MOST = 6
TABLES = (
    "CREATE TEMPORARY TABLE months_bare AS SELECT * FROM credit_monthfact WITH NO DATA",
    "CREATE TEMPORARY TABLE months_next AS SELECT id, next_month_on FROM loans_loan WITH NO DATA",
    "CREATE TEMPORARY TABLE months_before AS SELECT id, next_month_on FROM loans_loan WHERE next_month_on IS NOT NULL",
)
# What the step wrote: rows that were not there before, and days that it moved.
MONTHS = "SELECT * FROM credit_monthfact WHERE id > {last_month}"
NEXT = (
    "SELECT l.id, l.next_month_on FROM loans_loan l JOIN months_before b USING (id) "
    "WHERE l.next_month_on IS DISTINCT FROM b.next_month_on"
)
HELD = "SELECT * FROM loans_heldmonth WHERE id > {last_held}"
LOOKS = "UPDATE loans_loan l SET next_month_on = n.next_month_on FROM months_next n WHERE l.id = n.id"


class Run:
    """One book, and what was measured on it."""

    def __init__(self, lender: Any, as_of: date) -> None:
        self.lender, self.as_of = lender, as_of
        self.month = (as_of.replace(day=1) - DAY).replace(day=1)
        self.held_mib = 0
        self.found: dict[str, list[Cost]] = defaultdict(list)
        self.counts: dict[str, int] = {}

    def a_round(self, sample: int, *, is_counted: bool) -> None:
        from loans.services.month_run import loans_with_months

        keys = loans_with_months(self.lender, self.as_of)
        some = keys[:: max(1, len(keys) // sample)][:sample]
        with undone():
            found = {ONE: cost_of(lambda: self._one_by_one(some), len(some))}
        _forget_dead_rows()
        before = _last_keys()
        with undone():
            found[OURS] = cost_of(lambda: self._by_us(keys), len(keys))
            self.held_mib = self.held_mib or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            months, looks, held = (_out(rows.format(**before)) for rows in (MONTHS, NEXT, HELD))
        count = months.count(b"\n")
        for name, table in ((COPIED, "credit_monthfact"), (BARE, "months_bare"), (AGAIN, "credit_monthfact")):
            _forget_dead_rows()
            with undone():
                _in("months_next", looks)
                again = held if name == AGAIN else None
                found[name] = cost_of(partial(_written, table, months, again), count)
        if is_counted:
            for name, cost in found.items():
                self.found[name].append(cost)

    def _by_us(self, keys: Sequence[int]) -> int:
        from django.db import connection

        from loans.closing.memory import tidied_between, tidy
        from loans.services.closing_chunks import AT_ONCE
        from loans.services.month_run import furnish_range

        before = _last_fact()
        held = 0
        with tidied_between():
            for at in range(0, len(keys), AT_ONCE):
                some = keys[at : at + AT_ONCE]
                done = furnish_range(self.lender, self.as_of, some[0], some[-1])
                assert not done.faults, done.faults
                held += done.counts["held"]
                connection.check_constraints()  # as the end of the transaction would
                tidy()
        self.counts = {"held back": held}
        return _last_fact() - before

    def _one_by_one(self, keys: Sequence[int]) -> int:
        from django.db import connection

        from loans.models import Loan
        from loans.services import furnish_months

        rows = 0
        for loan in Loan.objects.filter(pk__in=keys):
            rows += furnish_months(loan=loan, through=self.month, acting_user=None)
            connection.check_constraints()
        return rows


def _forget_dead_rows() -> None:
    """Take away what was rolled back, or the next way would have to step over it."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("credit_monthfact", "loans_loan", "loans_heldmonth"):
            cursor.execute(f"VACUUM {table}")


def _out(rows: str) -> bytes:
    """The rows of a query, as COPY writes them."""
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY ({rows}) TO STDOUT") as source:
        return b"".join(bytes(block) for block in source)


def _in(table: str, rows: bytes) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as sink:
        sink.write(rows)


def _written(table: str, months: bytes, held: bytes | None) -> int:
    """The months once more; with what was held back also everything else that the step wrote."""
    from django.db import connection

    _in(table, months)
    if held is not None:
        _in("loans_heldmonth", held)
        with connection.cursor() as cursor:
            cursor.execute(LOOKS)
    connection.check_constraints()
    return months.count(b"\n")


def _last_keys() -> dict[str, int]:
    """The last keys of what the step adds to, before it does."""
    from django.db.models import Max

    from credit.models import MonthFact
    from loans.models import HeldMonth

    last = {"last_month": MonthFact, "last_held": HeldMonth}
    return {name: model.objects.aggregate(last=Max("pk"))["last"] or 0 for name, model in last.items()}


def _last_fact() -> int:
    from credit.models import MonthFact

    return MonthFact.objects.count()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loans", type=int, default=20_000)
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF, help="the day on which a month's grace ends")
    parser.add_argument("--rounds", type=int, default=3, help="after one to warm up; with 0 that one counts")
    parser.add_argument("--sample", type=int, default=200, help="loans that are done one by one")
    options = parser.parse_args()
    as_of: date = options.as_of
    set_up()
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import Lender
    from loans.services.forewarning import tell_of_late_months
    from loans.services.month_run import run_months

    with morning_of(as_of + DAY):
        if not Lender.objects.filter(code="book").exists():
            call_command("make_book", loans=options.loans, as_of=as_of, with_months=True)
        run = Run(Lender.objects.get(code="book"), as_of)
    with morning_of(as_of):
        run_months(lender=run.lender)  # what waits of earlier months is written down
    with morning_of(as_of + DAY):
        telling = cost_of(lambda: tell_of_late_months(lender=run.lender, on=as_of + DAY), options.loans)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            for table in TABLES:
                cursor.execute(table)
        for number in range(options.rounds + 1):
            run.a_round(options.sample, is_counted=number > 0 or options.rounds == 0)
    report(run, telling)


def report(run: Run, telling: Cost) -> None:
    print(f"{'way':<12}{'loans':>8}{'rows':>8}{'client ms':>11}{'server ms':>11}{'us/row':>8}{'wall s':>8}")
    for name in (BARE, COPIED, AGAIN, OURS, ONE):
        costs = run.found[name]
        seen = [
            int(median(getattr(cost, field) for cost in costs)) for field in ("loans", "rows", "client_ms", "server_ms")
        ]
        us = 1000 * (seen[2] + seen[3]) // max(seen[1], 1)
        wall = median(cost.wall_ms for cost in costs) / 1000
        print(f"{name:<12}{seen[0]:>8}{seen[1]:>8}{seen[2]:>11}{seen[3]:>11}{us:>8}{wall:>8.1f}")
    for name in (AGAIN, COPIED, BARE):
        pairs = zip(run.found[OURS], run.found[name], strict=True)
        ratio = median(_total(ours) / max(_total(other), 1) for ours, other in pairs)
        verdict = "met" if ratio <= AT_MOST else "NOT met"
        print(f"{OURS}, at most {AT_MOST} x {name}: {ratio:.1f}, {verdict}")
    print("also:", run.counts, f"told {telling.rows} in {telling.client_ms + telling.server_ms} ms")
    print(f"most memory held by the step: {run.held_mib} MiB")
    print("load:", " ".join(f"{load:.1f}" for load in os.getloadavg()))


def _total(cost: Cost) -> int:
    return cost.client_ms + cost.server_ms


if __name__ == "__main__":
    main()
