"""How a payoff was reached."""

from datetime import date

import pytest

from loans.engine.earning import Rates
from loans.engine.explain_sums import explain_payoff
from loans.engine.payoff import payoff
from loans.engine.schedule import PaidRow, schedule
from tests.loans.engine.loans_made_up import l1, paid_through

RATES = Rates(l1().rate_annual, l1().profile)
ROWS = schedule(l1())
THREE = paid_through(ROWS, 3)


def told(on, rows=ROWS, paid=THREE, **known):
    owed = payoff(rows, paid, on, l1().rate_annual, l1().profile, **known)
    return [(line.label_code, line.formula) for line in explain_payoff(owed, rows, paid, on, RATES, **known)]


def test_interest_due_and_that_of_the_running_period_are_lines_of_their_own():
    rows = (*ROWS[:3], ROWS[3]._replace(fee_minor=500), *ROWS[4:])
    # 9,159.05 less the two instalments that are due is 7,207.81.
    assert told(date(2026, 6, 20), rows) == [
        ("principal", "9,159.05"),
        ("due_interest", "109.91 + 98.27 = 208.18"),
        ("running_interest", "7,207.81 × 14.4% ÷ 360 × 5 = 14.4156… ≈ 14.42"),
        ("fee", "5.00"),
    ]


def test_on_a_due_date_its_interest_is_due_and_none_is_running():
    assert told(date(2026, 6, 15)) == [("principal", "9,159.05"), ("due_interest", "109.91 + 98.27 = 208.18")]


@pytest.mark.parametrize("known", [{}, {"disbursed_on": date(2026, 1, 15)}])
def test_the_day_of_disbursement_costs_a_day(known):
    assert told(date(2026, 1, 15), paid={}, **known) == [
        ("principal", "12,000.00"),
        ("running_interest", "12,000.00 × 14.4% ÷ 360 × 1 = 4.80"),
    ]


def test_interest_paid_beyond_that_of_its_row_is_taken_off():
    rows = (*ROWS[:3], ROWS[3]._replace(relief_interest_minor=3000), *ROWS[4:])
    lines = told(date(2026, 6, 20), rows, {**THREE, 4: PaidRow(0, 12000)})
    assert ("paid_interest", "−10.09") in lines
