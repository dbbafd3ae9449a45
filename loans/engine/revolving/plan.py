"""A bill in instalments: equal parts of an amount, and a fee reckoned on all of it.

    principal of a part   amount / parts
    fee of a part         amount x fee rate / parts

Both are cut so that they add up to the whole exactly; the last part takes what rounding
leaves. The first part is due a month after the bill was, with the next bill. Because the
fee stays the same while the debt falls, its real annual rate is about twice what the
percentage suggests:

    parts        3         6         9         12
    fee          2.3 %     4.5 %     6.5 %     8.8 %
    annual rate  13.75 %   15.27 %   15.34 %   15.86 %      (monthly IRR x 12)

Paid back early, the fee is charged for the days of the running part that have gone by
and for none to come (Civil Code of China art. 677).
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from loans.engine.calendar import add_months
from loans.engine.cost_sheet import Contingent, CostSheet, cost_sheet
from loans.engine.money import LARGEST_MINOR, ratio_half_up, split
from loans.engine.profile import DEFAULT_PROFILE, Profile
from loans.engine.quote import annual_rates
from loans.engine.revolving.terms import BillError, check_part, check_whole
from loans.engine.schedule import Method, Row, Terms
from loans.engine.terms import FIRST_DAY, LAST_DAY

MOST_PARTS = 60
HIGHEST_FEE = Decimal(1)
FEE_DECIMALS = 8


class Settlement(NamedTuple):
    """What ends a plan on a day, in minor units; nothing of it is for days to come."""

    principal_minor: int
    interest_minor: int
    fee_minor: int

    @property
    def total_minor(self) -> int:
        """What is to be paid in one sum."""
        return sum(self)


def bill_plan(
    amount_minor: int, parts: int, fee_rate: Decimal, due_on: date, profile: Profile = DEFAULT_PROFILE
) -> tuple[Row, ...]:
    """Return the instalments of an amount of a bill that was due on `due_on`.

    `fee_rate` is a part of the amount, for all parts together.

    >>> rows = bill_plan(1200000, 12, Decimal("0.088"), date(2026, 6, 10))
    >>> rows[0].due_on, rows[0].principal_minor, rows[0].fee_minor, rows[-1].balance_minor
    (datetime.date(2026, 7, 10), 100000, 8800, 0)

    Raises BillError.
    """
    check_whole("parts", parts, MOST_PARTS)
    check_part("fee_rate", fee_rate, HIGHEST_FEE, FEE_DECIMALS)
    plan_terms(amount_minor, parts, due_on)  # refuses what cannot be a plan
    numerator, denominator = fee_rate.as_integer_ratio()
    fees = split(profile.rounded(amount_minor * numerator, denominator), parts)
    rows, opens_on, left_minor = [], due_on, amount_minor
    for number, (principal_minor, fee_minor) in enumerate(zip(split(amount_minor, parts), fees, strict=True), start=1):
        part_due_on = add_months(due_on, number)
        left_minor -= principal_minor
        rows.append(Row(number, opens_on, part_due_on, principal_minor, 0, left_minor, fee_minor=fee_minor))
        opens_on = part_due_on
    return tuple(rows)


def plan_terms(amount_minor: int, parts: int, due_on: date) -> Terms:
    """Return a plan as a loan of the bill's due date, without interest. Raises BillError."""
    check_whole("amount_minor", amount_minor, LARGEST_MINOR)
    if type(due_on) is not date:
        raise BillError("due_on", "wrong_kind")
    if not FIRST_DAY <= due_on <= add_months(LAST_DAY, -parts - 1):
        raise BillError("due_on", "beyond_the_calendar")
    return Terms(amount_minor, Decimal(0), Method.EQUAL_PRINCIPAL, parts, due_on)


def plan_rates(rows: Sequence[Row]) -> dict[str, str | None]:
    """Return what a plan costs a year under the four conventions of `quote`.

    >>> plan_rates(bill_plan(1200000, 12, Decimal("0.088"), date(2026, 6, 10)))["irr_x12"]
    '0.15864326'
    """
    return annual_rates(_terms(rows), rows)


def plan_cost_sheet(rows: Sequence[Row], *, lender: str, contingent: Sequence[Contingent] = ()) -> CostSheet:
    """Return the costs of a plan as the borrower sees them before agreeing to it.

    >>> sheet = plan_cost_sheet(bill_plan(1200000, 3, Decimal("0.023"), date(2026, 6, 10)), lender="bank")
    >>> sheet.total_minor, sheet.rate_annual.quantize(Decimal("0.0001"))
    (27600, Decimal('0.1375'))
    """
    return cost_sheet(_terms(rows), rows, lender=lender, contingent=contingent)


def settlement(rows: Sequence[Row], on: date) -> Settlement:
    """Return what ends a plan on a day, from the rows not yet billed.

    Ten of the thirty days of June's part, whose fee is 88.00:

    >>> settlement(bill_plan(1200000, 12, Decimal("0.088"), date(2026, 6, 10)), date(2026, 6, 20))
    Settlement(principal_minor=1200000, interest_minor=0, fee_minor=2933)
    """
    principal_minor = sum(row.principal_minor for row in rows)
    interest_minor = sum(row.relief_interest_minor for row in rows)
    fee_minor = 0
    for row in rows:
        gone = min(max((on - row.opens_on).days, 0), (row.due_on - row.opens_on).days)
        length = max((row.due_on - row.opens_on).days, 1)
        interest_minor += ratio_half_up(row.interest_minor * gone, length)
        fee_minor += ratio_half_up(row.fee_minor * gone, length)
    return Settlement(principal_minor, interest_minor, fee_minor)


def _terms(rows: Sequence[Row]) -> Terms:
    return plan_terms(sum(row.principal_minor for row in rows), len(rows), rows[0].opens_on)
