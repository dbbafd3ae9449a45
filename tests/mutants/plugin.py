"""What the engine's tests need on a changed engine: few examples, and each doctest once.

mutmut keeps every changed copy of a function beside the function, docstring and all, and
pytest would take a doctest from each of them.
"""

import doctest
from typing import Any

from hypothesis import HealthCheck, Phase, settings


def pytest_configure() -> None:
    # One example that fails is enough; to make it smaller would take most of the time. And a
    # slow machine must not look like a test that failed.
    settings.register_profile(
        "mutants",
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("mutants")
    find: Any = doctest.DocTestFinder._find  # type: ignore[attr-defined]

    def find_once(self: Any, tests: Any, of: Any, name: str, *rest: Any) -> None:
        if "__mutmut_" not in name:
            find(self, tests, of, name, *rest)

    doctest.DocTestFinder._find = find_once  # type: ignore[attr-defined]
