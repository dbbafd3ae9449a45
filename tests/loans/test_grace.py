"""The cases of rule R9, told by the services and the pages, not only by the engine.

1,000.00 over two months, equal principal at 0.05 % a day, paid out on 10 May 2026: on 10 June 500.00 and
31 days of 1,000.00 (15.50) are due. Being late costs 0.075 % a day on the 500.00: 0.375 a day. 13 June, the last day of
three days of grace, is a Saturday; so is 20 June, the second day of the Dragon Boat holiday (19 to 21 June).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower, Lender
from config import clock
from credit.codes import pboc
from credit.facts import MonthFacts
from credit.models import MonthFact
from loans import services
from loans.models import Loan, Product
from loans.selectors import standing
from tests.loans.conftest import at_noon, product_of
from tests.loans.pages.conftest import words
from tests.loans.reporting import reportable

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
FIRST, SECOND = 51_550, 50_750  # of July: 500.00 and 30 days of 500.00
TERMS: dict[str, Any] = {
    "method": "equal_principal", "rate_annual": Decimal("0.1825"), "profile": {"base": "consumer-cn"},
    "grace_days": 3, "penalty_uplift": Decimal("0.5"), "annual_cap": Decimal("0.36"),
}  # fmt: skip


def at(day: date, hour: int, minute: int) -> Any:
    """That minute of the day in Shanghai."""
    return clock.at(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8))


@pytest.fixture
def lend(qinghe: Lender, borrower: Borrower) -> Callable[..., Loan]:
    def make(paid_out: date = date(2026, 5, 10), **product: Any) -> Loan:
        with at_noon(paid_out):
            loan = services.open_loan(
                lender=qinghe, borrower=borrower, product=product_of(qinghe, **(TERMS | product)),
                principal_minor=100_000, instalment_count=2, disbursed_on=paid_out, acting_user=None,
            )  # fmt: skip
            return services.disburse_loan(loan=loan, acting_user=None)

    return make


def pay(loan: Loan, amount_minor: int) -> None:
    services.record_payment(
        loan=loan, amount_minor=amount_minor, key=f"{clock.now():%j%H%M}", channel="borrower",
        acting_user=loan.borrower.user,
    )  # fmt: skip


def late(loan: Loan, on: date) -> tuple[int, int]:
    """Days overdue and penalty interest at the end of a day."""
    loan.refresh_from_db()
    found = standing(loan, on)
    return found.position.days_overdue, found.penalty.owed_minor


def code(loan: Loan, month: date, *, known_on: date) -> str:
    """The code that the credit file has for a month, furnished on that day."""
    if not loan.forewarnings.exists():
        reportable(loan)
    with at_noon(known_on):
        services.furnish_months(loan=loan, through=month, acting_user=None)
    return pboc(MonthFacts.of(MonthFact.objects.current().get(tradeline__reference=loan.number, month=month)))


def page(loan: Loan, on: date, language: str) -> str:
    client = Client()
    client.force_login(loan.borrower.user)
    client.cookies["language"] = language
    with at_noon(on):
        return words(client.get(reverse("loans:detail", args=[loan.public_id])))


def test_the_last_minute_of_the_last_day_of_grace_is_on_time(lend: Callable[..., Loan]) -> None:
    loan = lend()
    assert late(loan, date(2026, 6, 13)) == (0, 0)
    with at(date(2026, 6, 13), 23, 59):
        pay(loan, FIRST)
    assert late(loan, date(2026, 6, 14)) == (0, 0)
    assert code(loan, JUNE, known_on=date(2026, 7, 4)) == "N"
    assert MonthFact.objects.get(month=JUNE).paid_in_grace


def test_a_minute_later_it_is_four_days_late(lend: Callable[..., Loan]) -> None:
    loan = lend()
    assert late(loan, date(2026, 6, 14)) == (4, 150)  # 4 x 0.375
    with at(date(2026, 6, 14), 0, 0):
        pay(loan, FIRST + 150)
    assert late(loan, date(2026, 6, 30)) == (0, 0)
    assert code(loan, JUNE, known_on=date(2026, 7, 4)) == "M"
    assert MonthFact.objects.get(month=JUNE).paid_late


def test_pages_say_until_when_and_then_what_it_costs(lend: Callable[..., Loan]) -> None:
    loan = lend()
    for language, in_grace, overdue in (
        ("en", "Your days of grace run until 13 June 2026", "This loan is 4 days overdue"),
        ("zh-hans", "在此之前还上，不算逾期", "这笔贷款已逾期4天"),
    ):
        shown = page(loan, date(2026, 6, 13), language)
        assert in_grace in shown
        assert "¥ 515.50" in shown
        shown = page(loan, date(2026, 6, 14), language)
        assert overdue in shown
        assert "¥ 517.00" in shown  # with 1.50 for four days


def test_a_holiday_moves_nothing_where_the_product_says_so(lend: Callable[..., Loan]) -> None:
    """Due on Thursday, 18 June; grace ends on Sunday, 21 June, the last day of the Dragon Boat holiday."""
    loan = lend(date(2026, 5, 18), holiday_rule="none")
    assert late(loan, date(2026, 6, 21)) == (0, 0)
    assert late(loan, date(2026, 6, 22)) == (4, 150)
    with at(date(2026, 6, 21), 23, 59):
        pay(loan, FIRST)
    assert late(loan, date(2026, 6, 22)) == (0, 0)
    assert code(loan, JUNE, known_on=date(2026, 7, 4)) == "N"


@pytest.mark.parametrize(
    ("needs_clean", "days", "penalty_minor", "said"),
    [(True, 1, 38, "M"), (False, 0, 0, "N")],  # a day of 0.375
    ids=["grace only after a clean month", "grace always"],
)
def test_grace_after_a_late_month(
    lend: Callable[..., Loan], needs_clean: bool, days: int, penalty_minor: int, said: str
) -> None:
    """June paid a day after its grace; July paid a day after 10 July."""
    loan = lend(grace_needs_clean_previous=needs_clean)
    with at_noon(date(2026, 6, 14)):
        pay(loan, FIRST + 150)
    assert late(loan, date(2026, 7, 11)) == (days, penalty_minor)
    shown = page(loan, date(2026, 7, 11), "en")
    assert ("This loan is 1 day overdue" in shown) is needs_clean
    assert ("paid by then, it does not count as late" in shown) is not needs_clean
    with at_noon(date(2026, 7, 11)):
        pay(loan, SECOND + penalty_minor)
    facts = furnished(loan, JULY)
    assert (facts.paid_late, facts.paid_in_grace) == (needs_clean, not needs_clean)


def furnished(loan: Loan, month: date) -> MonthFact:
    code(loan, month, known_on=date(2026, 8, 4))
    return MonthFact.objects.current().get(tradeline__reference=loan.number, month=month)


def test_grace_is_there_again_after_a_month_paid_on_time(lend: Callable[..., Loan]) -> None:
    loan = lend()
    with at_noon(date(2026, 6, 13)):
        pay(loan, FIRST)
    assert late(loan, date(2026, 7, 13)) == (0, 0)
    assert late(loan, date(2026, 7, 14)) == (4, 150)


def test_without_penalty_interest_late_is_late_all_the_same(lend: Callable[..., Loan]) -> None:
    loan = lend(penalty_uplift=None)
    assert late(loan, date(2026, 6, 14)) == (4, 0)
    with at_noon(date(2026, 6, 14)):
        pay(loan, FIRST)
    assert late(loan, date(2026, 6, 14)) == (0, 0)
    assert code(loan, JUNE, known_on=date(2026, 7, 4)) == "M"


def test_without_grace_the_day_after_is_late(lend: Callable[..., Loan]) -> None:
    loan = lend(grace_days=0)
    assert late(loan, date(2026, 6, 10)) == (0, 0)
    assert late(loan, date(2026, 6, 11)) == (1, 38)


def test_the_codes_of_the_months_are_those_of_rule_r29(lend: Callable[..., Loan]) -> None:
    loan = lend()
    code(loan, date(2026, 12, 1), known_on=date(2027, 1, 4))
    rows = MonthFact.objects.current().filter(tradeline__reference=loan.number, month__gte=JUNE).order_by("month")
    said = [(row.days_past_due, pboc(MonthFacts.of(row))) for row in rows]
    assert said == [(20, "1"), (51, "2"), (82, "3"), (112, "4"), (143, "5"), (173, "6"), (204, "7")]


def test_a_product_keeps_its_grace_for_the_loans_it_made(lend: Callable[..., Loan]) -> None:
    loan = lend(grace_needs_clean_previous=False)
    assert not loan.grace_needs_clean_previous
    assert not Product.objects.get(pk=loan.product_id).grace_needs_clean_previous
