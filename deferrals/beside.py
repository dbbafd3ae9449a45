"""The old schedule beside the new one: which old instalment stands in one line with which new one."""

from itertools import zip_longest

from loans.engine.projection import Projection
from loans.engine.schedule import Row

Pair = tuple[Row | None, Row | None]


def beside(projection: Projection) -> tuple[Pair, ...]:
    """Return (old, new), in order of their dates.

    Where relief only moves instalments, each stands beside itself. Otherwise what is due on one
    day stands in one line, and a day on which only the one schedule asks for something has
    nothing on the other side.
    """
    before, after = projection.before, projection.after
    if [row.number for row in before] == [row.number for row in after] and _are_the_same(projection):
        return tuple(zip_longest(before, after))
    old, new = ({row.due_on: row for row in rows} for rows in (before, after))
    return tuple((old.get(on), new.get(on)) for on in sorted({*old, *new}))


def _are_the_same(projection: Projection) -> bool:
    """Whether the new instalments are the old ones on other days, give or take interest that days bring."""
    pairs = zip(projection.before, projection.after, strict=True)
    return not projection.idle and all(
        abs(new.principal_minor - old.principal_minor) <= old.due_minor - old.principal_minor for old, new in pairs
    )
