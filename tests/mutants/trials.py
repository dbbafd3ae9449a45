"""Try changes one at a time, each in a child of one process that has sources and tests loaded.

A child makes its change and runs the tests that reach the function until one fails: first
those that noticed other changes of the same function, then those of the module, quickest
first. What came of it is written where mutmut keeps it, so that its `show` and `results` know.
A test that runs far longer than on the engine as it is counts as failed.
"""

import gc
import hashlib
import json
import os
import resource
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from tests.mutants import switch

KILLED, SURVIVED, UNREACHED, TIMED_OUT = 1, 0, 33, 36
NOTICED = (KILLED, TIMED_OUT)
ROOM = 3 << 30
MEASURED = Path("../measured.json")


def pytest_runtestloop(session: pytest.Session) -> bool:
    if session.testsfailed:
        raise session.Interrupted("the tests cannot be collected")
    Trials(session).run()
    return True


class Trials:
    def __init__(self, session: pytest.Session) -> None:
        self.tests = session.items
        # What is made ready on first use is then ready in every child.
        firsts = {test.path: test for test in reversed(self.tests)}
        _make_sure(test.nodeid for test in firsts.values() if not _passes(test))
        gc.collect()
        gc.freeze()
        gc.disable()
        self.seconds, self.reach = self._measured()
        self.noticing: dict[str, Counter[int]] = defaultdict(Counter)
        self.running: dict[int, tuple[str, Path, int]] = {}
        self.results: dict[Path, dict[str, int | None]] = {}
        self.patience = float(os.environ.get("SECONDS_EACH", "inf"))

    def _measured(self) -> tuple[list[float], dict[str, list[int]]]:
        """Return how long each test takes and which tests reach a function; where nothing changed, as found before."""
        engine = _fingerprint(*sorted(Path("../loans/engine").rglob("*.py")))
        keys = [f"{test.nodeid} {_fingerprint(test.path)} {engine}" for test in self.tests]
        known = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
        missing = [at for at, key in enumerate(keys) if key not in known]
        given, taken = os.pipe()
        child = os.fork()
        if not child:
            # In another order than usual, because each change has one of its own.
            with os.fdopen(taken, "w") as out:
                json.dump({keys[at]: _reached(self.tests[at]) for at in reversed(missing)}, out)
            os._exit(0)
        os.close(taken)
        with os.fdopen(given) as answer:
            known |= json.load(answer)
        os.waitpid(child, 0)
        found = [known[key] for key in keys]
        _make_sure(key for key, (_, _, has_passed) in zip(keys, found, strict=True) if not has_passed)
        MEASURED.write_text(json.dumps(dict(zip(keys, found, strict=True))))
        reach = defaultdict(list)
        for at, (_, names, _) in enumerate(found):
            for name in names:
                reach[name].append(at)
        return [seconds for seconds, _, _ in found], reach

    def run(self) -> None:
        children = int(os.environ.get("CHILDREN", os.cpu_count() or 1))
        for path, name in self._left():
            order = self._order(name)
            if not order:
                self._record(path, name, UNREACHED)
                continue
            if len(self.running) >= children:
                self._wait()
            given, taken = os.pipe()
            child = os.fork()
            if not child:
                self._try(name, order, taken)
            os.close(taken)
            self.running[child] = (name, path, given)
        while self.running:
            self._wait()

    def _left(self) -> Iterator[tuple[Path, str]]:
        """Give the changes that nothing is known of; with LEFT set, those too that no test noticed."""
        modules = os.environ.get("MODULES", "").split()
        for path in sorted(Path("loans/engine").rglob("*.meta")):
            module = ".".join(path.relative_to("loans/engine").parts).removesuffix(".py.meta")
            if modules and not any(module == of or module.startswith(f"{of}.") for of in modules):
                continue
            self.results[path] = json.loads(path.read_text())["exit_code_by_key"]
            for name, code in list(self.results[path].items()):
                if code is None or (os.environ.get("LEFT") and code not in NOTICED):
                    yield path, name

    def _order(self, name: str) -> list[int]:
        """Return the tests to run on a change, within the seconds that there are for each."""
        function = name.partition("__mutmut_")[0]
        module = function.rpartition(".")[0].rpartition(".")[2]

        def rank(at: int) -> tuple[int, bool, float]:
            test = self.tests[at].nodeid
            own = f"/test_{module}" in test or f"/{module}.py" in test
            return -self.noticing[function][at], not own, self.seconds[at]

        order, left = [], self.patience
        for at in sorted(self.reach.get(function, []), key=rank):
            left -= self.seconds[at]
            if left > 0 or not order or self.noticing[function][at]:
                order.append(at)
        return order

    def _try(self, name: str, order: list[int], taken: int) -> None:
        """Run the tests in this child, which ends with them; the first that fails is told through the pipe."""
        _be_quiet()
        switch.change(name)
        resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
        for at in order:
            signal.setitimer(signal.ITIMER_VIRTUAL, 2 + 10 * self.seconds[at])
            if not _passes(self.tests[at]):
                os.write(taken, str(at).encode())
                os._exit(KILLED)
        os._exit(SURVIVED)

    def _wait(self) -> None:
        child, status = os.wait()
        name, path, given = self.running.pop(child)
        with os.fdopen(given) as answer:
            failed = answer.read()
        code = os.waitstatus_to_exitcode(status)
        if failed:
            self.noticing[name.partition("__mutmut_")[0]][int(failed)] += 1
        self._record(path, name, TIMED_OUT if code < 0 else code)

    def _record(self, path: Path, name: str, code: int) -> None:
        self.results[path][name] = code
        kept = json.loads(path.read_text())
        kept["exit_code_by_key"] = self.results[path]
        path.write_text(json.dumps(kept, indent=4))


@cache
def _fingerprint(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _make_sure(failed: Iterator[str]) -> None:
    """Go on only if every test passes on the engine as it is."""
    if names := list(failed):
        sys.exit(f"These fail on the engine as it is: {names}")


def _passes(test: pytest.Item) -> bool:
    """Run a test as pytest does, without a word about what failed, which would take most of the time."""
    doctest: Any = getattr(test, "dtest", None)
    names = dict(doctest.globs) if doctest else {}
    getattr(test, "_initrequest", lambda: None)()
    run = [
        pytest.CallInfo.from_call(partial(step, item=test, **more), when=when, reraise=(KeyboardInterrupt,))
        for when, step, more in (
            ("setup", test.ihook.pytest_runtest_setup, {}),
            ("call", test.ihook.pytest_runtest_call, {}),
            ("teardown", test.ihook.pytest_runtest_teardown, {"nextitem": None}),
        )
    ]
    if doctest:  # which forgets its names when it ends, and may be asked again
        doctest.globs.update(names)
    return all(one.excinfo is None or one.excinfo.errisinstance(pytest.skip.Exception) for one in run)


def _reached(test: pytest.Item) -> tuple[float, list[str], bool]:
    with switch.Reached() as reached:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        has_passed = _passes(test)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    return after - before, sorted(reached.names), has_passed


def _be_quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
