"""Which steps a close has, in which order; floors above add theirs when the apps are ready.

A step over loans finds them by a column that holds the next date on which something can
happen, and does a range of them in one transaction. A step of another kind is done as a whole
and is safe to repeat. What only helps on the day that begins (a reminder, a warning) is left
out of the days that are caught up with.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Lender


@dataclass(frozen=True, slots=True)
class Done:
    """What a range of loans came to: counts by kind of event, loans that were done, and those that could not be."""

    counts: Counter[str]
    done: Sequence[int]
    faults: Mapping[int, Exception]


@dataclass(frozen=True, slots=True)
class LoanStep:
    """`find` gives the keys of the loans to look at, in order; `work` does those from one key to another.

    `only_last`: not for days that are caught up with.
    """

    name: str
    find: Callable[[Lender, date], Sequence[int]]
    work: Callable[[Lender, date, int, int], Done]
    only_last: bool = False


@dataclass(frozen=True, slots=True)
class WholeStep:
    """`run` does all of it, in its own transactions, and says how often what happened.

    Run again it does what is left. `only_last`: not for days that are caught up with.
    """

    name: str
    run: Callable[[Lender, date], Mapping[str, int]]
    only_last: bool = True


BOOKS = "books"  # the step that looks whether the day's books add up; one that fails keeps later days from closing
Step = LoanStep | WholeStep
_steps: dict[int, Step] = {}


def register(place: int, step: Step) -> None:
    """Declare a step; steps are done in the order of their places."""
    _steps[place] = step


def registered() -> Sequence[Step]:
    return [_steps[place] for place in sorted(_steps)]
