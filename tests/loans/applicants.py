"""People who apply: known, with a record, and with the consents that an application rests on."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from accounts.models import Borrower, Lender, User
from credit import services as credit
from credit.facts import MonthFacts
from loans.models import LoanApplication, Product
from loans.models.application import Use
from loans.services import applying
from tests import known
from tests.credit.consents import give
from tests.loans.conftest import product_of

OFFERED: dict[str, Any] = {
    "code": "easy",
    "name_zh_hans": "随心借",
    "name_zh_hant": "隨心借",
    "name_en": "Easy loan",
    "instalment_counts": [3, 6, 12],
    "min_principal_minor": 100_000,
    "max_principal_minor": 5_000_000,
    "rate_annual": Decimal("0.144"),
    "rate_annual_min": Decimal("0.108"),
    "rate_annual_max": Decimal("0.18"),
}


def offered(lender: Lender, **changed: Any) -> Product:
    """From 1,000.00 to 50,000.00 over 3, 6 or 12 months at 10.8 to 18 %, usually 14.4 %."""
    return product_of(lender, **(OFFERED | changed))


def make_known(borrower: Borrower) -> Borrower:
    """Identity confirmed, phone verified, a bank account proved."""
    user = borrower.user
    assert user is not None
    User.objects.filter(pk=user.pk).update(phone="+8613800138000", phone_verified=True)
    user.refresh_from_db()
    known.identified(user, borrower.name)
    borrower.refresh_from_db()
    known.with_account(borrower)
    return borrower


def agree(borrower: Borrower, lender: Lender, *purposes: str) -> None:
    for purpose in purposes or ("query", "reporting"):
        give(borrower, lender, purpose)


def on_record(
    borrower: Borrower,
    lender: Lender,
    *,
    months: int,
    until: date = date(2026, 5, 1),
    reference: str = "LN-X",
    **last: Any,
) -> None:
    """An account with `months` months on time before the month `until`; `last` is said of the last of them."""
    first = _back(until, months)
    line = credit.open_tradeline(
        borrower=borrower, lender=lender, reference=reference, opened_on=first, original_minor=1_200_000,
        currency="CNY", acting_user=None,
    )  # fmt: skip
    for number in range(months):
        month = _back(until, months - number)
        end = _back(month, -1) - timedelta(days=1)
        stated = {
            "month": month, "as_of": end + timedelta(days=3), "had_obligation": True, "scheduled_minor": 100_000,
            "paid_minor": 100_000, "balance_minor": 600_000,
        }  # fmt: skip
        facts = MonthFacts(**(stated | (last if number == months - 1 else {})))
        credit.furnish_month(tradeline=line, facts=facts, acting_user=None)


def _back(month: date, count: int) -> date:
    year, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(year, index + 1, 1)


def ready(borrower: Borrower, lender: Lender, *, months: int = 12) -> Borrower:
    """Known, agreed to everything, and with a year on time on record."""
    make_known(borrower)
    agree(borrower, lender)
    if months:
        on_record(borrower, lender, months=months)
    return borrower


def send(borrower: Borrower, product: Product, **changed: Any) -> LoanApplication:
    """10,000.00 for things for the home, out of 8,000.00 a month."""
    answers = {
        "wished_minor": 1_000_000, "use": Use.HOME, "income_minor": 800_000, "other_monthly_minor": 0, "key": uuid4(),
        "language": "zh-hans", "acting_user": borrower.user,
    }  # fmt: skip
    return applying.apply_for_limit(borrower=borrower, product=product, **(answers | changed))
