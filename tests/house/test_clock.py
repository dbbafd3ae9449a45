"""Time is a parameter: only `config/clock.py` reads the machine's clock."""

import ast
import re
from pathlib import Path

import pytest

from tests.house import sources

CLOCK = sources.ROOT / "config" / "clock.py"
READINGS = {
    "date": {"today"},
    "datetime": {"today", "now", "utcnow"},
    "timezone": {"now", "localdate"},
    "time": {"time", "localtime", "gmtime", "time_ns"},
}
ALLOWED = {
    # allauth notes when somebody signed in by the machine's clock; the age is taken by the same.
    "accounts/reauthentication.py": ["time.time"],
}
NOW_IN_A_TEMPLATE = re.compile(r"{%\s*now\b")


def breaches(text: str) -> list[str]:
    """Lines of `text`, a module's source, that read the clock."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            base = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in READINGS.get(base, ()):
                found.append(f"{node.lineno}: {base}.{node.attr}")
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module == "time"
            and {a.name for a in node.names} & READINGS["time"]
        ):
            found.append(f"{node.lineno}: from time import")
        elif isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            found.append(f"{node.value.lineno}: {node.arg}")
        elif sources.called(node) in ("Now", "CurrentDate"):
            found.append(f"{node.lineno}: the database's clock")
    return found


@pytest.mark.parametrize("path", [path for path in sources.modules() if path != CLOCK], ids=sources.named)
def test_nothing_else_reads_the_clock(path: Path) -> None:
    found = [line.partition(": ")[2] for line in breaches(path.read_text(encoding="utf-8"))]
    assert found == ALLOWED.get(sources.named(path), [])


@pytest.mark.parametrize("path", sources.templates(), ids=sources.named)
def test_no_template_reads_the_clock(path: Path) -> None:
    assert not NOW_IN_A_TEMPLATE.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "on = date.today()",
        "on = datetime.date.today()",
        "at = datetime.now(UTC)",
        "at = timezone.now()",
        "default = timezone.now",
        "from time import time",
        "at = models.DateTimeField(auto_now_add=True)",
        "rows.update(at=Now())",
    ],
)
def test_the_rule_finds_what_it_forbids(text: str) -> None:
    assert len(breaches(text)) == 1


def test_the_rule_lets_the_projects_clock_pass() -> None:
    assert breaches("clock.now()\nclock.today(zone)\nlender.today()\ntime.monotonic()\n") == []
