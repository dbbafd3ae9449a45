"""Which instalments follow from the terms of a loan.

Interest of a row is `balance x annual rate x days of its period`, rounded once. The
principal of a row is

- `level` (等额本息): the equal instalment minus the interest. The instalment is
  solved from the periods as they are: with f(k) = rate x length of period k,

      instalment = P x Π(1 + f(k)) / F(n),   F(1) = 1,  F(k) = 1 + F(k-1) x (1 + f(k))

  which for equal periods is the annuity formula P x f / (1 - (1 + f)^-n), and for
  zero interest P / n, without a special case;
- `equal_principal` (等额本金): P / n.

The last row repays the whole rest, so what rounding left over is there. No row
repays less than nothing: where the first period is so long that its interest alone
exceeds the instalment, it asks for that interest only, and the instalment is solved
for the rows after it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from loans.engine.calendar import Unit, days_in_month, due_dates, shift
from loans.engine.day_count import ticks
from loans.engine.fingerprint import fingerprint
from loans.engine.money import LARGEST_MINOR, ROUND, split
from loans.engine.profile import DEFAULT_PROFILE, Profile

MOST_INSTALMENTS = 600
HIGHEST_RATE_ANNUAL = Decimal(10)
RATE_DECIMALS = 12


class Method(StrEnum):
    """How the principal is repaid."""

    LEVEL = "level"
    EQUAL_PRINCIPAL = "equal_principal"


class TermsError(ValueError):
    """The terms of a loan contradict themselves; `field` and `code` say where and how.

    Codes: `wrong_kind`, `unknown`, `too_small`, `too_large`, `too_precise`,
    `not_after_disbursement`.
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Terms:
    """What lender and borrower agreed; one instalment every `every` units.

    Without `first_due_on` the first instalment is due one period after
    disbursement. Raises TermsError.
    """

    principal_minor: int
    rate_annual: Decimal
    method: Method
    instalments: int
    disbursed_on: date
    first_due_on: date | None = None
    every: int = 1
    unit: Unit = Unit.MONTH
    profile: Profile = DEFAULT_PROFILE

    def __post_init__(self) -> None:
        """Refuse terms that no schedule can follow from."""
        _check_whole("principal_minor", self.principal_minor, LARGEST_MINOR)
        _check_whole("instalments", self.instalments, MOST_INSTALMENTS)
        _check_whole("every", self.every, 366)
        # Stored terms come back as plain text; inside the engine they are named values.
        for field, names in (("method", Method), ("unit", Unit)):
            try:
                object.__setattr__(self, field, names(getattr(self, field)))
            except ValueError:
                raise TermsError(field, "unknown") from None
        if not isinstance(self.profile, Profile):
            raise TermsError("profile", "wrong_kind")
        _check_rate(self.rate_annual)
        if self.first_due_on is not None and self.first_due_on <= self.disbursed_on:
            raise TermsError("first_due_on", "not_after_disbursement")

    @property
    def anchor_day(self) -> int:
        """The contractual day of the month, 1 to 31.

        The day of the first due date; but where that date is the end of a month
        too short for the day of disbursement, the day of disbursement (paid out on
        31 January, first due 28 February: anchor 31).
        """
        first, paid_out = self.first_due_on, self.disbursed_on.day
        if first is None:
            return paid_out
        is_month_end = first.day == days_in_month(first.year, first.month)
        return paid_out if is_month_end and paid_out > first.day else first.day

    def due_dates(self) -> tuple[date, ...]:
        """Return one contractual due date per instalment, in order."""
        first = self.first_due_on or shift(self.disbursed_on, self.every, self.unit, self.anchor_day)
        return due_dates(first, self.instalments, self.every, self.unit, self.anchor_day)


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


def schedule(terms: Terms) -> tuple[Row, ...]:
    """Return every instalment of a loan, in due order, principal adding up to the loan.

    2,500.00 in 5 equal principal parts at 0.05 % a day, paid out on 1 May 2026:

    >>> terms = Terms(250000, Decimal("0.1825"), Method.EQUAL_PRINCIPAL, 5, date(2026, 5, 1))
    >>> [row.interest_minor for row in schedule(terms)]
    [3875, 3000, 2325, 1550, 750]
    """
    convention, dues = terms.profile.day_count, terms.due_dates()
    opens = (terms.disbursed_on, *dues[:-1])
    lengths = [ticks(convention, start, end) for start, end in zip(opens, dues, strict=True)]
    numerator, denominator = terms.rate_annual.as_integer_ratio()
    year = denominator * terms.profile.ticks_per_year
    factors = [numerator * length for length in lengths]
    rows, balance_minor = [], terms.principal_minor
    for number, (principal_minor, interest_minor) in enumerate(_PARTS[terms.method](terms, factors, year), 1):
        balance_minor -= principal_minor
        opens_on, due_on = opens[number - 1], dues[number - 1]
        rows.append(Row(number, opens_on, due_on, principal_minor, interest_minor, balance_minor))
    return tuple(rows)


def level_instalment(terms: Terms, factors: list[int], year: int) -> int:
    """Return the equal instalment; interest of period k is `balance x factors[k] / year`.

    Ten thousand over twelve months at 1.2 % a month:

    >>> terms = Terms(1000000, Decimal("0.144"), Method.LEVEL, 12, date(2026, 1, 15))
    >>> level_instalment(terms, [12] * 12, 1000)
    89975
    """
    # `grown` is Π(1 + f) times year^k and `annuity` is F(k) times year^(k-1), both whole.
    grown, annuity, power = 1, 0, 1
    for factor in factors:
        grown *= year + factor
        annuity = power + annuity * (year + factor)
        power *= year
    multiple = terms.profile.instalment_multiple_minor
    numerator, denominator = terms.principal_minor * grown, year * annuity
    return terms.profile.rounded(numerator, denominator * multiple) * multiple


def _level_parts(terms: Terms, factors: list[int], year: int) -> list[tuple[int, int]]:
    instalment_minor = level_instalment(terms, factors, year)
    rounded, balance_minor, parts = ROUND[terms.profile.rounding], terms.principal_minor, []
    first_interest_minor = rounded(balance_minor * factors[0], year)
    if len(factors) > 1 and first_interest_minor > instalment_minor:
        return [(0, first_interest_minor), *_level_parts(terms, factors[1:], year)]
    for factor in factors[:-1]:
        interest_minor = rounded(balance_minor * factor, year)
        principal_minor = min(max(instalment_minor - interest_minor, 0), balance_minor)
        parts.append((principal_minor, interest_minor))
        balance_minor -= principal_minor
    return [*parts, (balance_minor, rounded(balance_minor * factors[-1], year))]


def _equal_parts(terms: Terms, factors: list[int], year: int) -> list[tuple[int, int]]:
    rounded, balance_minor, parts = ROUND[terms.profile.rounding], terms.principal_minor, []
    for principal_minor, factor in zip(split(balance_minor, terms.instalments), factors, strict=True):
        parts.append((principal_minor, rounded(balance_minor * factor, year)))
        balance_minor -= principal_minor
    return parts


# One entry per method: (principal, interest) of each row, in due order.
_PARTS = {Method.LEVEL: _level_parts, Method.EQUAL_PRINCIPAL: _equal_parts}


def row_from_dict(written: Mapping[str, Any]) -> Row:
    """Return the row that `Row.as_dict` wrote."""
    on = {key: date.fromisoformat(written[key]) for key in ("opens_on", "due_on")}
    return Row(**{**written, **on})


def schedule_hash(rows: Iterable[Row]) -> str:
    """Return the fingerprint of a schedule: 64 hexadecimal digits, the same everywhere."""
    return fingerprint([row.as_dict() for row in rows])


def _check_whole(field: str, value: object, largest: int) -> None:
    if type(value) is not int:
        raise TermsError(field, "wrong_kind")
    if value < 1:
        raise TermsError(field, "too_small")
    if value > largest:
        raise TermsError(field, "too_large")


def _check_rate(rate_annual: object) -> None:
    if not isinstance(rate_annual, Decimal) or not rate_annual.is_finite():
        raise TermsError("rate_annual", "wrong_kind")
    if rate_annual < 0:
        raise TermsError("rate_annual", "too_small")
    if rate_annual > HIGHEST_RATE_ANNUAL:
        raise TermsError("rate_annual", "too_large")
    if rate_annual.normalize().as_tuple().exponent < -RATE_DECIMALS:  # type: ignore[operator]
        raise TermsError("rate_annual", "too_precise")
