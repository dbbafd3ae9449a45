"""Every report of a day by its name, as a plain table; for commands and files to download."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from accounts.models import Lender
from loans.models import Account
from loans.selectors.income import income
from loans.selectors.journal import balances
from loans.selectors.portfolio import arrears, portfolio
from loans.sheet import Sheet, arrears_sheet, balances_sheet, income_sheet, portfolio_sheet

# Before it there is no book, and no calendar that a year could be taken from.
FIRST_DAY = date(2000, 1, 1)

SHEETS: Mapping[str, Callable[[Lender, date], Sheet]] = MappingProxyType(
    {
        "portfolio": lambda lender, on: portfolio_sheet(portfolio(lender, on)),
        "arrears": lambda lender, on: arrears_sheet(arrears(lender, on)),
        "income": lambda lender, on: income_sheet(income(lender, on)),
        "balance": lambda lender, on: balances_sheet(balances(lender, on), Account.values),
    }
)
