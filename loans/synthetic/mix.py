"""What a made-up book consists of: data, in shares of ten thousand loans.

    regular     most   paid on the due date, a day or two before or within grace
    cured        4 %   one instalment paid 5 to 25 days late, with its penalty interest
    settled      3 %   paid to the end
    overdue   2.85 %   one to four instalments unpaid, a part of the oldest paid by one in three
    partly       2 %   one instalment paid in two parts
    relieved   1.5 %   two months of pause after an instalment that was paid; a second schedule version

Overdue loans are the share that the yardsticks of the close are measured with.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import TypeVar

from loans.engine.schedule import Method

T = TypeVar("T")
Weighted = Sequence[tuple[T, int]]
OF = 10_000


class Kind(StrEnum):
    """What became of a loan."""

    REGULAR = "regular"
    CURED = "cured"
    SETTLED = "settled"
    OVERDUE = "overdue"
    PARTLY = "partly"
    RELIEVED = "relieved"


KINDS: Weighted[Kind] = (
    (Kind.REGULAR, 8_665),
    (Kind.CURED, 400),
    (Kind.SETTLED, 300),
    (Kind.OVERDUE, 285),
    (Kind.PARTLY, 200),
    (Kind.RELIEVED, 150),
)
METHODS: Weighted[Method] = ((Method.LEVEL, 7_000), (Method.EQUAL_PRINCIPAL, 2_700), (Method.INTEREST_FIRST, 300))
COUNTS: Weighted[int] = ((12, 7_000), (24, 3_000))
RATES: Weighted[Decimal] = (
    (Decimal("0.072"), 1_500),
    (Decimal("0.108"), 2_500),
    (Decimal("0.144"), 3_000),
    (Decimal("0.18"), 2_000),
    (Decimal("0.216"), 1_000),
)
# Whole hundreds of yuan, from the first to the second included.
SUMS_YUAN: Weighted[tuple[int, int]] = (
    ((1_000, 5_000), 3_500),
    ((5_000, 20_000), 3_500),
    ((20_000, 50_000), 2_000),
    ((50_000, 200_000), 1_000),
)
LOANS_OF_ONE: Weighted[int] = ((1, 6_000), (2, 3_000), (3, 1_000))
# Days from the due date on which somebody regular pays.
REGULAR_DAYS: Weighted[int] = ((0, 8_000), (-2, 300), (-1, 500), (1, 700), (2, 500))
UNPAID: Weighted[int] = ((1, 6_000), (2, 2_500), (3, 1_000), (4, 500))
BANKS: Weighted[str] = (("ICBC", 3_000), ("CCB", 2_500), ("CMB", 2_500), ("PSBC", 2_000))
WITH_ACCOUNT, WITH_REPORTING = 9_000, 9_700


def drawn(dice: Random, weighted: Weighted[T]) -> T:
    """One of them, as often as its share says."""
    point = dice.randrange(OF)
    for value, share in weighted:
        point -= share
        if point < 0:
            return value
    raise ValueError(f"shares do not add up to {OF}")


def happens(dice: Random, share: int) -> bool:
    """Whether something is so that holds for a share of ten thousand."""
    return dice.randrange(OF) < share
