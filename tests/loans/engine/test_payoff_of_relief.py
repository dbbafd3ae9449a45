"""What ends a loan whose schedule relief has changed: interest for the days used and no more."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loans.engine.calendar import Unit
from loans.engine.course import followed
from loans.engine.earning import Rates
from loans.engine.events import Payment, ReAge, Recalculate
from loans.engine.payoff import Payoff, payoff
from loans.engine.profile import PROFILES
from loans.engine.relief import (
    Append,
    AppendInterest,
    ArrearsSplit,
    DueDay,
    InterestOnly,
    Limits,
    Pause,
    PauseInterest,
    Rate,
    Reterm,
    component_from_dict,
    project,
)
from loans.engine.schedule import PaidRow, schedule
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through, terms
from tests.loans.engine.relief_made_up import PLANS, in_days_from_february, running, worked

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
        # Without what relief left to remember: 294.67 of the moved ones, 75 of 90 days gone.
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


@pytest.mark.parametrize("row", table("payoffs_of_relief"), ids=lambda row: row["case"])
def test_a_payoff_under_each_kind_of_relief_has_its_hand_made_figures(row):
    components = [component_from_dict(written) for written in json.loads(row["components"])]
    part = {4: PaidRow(0, int(row["paid_ahead_minor"]))} if row["paid_ahead_minor"] != "0" else {}
    paid = paid_through(schedule(l1()), 3) | part
    found = worked(*components, as_of=date.fromisoformat(row["as_of"]), paid=paid)
    rows = found.schedule_after
    paid |= paid_through(rows, int(row["paid_count"]))
    if part:
        paid[4] = part[4]
    owed = payoff(
        rows,
        paid,
        date.fromisoformat(row["on"]),
        Decimal("0.144"),
        TWELFTHS,
        cut_rate_annual=found.cut_rate_annual,
        cut_until=found.cut_until,
        earning=found.earning,
    )
    assert owed == Payoff(int(row["principal_minor"]), int(row["interest_minor"]), 0)


def owed(found, made_up, paid, on):
    cut = {"cut_rate_annual": found.cut_rate_annual, "cut_until": found.cut_until, "earning": found.earning}
    cut["anchor_day"] = found.due_day or made_up.anchor_day
    return payoff(found.schedule_after, paid, on, made_up.rate_annual, made_up.profile, made_up.disbursed_on, **cut)


@given(running(may_be_part_paid=False), PLANS, st.data())
def test_until_something_is_due_a_payoff_is_the_principal_and_its_interest_by_the_days(loan, components, data):
    # The days to another due day are at the contract's rate, and a lower one begins after them.
    assume({DueDay, Rate} - {type(one) for one in components})
    made_up, rows, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    opens_on, principal_minor = rows[len(paid)].opens_on, sum(row.principal_minor for row in found.before)
    on = opens_on + timedelta(days=data.draw(st.integers(1, (found.after[0].due_on - opens_on).days - 1)))
    assume(not in_days_from_february(made_up, opens_on, components))
    by = found.due_day or made_up.anchor_day
    rates = Rates(made_up.rate_annual, made_up.profile, found.cut_rate_annual, found.cut_until, by)
    waived = any(isinstance(one, Pause) and one.interest is PauseInterest.WAIVE for one in components)
    simple_minor = rates.interest(principal_minor, opens_on, on)
    total_minor = owed(found, made_up, paid, on).total_minor
    rounding = 2 + len(found.earning.stretches)
    if waived:
        assert principal_minor <= total_minor <= principal_minor + simple_minor + rounding
    else:
        # Interest on interest is all that may be above it, and only where it was agreed.
        above_minor = total_minor - principal_minor - simple_minor
        on_interest_minor = rates.interest(found.capitalised_minor, opens_on, on)
        assert -rounding <= above_minor <= rounding + on_interest_minor


@given(running(), PLANS)
def test_once_everything_is_due_a_payoff_is_all_that_the_instalments_ask_for(loan, components):
    made_up, _, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    assert owed(found, made_up, paid, found.maturity_after).total_minor == found.left_after_minor


@given(running(), PLANS, st.integers(0, 400))
def test_under_relief_too_waiting_a_day_never_makes_a_payoff_cheaper(loan, components, days):
    made_up, _, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    on = made_up.disbursed_on + timedelta(days=days)
    today, tomorrow = (owed(found, made_up, paid, day) for day in (on, on + timedelta(days=1)))
    # A stretch and the rows are rounded on their own, so a fen may go back at a border.
    assert today.total_minor <= tomorrow.total_minor + 1 + len(found.earning.stretches)
    assert min(today.principal_minor, today.interest_minor) >= 0


@given(terms(most_instalments=24), st.data())
def test_a_payoff_is_what_the_course_of_the_loan_asks_for_on_that_day(made_up, data):
    # The course counts a part of a month by its days, which under twelfths is another convention.
    assume(made_up.profile != TWELFTHS)
    rows = schedule(made_up)
    count = data.draw(st.integers(0, made_up.instalments - 1))
    on = rows[count].opens_on + timedelta(days=data.draw(st.integers(1, 60)))
    events = [Payment(row.due_on, row.due_minor) for row in rows[:count] if row.due_minor]
    aged = ReAge(max([on, *(event.on for event in events)]), 1, 1, Unit.MONTH, date(2099, 1, 1))
    followed_rows, _ = followed(made_up, [*events, aged], Recalculate.NONE)
    expected = payoff(rows, paid_through(rows, count), aged.on, made_up.rate_annual, made_up.profile)
    last = followed_rows[-1]
    assert (last.principal_minor, last.interest_minor) == (expected.principal_minor, expected.interest_minor)
