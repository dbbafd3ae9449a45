"""Paying off early, to the fen, by hand-computed cases."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from accounts.errors import NotPermitted
from accounts.models import Borrower
from credit.models import Tradeline
from loans import services
from loans.errors import AlreadySettled, DateRefused, KeyTaken, NotDisbursed
from loans.models import Loan, Payment, ScheduleVersion
from tests.loans.conftest import at_noon

Make = Callable[..., Loan]


def settle(loan: Loan, **changed: object) -> Payment:
    return services.settle_early(**({"loan": loan, "key": "s", "acting_user": None} | changed))


def rows_of(loan: Loan, number: int) -> list[tuple[int, date, int, int]]:
    version = ScheduleVersion.objects.get(loan=loan, number=number)
    return list(version.instalments.values_list("number", "due_on", "principal_minor", "interest_minor"))


def test_the_worked_example_settled_on_8_may(paid_three: Loan) -> None:
    payment = settle(paid_three)
    # 9,159.05 left; 23 days (30/360) from 15 April: 9,159.05 x 0.144 x 23 / 360 = 84.26
    assert payment.amount_minor == 915_905 + 8_426
    assert payment.unapplied_minor == 0
    paid_three.refresh_from_db()
    assert (paid_three.state, paid_three.settled_on, paid_three.current_version) == ("settled", date(2026, 5, 8), 2)
    assert rows_of(paid_three, 2)[3:] == [(4, date(2026, 5, 8), 915_905, 8_426)]
    assert rows_of(paid_three, 2)[:3] == rows_of(paid_three, 1)[:3]
    assert ScheduleVersion.objects.get(loan=paid_three, number=2).source == "payoff"
    assert Tradeline.objects.get(reference=paid_three.number).closed_on == date(2026, 5, 8)


def test_thirty_days_by_the_day(make_loan: Make) -> None:
    # 10,000.00 x 0.04 % a day x 30 days = 120.00
    loan = make_loan(
        principal_minor=1_000_000, rate_annual=Decimal("0.146"), profile="consumer-cn", disbursed_on=date(2026, 4, 8)
    )
    services.disburse_loan(loan=loan, acting_user=None)
    assert settle(loan).amount_minor == 1_012_000


def test_paid_out_and_back_on_one_day_is_one_day(make_loan: Make) -> None:
    # 10,000.00 x 0.04 % = 4.00
    loan = make_loan(
        principal_minor=1_000_000, rate_annual=Decimal("0.146"), profile="consumer-cn", disbursed_on=date(2026, 5, 8)
    )
    services.disburse_loan(loan=loan, acting_user=None)
    assert settle(loan).amount_minor == 1_000_400


def test_what_is_overdue_stays_as_it_was_and_the_rest_is_one_row(paid_three: Loan) -> None:
    with at_noon(date(2026, 6, 20)):
        payment = settle(paid_three)
    # interest due 109.91 + 98.27; not yet due 9,159.05 - 969.80 - 981.44 = 7,207.81, x 0.04 % x 5 days = 14.42
    assert payment.amount_minor == 915_905 + 10_991 + 9_827 + 1_442
    rows = rows_of(paid_three, 2)
    assert rows[3:5] == rows_of(paid_three, 1)[3:5]
    assert rows[5:] == [(6, date(2026, 6, 20), 720_781, 1_442)]


def test_what_was_paid_towards_the_next_instalment_counts(paid_three: Loan) -> None:
    services.record_payment(loan=paid_three, amount_minor=5_000, key="part", channel="auto_debit", acting_user=None)
    payment = settle(paid_three)
    # 50.00 of the 84.26 are paid already
    assert payment.amount_minor == 915_905 + 8_426 - 5_000
    assert rows_of(paid_three, 2)[3:] == [(4, date(2026, 5, 8), 915_905, 8_426)]


def test_instalments_paid_ahead_keep_their_amounts(paid_three: Loan) -> None:
    services.record_payment(loan=paid_three, amount_minor=107_971, key="ahead", channel="auto_debit", acting_user=None)
    payment = settle(paid_three)
    # The fourth, due 15 May, is paid with all its interest (109.91), more than the 23 days cost: no interest is left.
    assert payment.amount_minor == 915_905 - 96_980
    rows = rows_of(paid_three, 2)
    assert rows[3:] == [(4, date(2026, 5, 8), 96_980, 10_991), (5, date(2026, 5, 8), 818_925, 0)]
    paid_three.refresh_from_db()
    assert paid_three.state == "settled"


def test_after_the_last_due_date_no_new_version_is_needed(make_loan: Make) -> None:
    loan = make_loan(instalment_count=2, disbursed_on=date(2026, 2, 15))
    services.disburse_loan(loan=loan, acting_user=None)
    payment = settle(loan)
    loan.refresh_from_db()
    assert (loan.state, loan.current_version) == ("settled", 1)
    due = [row.due_minor for row in ScheduleVersion.objects.get(loan=loan).instalments.all()]
    assert payment.amount_minor == sum(due)


def test_the_same_key_settles_once(paid_three: Loan) -> None:
    assert settle(paid_three) == settle(paid_three)
    assert ScheduleVersion.objects.filter(loan=paid_three).count() == 2
    with pytest.raises(AlreadySettled):
        settle(paid_three, key="again")


def test_the_key_of_an_ordinary_payment_settles_nothing(paid_three: Loan) -> None:
    with pytest.raises(KeyTaken):
        settle(paid_three, key="p1")


def test_a_payoff_does_not_lie_before_what_happened(paid_three: Loan) -> None:
    with pytest.raises(DateRefused) as refused:
        settle(paid_three, value_on=date(2026, 4, 14))
    assert refused.value.reason == "before_last_change"
    # on the due date itself nothing has accrued
    assert settle(paid_three, value_on=date(2026, 4, 15)).amount_minor == 915_905


def test_who_may_settle(paid_three: Loan, borrower: Borrower, stranger: Borrower, staff: SimpleNamespace) -> None:
    for user in (stranger.user, staff.other_reviewer, staff.reviewer):
        with pytest.raises(NotPermitted):
            settle(paid_three, acting_user=user)
    assert settle(paid_three, acting_user=borrower.user).channel == "borrower"


def test_a_pending_loan_cannot_be_settled(pending: Loan) -> None:
    with pytest.raises(NotDisbursed):
        settle(pending)
