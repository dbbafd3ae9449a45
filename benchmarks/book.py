"""The close of a book, all of it in one run: made, closed by other ways and by ours, by one process and by two, a month
end, a day again, days caught up with, and what it is ten times the size.

`python -m benchmarks.book [--sizes 100000,1000000] [--catch-up 1000:1,30,300]`, on the PostgreSQL that DATABASE_URL
names; `python -m tests.postgres .venv/bin/python -m benchmarks.book` finds one. Each size has a database of its own,
taken away at the end. A million loans take hours and some 30 GB.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

MAKE_IN_S = 240  # for a hundred thousand loans with their months
CPU_ROWS, SAME_EVENTS = 120, 150  # at most, of a book ten times the size, in hundredths
MONTH_END = "2026-09-30"


def run(database: str, *command: str) -> None:
    """A command on that database, in a process of its own, so that what it held is its own too."""
    print(f"\n$ {' '.join(command)}", flush=True)
    env = {**os.environ, "DATABASE_URL": database, "LEEWAY_DEMO": "on", "LEEWAY_FLEET": "off"}
    subprocess.run([sys.executable, *command], check=True, env=env)  # noqa: S603  (our own modules)


class Databases:
    """Databases of the server that DATABASE_URL names."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def fresh(self, name: str) -> str:
        self.forget(name)
        self.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def forget(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def make(database: str, loans: int) -> None:
    run(database, "manage.py", "migrate", "--verbosity", "0")
    began = time.monotonic()
    made = ("--loans", str(loans), "--as-of", "2026-08-30", "--workers", "2", "--with-months")
    run(database, "manage.py", "make_book", *made)
    took = int(time.monotonic() - began)
    if loans == 100_000:
        print(f"made in {took} s, {'met' if took <= MAKE_IN_S else 'NOT met'} (at most {MAKE_IN_S} s)")


def a_size(database: str, loans: int, days: int, only: int, folder: Path) -> dict[str, int]:
    """Everything about one size; microseconds a loan, how many were looked at, and with as few events."""
    make(database, loans)
    path = folder / f"{loans}.json"
    few = ("--only", str(only)) if only else ()
    run(database, "-m", "benchmarks.close", "--days", str(days), "--json", str(path), *few)
    run(database, "-m", "benchmarks.days", "--typical", "4", "--only-loans")
    run(database, "-m", "benchmarks.days", "--typical", "4")
    run(database, "-m", "benchmarks.days", "--typical", "0", "--through", MONTH_END, "--catch-up", "1,30")
    found = json.loads(path.read_text())
    return {"us": found["us"]["Leeway"], "looks": found["looks"], "few_us": found["few_us"]}


def caught_up(databases: Databases, asked: str) -> None:
    """A small book whose days are caught up with: `loans:days,days`."""
    loans, _, days = asked.partition(":")
    database = databases.fresh("leeway_bench")
    make(database, int(loans))
    run(database, "-m", "benchmarks.days", "--typical", "2", "--catch-up", days)


def growth(small: dict[str, int], large: dict[str, int], small_loans: int, large_loans: int) -> None:
    said = f"\n{large_loans:,} loans beside {small_loans:,}"
    for name, measured, most in (
        ("processor time a loan looked at", 100 * large["us"] // small["us"], CPU_ROWS),
        ("with the same events", 100 * large["few_us"] // small["us"], SAME_EVENTS),
    ):
        verdict = "met" if measured <= most else "NOT met"
        print(f"{said}: {name} {measured / 100:.2f} x, {verdict} (at most {most / 100:g})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100000,1000000", help="loans, with commas, the smaller first")
    parser.add_argument("--days", type=int, default=5, help="days that are closed by all ways")
    parser.add_argument("--catch-up", default="1000:1,30,300", help="loans, and numbers of days closed in one run")
    options = parser.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        sys.exit("The yardsticks are PostgreSQL's: set DATABASE_URL, or run through `python -m tests.postgres`.")
    databases = Databases(url)
    sizes = [int(text) for text in options.sizes.split(",")]
    found: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            caught_up(databases, options.catch_up)
            for loans in sizes:
                only = found[0]["looks"] if found else 0
                found.append(a_size(databases.fresh("leeway_bench"), loans, options.days, only, Path(folder)))
        finally:
            databases.forget("leeway_bench")
    if len(found) > 1:
        growth(found[0], found[-1], sizes[0], sizes[-1])


if __name__ == "__main__":
    main()
