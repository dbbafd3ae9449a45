"""How long something takes on this machine: the median of many runs, in whole nanoseconds.

A time by itself says little on a busy machine; every benchmark therefore prints, beside it,
the time of the simplest thing that could do the job in the same process, and their ratio.
"""

from collections.abc import Callable
from statistics import median_low
from time import perf_counter_ns
from typing import Any


def median_ns(work: Callable[[], Any], *, runs: int, warm_up: int = 3) -> int:
    for _ in range(warm_up):
        work()
    taken = []
    for _ in range(runs):
        started = perf_counter_ns()
        work()
        taken.append(perf_counter_ns() - started)
    return median_low(taken)


def ratio(part: int, whole: int) -> str:
    """How many times `whole` is in `part`, to one place: "2.4"."""
    tenths = (part * 10 + whole // 2) // whole
    return f"{tenths // 10}.{tenths % 10}"
