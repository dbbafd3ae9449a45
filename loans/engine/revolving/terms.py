"""What lender and borrower agreed about a credit that is billed once a month.

Checked once, here, so that nothing after them meets a bill that cannot be made up.

    bill_day        the day of the month on which a bill is made, 1 to 28
    due_day         the day by which it is to be paid, 1 to 28, after the bill day
    minimum_share   the part of new purchases that the minimum payment holds (a tenth)
    rate_annual     what is carried over bears (18.25 % a year is 0.05 % a day)
    penalty         what an unpaid minimum bears instead, its grace and the cap

The rules of penalty interest are those of `penalty`, the order of a payment that of
`waterfall`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from loans.engine.penalty import PenaltyRules
from loans.engine.profile import DEFAULT_PROFILE, Profile
from loans.engine.terms import FIRST_DAY, HIGHEST_RATE_ANNUAL, LAST_DAY, RATE_DECIMALS
from loans.engine.waterfall import DEFAULT_ORDER, Component

LATEST_DAY = 28
SHARE_DECIMALS = 6


class BillError(ValueError):
    """A bill cannot be made up from this; `field` and `code` say where and how.

    Codes: `wrong_kind`, `unknown`, `missing`, `both`, `too_small`, `too_large`,
    `too_precise`, `beyond_the_calendar`; `same_as_bill_day` (a bill would be due when the
    next one is made); `repeated` (a sequence names one entry); `before_opening`;
    `not_a_purchase`, `more_than_bought` (a refund); `more_than_credit` (money returned);
    `nothing_billed`, `overdue`, `after_due_date`, `more_than_billed` (a bill into
    instalments); `not_a_plan` (an end of instalments that are not there);
    `principal_differs`, `before_relief` (rows of relief that repay another sum than they
    take over, or are due before it).
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class BillTerms:
    """The terms of one account. Raises BillError."""

    opened_on: date
    rate_annual: Decimal
    bill_day: int = 1
    due_day: int = 10
    minimum_share: Decimal = Decimal("0.1")
    profile: Profile = DEFAULT_PROFILE
    penalty: PenaltyRules = field(default_factory=PenaltyRules)
    order: Sequence[Component] = DEFAULT_ORDER
    principal_first_after: int | None = 90

    def __post_init__(self) -> None:
        """Refuse terms that no bill can follow from."""
        if type(self.opened_on) is not date:
            raise BillError("opened_on", "wrong_kind")
        if not FIRST_DAY <= self.opened_on <= LAST_DAY:
            raise BillError("opened_on", "beyond_the_calendar")
        check_whole("bill_day", self.bill_day, LATEST_DAY)
        check_whole("due_day", self.due_day, LATEST_DAY)
        if self.due_day == self.bill_day:
            raise BillError("due_day", "same_as_bill_day")
        check_part("rate_annual", self.rate_annual, HIGHEST_RATE_ANNUAL, RATE_DECIMALS)
        check_part("minimum_share", self.minimum_share, Decimal(1), SHARE_DECIMALS)
        if not self.minimum_share:
            raise BillError("minimum_share", "too_small")
        for name, kind in (("profile", Profile), ("penalty", PenaltyRules)):
            if not isinstance(getattr(self, name), kind):
                raise BillError(name, "wrong_kind")
        if self.penalty.cap_annual is not None and self.rate_annual > self.penalty.cap_annual:
            raise BillError("rate_annual", "too_large")
        if sorted(self.order) != sorted(Component):
            raise BillError("order", "unknown")
        if self.principal_first_after is not None:
            check_whole("principal_first_after", self.principal_first_after, 36_500, least=0)

    @property
    def interest_rate(self) -> Fraction:
        """The annual rate of what is carried over, exactly."""
        return Fraction(*self.rate_annual.as_integer_ratio())

    @property
    def penalty_rate(self) -> Fraction:
        """The annual rate of an unpaid minimum, exactly."""
        return self.interest_rate * (1 + Fraction(*self.penalty.uplift.as_integer_ratio()))

    def share(self, purchases_minor: int) -> int:
        """Return the part of purchases that a minimum payment holds.

        >>> BillTerms(date(2026, 5, 1), Decimal("0.1825")).share(123455)
        12346
        """
        numerator, denominator = self.minimum_share.as_integer_ratio()
        return self.profile.rounded(purchases_minor * numerator, denominator)


def check_whole(name: str, value: object, largest: int, least: int = 1) -> None:
    """Raise BillError unless a value is a whole number within its bounds."""
    if type(value) is not int:
        raise BillError(name, "wrong_kind")
    if not least <= value <= largest:
        raise BillError(name, "too_small" if value < least else "too_large")


def check_part(name: str, value: object, largest: Decimal, decimals: int) -> None:
    """Raise BillError unless a value is a finite decimal fraction within its bounds."""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise BillError(name, "wrong_kind")
    if not 0 <= value <= largest:
        raise BillError(name, "too_small" if value < 0 else "too_large")
    # The digits tell, not arithmetic: a context would round them away.
    _, denominator = value.as_integer_ratio()
    if 10**decimals % denominator:
        raise BillError(name, "too_precise")
