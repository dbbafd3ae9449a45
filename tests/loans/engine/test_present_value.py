"""What instalments are worth at a day."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from loans.engine.present_value import effective_annual_rate, present_value
from loans.engine.profile import PROFILES
from loans.engine.schedule import Row, schedule
from tests.loans.engine.loans_made_up import l1, terms

TWELFTHS = PROFILES["30-360"]
MONTHS = [date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)]


def due(on: date, amount_minor: int) -> Row:
    return Row(1, MONTHS[0], on, amount_minor, 0, 0)


@pytest.mark.parametrize(
    ("on", "amount_minor"),
    [
        (date(2026, 1, 15), 100000),
        (date(2026, 1, 25), 101000),  # ten days at 3 % a month: 1 + 1 %
        (date(2026, 2, 5), 102000),  # twenty days of months of 30
        (date(2026, 2, 15), 103000),
        (date(2026, 3, 15), 106090),  # 1.03 x 1.03
        (date(2026, 2, 25), 104030),  # 1.03 x 1.01
        (date(2026, 3, 25), 107151),  # 1.03 x 1.03 x 1.01 = 1.071509
    ],
)
def test_interest_is_added_at_the_end_of_each_period_and_simply_inside_one(on, amount_minor):
    worth = present_value([due(on, amount_minor)], MONTHS, TWELFTHS)(Decimal("0.36"))
    assert round(worth) == 100000


@given(terms(least_minor=100_000, most_instalments=36))
def test_an_untouched_schedule_is_worth_the_principal_lent_at_its_own_rate(made_up):
    rows = schedule(made_up)
    days = [made_up.disbursed_on, *(row.due_on for row in rows)]
    worth = present_value(rows, days, made_up.profile)(made_up.rate_annual)
    assert abs(worth - made_up.principal_minor) <= len(rows)


def test_the_worked_loan_costs_its_contract_rate():
    rows = schedule(l1())
    days = [date(2026, 1, 15), *(row.due_on for row in rows)]
    assert round(effective_annual_rate(rows, days, TWELFTHS, 1200000) * 100, 3) == Decimal("14.400")


def test_a_period_of_more_than_a_year_still_has_a_rate():
    # 1,000.00 for two years: 1,080.00 back is 4 % a year, 900.00 back is -5 %, and 20.00 back is -49 %.
    days = [date(2026, 1, 15), date(2028, 1, 15)]
    for back_minor, rate in ((108000, "0.04"), (90000, "-0.05"), (2000, "-0.49")):
        found = effective_annual_rate([due(date(2028, 1, 15), back_minor)], days, TWELFTHS, 100000)
        assert found == Decimal(rate)
