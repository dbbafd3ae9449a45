"""The first line of every page: what a borrower must do today."""

from datetime import date
from typing import Any

import pytest

from loans import services
from loans.models import Loan
from loans.selectors import standing
from loans.selectors.what_now import Now, what_now
from tests.loans.conftest import at_noon


def asked(loan: Loan, on: date) -> Any:
    loan.refresh_from_db()
    return what_now(standing(loan, on))


@pytest.mark.parametrize(
    "on, now, suggested_minor",
    [
        (date(2026, 5, 8), Now.COMING, 107971),
        (date(2026, 5, 15), Now.DUE_TODAY, 107971),
        (date(2026, 5, 16), Now.GRACE, 107971),
        (date(2026, 5, 18), Now.GRACE, 107971),
        (date(2026, 5, 19), Now.OVERDUE, 107971),
        (date(2026, 6, 20), Now.OVERDUE, 215942),  # two instalments of 1,079.71
    ],
)
def test_the_answer_follows_the_calendar(paid_three: Loan, on: date, now: Now, suggested_minor: int) -> None:
    found = asked(paid_three, on)
    assert (found.now, found.suggested_minor) == (now, suggested_minor)


def test_overdue_says_since_when_how_long_and_what_comes_next(paid_three: Loan) -> None:
    found = asked(paid_three, date(2026, 6, 20))
    assert (found.late_count, found.late_since_on, found.days_late) == (2, date(2026, 5, 15), 36)
    assert (found.next_on, found.next_minor) == (date(2026, 7, 15), 107971)
    assert found.grace_until_on is None


def test_grace_says_until_when(paid_three: Loan) -> None:
    assert asked(paid_three, date(2026, 5, 16)).grace_until_on == date(2026, 5, 18)


def test_what_was_paid_in_part_is_not_asked_for_again(paid_three: Loan) -> None:
    services.record_payment(loan=paid_three, amount_minor=7971, key="part", channel="auto_debit", acting_user=None)
    assert asked(paid_three, date(2026, 5, 8)).suggested_minor == 100000
    assert asked(paid_three, date(2026, 5, 16)).late_minor == 100000


def test_a_pause_is_on_until_the_first_instalment_after_it(paused: Loan) -> None:
    assert asked(paused, date(2026, 6, 20)).now is Now.RELIEF
    assert asked(paused, date(2026, 8, 14)).now is Now.RELIEF
    assert asked(paused, date(2026, 8, 15)).now is Now.DUE_TODAY


def test_after_the_pause_the_loan_runs_as_before(paused: Loan) -> None:
    with at_noon(date(2026, 8, 15)):
        services.record_payment(loan=paused, amount_minor=111635, key="r4", channel="auto_debit", acting_user=None)
    found = asked(paused, date(2026, 8, 20))
    assert (found.now, found.paused_on) == (Now.COMING, ())


def test_paying_ahead_in_a_pause_does_not_end_it(paused: Loan) -> None:
    services.record_payment(loan=paused, amount_minor=111635, key="r4", channel="auto_debit", acting_user=None)
    found = asked(paused, date(2026, 6, 20))
    assert (found.now, found.next_on) == (Now.RELIEF, date(2026, 9, 15))


def test_a_loan_not_paid_out_asks_for_nothing(pending: Loan) -> None:
    found = asked(pending, date(2026, 1, 12))
    assert (found.now, found.is_running) == (Now.PENDING, False)


def test_a_settled_loan_asks_for_nothing(paid_three: Loan) -> None:
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    assert asked(paid_three, date(2026, 5, 8)).now is Now.SETTLED


def test_what_presses_most_comes_first() -> None:
    assert sorted(Now, key=list(Now).index)[:3] == [Now.OVERDUE, Now.GRACE, Now.DUE_TODAY]
