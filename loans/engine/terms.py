"""What lender and borrower agreed: the terms from which every instalment follows.

Terms are checked once, here, so that nothing after them meets a loan that no schedule
can follow from. What is refused says which field and why.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from loans.engine.calendar import Unit, days_in_month, due_dates
from loans.engine.money import LARGEST_MINOR
from loans.engine.profile import DEFAULT_PROFILE, Profile

MOST_INSTALMENTS = 600
HIGHEST_RATE_ANNUAL = Decimal(10)
RATE_DECIMALS = 12
# A year from either end of the calendar, because a rate may have to look a year back or ahead.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)
_LONGEST_DAYS = {Unit.MONTH: 31, Unit.WEEK: 7, Unit.DAY: 1}


class Method(StrEnum):
    """How the principal is repaid."""

    LEVEL = "level"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FIRST = "interest_first"
    BULLET = "bullet"
    FLAT = "flat"


class TermsError(ValueError):
    """The terms of a loan contradict themselves; `field` and `code` say where and how.

    Codes: `wrong_kind`, `unknown`, `too_small`, `too_large`, `too_precise`,
    `not_after_disbursement`, `beyond_the_calendar`.
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Terms:
    """What lender and borrower agreed; one instalment every `every` units.

    Without `first_due_on` the first instalment is due one period after
    disbursement. The first `grace_on_principal_instalments` repay no principal; the
    first `grace_on_interest_instalments` pay no interest, which is then due with the
    one after them. `down_payment_minor` is paid back on the day of disbursement, in a
    row of its own before the `instalments`. Raises TermsError.
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
    grace_on_principal_instalments: int = 0
    grace_on_interest_instalments: int = 0
    down_payment_minor: int = 0

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
        self._check_dates()
        most = self.instalments - 1
        _check_whole("grace_on_principal_instalments", self.grace_on_principal_instalments, most, least=0)
        _check_whole("grace_on_interest_instalments", self.grace_on_interest_instalments, most, least=0)
        _check_whole("down_payment_minor", self.down_payment_minor, self.principal_minor - 1, least=0)

    def _check_dates(self) -> None:
        for field in ("disbursed_on", "first_due_on"):
            if type(getattr(self, field)) not in ((date,) if field == "disbursed_on" else (date, type(None))):
                raise TermsError(field, "wrong_kind")
        if self.first_due_on is not None and self.first_due_on <= self.disbursed_on:
            raise TermsError("first_due_on", "not_after_disbursement")
        starts_on = self.first_due_on or self.disbursed_on
        if self.disbursed_on < FIRST_DAY:
            raise TermsError("disbursed_on", "beyond_the_calendar")
        if starts_on.toordinal() + self.instalments * self.every * _LONGEST_DAYS[self.unit] > LAST_DAY.toordinal():
            raise TermsError("instalments", "beyond_the_calendar")

    @property
    def financed_minor(self) -> int:
        """What is left to repay after the down payment."""
        return self.principal_minor - self.down_payment_minor

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
        if self.first_due_on is None:
            return due_dates(self.disbursed_on, self.instalments + 1, self.every, self.unit)[1:]
        return due_dates(self.first_due_on, self.instalments, self.every, self.unit, self.anchor_day)


def _check_whole(field: str, value: object, largest: int, least: int = 1) -> None:
    if type(value) is not int:
        raise TermsError(field, "wrong_kind")
    if value < least:
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
