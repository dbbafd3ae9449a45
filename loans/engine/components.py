"""What relief consists of: components, limits, and the names of what cannot be done.

A plan is a list of components. Whatever the order given, they take effect in one fixed
order, so that two people who tick the same boxes get the same figures:

    kind           what it does
    HOLD           nothing about the figures; collection stands still for some days
    WAIVE          penalty interest, or interest already overdue, is forgiven
    DUE_DAY        every due date moves to another day of the month, never earlier
    RATE           a lower rate, for some periods or for the rest
    PAUSE          nothing is due for n periods
    INTEREST_ONLY  n instalments of interest alone
    REDUCED        n instalments of an amount the borrower can pay
    APPEND         named instalments move behind the last one, or into it
    ARREARS_SPLIT  what is overdue is paid in equal parts
    RETERM         the rest is cut anew: so many instalments, or such an instalment

`docs/relief-kinds.md` works each of them out with figures.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from loans.engine.money import LARGEST_MINOR
from loans.engine.relief_error import ReliefError as ReliefError

LONGEST_PAUSE = 12
LONGEST_HOLD_DAYS = 60
MOST_PARTS = 60
MOST_INSTALMENTS = 600
RATE_DECIMALS = 12


class PauseInterest(StrEnum):
    """What happens to the interest of the pause itself."""

    ACCRUE_SIMPLE = "ACCRUE_SIMPLE"
    ACCRUE_CAP = "ACCRUE_CAP"
    WAIVE = "WAIVE"


class Collect(StrEnum):
    """With which remaining instalments the interest of the pause is collected."""

    FIRST = "FIRST"
    SPREAD = "SPREAD"
    LAST = "LAST"


class Then(StrEnum):
    """What becomes of the end of the loan: it moves as far, or stays and instalments grow."""

    EXTEND = "EXTEND"
    KEEP_END = "KEEP_END"


class Bucket(StrEnum):
    """What is forgiven."""

    PENALTY = "penalty"
    INTEREST = "interest"


class Vest(StrEnum):
    """When what is forgiven becomes final."""

    IMMEDIATE = "IMMEDIATE"
    ON_COMPLETION = "ON_COMPLETION"
    PRO_RATA = "PRO_RATA"


class AppendInterest(StrEnum):
    """What instalments moved behind the last one cost."""

    NONE = "NONE"
    SIMPLE = "SIMPLE"


class AppendAs(StrEnum):
    """Whether they stay instalments of their own or are due with the last one."""

    INSTALMENTS = "INSTALMENTS"
    BALLOON = "BALLOON"


class SplitMode(StrEnum):
    """Whether arrears are paid beside the instalments or before them."""

    ON_TOP = "ON_TOP"
    ALONE = "ALONE"


@dataclass(frozen=True, slots=True)
class Hold:
    """Collection stands still for `days`. Raises ReliefError."""

    days: int = 30

    def __post_init__(self) -> None:
        """Refuse a hold without end."""
        _check_count(self.days, LONGEST_HOLD_DAYS)


@dataclass(frozen=True, slots=True)
class Waive:
    """`amount_minor` of a bucket is forgiven; None (written "all") is all of it. Raises ReliefError."""

    bucket: Bucket
    amount_minor: int | None
    vest: Vest = Vest.IMMEDIATE

    def __post_init__(self) -> None:
        """Refuse to forgive nothing."""
        _name(self, bucket=Bucket, vest=Vest)
        if self.amount_minor is not None:
            _check_amount(self.amount_minor)


@dataclass(frozen=True, slots=True)
class DueDay:
    """Due dates move to this day of the month, 1 to 31. Raises ReliefError."""

    day: int

    def __post_init__(self) -> None:
        """Refuse a day no month has."""
        _check_count(self.day, 31)


@dataclass(frozen=True, slots=True)
class Rate:
    """A lower annual rate for `periods` periods; None is for the rest. Raises ReliefError."""

    rate_annual: Decimal
    periods: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no rate."""
        rate = self.rate_annual
        if not isinstance(rate, Decimal) or not rate.is_finite() or rate < 0 or abs(rate.adjusted()) > RATE_DECIMALS:
            raise ReliefError("unknown_value", "rate_annual")
        if self.periods is not None:
            _check_count(self.periods, MOST_INSTALMENTS)


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing due for `n` periods; `collect` is idle where interest is added to the debt. Raises ReliefError."""

    n: int
    interest: PauseInterest = PauseInterest.ACCRUE_SIMPLE
    collect: Collect = Collect.SPREAD
    then: Then = Then.EXTEND

    def __post_init__(self) -> None:
        """Refuse a pause no calendar has, and read names from their written form."""
        _check_count(self.n, LONGEST_PAUSE)
        _name(self, interest=PauseInterest, collect=Collect, then=Then)


@dataclass(frozen=True, slots=True)
class InterestOnly:
    """`n` instalments of interest alone. Raises ReliefError."""

    n: int
    then: Then = Then.EXTEND

    def __post_init__(self) -> None:
        """Refuse interest without end."""
        _check_count(self.n, LONGEST_PAUSE)
        _name(self, then=Then)


@dataclass(frozen=True, slots=True)
class Reduced:
    """`n` instalments of `amount_minor`. Raises ReliefError."""

    n: int
    amount_minor: int
    then: Then = Then.EXTEND

    def __post_init__(self) -> None:
        """Refuse an amount of nothing, which is a pause."""
        _check_count(self.n, LONGEST_PAUSE)
        _check_amount(self.amount_minor)
        _name(self, then=Then)


@dataclass(frozen=True, slots=True)
class Append:
    """The instalments of these numbers go behind the last one. Raises ReliefError."""

    numbers: tuple[int, ...]
    interest: AppendInterest = AppendInterest.NONE
    as_: AppendAs = AppendAs.INSTALMENTS

    def __post_init__(self) -> None:
        """Refuse a list that names nothing or names one twice."""
        numbers = tuple(self.numbers) if isinstance(self.numbers, list | tuple) else ()
        if not numbers or any(type(number) is not int for number in numbers) or len({*numbers}) < len(numbers):
            raise ReliefError("unknown_value", "numbers")
        object.__setattr__(self, "numbers", tuple(sorted(numbers)))
        _name(self, interest=AppendInterest, as_=AppendAs)


@dataclass(frozen=True, slots=True)
class ArrearsSplit:
    """What is overdue in `parts` equal parts. Raises ReliefError."""

    parts: int
    mode: SplitMode = SplitMode.ON_TOP

    def __post_init__(self) -> None:
        """Refuse parts without end."""
        _check_count(self.parts, MOST_PARTS)
        _name(self, mode=SplitMode)


@dataclass(frozen=True, slots=True)
class Reterm:
    """The rest in so many instalments, or in instalments of so much; exactly one. Raises ReliefError."""

    remaining_count: int | None = None
    target_instalment_minor: int | None = None

    def __post_init__(self) -> None:
        """Refuse both, which may contradict each other, and neither."""
        if (self.remaining_count is None) is (self.target_instalment_minor is None):
            raise ReliefError("exactly_one", "remaining_count, target_instalment_minor")
        if self.remaining_count is not None:
            _check_count(self.remaining_count, MOST_INSTALMENTS)
        if self.target_instalment_minor is not None:
            _check_amount(self.target_instalment_minor)


Component = Hold | Waive | DueDay | Rate | Pause | InterestOnly | Reduced | Append | ArrearsSplit | Reterm

# The fixed order in which components take effect.
KINDS: Mapping[str, type[Any]] = {
    "HOLD": Hold,
    "WAIVE": Waive,
    "DUE_DAY": DueDay,
    "RATE": Rate,
    "PAUSE": Pause,
    "INTEREST_ONLY": InterestOnly,
    "REDUCED": Reduced,
    "APPEND": Append,
    "ARREARS_SPLIT": ArrearsSplit,
    "RETERM": Reterm,
}


def kind_of(component: Component) -> str:
    """Return the written name of a component's kind.

    >>> kind_of(Pause(3))
    'PAUSE'
    """
    return next(name for name, made in KINDS.items() if type(component) is made)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a lender's policy allows; None is not applied.

    `max_payment_shock`: the first instalment after relief over the old one (1.25 is
    a quarter more). `min_instalment_minor`: no instalment may be made smaller than
    this. `max_capitalised_pct`: unpaid interest that makes the debt grow, as a part of
    the principal: what a pause adds to it, and what reduced instalments leave unpaid;
    a pause with simple interest adds none. `max_rate_annual`: no relief may lift the
    effective annual rate beyond this; a loan that was beyond it may stay where it was.
    """

    max_payment_shock: Decimal | None = None
    max_capitalised_pct: Decimal | None = None
    min_instalment_minor: int | None = None
    max_rate_annual: Decimal | None = None


# `as` is a word of the language itself.
_WRITTEN_KEYS: Mapping[str, str] = {"as_": "as"}


def component_from_dict(written: Mapping[str, Any]) -> Component:
    """Read a component from its JSON form.

    >>> component_from_dict({"kind": "PAUSE", "n": 3, "collect": "LAST"}).collect.value
    'LAST'

    Raises ReliefError.
    """
    given = dict(written)
    kind = given.pop("kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise ReliefError("unknown_kind", kind)
    made = KINDS[kind]
    keys = {_WRITTEN_KEYS.get(field.name, field.name): field for field in fields(made)}
    for key in given:
        if key not in keys:
            raise ReliefError("unknown_key", key)
    for key, field in keys.items():
        if key not in given and field.default is MISSING:
            raise ReliefError("missing_key", key)
    component: Component = made(**{keys[key].name: _read(kind, key, value) for key, value in given.items()})
    return component


def component_as_dict(component: Component) -> dict[str, Any]:
    """Write a component in its JSON form; `component_from_dict` reads it back.

    >>> component_as_dict(Pause(3))["collect"]
    'SPREAD'
    """
    kind = kind_of(component)
    written = {_WRITTEN_KEYS.get(field.name, field.name): getattr(component, field.name) for field in fields(component)}
    if kind == "WAIVE" and written["amount_minor"] is None:
        written["amount_minor"] = "all"
    if kind == "RETERM":
        written = {key: value for key, value in written.items() if value is not None}
    return {"kind": kind} | {key: _plain(value) for key, value in written.items()}


def _read(kind: str, key: str, value: Any) -> Any:
    if (kind, key) == ("WAIVE", "amount_minor"):
        return None if value == "all" else _whole(key, value)
    if kind == "RETERM":
        return None if value is None else _whole(key, value)
    if key == "rate_annual":
        return _rate(value)
    return value


def _whole(key: str, value: Any) -> int:
    if type(value) is not int:
        raise ReliefError("unknown_value", key)
    return value


def _rate(value: Any) -> Decimal:
    # Text only: a JSON number has already been through a binary fraction.
    try:
        return Decimal(value) if isinstance(value, str) and len(value) <= 40 else Decimal("NaN")
    except ArithmeticError:
        raise ReliefError("unknown_value", "rate_annual") from None


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, StrEnum) else value


def _check_count(count: object, most: int) -> None:
    if type(count) is not int or not 1 <= count <= most:
        raise ReliefError("n_out_of_range", count)


def _check_amount(amount_minor: object) -> None:
    if type(amount_minor) is not int or not 1 <= amount_minor <= LARGEST_MINOR:
        raise ReliefError("amount_out_of_range", amount_minor)


def _name(component: Any, **names: type[StrEnum]) -> None:
    """Turn written names into members, or say which field names nothing known."""
    for field, members in names.items():
        try:
            object.__setattr__(component, field, members(getattr(component, field)))
        except ValueError:
            raise ReliefError("unknown_value", _WRITTEN_KEYS.get(field, field)) from None
