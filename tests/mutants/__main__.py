"""Try the engine's tests on engines that are slightly wrong: `python -m tests.mutants [MODULE ...]`.

mutmut changes one thing at a time in a copy (`var/mutants`, made anew) and sees whether a
test fails; `docs/mutants.md` says what is changed and which changes no test can notice.
Afterwards it says for each module how many changes were noticed.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parents[2]
COPY = HERE / "var" / "mutants"
MUTMUT = Path(sys.executable).with_name("mutmut")
COPIED = ["pyproject.toml", "loans/__init__.py", "loans/engine", "tests/__init__.py", "tests/golden", "tests/mutants"]
COPIED += ["tests/loans/__init__.py", "tests/loans/engine"]
NOTICED = ("killed", "timeout")


def main(modules: list[str]) -> int:
    copy()
    children = os.environ.get("CHILDREN", str(os.cpu_count() or 1))
    patterns = [f"loans.engine.{module}.*" for module in modules]
    if subprocess.run([MUTMUT, "run", "--max-children", children, *patterns], cwd=COPY).returncode:
        return 1
    found = subprocess.run(
        [MUTMUT, "results", "--all", "true"], cwd=COPY, capture_output=True, text=True, check=True
    ).stdout
    for line in report(found):
        print(line)
    return 0


def copy() -> None:
    """Begin anew: which tests reach a function is not asked again where something was tried before."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in COPIED:
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        if (HERE / name).is_dir():
            shutil.copytree(HERE / name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(HERE / name, COPY / name)


def report(results: str) -> list[str]:
    """Return a line for each module from what `mutmut results` prints, and one for all."""
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for line in results.splitlines():
        name, _, status = line.strip().rpartition(": ")
        if name and status != "not checked":
            module = name.removeprefix("loans.engine.").rpartition(".")[0]
            for row in (module, "all"):
                tried[row] += 1
                noticed[row] += status in NOTICED
    return [
        f"{module:20} {count:6} changes {noticed[module]:6} noticed {100 * noticed[module] / count:6.1f} %"
        for module, count in sorted(tried.items(), key=lambda item: (item[0] == "all", item[0]))
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
