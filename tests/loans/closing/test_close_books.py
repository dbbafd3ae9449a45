"""What closes leave behind is checked too: each check finds the fault that it is for."""

from datetime import date, timedelta

import pytest
from django.db import connection

from accounts import guards
from accounts.models import Lender
from loans.books import violations
from loans.models import Loan
from tests.loans.closing.conftest import close, close_each, pay
from tests.loans.conftest import PAID_OUT, at_noon

pytestmark = pytest.mark.django_db
LAST = date(2026, 2, 16)
FAULTS = {
    "more earned than was posted": (
        "UPDATE loans_loan SET interest_receivable_minor = interest_receivable_minor + 1",
        {"receivables_are_posted", "receivables_are_as_derived"},
    ),
    "earned by another day": (
        "UPDATE loans_loan SET receivable_on = '2026-02-16'",
        {"receivables_are_as_derived"},
    ),
    "a day that nobody closed": (
        "UPDATE accounts_lender SET closed_through = '2026-02-17'",
        {"days_follow"},
    ),
    "a day left out": (
        "UPDATE loans_businessday SET day = '2026-01-14' WHERE day = '2026-02-01'",
        {"days_follow"},
    ),
    "a part of a closed day that waits": (
        "UPDATE loans_closechunk SET state = 'waiting' WHERE step = 'bill_reminders' AND number = 1 "
        "AND business_day_id = (SELECT id FROM loans_businessday WHERE day = '2026-02-16')",
        {"days_follow"},
    ),
    "a loan that no close looks at": (
        "UPDATE loans_loan SET next_close_on = NULL",
        {"running_loans_are_looked_at"},
    ),
    "a loan whose months no close looks at": (
        "UPDATE loans_loan SET next_month_on = NULL",
        {"running_loans_are_looked_at"},
    ),
    "a loan that a close left out": (
        "UPDATE loans_loan SET next_close_on = '2026-02-16'",
        {"running_loans_are_looked_at"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_tampered_with_is_found(living: Loan, fault: str) -> None:
    close_each(living.lender, PAID_OUT, date(2026, 2, 14))
    pay(living, 107_971, date(2026, 2, 15))
    close(living.lender, LAST)
    sql, checks = FAULTS[fault]
    with at_noon(LAST + timedelta(days=1)):
        assert list(violations([living.lender])) == []
        with connection.cursor() as cursor, guards.lifted(connection):
            cursor.execute(sql)
        assert {violation.check for violation in violations(Lender.objects.all())} == checks
