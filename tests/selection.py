"""Which tests a run holds, and that none is left out in silence.

A test marked `sqlite` or `postgres` shows something of that engine only; on the other it is
not selected. With `--database-only`, as on the second engine of the whole suite, tests that
touch no database, or are marked `once`, are not selected either. With LEEWAY_NO_SKIPS=1 (as
in CI) every skipped test fails the run and is listed with its reason.
"""

import os
from typing import Any

import pytest

ENGINES = {"sqlite": "django.db.backends.sqlite3", "postgres": "django.db.backends.postgresql"}
_skipped: dict[str, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only tests that say something about the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    from django.conf import settings

    used = settings.DATABASES["default"]["ENGINE"]
    others = [marker for marker, engine in ENGINES.items() if engine != used]
    if config.getoption("--database-only"):
        others.append("once")
    left_out = {item for item in items if any(item.get_closest_marker(marker) for marker in others)}
    if config.getoption("--database-only"):
        left_out |= {item for item in items if not touches_database(item)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(
        fixtures & {"db", "transactional_db", "live_server"}
    )


def _note(report: Any) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped[report.nodeid] = reason


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note(report)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("LEEWAY_NO_SKIPS") and _skipped and session.exitstatus == 0:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if os.environ.get("LEEWAY_NO_SKIPS") and _skipped:
        terminalreporter.section("skipped, which is a failure here")
        for name, reason in sorted(_skipped.items()):
            terminalreporter.line(f"{name}: {reason}")
