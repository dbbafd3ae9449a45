"""A tradeline of the borrower at Qinghe, and months of facts to furnish on it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Borrower, Lender
from credit import services
from credit.facts import MonthFacts
from credit.models import Tradeline


def month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def facts(year: int, month: int, **stated: Any) -> MonthFacts:
    """A month in which 1,079.71 was due and paid on time, recorded three days after its end."""
    first = date(year, month, 1)
    usual = {
        "as_of": month_end(first) + timedelta(days=3), "had_obligation": True, "scheduled_minor": 107971,
        "paid_minor": 107971, "balance_minor": 915905,
    }  # fmt: skip
    return MonthFacts(**{"month": first, **usual, **stated})


@pytest.fixture
def tradeline(borrower: Borrower, qinghe: Lender) -> Tradeline:
    return services.open_tradeline(
        borrower=borrower, lender=qinghe, reference="LN-2026-000001", opened_on=date(2026, 1, 15),
        original_minor=1_200_000, currency="CNY", acting_user=None,
    )  # fmt: skip


@pytest.fixture
def furnish(tradeline: Tradeline) -> Callable[..., Any]:
    def one(year: int, month: int, on: Tradeline = tradeline, reason: str = "", **stated: Any) -> Any:
        return services.furnish_month(tradeline=on, facts=facts(year, month, **stated), reason=reason, acting_user=None)

    return one
