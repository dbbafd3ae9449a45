"""Doing many loans in ranges, outside a close: where one of them breaks its range, they are done one by one."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.db import InterfaceError, OperationalError

from loans.closing.steps import Done
from loans.models import Loan


def in_ranges(keys: Sequence[int], work: Callable[[int, int], Done], at_once: int) -> Done:
    """`work` does those from one key to another, in one transaction; a loan that breaks it stands in `faults`.

    What all of them came to. A database that does not answer ends it.
    """
    counts: Counter[str] = Counter()
    done: list[int] = []
    faults: dict[int, Exception] = {}
    for at in range(0, len(keys), at_once):
        for part in _done(keys[at : at + at_once], work):
            counts += part.counts
            done += part.done
            faults.update(part.faults)
    return Done(counts, done, faults)


def _done(keys: Sequence[int], work: Callable[[int, int], Done]) -> Iterator[Done]:
    try:
        done = work(keys[0], keys[-1])
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # whatever is wrong with one of them, the others go on
        if len(keys) == 1:
            done = Done(Counter(), [], {keys[0]: error})
        else:
            for key in keys:
                yield from _done([key], work)
            return
    yield done


def raise_together(faults: Mapping[int, Exception]) -> None:
    """Raise what went wrong with any loan, once all others are done; each is named by its number."""
    if faults:
        numbers = dict(Loan.objects.filter(pk__in=faults).values_list("pk", "number"))
        said = ", ".join(f"{numbers.get(key, key)} ({error})" for key, error in faults.items())
        raise ExceptionGroup(said, list(faults.values()))
