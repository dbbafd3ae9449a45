"""What a lender asks for repaying early, where the contract says so: a share of what was not yet due.

    fee = principal repaid before it is due x rate, rounded half up to a whole minor unit

The usual rate is nothing: interest is for the time the money was used (Civil Code of China
art. 677), and a fee beside it must stand on the cost sheet.
"""

from decimal import Decimal

from loans.engine.money import ratio_half_up


def early_fee_minor(principal_minor: int, rate: Decimal) -> int:
    """Return the fee on `principal_minor` of principal that is repaid before its due date.

    >>> early_fee_minor(915905, Decimal("0.005")), early_fee_minor(915905, Decimal(0))
    (4580, 0)

    Raises ValueError for a rate below nothing or above 1, or principal below nothing.
    """
    if not 0 <= rate <= 1 or principal_minor < 0:
        raise ValueError("a fee is a share of principal: 0 to 1")
    numerator, denominator = rate.as_integer_ratio()
    return ratio_half_up(principal_minor * numerator, denominator)


def principal_within(amount_minor: int, rate: Decimal) -> int:
    """Return the largest principal that can be repaid early, with its fee, out of a sum.

    >>> principal_within(920485, Decimal("0.005")), principal_within(10000, Decimal(0))
    (915905, 10000)
    """
    numerator, denominator = rate.as_integer_ratio()
    principal_minor = amount_minor * denominator // (denominator + numerator) + 1
    while principal_minor + early_fee_minor(principal_minor, rate) > amount_minor:
        principal_minor -= 1
    return principal_minor
