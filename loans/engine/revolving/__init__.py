"""Credit that is billed once a month (花呗-like): bills, minimum payments, instalments, relief.

Facts in, figures out; there is no state to keep but the facts:

- `account(terms, entries, on)` follows purchases, refunds, payments and the rest to the
  end of a day: every bill with its minimum, what is left of each, what each payment was
  for, days past due, and the sum that pays for everything;
- `bill_plan`, `plan_rates`, `plan_cost_sheet`, `settlement`: a bill in instalments, what
  it really costs a year, and what ends it early;
- `standing` and `project`: what relief finds on a day and what it would do, as the same
  `Projection` as for a loan; `Relieved` puts its rows in force;
- `explain_bill`, `explain_plan`, `explain_relief`: how each figure was reached.

`docs/bills.md` tells the rules with a worked example. They are those of the field's
monthly bills (Huabei-like products): minimum payment in five parts, no interest if the
bill is paid in full by its due date, daily interest on what is carried over from the day
after it.
"""

from loans.engine.revolving.bill import Bill, Minimum
from loans.engine.revolving.course import Account, Left, account
from loans.engine.revolving.cycle import bill_days, next_day
from loans.engine.revolving.entries import (
    CreditReturned,
    DueDayMoved,
    Entry,
    Fee,
    Instalments,
    Payment,
    PlanEnded,
    Purchase,
    Refund,
    Relieved,
)
from loans.engine.revolving.explain import explain_bill, explain_plan, explain_relief
from loans.engine.revolving.plan import Settlement, bill_plan, plan_cost_sheet, plan_rates, settlement
from loans.engine.revolving.relief import project
from loans.engine.revolving.terms import BillError, BillTerms
from loans.engine.revolving.unpaid import Standing, standing

__all__ = [
    "Account",
    "Bill",
    "BillError",
    "BillTerms",
    "CreditReturned",
    "DueDayMoved",
    "Entry",
    "Fee",
    "Instalments",
    "Left",
    "Minimum",
    "Payment",
    "PlanEnded",
    "Purchase",
    "Refund",
    "Relieved",
    "Settlement",
    "Standing",
    "account",
    "bill_days",
    "bill_plan",
    "explain_bill",
    "explain_plan",
    "explain_relief",
    "next_day",
    "plan_cost_sheet",
    "plan_rates",
    "project",
    "settlement",
    "standing",
]
