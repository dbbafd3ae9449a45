"""Part of a loan repaid before it is due: interest to the day, then principal, and the rest cut anew.

After three instalments 9,159.05 is left. On 30 April, 15 days of 30 after the last due date,
9,159.05 x 1.2 % x 15 / 30 = 54.95 of interest has come up.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.errors import NotPermitted
from accounts.models import Lender
from loans import services
from loans.books import violations
from loans.errors import AmountRefused, DateRefused, EarlyRefused, KeyTaken
from loans.models import Loan, Payment, ScheduleVersion
from loans.selectors.in_force import in_force
from tests.loans.conftest import at_noon, product_of

DAY = date(2026, 4, 30)


def repay(loan: Loan, amount_minor: int = 200_000, keep: str = "COUNT", key: str = "e", **changed: Any) -> Payment:
    given = {"value_on": DAY, "acting_user": None} | changed
    return services.repay_early(loan=loan, amount_minor=amount_minor, keep=keep, key=key, **given)


@pytest.fixture
def in_april(paid_three: Loan) -> Any:
    with at_noon(DAY):
        yield paid_three


def test_interest_to_the_day_then_principal(in_april: Loan) -> None:
    payment = repay(in_april)
    shares = list(payment.allocations.order_by("pk").values_list("instalment_number", "component", "amount_minor"))
    assert shares == [(4, "interest", 5_495), (4, "principal", 194_505)]
    in_april.refresh_from_db()
    assert (in_april.principal_left_minor, in_april.current_version) == (721_400, 2)
    assert in_april.oldest_unpaid_due_on == date(2026, 5, 15)
    assert list(violations([in_april.lender])) == []


def test_as_many_instalments_each_lower(in_april: Loan) -> None:
    repay(in_april, keep="COUNT")
    rows = in_force([in_april], DAY)[in_april.pk].rows
    assert [row.due_on for row in rows[4:]] == [date(2026, month, 15) for month in range(5, 13)] + [date(2027, 1, 15)]
    # Half a month on what is left: 7,214.00 x 1.2 % x 15 / 30 = 43.28.
    assert rows[4].interest_minor == 4_328
    assert rows[4].due_minor < 107_971
    assert sum(row.principal_minor for row in rows) == 1_200_000


def test_instalments_as_before_and_fewer(in_april: Loan) -> None:
    repay(in_april, keep="INSTALMENT")
    rows = in_force([in_april], DAY)[in_april.pk].rows
    assert {row.due_minor for row in rows[4:-1]} == {107_971}
    assert 0 < rows[-1].due_minor <= 107_971
    # 7,214.00 is less than seven instalments of 1,079.71 of principal alone, and more than six.
    assert len(rows[4:]) == 7


def test_a_lender_may_ask_a_fee_and_no_more_is_taken_than_needed(
    qinghe: Lender, make_loan: Callable[..., Loan]
) -> None:
    product = product_of(qinghe, code="fee", early_fee_rate=Decimal("0.005"))
    loan = services.disburse_loan(loan=make_loan(product=product), acting_user=None)
    with at_noon(date(2026, 1, 25)):
        payment = repay(loan, 200_000, value_on=date(2026, 1, 25))
    # 12,000.00 x 14.4 % x 10 / 360 = 48.00; 1,942.29 of principal and 0.5 % of it, 9.71, are the 1,952.00 left.
    shares = dict(payment.allocations.values_list("component", "amount_minor"))
    assert shares == {"interest": 4_800, "principal": 194_229, "fee": 971}
    assert payment.amount_minor == 200_000
    assert list(violations([qinghe])) == []


def test_a_payoff_asks_that_fee_too(qinghe: Lender, make_loan: Callable[..., Loan]) -> None:
    product = product_of(qinghe, code="fee", early_fee_rate=Decimal("0.005"))
    loan = services.disburse_loan(loan=make_loan(product=product), acting_user=None)
    with at_noon(date(2026, 1, 25)):
        payment = services.settle_early(loan=loan, key="off", acting_user=None)
    # 12,000.00 + 48.00 + 60.00
    assert payment.amount_minor == 1_210_800
    loan.refresh_from_db()
    assert loan.state == "settled"
    assert list(violations([qinghe])) == []


@pytest.mark.parametrize(
    "amount_minor, reason", [(5_495, "nothing_for_principal"), (921_400, "pays_off"), (10**9, "pays_off")]
)
def test_a_sum_that_repays_nothing_or_everything_is_refused(in_april: Loan, amount_minor: int, reason: str) -> None:
    with pytest.raises(EarlyRefused) as refused:
        repay(in_april, amount_minor)
    assert refused.value.reason == reason
    assert not Payment.objects.filter(key="e").exists()
    assert ScheduleVersion.objects.count() == 1


def test_what_is_due_goes_first(loan: Loan) -> None:
    with at_noon(DAY), pytest.raises(EarlyRefused, match="due_first"):
        repay(loan)


def test_the_same_key_is_the_same_payment(in_april: Loan) -> None:
    first = repay(in_april)
    assert repay(in_april) == first
    with pytest.raises(KeyTaken):
        repay(in_april, 100_000)
    assert ScheduleVersion.objects.count() == 2


@pytest.mark.parametrize("amount_minor", [0, -1, True, 10**14])
def test_no_sum_is_refused(in_april: Loan, amount_minor: int) -> None:
    with pytest.raises(AmountRefused):
        repay(in_april, amount_minor)


def test_it_lies_before_nothing_that_happened(paid_three: Loan) -> None:
    with pytest.raises(DateRefused):
        repay(paid_three, value_on=date(2026, 4, 14))


def test_taking_it_back_puts_the_schedule_before_in_force(in_april: Loan) -> None:
    before = in_force([in_april], DAY)[in_april.pk].rows
    services.reverse_payment(payment=repay(in_april), reason="AM04", acting_user=None)
    in_april.refresh_from_db()
    assert in_force([in_april], DAY)[in_april.pk].rows == before
    assert in_april.principal_left_minor == 915_905
    assert list(violations([in_april.lender])) == []


def test_who_may_repay(in_april: Loan, staff: SimpleNamespace) -> None:
    for person in (staff.reviewer, staff.other_reviewer):
        with pytest.raises(NotPermitted):
            repay(in_april, acting_user=person)
    assert repay(in_april, acting_user=in_april.borrower.user).channel == "borrower"
