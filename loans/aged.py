"""How old the arrears of a book are: loans by days past due, what is overdue on them, and what is at risk.

    bucket   M0   M1     M2      M3      M4       M5        M6        M7
    days     0    1-30   31-60   61-90   91-120   121-150   151-180   > 180

At risk is the whole principal left of a loan that is late, not only what of it is overdue.
PAR30 is the share of it in the principal of the whole book for loans more than 30 days past
due (M2 and more), PAR90 for more than 90 (M4 and more).

Source: R10 for the buckets; PAR as portfolios of loans are reported everywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from loans.engine.arrears import bucket

# First and last day past due of each bucket; the last has no end.
DAYS: Mapping[str, tuple[int, int | None]] = MappingProxyType(
    {
        "M0": (0, 0),
        "M1": (1, 30),
        "M2": (31, 60),
        "M3": (61, 90),
        "M4": (91, 120),
        "M5": (121, 150),
        "M6": (151, 180),
        "M7": (181, None),
    }
)


@dataclass(frozen=True, slots=True)
class Late:
    """A loan with something overdue: its days past due, what is overdue, and all principal left of it."""

    days: int
    overdue_minor: int
    principal_minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """One bucket: how many loans, what is overdue on them, and the principal left of them."""

    bucket: str
    loans: int = 0
    overdue_minor: int = 0
    principal_minor: int = 0

    @property
    def days(self) -> str:
        """As people write it.

        >>> Line("M0").days, Line("M1").days, Line("M7").days
        ('0', '1–30', '> 180')
        """
        first, last = DAYS[self.bucket]
        return f"> {first - 1}" if last is None else f"{first}–{last}" if last else f"{first}"

    def plus(self, late: Late) -> "Line":
        return Line(
            self.bucket,
            self.loans + 1,
            self.overdue_minor + late.overdue_minor,
            self.principal_minor + late.principal_minor,
        )


@dataclass(frozen=True, slots=True)
class Aged:
    """Every bucket from M0 to M7, those of no loan too."""

    lines: tuple[Line, ...]

    @property
    def loans(self) -> int:
        return sum(line.loans for line in self.lines)

    @property
    def overdue_minor(self) -> int:
        return sum(line.overdue_minor for line in self.lines)

    @property
    def principal_minor(self) -> int:
        return sum(line.principal_minor for line in self.lines)

    @property
    def late_loans(self) -> int:
        return sum(line.loans for line in self.lines[1:])

    @property
    def par30(self) -> Decimal | None:
        return self.share_from("M2")

    @property
    def par90(self) -> Decimal | None:
        return self.share_from("M4")

    def share_from(self, first: str) -> Decimal | None:
        """The share of the principal in this bucket and those after it; None where no principal is left at all."""
        if not self.principal_minor:
            return None
        at_risk_minor = sum(line.principal_minor for line in self.lines if line.bucket >= first)
        return Decimal(at_risk_minor) / self.principal_minor


def aged(late: Iterable[Late], running: int, principal_minor: int) -> Aged:
    """The arrears of a book of `running` loans with so much principal left; who is not late is in M0.

    Ten loans with 100,000.00 left, one of them 31 days late with 8,000.00 left, one 91 with 2,000.00:

    >>> book = aged([Late(31, 110_000, 800_000), Late(91, 50_000, 200_000)], 10, 10_000_000)
    >>> book.par30, book.par90, book.overdue_minor, book.late_loans
    (Decimal('0.1'), Decimal('0.02'), 160000, 2)
    >>> book.lines[0]
    Line(bucket='M0', loans=8, overdue_minor=0, principal_minor=9000000)
    """
    lines = {name: Line(name) for name in DAYS}
    for one in late:
        name = bucket(one.days)
        lines[name] = lines[name].plus(one)
    lines["M0"] = Line(
        "M0",
        running - sum(line.loans for line in lines.values()),
        0,
        principal_minor - sum(line.principal_minor for line in lines.values()),
    )
    return Aged(tuple(lines.values()))
