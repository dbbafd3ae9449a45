"""Interest of one sum over one stretch of days.

    interest = sum x annual rate x length in years

as a single ratio of integers, rounded once.
"""

from datetime import date
from decimal import Decimal

from loans.engine.day_count import ticks
from loans.engine.profile import Profile


def interest_minor(
    principal_minor: int,
    rate_annual: Decimal,
    profile: Profile,
    start: date,
    end: date,
    anchor_day: int | None = None,
) -> int:
    """Return simple interest from `start` (counted) to `end` (not counted).

    With the loan's `anchor_day`, the parts of a stretch cost together what the whole costs.
    10,000.00 at 0.04 % a day (14.6 % a year) for 92 days:

    >>> from loans.engine.profile import PROFILES
    >>> interest_minor(1000000, Decimal("0.146"), PROFILES["consumer-cn"],
    ...                date(2026, 5, 15), date(2026, 8, 15))
    36800
    """
    rate, per = rate_annual.as_integer_ratio()
    length = ticks(profile.day_count, start, end, anchor_day)
    return profile.rounded(principal_minor * rate * length, per * profile.ticks_per_year)
