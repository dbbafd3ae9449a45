"""The staff page of one report: what the report says, and the sums of its picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import wording
from accounts.models import Lender
from loans.book_reports import INCOME
from loans.models import Account
from loans.selectors.income import income, principal_left
from loans.selectors.journal import balances
from loans.selectors.portfolio import arrears, portfolio


@dataclass(frozen=True, slots=True)
class Columns:
    """Sums side by side with the words under them, and what they are in a sentence."""

    sums: tuple[int, ...]
    names: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """`found` is the report itself; `more` what the table of the picture needs beside it."""

    found: Any
    columns: Columns | None = None
    more: Any = None


@dataclass(frozen=True, slots=True)
class BalanceLine:
    name: str
    debit_minor: int
    credit_minor: int


def portfolio_page(lender: Lender, on: date) -> ReportPage:
    months = principal_left(lender, on)
    days, sums = zip(*months, strict=True)
    return ReportPage(portfolio(lender, on), Columns(sums, _names(days), _("Principal left, month by month")), months)


def arrears_page(lender: Lender, on: date) -> ReportPage:
    found = arrears(lender, on)
    late = found.lines[1:]
    sums = tuple(line.principal_minor for line in late)
    title = _("Principal left of overdue loans, by bucket")
    return ReportPage(found, Columns(sums, tuple(line.bucket for line in late), title))


def income_page(lender: Lender, on: date) -> ReportPage:
    found = income(lender, on)
    sums = tuple(month.total_minor for month in found.months)
    days = tuple(month.first_on for month in found.months)
    accounts = tuple(str(Account(account).label) for account in INCOME)
    return ReportPage(found, Columns(sums, _names(days), _("Income, month by month")), accounts)


def balance_page(lender: Lender, on: date) -> ReportPage:
    held = balances(lender, on)
    lines = tuple(
        BalanceLine(str(account.label), max(held.get(account, 0), 0), max(-held.get(account, 0), 0))
        for account in Account
    )
    return ReportPage(lines, more=sum(line.debit_minor for line in lines))


PAGES: Mapping[str, Callable[[Lender, date], ReportPage]] = MappingProxyType(
    {"portfolio": portfolio_page, "arrears": arrears_page, "income": income_page, "balance": balance_page}
)


def _names(days: tuple[date, ...]) -> tuple[str, ...]:
    language = get_language() or "zh-hans"
    return tuple(wording.month_name_text(day, language, short=True) for day in days)
