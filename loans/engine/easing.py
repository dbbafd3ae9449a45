"""Smaller instalments for a while: INTEREST_ONLY and REDUCED.

For n periods only the interest is due, or only the amount the borrower can pay; then
what is left is cut anew, over as many instalments as there were (EXTEND) or over those
left before the old end (KEEP_END):

    9,159.05 at 1.2 %, three of interest alone     3 x 109.91, then 9,159.05 is left
    the same, three of 500.00                      500.00 - 109.91 = 390.09, ... 7,974.68

An amount smaller than the interest repays nothing. The interest it leaves unpaid bears
no interest: it is spread over the instalments after, and counts as growth of the debt.
"""

from dataclasses import replace

from loans.engine.components import InterestOnly, Reduced, ReliefError
from loans.engine.draft import Draft
from loans.engine.earning import Stretch
from loans.engine.pausing import remaining_after
from loans.engine.recut import Periods, recut
from loans.engine.schedule import Row


def eased(plan: Draft, component: InterestOnly | Reduced) -> Draft:
    """Return the draft after n instalments of interest alone, or of an amount. Raises ReliefError."""
    amount_minor = component.amount_minor if isinstance(component, Reduced) else None
    if amount_minor is not None and amount_minor >= plan.rest[0].due_minor:
        raise ReliefError("amount_not_smaller", amount_minor)
    count = remaining_after(plan, component.n, component.then)
    contract, first_due_on = plan.contract, plan.rest[0].due_on
    periods = contract.periods(plan.opens_on, first_due_on, component.n)
    rows, short, credit_minor = eased_rows(plan, periods, plan.principal_minor, amount_minor)
    unpaid_minor = sum(stretch.interest_minor for stretch in short)
    left_minor = plan.principal_minor - sum(row.principal_minor for row in rows)
    if left_minor <= 0:
        raise ReliefError("amount_not_smaller", amount_minor)
    plan = replace(
        plan,
        # Without interest there is nothing to pay in such a row, as in a pause.
        eased=(*plan.eased, *(row for row in rows if row.due_minor)),
        credits={plan.rest[0].number: credit_minor},
        relief_interest_minor=plan.relief_interest_minor + unpaid_minor,
        unpaid_interest_minor=plan.unpaid_interest_minor + unpaid_minor,
        stretches=(*plan.stretches, *short),
    )
    due_on = contract.later(first_due_on, component.n)
    return recut(plan, rows[-1].due_on, due_on, count, principal_minor=left_minor, added_minor=unpaid_minor)


def eased_rows(
    plan: Draft, periods: Periods, left_minor: int, amount_minor: int | None
) -> tuple[list[Row], list[Stretch], int]:
    """Return the eased rows, the periods whose interest they do not pay in full, and the credit not used up.

    Without an amount they are of interest alone.
    """
    rows, short, credit_minor = [], [], plan.credit_minor
    for start, end in periods:
        whole_minor = plan.contract.interest(left_minor, start, end)
        used_minor = min(credit_minor, whole_minor)
        credit_minor, interest_minor, principal_minor = credit_minor - used_minor, whole_minor - used_minor, 0
        if amount_minor is not None:
            principal_minor = min(max(amount_minor - interest_minor, 0), left_minor)
            interest_minor = min(interest_minor, amount_minor)
        if unpaid_minor := whole_minor - used_minor - interest_minor:
            short.append(Stretch(start, end, left_minor, unpaid_minor, whole_minor - unpaid_minor))
        left_minor -= principal_minor
        rows.append(Row(plan.rest[0].number, start, end, principal_minor, interest_minor, 0))
    return rows, short, credit_minor
