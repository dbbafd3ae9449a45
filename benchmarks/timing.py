"""How long things take beside one another on this machine, in processor time of this process.

A time by itself says little on a busy machine, whose speed changes from one second to
the next. Everything compared is therefore run in turn, round after round, and a ratio
is the median of the ratios of the rounds.
"""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median_low
from time import process_time_ns
from typing import Any

# A stretch of calls lasts about so long, unless one call takes longer.
LEAST_NS = 400_000
STRETCHES = 5


@dataclass(frozen=True)
class Taken:
    """Nanoseconds of one call, one figure per round."""

    rounds: tuple[int, ...]

    @property
    def ns(self) -> int:
        return median_low(self.rounds)

    def tenths_of(self, other: "Taken") -> int:
        """How many tenths of `other` this takes: 24 is 2.4 times as long."""
        return hundredths(self, other, per=10)

    def times(self, other: "Taken") -> str:
        """How many times as long as `other` this takes, to one place: "2.4"."""
        tenths = self.tenths_of(other)
        return f"{tenths // 10}.{tenths % 10}"


def hundredths(part: Taken, whole: Taken, per: int = 100) -> int:
    ratios = [(mine * per + its // 2) // its for mine, its in zip(part.rounds, whole.rounds, strict=True)]
    return median_low(ratios)


def in_turn(works: Mapping[str, Callable[[], Any]], *, rounds: int) -> dict[str, Taken]:
    """Run everything in turn, so many rounds after one to warm up."""
    calls = {name: max(1, LEAST_NS // max(_once(work, 1), 1)) for name, work in works.items()}
    found: dict[str, list[int]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(_once(work, calls[name]))
    return {name: Taken(tuple(taken)) for name, taken in found.items()}


def _once(work: Callable[[], Any], calls: int) -> int:
    """Nanoseconds of one call: the least of some stretches, since whatever disturbs only adds."""
    # Collected before and not meanwhile, or it would fall on whoever happens to be running.
    gc.collect()
    gc.disable()
    found = []
    for _ in range(STRETCHES):
        started = process_time_ns()
        for _ in range(calls):
            work()
        found.append((process_time_ns() - started) // calls)
    gc.enable()
    return min(found)
