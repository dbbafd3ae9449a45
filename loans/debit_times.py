"""At what times an instalment is collected (R16).

On its due date at each of the product's times, from the next day on once a day at the first
of them, until it is paid or more days have passed than the product tries. At each time the
borrower's accounts are tried in their order, one after the other: the next only when the one
before has answered that it did not work.
"""

from collections.abc import Sequence
from datetime import date, time


def turn(times: Sequence[str], *, due_on: date, on: date, at: time, until_dpd: int) -> str | None:
    """The time of that day whose turn it is at `at`, or None: not yet, or not any more.

    >>> turn(["10:00", "20:00"], due_on=date(2026, 5, 15), on=date(2026, 5, 15), at=time(19, 59), until_dpd=30)
    '10:00'
    >>> turn(["10:00", "20:00"], due_on=date(2026, 5, 15), on=date(2026, 5, 16), at=time(20, 30), until_dpd=30)
    '10:00'
    >>> turn(["10:00"], due_on=date(2026, 5, 15), on=date(2026, 6, 15), at=time(12), until_dpd=30) is None
    True
    """
    if not times or not 0 <= (on - due_on).days <= until_dpd:
        return None
    of_the_day = sorted(times) if on == due_on else [min(times)]
    come = [each for each in of_the_day if time.fromisoformat(each) <= at]
    return come[-1] if come else None
