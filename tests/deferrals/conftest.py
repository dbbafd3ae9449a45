"""The fixture loan L1 of the relief process: 12,000.00 at 14.40 %, three of twelve paid, 8 May 2026."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Borrower, Lender
from config import clock
from deferrals import services
from deferrals.models import PolicyVersion, ReliefRequest
from deferrals.models.request import AutoDebitChoice, Ground
from deferrals.services.accepting import Signature
from loans.engine.profile import PROFILES
from loans.models import Loan, Product
from loans.services import disburse_loan, open_loan, record_payment

TICKS = frozenset({"dates", "cost", "record"})


def noon(day: date) -> datetime:
    """12:00 in Shanghai on that day."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def product(lender: Lender, **fields: Any) -> Product:
    content = {
        "code": "cash",
        "name_zh_hans": "随心借",
        "name_zh_hant": "隨心借",
        "name_en": "Cash loan",
        "method": "level",
        "rate_annual": Decimal("0.144"),
        "profile": PROFILES["30-360"].as_dict(),
        "grace_days": 3,
        **fields,
    }
    return Product.objects.get_or_create(lender=lender, code=content.pop("code"), defaults=content)[0]


def fixture_loan(lender: Lender, borrower: Borrower, *, paid: int = 3) -> Loan:
    """L1, with its first instalments paid on their due dates."""
    with clock.at(noon(date(2026, 1, 15))):
        loan = open_loan(
            lender=lender,
            borrower=borrower,
            product=product(lender),
            principal_minor=1_200_000,
            instalment_count=12,
            disbursed_on=date(2026, 1, 15),
            acting_user=None,
        )
        loan = disburse_loan(loan=loan, acting_user=None)
    for number in range(paid):
        day = date(2026, 2 + number, 15)
        with clock.at(noon(day)):
            record_payment(
                loan=loan,
                amount_minor=107_971,
                key=f"fixture-{loan.number}-{number}",
                channel="import",
                acting_user=None,
            )
    loan.refresh_from_db()
    return loan


def ask(loan: Loan, *, count: int = 3, key: str = "ask-1", **fields: Any) -> ReliefRequest:
    return services.submit_request(
        loan=loan,
        pause_count=count,
        acting_user=loan.borrower.user,
        key=key,
        **{
            "ground": Ground.ILLNESS,
            "affordable_minor": 0,
            "auto_debit": AutoDebitChoice.KEEP,
            "language": "zh-hans",
            **fields,
        },
    )


def signed(name: str = "王晓雨", ticks: frozenset[str] = TICKS, language: str = "zh-hans") -> Signature:
    return Signature(typed_name=name, ticks=ticks, method="reauthentication", language=language)


def publish(lender: Lender) -> PolicyVersion:
    return services.publish_policy(
        lender=lender, code="CN-2026.1", terms={}, effective_from=date(2026, 1, 1), acting_user=None
    )


@pytest.fixture
def policy(qinghe: Lender) -> PolicyVersion:
    return publish(qinghe)


@pytest.fixture
def loan(qinghe: Lender, borrower: Borrower, policy: PolicyVersion) -> Loan:
    return fixture_loan(qinghe, borrower)
