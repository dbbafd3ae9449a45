"""Calls go down: the contracts of `pyproject.toml`, and the doors of another app."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import sources

INNER_ROOMS = {"views", "forms", "admin", "urls", "apps", "migrations", "management", "templatetags", "seals"}
FLOORS = set(sources.APPS) - {"config"}


def test_every_import_contract_is_kept() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([program, "--no-logo"], cwd=sources.ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def imports(path: Path) -> list[tuple[str, str]]:
    """(module, name) of every import in a file; the name is empty for `import module`."""
    found = []
    for node in sources.nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
    return found


@pytest.mark.parametrize("path", [p for p in sources.modules() if p.parts[-2] != "config"], ids=sources.named)
def test_another_app_is_entered_by_its_doors_only(path: Path) -> None:
    own = path.relative_to(sources.ROOT).parts[0]
    wrong = []
    for module, name in imports(path):
        rooms = [*module.split("."), name]
        if rooms[0] not in FLOORS or rooms[0] == own or own == "config":
            continue
        if INNER_ROOMS & set(rooms[1:]) or any(room.startswith("_") for room in rooms):
            wrong.append(f"{module}.{name}")
    assert wrong == []


@pytest.mark.parametrize("path", sources.modules(), ids=sources.named)
def test_nothing_is_imported_inside_a_function_to_dodge_a_circle(path: Path) -> None:
    own = set(sources.APPS)
    wrong = []
    for node in sources.nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [n for n in ast.walk(node) if isinstance(n, ast.ImportFrom) and n.module]
            wrong += [sources.place(path, n) for n in inner if (n.module or "").split(".")[0] in own]
    assert wrong == []


@pytest.mark.parametrize("path", sources.modules(), ids=sources.named)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    if sources.named(path) in ("config/environment.py", "config/wsgi.py", "manage.py"):
        return
    wrong = [
        sources.place(path, n)
        for n in sources.nodes(path)
        if isinstance(n, ast.Attribute) and n.attr in ("environ", "getenv")
    ]
    assert wrong == []
