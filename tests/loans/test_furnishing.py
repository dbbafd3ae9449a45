"""Months go to the credit file once they are decided, once each; a correction is a new version."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower
from credit.errors import ReasonNeeded
from credit.models import MonthFact
from loans import services
from loans.engine.calendar import add_months
from loans.errors import MonthNotFurnished, MonthNotOver, NotDisbursed
from loans.models import Loan, ScheduleVersion
from tests.loans.conftest import at_noon
from tests.loans.reporting import reportable

APRIL = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def may_be_reported(loan: Loan) -> None:
    """What stands in the way of reporting is told in `test_withholding.py`."""
    reportable(loan)


def furnish(loan: Loan, through: date = APRIL, **changed: Any) -> int:
    return services.furnish_months(**({"loan": loan, "through": through, "acting_user": None} | changed))


def said(loan: Loan) -> list[tuple[int, int, str]]:
    facts = MonthFact.objects.current().filter(tradeline__reference=loan.number).order_by("month")
    return [(fact.month.month, fact.days_past_due, fact.relief_kind) for fact in facts]


def test_every_month_since_disbursement_is_furnished_once(loan: Loan) -> None:
    assert furnish(loan) == 4
    # 15 February unpaid: 13 days at the end of February, 44 in March, 74 in April
    assert said(loan) == [(1, 0, "none"), (2, 13, "none"), (3, 44, "none"), (4, 74, "none")]
    assert furnish(loan) == 0
    assert MonthFact.objects.count() == 4
    assert AuditEntry.objects.get(verb="furnish_months").after == {"months": 4, "from": "2026-01", "through": "2026-04"}


def test_a_gap_is_filled(loan: Loan) -> None:
    assert furnish(loan, date(2026, 2, 1)) == 2
    assert furnish(loan) == 2


@pytest.mark.parametrize("day, over", [(3, False), (4, True)])
def test_a_month_waits_for_its_grace(paid_three: Loan, day: int, over: bool) -> None:
    # April and three days of grace end with 3 May
    with at_noon(date(2026, 5, day)):
        if over:
            assert furnish(paid_three) == 4
        else:
            with pytest.raises(MonthNotOver):
                furnish(paid_three)


def test_payments_and_balances_are_said(paid_three: Loan) -> None:
    furnish(paid_three)
    april = MonthFact.objects.get(month=APRIL)
    assert (april.scheduled_minor, april.paid_minor, april.balance_minor, april.as_of) == (
        107_971,
        107_971,
        915_905,
        date(2026, 5, 3),
    )


def test_months_end_with_settlement(paid_three: Loan) -> None:
    services.settle_early(loan=paid_three, key="s", acting_user=None)
    with at_noon(date(2026, 9, 10)):
        assert furnish(paid_three, date(2026, 8, 1)) == 5
    may = MonthFact.objects.get(month=date(2026, 5, 1))
    assert (may.status_end, may.balance_minor) == ("closed", 0)


def test_relief_shows_in_the_months_it_took_away_and_not_before(paid_three: Loan) -> None:
    """Asked on 8 May, adopted on the 12th, May to July paused; paid again from August."""
    services.open_holds(loan=paid_three, kinds=["bureau"], source="R-1", from_on=date(2026, 5, 8), acting_user=None)
    with at_noon(date(2026, 5, 12)):
        _pause(paid_three)
    with at_noon(date(2026, 8, 15)):
        services.record_payment(
            loan=paid_three, amount_minor=107_971, key="aug", channel="auto_debit", acting_user=None
        )
    with at_noon(date(2026, 10, 10)):
        furnish(paid_three, date(2026, 9, 1))
    assert said(paid_three)[3:] == [
        (4, 0, "none"),
        (5, 0, "temporary"),
        (6, 0, "temporary"),
        (7, 0, "temporary"),
        (8, 0, "none"),
        (9, 15, "none"),
    ]
    assert MonthFact.objects.get(month=date(2026, 6, 1)).relief_reference == "R-1"
    assert MonthFact.objects.get(month=date(2026, 6, 1)).had_obligation is False


def test_relief_that_was_taken_back_leaves_no_trace(paid_three: Loan) -> None:
    old = ScheduleVersion.objects.get(loan=paid_three)
    rows = [instalment.row for instalment in old.instalments.order_by("number")]
    _pause(paid_three)
    services.adopt_schedule(
        loan=paid_three, rows=rows, source="relief", reference="R-1", expected_version=2, acting_user=None
    )
    services.end_holds(loan=paid_three, source="R-1/plan", until_on=date(2026, 5, 8), acting_user=None)
    with at_noon(date(2026, 6, 10)):
        furnish(paid_three, date(2026, 5, 1))
    assert said(paid_three)[-1] == (5, 16, "none")


def test_a_pending_request_at_the_months_end_is_said(paid_three: Loan) -> None:
    services.open_holds(loan=paid_three, kinds=["bureau"], source="R-1", from_on=date(2026, 5, 14), acting_user=None)
    with at_noon(date(2026, 6, 10)):
        furnish(paid_three, date(2026, 5, 1))
    assert said(paid_three)[-1] == (5, 0, "pending_hold")


def test_other_holds_do_not_touch_the_record(paid_three: Loan) -> None:
    services.open_holds(loan=paid_three, kinds=["contact"], source="R-1", from_on=date(2026, 5, 14), acting_user=None)
    with at_noon(date(2026, 6, 10)):
        furnish(paid_three, date(2026, 5, 1))
    assert said(paid_three)[-1] == (5, 16, "none")


def test_a_hold_known_later_corrects_the_month_and_says_why(loan: Loan) -> None:
    furnish(loan, date(2026, 2, 1))
    # A request of 10 February that the lender had on paper: nothing that fell due after it counts as late.
    services.open_holds(loan=loan, kinds=["bureau"], source="R-1", from_on=date(2026, 2, 10), acting_user=None)
    february = date(2026, 2, 1)
    assert furnish(loan, february) == 0
    with pytest.raises(ReasonNeeded):
        services.correct_month(loan=loan, month=february, reason="", acting_user=None)
    fact = services.correct_month(loan=loan, month=february, reason="payment found", acting_user=None)
    assert (fact.version, fact.days_past_due, fact.reason, fact.supersedes.days_past_due) == (2, 0, "payment found", 13)
    again = services.correct_month(loan=loan, month=february, reason="payment found", acting_user=None)
    assert again == fact


def test_only_a_furnished_month_can_be_corrected(loan: Loan) -> None:
    with pytest.raises(MonthNotFurnished):
        services.correct_month(loan=loan, month=APRIL, reason="x", acting_user=None)


def test_a_pending_loan_has_no_months(make_loan: Callable[..., Loan]) -> None:
    with pytest.raises(NotDisbursed):
        furnish(make_loan())


def test_servicing_staff_furnish_and_nobody_else(loan: Loan, borrower: Borrower, staff: SimpleNamespace) -> None:
    for user in (borrower.user, staff.reviewer, staff.other_reviewer, staff.auditor):
        with pytest.raises(NotPermitted):
            furnish(loan, acting_user=user)
        with pytest.raises(NotPermitted):
            services.correct_month(loan=loan, month=APRIL, reason="x", acting_user=user)
    assert furnish(loan, acting_user=staff.servicing) == 4


def _pause(loan: Loan) -> None:
    """Three months later from the fourth instalment on, under the reference R-1."""
    version = ScheduleVersion.objects.get(loan=loan, number=1)
    rows = [instalment.row for instalment in version.instalments.order_by("number")]
    moved = [
        row._replace(opens_on=add_months(row.opens_on, 3), due_on=add_months(row.due_on, 3)) if row.number > 3 else row
        for row in rows
    ]
    services.adopt_schedule(
        loan=loan,
        rows=moved,
        source="relief",
        reference="R-1",
        expected_version=1,
        acting_user=None,
        paused_on=[date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15)],
    )
    services.end_holds(loan=loan, source="R-1", until_on=loan.lender.today(), acting_user=None)
    services.open_holds(loan=loan, kinds=["bureau"], source="R-1/plan", from_on=loan.lender.today(), acting_user=None)
    services.end_holds(loan=loan, source="R-1/plan", until_on=date(2026, 8, 15) - timedelta(1), acting_user=None)
