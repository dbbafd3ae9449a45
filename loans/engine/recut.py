"""Principal cut into instalments anew, over periods whose rate may change on the way.

A `level` loan is solved as its first schedule was, from the periods as they are; where
relief lowers the rate for a while, the instalment is solved again when the rate changes:

    9,159.05 over 9 months at 7.2 %                       9 x 1,048.45
    the same with 14.4 % again after three                3 x 1,048.45, then 6 x 1,070.33

`equal_principal` divides the principal, `interest_first` and `bullet` repay it with the
last instalment. A `flat` loan has interest that does not follow from a balance, so its
instalments can be moved but not cut anew.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from loans.engine.components import MOST_INSTALMENTS, ReliefError
from loans.engine.contract import Contract
from loans.engine.day_count import ticks
from loans.engine.draft import Draft, credited, shares
from loans.engine.money import split
from loans.engine.profile import Profile
from loans.engine.schedule import Row

Periods = Sequence[tuple[date, date]]
LEVEL, EQUAL_PRINCIPAL = "level", "equal_principal"
PRINCIPAL_AT_THE_END = ("interest_first", "bullet")


def level_instalment(
    principal_minor: int, rate_annual: Decimal, profile: Profile, periods: Periods, anchor_day: int | None = None
) -> int:
    """Return the equal instalment that repays a principal over periods at one rate.

    >>> from loans.engine.profile import PROFILES
    >>> months = [(date(2026, month, 15), date(2026, month + 1, 15)) for month in range(2, 11)]
    >>> level_instalment(915905, Decimal("0.072"), PROFILES["30-360"], months)
    104845
    """
    numerator, denominator = rate_annual.as_integer_ratio()
    year = denominator * profile.ticks_per_year
    # Π(1 + f) times year^k, and the sum of what follows each period times year^(k-1).
    grown, annuity, power = 1, 0, 1
    for start, end in periods:
        growth = year + numerator * ticks(profile.day_count, start, end, anchor_day)
        grown *= growth
        annuity = power + annuity * growth
        power *= year
    multiple = profile.instalment_multiple_minor
    return profile.rounded(principal_minor * grown, year * annuity * multiple) * multiple


def cut(
    principal_minor: int, periods: Periods, contract: Contract, instalment_minor: int | None = None
) -> tuple[tuple[int, int], ...]:
    """Return (principal, interest) of one instalment per period, the last taking the rest.

    `instalment_minor` fixes the instalment of a level loan instead of solving it.
    Raises ReliefError(`method_unsupported`).
    """
    method = contract.method.value
    if method == LEVEL:
        return _level(principal_minor, periods, contract, instalment_minor)
    if method == EQUAL_PRINCIPAL:
        principals = split(principal_minor, len(periods))
    elif method in PRINCIPAL_AT_THE_END:
        principals = (*(0,) * (len(periods) - 1), principal_minor)
    else:
        raise ReliefError("method_unsupported", method)
    parts = []
    for (start, end), part_minor in zip(periods, principals, strict=True):
        parts.append((part_minor, contract.interest(principal_minor, start, end)))
        principal_minor -= part_minor
    return tuple(parts)


def recut(
    plan: Draft,
    opens_on: date,
    first_due_on: date,
    count: int,
    *,
    principal_minor: int | None = None,
    added_minor: int = 0,
    instalment_minor: int | None = None,
) -> Draft:
    """Return the draft with its rest cut anew into `count` instalments.

    Interest of pauses that stood on the old rows, and `added_minor` more of it, is
    collected with the new ones as the plan says; fees are divided.
    """
    if principal_minor is None:
        principal_minor = plan.principal_minor
    periods = plan.contract.periods(opens_on, first_due_on, count)
    added_minor += sum(row.relief_interest_minor for row in plan.rest)
    first_number = plan.rest[0].number
    rows = [
        Row(first_number + index, start, end, principal, interest, 0, relief, fee)
        for index, ((start, end), (principal, interest), relief, fee) in enumerate(
            zip(
                periods,
                cut(principal_minor, periods, plan.contract, instalment_minor),
                shares(added_minor, count, plan.collect),
                split(sum(row.fee_minor for row in plan.rest), count),
                strict=True,
            )
        )
    ]
    # The credits are kept, because the rows may be moved or cut once more by the next component.
    asked, credits = credited(rows, plan.credit_minor)
    return replace(plan, rest=asked, credits=credits)


def needed(contract: Contract, principal_minor: int, opens_on: date, first_due_on: date, instalment_minor: int) -> int:
    """Return how many instalments of an amount repay a principal; beyond the most there can be, one more.

    The last may be smaller, never larger.
    """
    start, count = opens_on, 0
    while count < MOST_INSTALMENTS:
        end = contract.later(first_due_on, count)
        interest_minor, count = contract.interest(principal_minor, start, end), count + 1
        if principal_minor + interest_minor <= instalment_minor:
            return count
        principal_minor -= max(instalment_minor - interest_minor, 0)
        start = end
        if instalment_minor <= interest_minor and contract.rate_on(end) >= contract.rate_annual:
            break
    return MOST_INSTALMENTS + 1


def _level(
    principal_minor: int, periods: Periods, contract: Contract, fixed_minor: int | None
) -> tuple[tuple[int, int], ...]:
    parts: list[tuple[int, int]] = []
    instalment_minor, solved_at = fixed_minor or 0, None
    for index, (start, end) in enumerate(periods):
        interest_minor, rate_annual = contract.interest(principal_minor, start, end), contract.rate_on(start)
        if index == len(periods) - 1:
            parts.append((principal_minor, interest_minor))
            break
        if fixed_minor is None and rate_annual != solved_at:
            instalment_minor = level_instalment(
                principal_minor, rate_annual, contract.profile, periods[index:], contract.counted_from
            )
            solved_at = rate_annual
        part_minor = min(max(instalment_minor - interest_minor, 0), principal_minor)
        if fixed_minor is None and interest_minor > instalment_minor and index == 0:
            # A first period so long that its interest alone is more: only that is asked for.
            solved_at = None
        parts.append((part_minor, interest_minor))
        principal_minor -= part_minor
    return tuple(parts)
