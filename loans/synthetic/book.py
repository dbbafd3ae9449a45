"""The people of a made-up book and their loans, one household after another, the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from accounts.bank_card import bank, check_digit
from loans.synthetic.life import Life, life
from loans.synthetic.mix import BANKS, LOANS_OF_ONE, WITH_ACCOUNT, WITH_REPORTING, drawn, happens

_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华文玲玉建国春梅晓雨思远"


@dataclass(frozen=True, slots=True)
class Household:
    """One borrower; `card` is empty without a bank account."""

    number: int
    name: str
    lives: tuple[Life, ...]
    bank_code: str
    card: str
    allows_reporting: bool

    def reference(self, seed: int) -> str:
        """The customer reference; no service gives out numbers of this form."""
        return f"B{seed}-{self.number:07d}"

    def loan_number(self, seed: int, place: int) -> str:
        return f"{self.reference(seed)}-{place}"


@dataclass(frozen=True, slots=True)
class Batch:
    """Households that are written together: from number `first` on, with so many loans in all."""

    first: int
    loans: int


def batches(*, seed: int, loans: int, first: int = 1, size: int) -> Iterator[Batch]:
    """The households from number `first` on that have so many loans together, some `size` loans at a time.

    Cut where a household is whole; only the very last household may have fewer loans than it would.

    >>> list(batches(seed=1, loans=7, size=3))
    [Batch(first=1, loans=3), Batch(first=3, loans=3), Batch(first=6, loans=1)]
    """
    number, count = first, 0
    while loans > 0:
        household = min(_loans_of(_dice(seed, number)), loans)
        number, count, loans = number + 1, count + household, loans - household
        if count >= size or loans == 0:
            yield Batch(first, count)
            first, count = number, 0


def households(*, seed: int, batch: Batch, on: date) -> Iterator[Household]:
    """The households of a batch; each depends on seed, number and day alone.

    >>> [len(one.lives) for one in households(seed=1, batch=Batch(first=1, loans=3), on=date(2026, 5, 8))]
    [2, 1]
    """
    number, left = batch.first, batch.loans
    while left > 0:
        dice = _dice(seed, number)
        count = min(_loans_of(dice), left)
        name = dice.choice(_FAMILY) + "".join(dice.choice(_GIVEN) for _ in range(dice.randrange(1, 3)))
        code = drawn(dice, BANKS)
        card = _card(code, number) if happens(dice, WITH_ACCOUNT) else ""
        allows_reporting = happens(dice, WITH_REPORTING)
        lives = tuple(life(dice, on) for _ in range(count))
        yield Household(number, name, lives, code, card, allows_reporting)
        left -= count
        number += 1


def marks(lender: str, seed: int, number: int) -> Iterator[str]:
    """Identifiers for everything of one household at a lender, as 32 hexadecimal digits, without end."""
    dice = Random(f"{lender}:{seed}:{number}")  # noqa: S311  (a made-up book, not a secret)
    while True:
        yield UUID(int=dice.getrandbits(128), version=4).hex


def _dice(seed: int, number: int) -> Random:
    return Random(f"{seed}:{number}")  # noqa: S311  (a made-up book, not a secret)


def _loans_of(dice: Random) -> int:
    """How many loans a household has; drawn first, so that it can be known without the rest."""
    return drawn(dice, LOANS_OF_ONE)


def _card(code: str, number: int) -> str:
    """A number of a length that the bank issues, beginning with 620000, which none does."""
    listed = bank(code)
    length = max(listed.lengths) if listed else 19
    first = f"620000{number:0{length - 7}d}"
    return first + check_digit(first)
