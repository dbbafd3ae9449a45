"""The whole suite, stage by stage: `python -m tests.suite`, called by `make test`.

SQLite first, then PostgreSQL if a server or DATABASE_URL is found, then the browser stories
if Chromium is found. The last lines say what ran and what could not; with LEEWAY_NO_SKIPS=1
(as in CI) a stage that cannot run is a failure.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests import browser, postgres

CORES = min(os.cpu_count() or 1, 8)
EVERYTHING_ELSE = ["-m", "not browser", "--ignore=tests/journeys"]
PYTEST = [sys.executable, "-m", "pytest", *(["-n", str(CORES)] if CORES > 1 else [])]


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of pytest: `lacking` says why this machine cannot do it, or nothing."""

    name: str
    command: list[str]
    lacking: Callable[[], str]
    without: frozenset[str] = field(default_factory=frozenset)


def no_server() -> str:
    found = os.environ.get("DATABASE_URL") or postgres.binaries()
    return "" if found else "no PostgreSQL server was found, and DATABASE_URL is not set"


def no_browser() -> str:
    if not browser.chromium():
        return "Chromium was not found"
    return "" if browser.has_driver() else "Playwright is not installed (make setup-e2e)"


STAGES = (
    Stage("SQLite", [*PYTEST, *EVERYTHING_ELSE], lambda: "", frozenset({"DATABASE_URL"})),
    Stage(
        "PostgreSQL",
        [sys.executable, "-m", "tests.postgres", *PYTEST, *EVERYTHING_ELSE, "--database-only"],
        no_server,
    ),
    Stage("Browser stories", [*PYTEST, "tests/journeys", "-m", "browser"], no_browser, frozenset({"DATABASE_URL"})),
)


def run(stage: Stage) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in stage.without}
    return subprocess.run(stage.command, check=False, env=environment).returncode


def main() -> int:
    must_run = bool(os.environ.get("LEEWAY_NO_SKIPS"))
    lines, failed = [], False
    for stage in STAGES:
        reason = stage.lacking()
        if reason:
            lines.append(f"{stage.name}: not run, {reason}.")
            failed |= must_run
            continue
        print(f"\n{stage.name}", flush=True)
        started = time.monotonic()
        code = run(stage)
        failed |= code != 0
        lines.append(f"{stage.name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s.")
    print("", *lines, sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
