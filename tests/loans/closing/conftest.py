"""A loan that lives from its first day on, and nights after which days are closed."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pytest

from accounts.models import Borrower, Lender
from loans import services
from loans.models import BusinessDay, Loan
from loans.services.closing_day import close_days
from tests.loans.conftest import PAID_OUT, at_noon, product_of


def close(lender: Lender, day: date, **options: object) -> list[BusinessDay]:
    """Close up to `day`, at noon of the day after."""
    with at_noon(day + timedelta(days=1)):
        return close_days(lender=lender, through=day, **options)  # type: ignore[arg-type]


def close_each(lender: Lender, first: date, last: date) -> None:
    """Close every day from one to another, each on the day after."""
    for number in range((last - first).days + 1):
        close(lender, first + timedelta(days=number))


def pay(loan: Loan, amount_minor: int, on: date, key: str = "") -> None:
    with at_noon(on):
        services.record_payment(
            loan=loan, amount_minor=amount_minor, key=key or f"p{on}", channel="staff", acting_user=None
        )


def paid_out(lender: Lender, borrowers: Iterable[Borrower], on: date) -> None:
    """For each borrower named a loan of 12,000.00, paid out on that day."""
    product = product_of(lender)
    with at_noon(on):
        for borrower in borrowers:
            loan = services.open_loan(
                lender=lender, borrower=borrower, product=product, principal_minor=1_200_000, instalment_count=12,
                disbursed_on=on, acting_user=None,
            )  # fmt: skip
            services.disburse_loan(loan=loan, acting_user=None)


@pytest.fixture
def living(make_loan: Callable[..., Loan]) -> Loan:
    """12,000.00, paid out on 15 January 2026 on that very day: 1,079.71 on every 15th."""
    with at_noon(PAID_OUT):
        return services.disburse_loan(loan=make_loan(), acting_user=None)
