"""What the reports of a day say: the portfolio by product, and income by month. Sums in minor units.

The third, arrears by age, is in `aged`; the fourth, the trial balance, is a sum for each account.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loans.book_formats.entry import NAMES

# Accounts of income, in the order of the chart.
INCOME = tuple(account for account, name in NAMES.items() if name.startswith("Income:"))


@dataclass(frozen=True, slots=True)
class ProductLine:
    """The loans of one product, all its versions: paid out by the day, running or settled at its end."""

    code: str
    name: str
    running: int
    settled: int
    lent_minor: int
    left_minor: int

    def plus(self, later: "ProductLine") -> "ProductLine":
        """With another version of the product; the later one's name."""
        return ProductLine(
            later.code,
            later.name,
            self.running + later.running,
            self.settled + later.settled,
            self.lent_minor + later.lent_minor,
            self.left_minor + later.left_minor,
        )


@dataclass(frozen=True, slots=True)
class BillLine:
    """The monthly bills of one product: accounts on which something is left, and how much principal."""

    code: str
    name: str
    accounts: int
    left_minor: int

    def plus(self, later: "BillLine") -> "BillLine":
        """With another version of the product; the later one's name."""
        return BillLine(later.code, later.name, self.accounts + later.accounts, self.left_minor + later.left_minor)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Products in order of their codes; only those with something to say."""

    on: date
    lines: tuple[ProductLine, ...]
    bills: tuple[BillLine, ...]

    @property
    def running(self) -> int:
        return sum(line.running for line in self.lines)

    @property
    def settled(self) -> int:
        return sum(line.settled for line in self.lines)

    @property
    def lent_minor(self) -> int:
        return sum(line.lent_minor for line in self.lines)

    @property
    def left_minor(self) -> int:
        """Of the loans: the balance of their account in the trial balance."""
        return sum(line.left_minor for line in self.lines)

    @property
    def bills_left_minor(self) -> int:
        return sum(line.left_minor for line in self.bills)


@dataclass(frozen=True, slots=True)
class Month:
    """Income of one month by account; of `before` all months there were before."""

    first_on: date
    by_account: Mapping[str, int]

    @property
    def kinds(self) -> tuple[int, ...]:
        """In the order of `INCOME`."""
        return tuple(self.by_account.get(account, 0) for account in INCOME)

    @property
    def total_minor(self) -> int:
        return sum(self.kinds)


@dataclass(frozen=True, slots=True)
class Income:
    """The twelve months that end with the month of `on`, oldest first, and everything before them."""

    on: date
    before: Month
    months: tuple[Month, ...]

    @property
    def together(self) -> Month:
        summed: Counter[str] = Counter()
        for month in (self.before, *self.months):
            summed.update(month.by_account)
        return Month(self.before.first_on, summed)
