"""What lender and borrower agreed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from loans.engine.terms import LAST_DAY, Terms, TermsError
from tests.loans.engine.loans_made_up import l1


@pytest.mark.parametrize(
    ("disbursed_on", "first_due_on", "expected"),
    [
        # Paid out on the 31st, first due on the last of February: the 31st it is.
        (date(2026, 1, 31), date(2026, 2, 28), ["2026-02-28", "2026-03-31", "2026-04-30"]),
        (date(2026, 1, 31), None, ["2026-02-28", "2026-03-31", "2026-04-30"]),
        # Paid out on the 15th, so the 28th is a day like others.
        (date(2026, 1, 15), date(2026, 2, 28), ["2026-02-28", "2026-03-28", "2026-04-28"]),
        (date(2026, 1, 31), date(2026, 3, 5), ["2026-03-05", "2026-04-05", "2026-05-05"]),
    ],
)
def test_the_day_of_the_month_is_that_of_disbursement_where_the_first_month_is_too_short(
    disbursed_on, first_due_on, expected
):
    terms = l1(instalments=3, disbursed_on=disbursed_on, first_due_on=first_due_on)
    assert [str(on) for on in terms.due_dates()] == expected


def test_a_loan_may_end_with_the_calendar_and_not_after_it():
    # Three months count as 93 days at most.
    first = LAST_DAY - timedelta(days=93)
    assert l1(instalments=3, disbursed_on=first - timedelta(days=1), first_due_on=first).first_due_on == first
    with pytest.raises(TermsError) as refused:
        l1(instalments=3, disbursed_on=first, first_due_on=first + timedelta(days=1))
    assert (refused.value.field, refused.value.code) == ("instalments", "beyond_the_calendar")


@pytest.mark.parametrize(
    "changes",
    [
        {"principal_minor": 10**13},
        {"principal_minor": 1},
        {"instalments": 600},
        {"every": 366},
        {"rate_annual": Decimal(0)},
        {"rate_annual": Decimal(10)},
        {"rate_annual": Decimal("0.000000000001")},
        {"disbursed_on": date(1900, 1, 1)},
        {"grace_on_principal_instalments": 11, "grace_on_interest_instalments": 11},
        {"down_payment_minor": 1199999},
    ],
)
def test_terms_at_their_bounds_are_allowed(changes):
    assert isinstance(l1(**changes), Terms)
