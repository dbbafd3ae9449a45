"""The changes that no test noticed, each as one line of a diff, and the reasons given for them.

`reasons.csv` names every one: `equal` where no test could tell the engine that has it from
the one that has not, `open` where one could and none does.
"""

import ast
import csv
import json
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

REASONS = Path(__file__).with_name("reasons.csv")
NOT_NOTICED = (0, 33)


class Change(NamedTuple):
    """One change of a function: the lines as they are, and as they became."""

    module: str
    function: str
    was: str
    becomes: str


def survivors(engine: Path) -> Iterator[Change]:
    """Give every change that was tried and not noticed, from the folder where mutmut keeps its copies."""
    for path in sorted(engine.rglob("*.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"]
        left = [name.rpartition(".")[2] for name, code in codes.items() if code in NOT_NOTICED]
        if left:
            module = ".".join(path.relative_to(engine).parts).removesuffix(".py.meta")
            bodies = _bodies(path.with_suffix(""))
            for name in left:
                yield _change(module, name, bodies)


def reasons() -> dict[Change, tuple[str, str]]:
    """Return kind and reason of each change that has one."""
    with REASONS.open(newline="") as table:
        return {
            Change(row["module"], row["function"], row["was"], row["becomes"]): (row["kind"], row["reason"])
            for row in csv.DictReader(table)
        }


def _bodies(path: Path) -> dict[str, list[str]]:
    text = path.read_text()
    lines = text.splitlines()
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    return {node.name: lines[node.lineno - 1 : node.end_lineno] for node in functions}


def _change(module: str, name: str, bodies: dict[str, list[str]]) -> Change:
    base = name.partition("__mutmut_")[0]
    diff = [
        line
        for line in unified_diff(bodies[f"{base}__mutmut_orig"], bodies[name], n=0, lineterm="")
        if line[:3] not in ("---", "+++") and line[0] in "+-" and "__mutmut_" not in line
    ]
    was, becomes = (" / ".join(line[1:].strip() for line in diff if line[0] == sign) for sign in "-+")
    return Change(module, base.removeprefix("x_").removeprefix("xǁ").replace("ǁ", "."), was, becomes)
