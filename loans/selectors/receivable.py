"""What a loan has earned by the end of a day and nobody has paid: the receivables of the books.

    interest   of instalments that are due, and of the running period for the days gone by
    penalty    charged to the end of the day
    fees       of instalments that are due

It is what a payoff on the morning after would ask for beside the principal. Interest that was
paid ahead is income already; it makes nothing here less than zero.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from loans.models import Account, Loan
from loans.selectors.charges import Charges
from loans.selectors.in_force import InForce
from loans.selectors.settle_page import engine_payoff

INTEREST, PENALTY, FEE = Account.INTEREST_RECEIVABLE, Account.PENALTY_RECEIVABLE, Account.FEE_RECEIVABLE
COLUMNS: Mapping[Account, str] = {
    INTEREST: "interest_receivable_minor",
    PENALTY: "penalty_receivable_minor",
    FEE: "fee_receivable_minor",
}
INCOME: Mapping[Account, Account] = {
    INTEREST: Account.INTEREST_INCOME,
    PENALTY: Account.PENALTY_INCOME,
    FEE: Account.FEE_INCOME,
}
NONE: Mapping[Account, int] = {INTEREST: 0, PENALTY: 0, FEE: 0}


def receivables(loan: Loan, held: InForce, penalty: Charges, on: date) -> Mapping[Account, int]:
    """By account, in minor units, at the end of `on`; `held` and `penalty` are of that day."""
    if loan.state != Loan.State.ACTIVE:
        return NONE
    owed = engine_payoff(loan, held, on + timedelta(days=1))
    return {INTEREST: owed.interest_minor, PENALTY: penalty.owed_minor, FEE: owed.fee_minor}
