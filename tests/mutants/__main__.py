"""Try the engine's tests on engines that are slightly wrong: `python -m tests.mutants [MODULE ...]`.

mutmut makes the changes in a copy (`var/mutants`), made anew; `trials` sees for each whether
a test fails. With LEFT=1 the copy stays, and only what was not noticed, or what became
another since, is tried. Afterwards it says for each module how many changes were noticed,
and which of the others have no reason in `reasons.csv`; `docs/mutants.md` tells more.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants, setup_source_paths

from tests.mutants.survivors import reasons, survivors

HERE = Path(__file__).parents[2]
COPY = HERE / "var" / "mutants"
COPIED = ["pyproject.toml", "loans/__init__.py", "loans/engine", "tests/__init__.py", "tests/golden", "tests/mutants"]
COPIED += ["tests/loans/__init__.py", "tests/loans/engine"]
NOTICED = (1, 36)


def main(modules: list[str]) -> int:
    if not os.environ.get("LEFT"):
        shutil.rmtree(COPY, ignore_errors=True)
    copy()
    make_changes()
    command = [sys.executable, "-m", "pytest", "--rootdir=.", "-c", "tests/mutants/pytest.ini"]
    command += ["-p", "tests.mutants.trials", "tests/loans/engine", "loans/engine"]
    environment = {**os.environ, "MODULES": " ".join(modules), "PY_IGNORE_IMPORTMISMATCH": "1"}
    if subprocess.run(command, cwd=COPY / "mutants", env=environment).returncode:
        return 1
    for line in report():
        print(line)
    return say_why()


def copy() -> None:
    """Copy what became another since; a file that is as it was keeps its time, by which mutmut knows it."""
    for name in COPIED:
        for source in [HERE / name] if (HERE / name).is_file() else (HERE / name).rglob("*"):
            target = COPY / source.relative_to(HERE)
            if source.suffix in {".pyc", ""} or not source.is_file():
                continue
            if not target.exists() or target.read_bytes() != source.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    for target in [*COPY.glob("loans/**/*.py"), *COPY.glob("tests/**/*.py")]:
        if not (HERE / target.relative_to(COPY)).exists():
            target.unlink()


def make_changes() -> None:
    os.chdir(COPY)
    shutil.rmtree("mutants/tests", ignore_errors=True)
    copy_src_dir()
    copy_also_copy_files()
    setup_source_paths()
    create_mutants(os.cpu_count() or 1)


def report() -> list[str]:
    """Return a line for each module from what mutmut keeps, and one for all."""
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for path in (COPY / "mutants" / "loans" / "engine").rglob("*.meta"):
        for name, code in json.loads(path.read_text())["exit_code_by_key"].items():
            if code is not None:
                module = name.removeprefix("loans.engine.").partition(".x")[0]
                for row in (module, "all"):
                    tried[row] += 1
                    noticed[row] += code in NOTICED
    return [
        f"{module:22} {count:6} changes {noticed[module]:6} noticed {100 * noticed[module] / count:6.1f} %"
        for module, count in sorted(tried.items(), key=lambda item: (item[0] == "all", item[0]))
    ]


def say_why() -> int:
    """Name every change that was not noticed and has no reason; there should be none."""
    known = reasons()
    nameless = [change for change in survivors(COPY / "mutants" / "loans" / "engine") if change not in known]
    for change in nameless:
        print(f"{change.module}.{change.function}\n    - {change.was}\n    + {change.becomes}")
    print(f"{len(nameless)} not noticed without a reason")
    return 1 if nameless else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
