"""A loan from the first wish to the closed service, by the pages alone: two products of two lenders.

Drawn on 8 May 2026, the first instalment paid on its day, the rest paid off on 18 June:

    cash    12,000.00 over 12 months at 14.4 %, 30/360: 1,079.71 a month, of the first 144.00 interest;
            12,000.00 - 935.71 = 11,064.29, and ten days of it 44.26
    micro   2,500.00 over 5 months, equal principal at 0.05 % a day (R4): 538.75 first;
            2,000.00, and ten days of it 10.00
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Borrower, Lender, LenderRelation
from loans.books import violations
from loans.models import Contract, Product
from tests.journeys import borrowing
from tests.journeys.borrowing import CHINESE, ENGLISH, Words
from tests.journeys.conftest import Visitor, sign_in
from tests.loans.applicants import make_known, offered, on_record
from tests.loans.conftest import at_noon

BAND: dict[str, Any] = {"rate_annual_min": None, "rate_annual_max": None}
MICRO: dict[str, Any] = {
    "code": "micro", "name_zh_hans": "江畔微贷", "name_zh_hant": "江畔微貸", "name_en": "Jiangpan micro-loan",
    "method": "equal_principal", "instalment_counts": [5, 10, 20], "rate_annual": Decimal("0.1825"),
    "profile": {"base": "consumer-cn"}, "grace_days": 1, "penalty_uplift": Decimal("0.5"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What one loan comes to, as its pages write it; `row` is the first of the contract's table."""

    amount: str
    count: int
    row: tuple[str, ...]
    payoff: str


CASH = Figures("12000", 12, ("935.71", "144.00", "1,079.71"), "¥11,108.55")
EQUAL = Figures("2500", 5, ("500.00", "38.75", "538.75"), "¥2,010.00")


def cash_of(lender: Lender) -> Product:
    return offered(lender, code="cash", rate_annual=Decimal("0.144"), **BAND)


def micro_of(lender: Lender) -> Product:
    return offered(lender, **(MICRO | BAND))


@pytest.fixture
def her(borrower: Borrower, qinghe: Lender, settings: Any) -> Borrower:
    """A customer of Qinghe, known, with two years on its record."""
    settings.DEMO = True  # its gateway pays out at once, and its pages record payments
    settings.COST_SHEET_SECONDS = 0
    make_known(borrower)
    on_record(borrower, qinghe, months=24)
    return borrower


def tell(browser: Visitor, her: Borrower, product: Product, figures: Figures, words: Words) -> None:
    """Apply, sign, receive, pay, pay off, certificate, close."""
    lender = product.lender
    sign_in(browser, her.user)
    limit = borrowing.apply(browser, lender, product.code, words)
    loan, rows = borrowing.draw(browser, limit, figures.amount, figures.count, words)
    assert (len(rows), tuple(rows[0][-3:])) == (figures.count, figures.row)
    assert (loan.state, Contract.objects.get(loan=loan).language) == ("active", browser.language)
    with at_noon(date(2026, 6, 8)):
        borrowing.pay(browser, loan, figures.row[-1], f"¥{figures.row[-1]}")
    with at_noon(date(2026, 6, 18)):
        borrowing.pay_off(browser, loan, figures.payoff)
        borrowing.certify(browser, loan, words)
        borrowing.leave(browser, lender)
        assert LenderRelation.objects.get(lender=lender, borrower=her).state == "closing"
        assert list(violations([lender])) == []


def test_a_cash_loan_in_chinese(visitor: Callable[..., Visitor], qinghe: Lender, her: Borrower) -> None:
    tell(visitor("zh-hans", 360), her, cash_of(qinghe), CASH, CHINESE)


def test_a_loan_of_equal_principal_from_another_lender_in_chinese(
    visitor: Callable[..., Visitor], jiangpan: Lender, her: Borrower
) -> None:
    tell(visitor("zh-hans", 360), her, micro_of(jiangpan), EQUAL, CHINESE)


def test_a_cash_loan_in_english(visitor: Callable[..., Visitor], qinghe: Lender, her: Borrower) -> None:
    tell(visitor("en", 320), her, cash_of(qinghe), CASH, ENGLISH)


def test_a_cash_loan_without_scripts(visitor: Callable[..., Visitor], qinghe: Lender, her: Borrower) -> None:
    tell(visitor("en", 360, scripts=False), her, cash_of(qinghe), CASH, ENGLISH)
