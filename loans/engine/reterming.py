"""The rest at another rate, or in other instalments: RATE and RETERM.

`RATE` lowers the rate from the first unpaid period on, for a number of periods or for
the rest, and cuts the same number of instalments anew. `RETERM` cuts the rest into a
number of instalments, or into instalments of an amount, the last of which is smaller.

    9,159.05 at 1.2 %       9 instalments of 1,079.71
    RETERM to 15            14 x 670.85 and 670.89
    RETERM to 700.00        14 x 700.00 and a smaller one
"""

from dataclasses import replace

from loans.engine.components import MOST_INSTALMENTS, Collect, Rate, ReliefError, Reterm
from loans.engine.draft import Draft
from loans.engine.money import split
from loans.engine.recut import LEVEL, needed, recut


def at_rate(plan: Draft, rate: Rate) -> Draft:
    """Return the draft at a lower rate. Raises ReliefError(`rate_not_lower`)."""
    contract = plan.contract
    if rate.rate_annual > contract.rate_annual:
        raise ReliefError("rate_not_lower", rate.rate_annual)
    until = None if rate.periods is None else contract.later(plan.opens_on, rate.periods)
    plan = replace(plan, contract=replace(contract, cut_rate_annual=rate.rate_annual, cut_until=until))
    return recut(plan, plan.opens_on, plan.rest[0].due_on, len(plan.rest))


def retermed(plan: Draft, reterm: Reterm) -> Draft:
    """Return the draft cut anew; instalments of interest alone, reduced or appended count too. Raises ReliefError."""
    opens_on, due_on = plan.opens_on, plan.rest[0].due_on
    if reterm.remaining_count is not None:
        count = reterm.remaining_count - len(plan.eased) - len(plan.behind)
        if count < 1:
            raise ReliefError("n_out_of_range", reterm.remaining_count)
        return recut(plan, opens_on, due_on, count)
    target_minor = reterm.target_instalment_minor or 0
    count, instalment_minor = _count_and_instalment(plan, target_minor)
    return recut(plan, opens_on, due_on, count, instalment_minor=instalment_minor)


def _count_and_instalment(plan: Draft, target_minor: int) -> tuple[int, int | None]:
    """Return how many instalments it takes, and what each asks for without interest of pauses."""
    if plan.contract.method.value != LEVEL:
        raise ReliefError("method_unsupported", plan.contract.method.value)
    beside_minor = sum(row.relief_interest_minor + row.fee_minor for row in plan.rest)
    if plan.collect is not Collect.SPREAD:
        beside_minor = 0
    rest = (plan.contract, plan.principal_minor, plan.opens_on, plan.rest[0].due_on)
    for count in range(needed(*rest, target_minor), MOST_INSTALMENTS + 1):
        instalment_minor = target_minor - split(beside_minor, count)[0]
        least = needed(*rest, instalment_minor)
        if least <= count:
            # Fewer than it was shared out over: then equal ones, each below the target.
            return count, instalment_minor if least == count else None
    raise ReliefError("never_repays", target_minor)
