"""What a monthly bill says of its owner when a limit is asked for, or asked to be raised."""

from datetime import date

import pytest

from accounts.models import Borrower, Lender
from loans.models import Assessment, RevolvingAccount
from loans.selectors.application_standing import raise_hindrance
from loans.selectors.limit_use import conduct
from tests.loans import monthly
from tests.loans.applicants import offered, ready, send
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    return monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe, "grace_days=3")))


def test_three_minimum_payments_open_the_way_to_a_higher_limit(account: RevolvingAccount) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-10 pay 10000; 2026-07-10 pay 900")
    with at_noon(date(2026, 7, 11)):
        assert raise_hindrance(account.limit, date(2026, 7, 11)) == "too_early"
    monthly.live(account, "2026-08-10 pay 1395")
    with at_noon(date(2026, 8, 11)):
        assert conduct(account.borrower, account.lender, date(2026, 8, 11)) == (False, 3)
        assert raise_hindrance(account.limit, date(2026, 8, 11)) == ""


@pytest.mark.parametrize(("on", "is_late"), [(date(2026, 6, 13), False), (date(2026, 6, 14), True)])
def test_an_unpaid_minimum_is_overdue_after_its_grace(account: RevolvingAccount, on: date, is_late: bool) -> None:
    monthly.live(account, "2026-05-20 buy 100000")
    monthly.bill_up_to(account, on)
    assert conduct(account.borrower, account.lender, on) == (is_late, 0)


def test_the_last_minimum_counts_among_what_is_paid_each_month(
    account: RevolvingAccount, borrower: Borrower, qinghe: Lender
) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-10 pay 10000")
    ready(borrower, qinghe)
    with at_noon(date(2026, 6, 11)):
        send(borrower, offered(qinghe))
    assert Assessment.objects.get().facts["own_monthly_minor"] == 10_000
