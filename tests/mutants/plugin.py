"""What the engine's tests need on a changed engine: few examples, each doctest once, the nearest tests first.

mutmut keeps every changed copy of a function beside the function, docstring and all, and
pytest would take a doctest from each of them. And it asks for all tests that reach the
function, a thousand for some; most changes are noticed by those of the module itself.
"""

import doctest
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import Phase, settings


def pytest_configure() -> None:
    # One example that fails is enough; to make it smaller would take most of the time.
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile("mutants", max_examples=15, deadline=None, derandomize=True, database=None, phases=phases)
    settings.load_profile("mutants")
    find: Any = doctest.DocTestFinder._find  # type: ignore[attr-defined]

    def find_once(self: Any, tests: Any, of: Any, name: str, *rest: Any) -> None:
        if "__mutmut_" not in name:
            find(self, tests, of, name, *rest)

    doctest.DocTestFinder._find = find_once  # type: ignore[attr-defined]


def nearest_first(names: list[str], changed: str) -> list[list[str]]:
    """Return the tests of the changed module and those of other modules."""
    module = changed.partition(".x")[0].rpartition(".")[2]
    own = [name for name in names if f"/test_{module}" in name or f"/{module}.py" in name]
    return [own, [name for name in names if name not in set(own)]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> bool | None:
    names = session.config.args
    own, others = nearest_first(names, os.environ.get("MUTANT_UNDER_TEST", ""))
    if not own or not others or not all("::" in name for name in names):
        return None
    session.config.stash[_LATER] = others
    session.perform_collect(own)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    found = yield
    later = session.config.stash.get(_LATER, [])
    if later and not session.testsfailed:
        session.config.stash[_LATER] = []
        session.perform_collect(later)
        return session.config.hook.pytest_runtestloop(session=session)
    return found


_LATER = pytest.StashKey[list[str]]()
