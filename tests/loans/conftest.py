"""Loans to work with: the worked example of 12,000.00 over twelve months at 14.4 %."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import Borrower, Lender
from config import clock
from loans import services
from loans.models import Loan, Product
from tests.loans import writing_off

PAID_OUT = date(2026, 1, 15)


def at_noon(day: date) -> Any:
    """Stand at noon in Shanghai on that day."""
    return clock.at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


def product_of(lender: Lender, **fields: Any) -> Product:
    terms = {
        "code": "cash",
        "version": 1,
        "name_zh_hans": "现金贷",
        "name_zh_hant": "現金貸",
        "name_en": "Cash loan",
        "method": "level",
        "rate_annual": Decimal("0.144"),
        "profile": {"base": "30-360"},
        "grace_days": 3,
        # being late costs nothing unless a test is about that
        "penalty_uplift": None,
    }
    return Product.objects.create(lender=lender, **(terms | fields))


@pytest.fixture
def product(qinghe: Lender) -> Product:
    """Equal instalments at 1.2 % a month, three days of grace."""
    return product_of(qinghe)


@pytest.fixture
def make_loan(product: Product, borrower: Borrower) -> Callable[..., Loan]:
    """A pending loan; 12,000.00 in twelve instalments of 1,079.71, due on the 15th from 15 February 2026."""

    def make(**changed: Any) -> Loan:
        terms = {
            "lender": product.lender,
            "borrower": borrower,
            "product": product,
            "principal_minor": 1_200_000,
            "instalment_count": 12,
            "disbursed_on": PAID_OUT,
            "acting_user": None,
        }
        return services.open_loan(**(terms | changed))

    return make


@pytest.fixture
def pending(make_loan: Callable[..., Loan]) -> Loan:
    return make_loan()


@pytest.fixture
def loan(pending: Loan) -> Loan:
    """Disbursed on 15 January 2026, nothing paid yet."""
    return services.disburse_loan(loan=pending, acting_user=None)


@pytest.fixture
def paid_three(loan: Loan) -> Loan:
    """The worked example: three instalments paid on time, and today is 8 May."""
    for number, month in enumerate((2, 3, 4), start=1):
        services.record_payment(
            loan=loan,
            amount_minor=107971,
            key=f"p{number}",
            channel="auto_debit",
            value_on=date(2026, month, 15),
            acting_user=None,
        )
    loan.refresh_from_db()
    return loan


@pytest.fixture
def late(loan: Loan, staff: SimpleNamespace) -> Loan:
    """Nothing paid, both letters written; nothing decided."""
    staff.supervisor = writing_off.supervisor(loan.lender)
    writing_off.write_letters(loan, staff)
    return loan


@pytest.fixture
def gone(late: Loan, staff: SimpleNamespace) -> Loan:
    """Written off on 1 September 2026."""
    writing_off.write_off(late, staff.collections, staff.supervisor)
    late.refresh_from_db()
    return late
