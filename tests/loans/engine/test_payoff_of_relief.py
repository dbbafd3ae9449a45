"""What ends a loan whose schedule relief has changed: interest for the days used and no more."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.payoff import Payoff, payoff
from loans.engine.profile import PROFILES
from loans.engine.relief import (
    Append,
    AppendInterest,
    ArrearsSplit,
    InterestOnly,
    Limits,
    Pause,
    Rate,
    Reterm,
    project,
)
from loans.engine.schedule import PaidRow, schedule
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through

TWELFTHS = PROFILES["30-360"]
LATE = date(2026, 6, 20)
HALF_RATE = Rate(Decimal("0.072"))


def after(*components, as_of=AS_OF):
    rows = schedule(l1())
    return project(
        rows,
        paid=paid_through(rows, 3),
        rate_annual=Decimal("0.144"),
        profile=TWELFTHS,
        method=l1().method,
        as_of=as_of,
        components=components,
        limits=Limits(),
        anchor_day=15,
    ).schedule_after


@pytest.mark.parametrize(
    ("components", "as_of", "on", "interest_minor"),
    [
        # 9,159.05 x 7.2 % x 23 / 360 = 42.13.
        ((HALF_RATE,), AS_OF, date(2026, 5, 8), 4213),
        # 9,159.05 x 14.4 % x 23 / 360 = 84.26.
        ((Reterm(15),), AS_OF, date(2026, 5, 8), 8426),
        ((InterestOnly(3),), AS_OF, date(2026, 5, 8), 8426),
        # Overdue 208.18, and 16 of 30 days of the sixth's 86.49; nothing on the arrears themselves.
        ((ArrearsSplit(6),), LATE, date(2026, 7, 1), 20818 + 4613),
        # 109.91 + 98.27 + 86.49 = 294.67 of the moved ones, 75 of 90 days gone.
        ((Append((4, 5, 6)),), AS_OF, date(2026, 6, 30), 24556),
        # All of it, 74.58 of the seventh, overdue, and 17 days of 30 of the eighth's 62.51 (to 2 September).
        ((Append((4, 5, 6)),), AS_OF, date(2026, 9, 2), 29467 + 7458 + 3542),
        ((Append((4, 5, 6), AppendInterest.SIMPLE),), AS_OF, date(2026, 9, 2), 29467 + 7458 + 3542),
    ],
)
def test_a_changed_schedule_owes_its_own_interest_to_the_day(components, as_of, on, interest_minor):
    found = payoff(after(*components, as_of=as_of), paid_through(schedule(l1()), 3), on, Decimal("0.144"), TWELFTHS)
    assert found == Payoff(915905, interest_minor, 0)


def test_a_pause_still_to_come_owes_nothing_yet():
    # Three paid ahead of 15 April, when the pause begins; the third's interest is paid.
    rows = after(Pause(3), as_of=date(2026, 4, 10))
    found = payoff(rows, paid_through(rows, 3), date(2026, 4, 10), Decimal("0.144"), TWELFTHS)
    assert found == Payoff(915905, 0, 0)


def test_principal_repaid_ahead_bears_no_more_of_a_row_s_own_interest():
    rows = after(HALF_RATE)
    paid = paid_through(rows, 3) | {12: PaidRow(rows[11].principal_minor, 0)}
    left_minor = 915905 - rows[11].principal_minor
    found = payoff(rows, paid, date(2026, 4, 30), Decimal("0.144"), TWELFTHS)
    # 15 days of 7.2 % on what is left, give or take the rounding of the row's own interest.
    assert found.principal_minor == left_minor
    assert abs(found.interest_minor - left_minor * Decimal("0.072") * 15 / 360) <= 1
