"""Whole minor units: exact rounding, fair splitting, reading an amount someone typed.

Every sum of the engine is one ratio of two integers, rounded once. Halves go away
from zero by default (the convention of Chinese lenders, 四舍五入); half to even is
there for books whose profile says so.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

LARGEST_MINOR = 10**13


class MoneyError(ValueError):
    """A typed amount cannot be read; `code` says why.

    Codes: `empty`, `not_a_number`, `too_many_decimals`, `negative`, `too_large`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Rounding(StrEnum):
    """Where an exact half goes."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


def ratio_half_up(numerator: int, denominator: int) -> int:
    """Return `numerator / denominator` as a whole number, halves away from zero.

    >>> ratio_half_up(5, 2), ratio_half_up(-5, 2), ratio_half_up(5, -2)
    (3, -3, -3)
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    # The half of an odd denominator may be cut off: no ratio to it is an exact half.
    if numerator < 0:
        return -((denominator // 2 - numerator) // denominator)
    return (numerator + denominator // 2) // denominator


def ratio_half_even(numerator: int, denominator: int) -> int:
    """Return `numerator / denominator` as a whole number, halves to the even neighbour.

    >>> ratio_half_even(5, 2), ratio_half_even(7, 2), ratio_half_even(-5, 2)
    (2, 4, -2)
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and whole % 2):
        return whole + 1
    return whole


ROUND: Mapping[Rounding, Callable[[int, int], int]] = MappingProxyType(
    {Rounding.HALF_UP: ratio_half_up, Rounding.HALF_EVEN: ratio_half_even}
)


def split(total_minor: int, parts: int) -> tuple[int, ...]:
    """Cut a sum into equal parts that add up to it exactly; the last takes the rest.

    Each part but the last is `total / parts`, half up. Where that would take more
    than there is (5 fen in 9 parts: 8 x 1 is already too much), the parts are
    rounded down instead, so no part is ever negative.

    >>> split(32973, 9)
    (3664, 3664, 3664, 3664, 3664, 3664, 3664, 3664, 3661)
    >>> split(5, 9)
    (0, 0, 0, 0, 0, 0, 0, 0, 5)

    Raises ValueError for a negative sum or fewer than one part.
    """
    if total_minor < 0 or parts < 1:
        raise ValueError("split needs a sum of at least 0 and at least 1 part")
    each = ratio_half_up(total_minor, parts)
    if each * (parts - 1) > total_minor:
        each = total_minor // parts
    return (each,) * (parts - 1) + (total_minor - each * (parts - 1),)


_AMOUNT = re.compile(r"(?:¥|CNY)?\s*([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?\s*元?")


def minor_from_text(text: str, digits: int = 2) -> int:
    """Read an amount as people type it, full-width digits and thousands commas included.

    Commas must stand at thousands: "1,5" may mean one and a half to its writer,
    so it is refused, not read as 15. `digits` is the currency's number of decimals.

    >>> minor_from_text("¥1,079.71"), minor_from_text("１２０元"), minor_from_text("0.5")
    (107971, 12000, 50)

    Raises MoneyError.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    if not plain:
        raise MoneyError("empty")
    is_negative = plain.startswith(("-", "¥-", "¥ -"))
    found = _AMOUNT.fullmatch(plain.replace("-", "", 1) if is_negative else plain)
    if found is None:
        raise MoneyError("not_a_number")
    if is_negative:
        raise MoneyError("negative")
    whole, decimals = found[1].replace(",", "").lstrip("0"), found[2] or ""
    if len(decimals) > digits:
        raise MoneyError("too_many_decimals")
    # The length is checked first: int() itself refuses very long texts.
    if len(whole) > len(str(LARGEST_MINOR)):
        raise MoneyError("too_large")
    amount_minor = int((whole or "0") + decimals.ljust(digits, "0"))
    if amount_minor > LARGEST_MINOR:
        raise MoneyError("too_large")
    return amount_minor
