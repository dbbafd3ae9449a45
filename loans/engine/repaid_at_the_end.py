"""A part repaid early of a loan that asks for nothing until its end.

Its interest grows from the day of disbursement, or of the last part repaid, and is asked for
with the last instalment. So a part repaid pays all of it up to its day, on the whole principal,
and what is left bears interest from that day to the end:

    12,000.00 over a year at 14.4 %, 6,000.00 repaid after half of it (30/360)
    interest so far      12,000.00 x 14.4 % x 180 / 360 = 864.00
    principal            6,000.00 - 864.00 = 5,136.00, and 6,864.00 is left
    interest at the end  6,864.00 x 14.4 % x 180 / 360 = 494.21
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from loans.engine.contract import Contract
from loans.engine.schedule import Row


class Repaid(NamedTuple):
    """The schedule after it; `early` is the payment's own row."""

    rows: tuple[Row, ...]
    early: Row


def asks_only_at_the_end(rows: Sequence[Row]) -> bool:
    """Say whether interest of earlier periods is asked for with the last row: no row beside it asks for any."""
    return len(rows) > 1 and not rows[-2].due_minor


def accrued_since(rows: Sequence[Row], contract: Contract) -> date:
    """Return the day from which interest is unpaid: that of the last part repaid, or of disbursement."""
    return max((row.due_on for row in rows[:-1] if row.due_minor), default=contract.disbursed_on)


def repaid_in_part(rows: Sequence[Row], contract: Contract, amount_minor: int, on: date, until: date) -> Repaid:
    """Return the schedule after `amount_minor`, interest to `until` included; nothing of the last row is paid yet."""
    last, since = rows[-1], accrued_since(rows, contract)
    owed_minor = last.principal_minor
    interest_minor = contract.interest(owed_minor, since, until)
    principal_minor = amount_minor - interest_minor
    left_minor = owed_minor - principal_minor
    before = [row for row in rows[:-1] if row.due_on <= on]
    early = Row(len(before) + 1, since, on, principal_minor, interest_minor, left_minor)
    later = [row._replace(number=row.number + 1, balance_minor=left_minor) for row in rows[:-1] if row.due_on > on]
    at_the_end = last._replace(
        number=last.number + 1,
        principal_minor=left_minor,
        interest_minor=contract.interest(left_minor, until, last.due_on),
    )
    first, *rest = [*later, at_the_end]
    return Repaid((*before, early, first._replace(opens_on=until), *rest), early)
