"""Small files, small functions: a reader holds one in the head."""

import ast
from pathlib import Path

import pytest

from tests.house import sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 60  # aim at 30, services at 45; this is where it stops
SUFFIXES = {".py", ".html", ".css", ".js", ".md"}
SKIPPED = {".venv", ".git", "var", "build", "migrations", "node_modules"}


def files() -> list[Path]:
    found = (path for path in sources.ROOT.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    return sorted(
        path
        for path in found
        if not any(part in SKIPPED or part.startswith(".") for part in path.parts[len(sources.ROOT.parts) :])
    )


@pytest.mark.parametrize("path", files(), ids=sources.named)
def test_no_file_is_longer_than_a_reader_can_hold(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the function without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


@pytest.mark.parametrize("path", sources.modules(), ids=sources.named)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    functions = [node for node in sources.nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f"{sources.place(path, f)} {f.name}": _length(f) for f in functions if _length(f) > LONGEST_FUNCTION}
    assert long == {}


def test_no_room_is_called_by_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "core", "misc", "base2"}
    assert [sources.named(path) for path in sources.modules() if {path.stem, path.parent.name} & empty] == []
