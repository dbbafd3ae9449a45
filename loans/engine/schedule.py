"""Which instalments follow from the terms of a loan.

Interest of a row is `balance x annual rate x length of its period`, rounded once
(`periods`); the principal of a row follows from the method (`methods`). A down payment
is a row of its own before the others, due on the day of disbursement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from loans.engine.fingerprint import fingerprint
from loans.engine.methods import equal_instalment, parts
from loans.engine.periods import factors
from loans.engine.terms import HIGHEST_RATE_ANNUAL, MOST_INSTALMENTS, RATE_DECIMALS, Method, Terms, TermsError

__all__ = [
    "HIGHEST_RATE_ANNUAL",
    "MOST_INSTALMENTS",
    "RATE_DECIMALS",
    "Method",
    "PaidRow",
    "Row",
    "Terms",
    "TermsError",
    "level_instalment",
    "row_from_dict",
    "schedule",
    "schedule_hash",
]


class Row(NamedTuple):
    """One instalment. Interest runs from `opens_on` (counted) to `due_on` (not counted).

    `balance_minor` is the principal left after this row. `relief_interest_minor` is
    interest of an earlier pause, collected here. A named tuple, because a back-test
    makes millions of them.
    """

    number: int
    opens_on: date
    due_on: date
    principal_minor: int
    interest_minor: int
    balance_minor: int
    relief_interest_minor: int = 0
    fee_minor: int = 0

    @property
    def due_minor(self) -> int:
        """What is to be paid with this instalment."""
        return self.principal_minor + self.interest_minor + self.relief_interest_minor + self.fee_minor

    def as_dict(self) -> dict[str, Any]:
        """Return the row ready for JSON; `row_from_dict` reads it back."""
        return {
            "number": self.number,
            "opens_on": self.opens_on.isoformat(),
            "due_on": self.due_on.isoformat(),
            "principal_minor": self.principal_minor,
            "interest_minor": self.interest_minor,
            "relief_interest_minor": self.relief_interest_minor,
            "fee_minor": self.fee_minor,
            "balance_minor": self.balance_minor,
        }


@dataclass(frozen=True, slots=True)
class PaidRow:
    """What has been paid on one instalment; interest includes interest of a pause."""

    principal_minor: int
    interest_minor: int
    fee_minor: int = 0


# A row from the tuple of all its fields, in half the time that its own constructor takes.
_row = partial(tuple.__new__, Row)


def schedule(terms: Terms) -> tuple[Row, ...]:
    """Return every instalment of a loan, in due order, principal adding up to the loan.

    2,500.00 in 5 equal principal parts at 0.05 % a day, paid out on 1 May 2026:

    >>> from decimal import Decimal
    >>> terms = Terms(250000, Decimal("0.1825"), Method.EQUAL_PRINCIPAL, 5, date(2026, 5, 1))
    >>> [row.interest_minor for row in schedule(terms)]
    [3875, 3000, 2325, 1550, 750]
    """
    dues = terms.due_dates()
    bounds = (terms.disbursed_on, *dues)
    made = factors(terms.rate_annual, terms.profile, bounds, terms.every, terms.unit)
    rows, balance_minor = [], terms.financed_minor
    if terms.down_payment_minor:
        rows.append(Row(1, terms.disbursed_on, terms.disbursed_on, terms.down_payment_minor, 0, balance_minor))
    columns = zip(count(len(rows) + 1), bounds, dues, parts(terms, made), strict=False)
    for number, opens_on, due_on, (principal_minor, interest_minor) in columns:
        balance_minor -= principal_minor
        rows.append(_row((number, opens_on, due_on, principal_minor, interest_minor, balance_minor, 0, 0)))
    return tuple(rows)


def level_instalment(terms: Terms, factors: list[int], year: int) -> int:
    """Return the equal instalment; interest of period k is `balance x factors[k] / year`.

    Ten thousand over twelve months at 1.2 % a month:

    >>> from decimal import Decimal
    >>> terms = Terms(1000000, Decimal("0.144"), Method.LEVEL, 12, date(2026, 1, 15))
    >>> level_instalment(terms, [12] * 12, 1000)
    89975
    """
    return equal_instalment(terms.financed_minor, factors, year, terms.profile)


def row_from_dict(written: Mapping[str, Any]) -> Row:
    """Return the row that `Row.as_dict` wrote."""
    on = {key: date.fromisoformat(written[key]) for key in ("opens_on", "due_on")}
    return Row(**{**written, **on})


def schedule_hash(rows: Iterable[Row]) -> str:
    """Return the fingerprint of a schedule: 64 hexadecimal digits, the same everywhere."""
    return fingerprint([row.as_dict() for row in rows])
