"""The conventions of a calculation, as data stored with each loan.

A profile says how days become parts of a year, which way a half fen is rounded, and
what the equal instalment is. It is stored whole, so that a loan keeps its figures
even if a later release ships different ones under the same name.

    name                            day count    a year has
    consumer-cn                     actual/365   365 days, leap years too (default)
    consumer-cn-360                 actual/360   360 days: each day costs 1/360 of the annual rate
    30-360                          30/360       twelve equal months
    fineract-cumulative-daily       actual/365   days; the equal instalment is that of months of 30
    fineract-cumulative-instalment  30/360       one twelfth (or 52nd, or 365th) for each instalment
    fineract-progressive            30/360       as its day count says; a last instalment that
                                                 sticks out is spread over all of them

The last three compute as Apache Fineract does (MoneyHelper, CumulativeDecliningBalance-
InterestLoanScheduleGenerator, ProgressiveEMICalculator): factors of 12 significant
digits, halves to even. With `actual/actual` on top of them, the first counts years of
365 days, and the last takes each day for one that ends a period (`actual/actual-end`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from loans.engine.day_count import TICKS_PER_YEAR, DayCount
from loans.engine.money import ROUND, Rounding

MOST_DIGITS = 34


class InterestPeriod(StrEnum):
    """What interest is counted over: the days of a period, or one equal part of a year for each."""

    DAILY = "daily"
    INSTALMENT = "instalment"


class Residue(StrEnum):
    """Which instalment takes what rounding leaves over."""

    LAST = "last"


class Smoothing(StrEnum):
    """Whether a last instalment that sticks out is spread over all of them."""

    NONE = "none"
    SPREAD_LAST = "spread-last"


class PmtBasis(StrEnum):
    """What the equal instalment is solved from: the periods as they are, or months of 30 days."""

    PERIOD = "period"
    THIRTY_DAY_MONTHS = "30-day-months"


class ProfileError(ValueError):
    """A profile names something unknown; `key` is the field and `value` what it held.

    Raised for an unknown name, an unknown or missing key, and a value that the
    engine has no rule for.
    """

    def __init__(self, key: str, value: object) -> None:
        super().__init__(f"{key}: {value!r}")
        self.key = key
        self.value = value


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of conventions.

    `digits` is the number of significant digits to which the interest factor of a
    period is kept; None keeps it exact. `instalment_multiple_minor` rounds the equal instalment to a whole
    multiple (100 for whole yuan); the last instalment still takes the rest.
    """

    name: str
    day_count: DayCount
    interest_period: InterestPeriod = InterestPeriod.DAILY
    rounding: Rounding = Rounding.HALF_UP
    digits: int | None = None
    instalment_multiple_minor: int = 1
    residue: Residue = Residue.LAST
    smoothing: Smoothing = Smoothing.NONE
    pmt_basis: PmtBasis = PmtBasis.PERIOD

    @property
    def ticks_per_year(self) -> int:
        """How many ticks of the day count make a year."""
        return TICKS_PER_YEAR[self.day_count]

    def rounded(self, numerator: int, denominator: int) -> int:
        """Round a ratio of integers to a whole number, as this profile does."""
        return ROUND[self.rounding](numerator, denominator)

    def as_dict(self) -> dict[str, Any]:
        """Return every field, ready for JSON; `profile()` reads it back."""
        whole = {field.name: getattr(self, field.name) for field in fields(self)}
        return {key: str(v) if isinstance(v, StrEnum) else v for key, v in whole.items()}


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        known.name: known
        for known in (
            Profile("consumer-cn", DayCount.ACTUAL_365),
            Profile("consumer-cn-360", DayCount.ACTUAL_360),
            Profile("30-360", DayCount.THIRTY_360),
            Profile(
                "fineract-cumulative-daily",
                DayCount.ACTUAL_365,
                rounding=Rounding.HALF_EVEN,
                digits=12,
                pmt_basis=PmtBasis.THIRTY_DAY_MONTHS,
            ),
            Profile(
                "fineract-cumulative-instalment",
                DayCount.THIRTY_360,
                interest_period=InterestPeriod.INSTALMENT,
                rounding=Rounding.HALF_EVEN,
                digits=12,
            ),
            Profile(
                "fineract-progressive",
                DayCount.THIRTY_360,
                rounding=Rounding.HALF_EVEN,
                digits=12,
                smoothing=Smoothing.SPREAD_LAST,
            ),
        )
    }
)
DEFAULT_PROFILE = PROFILES["consumer-cn"]
# What an "actual" year means there: one of 365 days, and one whose days end their periods.
_ACTUAL_YEARS: Mapping[str, DayCount] = MappingProxyType(
    {"fineract-cumulative-daily": DayCount.ACTUAL_365, "fineract-progressive": DayCount.ACTUAL_ACTUAL_END}
)

_CHOICES: Mapping[str, type[StrEnum]] = MappingProxyType(
    {
        "day_count": DayCount,
        "interest_period": InterestPeriod,
        "rounding": Rounding,
        "residue": Residue,
        "smoothing": Smoothing,
        "pmt_basis": PmtBasis,
    }
)


def profile(name_or_mapping: str | Mapping[str, Any]) -> Profile:
    """Return the profile of that name, or the one a mapping describes.

    A mapping either holds every field (as `Profile.as_dict()` writes it) or names a
    `base` and what differs from it; then its name is "custom" unless it gives one.

    >>> profile({"base": "consumer-cn", "rounding": "half_even"}).rounding.value
    'half_even'

    Raises ProfileError, naming the key at fault.
    """
    if isinstance(name_or_mapping, str):
        return _shipped("name", name_or_mapping)
    try:
        # Loans by the thousand have the same one. With the types: True is no 1 here.
        return _remembered(frozenset((key, type(value), value) for key, value in name_or_mapping.items()))
    except TypeError:  # something that has no hash, so it is no value of a profile
        return _from_mapping(name_or_mapping)


@lru_cache(maxsize=256)
def _remembered(items: frozenset[tuple[str, type, Any]]) -> Profile:
    return _from_mapping({key: value for key, _, value in items})


def _from_mapping(mapping: Mapping[str, Any]) -> Profile:
    given = dict(mapping)
    whole: dict[str, Any] = {}
    if "base" in given:
        base = _shipped("base", given.pop("base"))
        if not given:
            return base
        whole = base.as_dict() | {"name": "custom"}
        if given.get("day_count") == DayCount.ACTUAL_ACTUAL:
            given["day_count"] = _ACTUAL_YEARS.get(base.name, DayCount.ACTUAL_ACTUAL)
    known = [field.name for field in fields(Profile)]
    for key in given:
        if key not in known:
            raise ProfileError(key, given[key])
    whole |= given
    return Profile(**{key: _value(key, whole) for key in known})


def _shipped(key: str, name: object) -> Profile:
    found = PROFILES.get(name) if isinstance(name, str) else None
    if found is None:
        raise ProfileError(key, name)
    return found


def _value(key: str, whole: Mapping[str, Any]) -> Any:
    value = whole.get(key)
    if key in _CHOICES:
        try:
            return _CHOICES[key](str(value))
        except ValueError:
            raise ProfileError(key, value) from None
    if key == "name":
        is_valid = isinstance(value, str) and value != ""
    elif key == "digits":
        is_valid = key in whole and (value is None or (type(value) is int and 6 <= value <= MOST_DIGITS))
    else:
        is_valid = type(value) is int and value >= 1
    if not is_valid:
        raise ProfileError(key, value)
    return value
