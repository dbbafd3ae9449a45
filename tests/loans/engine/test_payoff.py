"""What it takes to be free of a loan."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loans.engine.interest import interest_minor
from loans.engine.payoff import Payoff, PayoffError, payoff
from loans.engine.profile import PROFILES
from loans.engine.relief import Collect, Limits, Pause, PauseInterest, project
from loans.engine.schedule import Method, PaidRow, Terms, schedule
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through, terms

TWELFTHS = PROFILES["30-360"]
RATE = Decimal("0.144")


@pytest.mark.parametrize("row", table("payoffs"), ids=lambda row: row["case"])
def test_a_payoff_has_its_hand_made_figures(row):
    profile = PROFILES[row["profile"]]
    rows = schedule(l1(profile=profile))
    found = payoff(rows, paid_through(rows, int(row["paid_count"])), date.fromisoformat(row["on"]), RATE, profile)
    assert found == Payoff(int(row["principal_minor"]), int(row["interest_minor"]), 0)
    assert found.total_minor == int(row["principal_minor"]) + int(row["interest_minor"])


def paused(*, interest=PauseInterest.ACCRUE_SIMPLE, collect=Collect.SPREAD, n=3, rows=None):
    rows = rows or schedule(l1())
    found = project(
        rows,
        paid=paid_through(rows, 3),
        rate_annual=RATE,
        profile=TWELFTHS,
        method=l1().method,
        as_of=AS_OF,
        components=(Pause(n, interest, collect),),
        limits=Limits(),
        anchor_day=15,
    )
    return found.schedule_after


@pytest.mark.parametrize(
    ("on", "interest_minor"),
    [
        (date(2026, 4, 15), 0),
        (date(2026, 5, 15), 10991),  # a third of 329.73
        (date(2026, 6, 30), 27477),  # 75 days of 9,159.05 x 14.4 % / 360: 274.7715
        (date(2026, 7, 15), 32973),  # the pause is over, the period after it has just begun
        (date(2026, 8, 1), 32973 + 5862),  # and 16 days of 9,159.05 x 14.4 % / 360 = 58.618
    ],
)
@pytest.mark.parametrize("collect", Collect)
def test_during_a_pause_only_the_days_gone_by_are_owed(on, interest_minor, collect):
    rows = paused(collect=collect)
    found = payoff(rows, paid_through(rows, 3), on, RATE, TWELFTHS)
    assert found == Payoff(915905, interest_minor, 0)


def test_a_waived_pause_owes_nothing_for_its_days():
    rows = paused(interest=PauseInterest.WAIVE)
    assert payoff(rows, paid_through(rows, 3), date(2026, 6, 30), RATE, TWELFTHS).interest_minor == 0


def test_interest_of_a_pause_already_over_is_owed_whole_in_the_next_one():
    once = paused(n=1)  # 109.91 over nine rows: 12.21 x 8 and 12.23; resumes with period 15 May
    paid = paid_through(once, 4)
    again = project(
        once,
        paid=paid,
        rate_annual=RATE,
        profile=TWELFTHS,
        method=l1().method,
        as_of=date(2026, 6, 20),
        components=(Pause(1),),
        limits=Limits(),
        anchor_day=15,
    )
    # Left of the first pause 109.91 - 12.21 = 97.70; the second is 8,189.25 x 1.2 % = 98.27, 15 of 30 days gone.
    assert again.pause_interest_minor == 9827
    found = payoff(again.schedule_after, paid, date(2026, 6, 30), RATE, TWELFTHS)
    assert found == Payoff(818925, 9770 + 4914, 0)


def test_a_pause_from_the_first_row_on_is_counted_from_disbursement():
    rows = schedule(l1())
    moved = project(
        rows,
        paid={},
        rate_annual=RATE,
        profile=TWELFTHS,
        method=l1().method,
        as_of=date(2026, 1, 20),
        components=(Pause(1),),
        limits=Limits(),
        anchor_day=15,
    ).schedule_after
    # Half of January's 144.00.
    found = payoff(moved, {}, date(2026, 1, 30), RATE, TWELFTHS, disbursed_on=date(2026, 1, 15))
    assert found == Payoff(1200000, 7200, 0)


@pytest.mark.parametrize(
    ("changes", "on", "expected_minor"),
    [
        # 12,000.00 x 14.4 % x 46 / 360, from 15 January to 1 March; nothing is due before 15 April.
        ({"method": Method.BULLET, "instalments": 3}, date(2026, 3, 1), 22080),
        ({"method": Method.BULLET, "instalments": 3}, date(2026, 4, 15), 43200),
        ({"method": Method.BULLET, "instalments": 3}, date(2026, 5, 20), 43200),
        # By days 12,000.00 x 14.4 % x 45 / 365 = 213.041, of 90 days in all.
        ({"method": Method.BULLET, "instalments": 3, "profile": PROFILES["consumer-cn"]}, date(2026, 3, 1), 21304),
        # Put off by two months: 144.00 and 16 days of 11,064.29 (70.811).
        ({"grace_on_interest_instalments": 2}, date(2026, 3, 1), 14400 + 7081),
        # 398.18 with the third, and 5 days of 9,159.05 (18.318).
        ({"grace_on_interest_instalments": 2}, date(2026, 4, 20), 39818 + 1832),
        ({"method": Method.INTEREST_FIRST, "grace_on_interest_instalments": 2}, date(2026, 3, 1), 22080),
    ],
)
def test_interest_put_off_is_owed_as_far_as_it_is_earned(changes, on, expected_minor):
    made_up = l1(**changes)
    found = payoff(schedule(made_up), {}, on, RATE, made_up.profile)
    assert found == Payoff(1200000, expected_minor, 0)


# 5 days of 100.00 at 0.12 % are 0.17 fen and 30 days 1.00, so the rows 0 and 1 are those of interest paid month by
# month as well, which would owe 0.33 of the running month and not 0.50 of 15 days.
@example(Terms(10000, Decimal("0.0012"), Method.BULLET, 2, date(2024, 2, 1), date(2024, 2, 6), profile=TWELFTHS), 15)
# 60 days of 100.00 at 0.06 % are 0.99 fen and the 31 after them 0.51, but all 91 are 1.50 less a little, so 1: the rows
# 0 and 1 could be a month that bore nothing and one that bore its own, which owe nothing after 31 days, and not 0.51.
@example(Terms(10000, Decimal("0.0006"), Method.BULLET, 2, date(2025, 11, 2), date(2026, 1, 1)), 31)
@given(terms(most_instalments=24), st.integers(1, 900))
def test_a_loan_repaid_at_the_end_owes_the_days_since_it_was_paid_out(made_up, days):
    made_up = replace(made_up, method=Method.BULLET)
    rows, on = schedule(made_up), made_up.disbursed_on + timedelta(days=days)
    until, by = min(on, rows[-1].due_on), made_up.anchor_day
    terms_ = (made_up.principal_minor, made_up.rate_annual, made_up.profile)
    owed = payoff(rows, {}, on, *terms_[1:], anchor_day=by).interest_minor
    # Rows alone cannot tell a month put off from one whose interest rounds to nothing; that is a fen at most.
    own = [interest_minor(*terms_, row.opens_on, row.due_on, by) for row in rows]
    is_seen = all(own) and (len(rows) == 1 or rows[-1].interest_minor > own[-1])
    assert abs(owed - interest_minor(*terms_, made_up.disbursed_on, until, by)) <= (0 if is_seen else 1)


def test_what_was_paid_on_a_row_is_not_asked_for_again():
    rows = schedule(l1())
    paid = paid_through(rows, 3) | {4: PaidRow(20000, 10991)}
    assert payoff(rows, paid, date(2026, 5, 15), RATE, TWELFTHS) == Payoff(895905, 0, 0)


def test_interest_paid_ahead_counts_against_the_running_period_only():
    rows = schedule(l1())
    paid = paid_through(rows, 3) | {4: PaidRow(0, 10991)}
    assert payoff(rows, paid, date(2026, 5, 8), RATE, TWELFTHS).interest_minor == 0


def test_fees_are_owed_once_they_are_due():
    rows = tuple(row._replace(fee_minor=300) for row in schedule(l1()))
    paid = paid_through(rows, 3) | {4: PaidRow(0, 0, 100)}
    assert payoff(rows, paid, date(2026, 6, 15), RATE, TWELFTHS).fee_minor == 500


def test_a_loan_paid_in_full_owes_nothing():
    rows = schedule(l1())
    assert payoff(rows, paid_through(rows, 12), date(2027, 3, 1), RATE, TWELFTHS).total_minor == 0


def test_a_day_before_disbursement_is_refused():
    with pytest.raises(PayoffError):
        payoff(schedule(l1()), {}, date(2026, 1, 14), RATE, TWELFTHS)


@given(terms(most_instalments=24), st.data())
def test_waiting_a_day_never_makes_a_payoff_cheaper(made_up, data):
    rows = schedule(made_up)
    paid = paid_through(rows, data.draw(st.integers(0, made_up.instalments - 1)))
    on = made_up.disbursed_on + timedelta(days=data.draw(st.integers(0, 900)))
    today, tomorrow = (
        payoff(rows, paid, day, made_up.rate_annual, made_up.profile, anchor_day=made_up.anchor_day)
        for day in (on, on + timedelta(days=1))
    )
    assert 0 <= today.interest_minor <= tomorrow.interest_minor
    assert today.principal_minor == sum(row.principal_minor for row in rows if row.number not in paid)


@given(terms(most_instalments=24))
def test_paying_off_on_the_first_due_date_costs_the_first_interest(made_up):
    rows = schedule(made_up)
    found = payoff(rows, {}, rows[0].due_on, made_up.rate_annual, made_up.profile, anchor_day=made_up.anchor_day)
    assert found == Payoff(made_up.principal_minor, rows[0].interest_minor, 0)
