"""Explanations of a loan due on the 31st under 30/360, of years of two lengths, and in a currency without decimals."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.earning import Rates
from loans.engine.explain import explain_pause
from loans.engine.explain_relief import explain_after, explain_relief
from loans.engine.explain_sums import explain_payoff
from loans.engine.formulas import Line, interest
from loans.engine.payoff import payoff
from loans.engine.profile import profile
from loans.engine.relief import Append, Hold, InterestOnly, Pause, Rate, Reterm
from loans.engine.schedule import schedule
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through
from tests.loans.engine.relief_made_up import dues, worked

# Due on 28 February, which stands for the 30th, and then on the last day of each month.
ANCHORED = l1(disbursed_on=date(2026, 1, 31))
ON = date(2026, 3, 5)
TOLD = {"rate_annual": ANCHORED.rate_annual, "profile": ANCHORED.profile, "anchor_day": 31}
MONTH = "11,064.29 × 1.2% = 132.7714… ≈ 132.77"
ROWS = schedule(l1())
CARRYING = (*ROWS[:3], ROWS[3]._replace(relief_interest_minor=3000, fee_minor=500), *ROWS[4:])


def anchored(*components):
    return worked(*components, terms=ANCHORED, paid_count=1, as_of=ON)


def shown(lines):
    return [(line.label_code, line.formula) for line in lines]


def test_a_pause_from_the_end_of_february_is_a_month():
    found = anchored(Pause(1))
    assert shown(explain_relief(found, [Pause(1)], **TOLD, as_of=ON))[0] == ("earned", MONTH)
    assert shown(explain_pause(found, **TOLD))[0] == ("pause_interest", MONTH)


def test_a_row_from_the_end_of_february_is_a_month():
    found = anchored(InterestOnly(1))
    groups = explain_after(found, [InterestOnly(1)], **TOLD, method=ANCHORED.method, as_of=ON)
    assert shown(groups[0])[0] == ("interest", MONTH)


def test_a_payoff_in_such_a_month_counts_its_days_from_the_thirtieth():
    # From 28 February, the 30th, to 15 March: fifteen days.
    found, paid, on = anchored(Pause(1)), paid_through(schedule(ANCHORED), 1), date(2026, 3, 15)
    known = {"disbursed_on": ANCHORED.disbursed_on, "earning": found.earning}
    asked = (found.schedule_after, paid, on)
    owed = payoff(*asked, ANCHORED.rate_annual, ANCHORED.profile, **known, anchor_day=31)
    lines = explain_payoff(owed, *asked, Rates(ANCHORED.rate_annual, ANCHORED.profile, None, None, 31), **known)
    assert ("earned", "11,064.29 × 14.4% ÷ 360 × 15 = 66.3857… ≈ 66.39") in shown(lines)


def test_the_cost_of_a_pause_in_a_currency_without_decimals():
    lines = explain_pause(worked(Pause(3)), rate_annual=Decimal("0.144"), profile=l1().profile, digits=0)
    # Eight rows of 1,079.71 and one of 1,079.64 are 9,717.32; 329.73 more are 10,047.05.
    assert shown(lines) == [
        ("pause_interest", "915,905 × 1.2% × 3 = 32,972.58 ≈ 32,973"),
        ("collected", "3,664 × 8 + 3,661 = 32,973"),
        ("left", "971,732 + 32,973 = 1,004,705"),
        ("cost", "1,004,705 − 971,732 = 32,973"),
    ]


@pytest.mark.parametrize(
    ("day_count", "minor", "formula"),
    [
        # From 21 December to 1 February a day belongs to the year it is in, or to that of the day after.
        ("actual/actual", 1681, "1,000.00 × 14.64% × (11 ÷ 365 + 31 ÷ 366) = 16.8120… ≈ 16.81"),
        ("actual/actual-end", 1681, "1,000.00 × 14.64% × (10 ÷ 365 + 32 ÷ 366) = 16.8109… ≈ 16.81"),
    ],
)
def test_days_of_two_years_are_each_over_their_own(day_count, minor, formula):
    conventions = profile({"base": "consumer-cn", "day_count": day_count})
    days = date(2027, 12, 21), date(2028, 2, 1)
    assert interest("interest", 100000, minor, *days, Decimal("0.1464"), conventions, 2).formula == formula


def test_days_that_are_no_instalments_stand_alone_where_each_is_a_part_of_a_year():
    by_instalment = profile({"base": "30-360", "interest_period": "instalment"})
    asked = Decimal("0.144"), by_instalment, 2
    whole = interest("interest", 915905, 10991, date(2026, 4, 15), date(2026, 5, 15), *asked)
    assert whole.formula == "9,159.05 × 1.2% = 109.9086 ≈ 109.91"
    ten_days = interest("interest", 915905, 3664, date(2026, 4, 15), date(2026, 4, 25), *asked)
    assert ten_days == Line("interest", "36.64", 3664)


def test_interest_of_a_pause_that_an_instalment_carried_behind_the_last_stands_with_its_own():
    components = [Append((4,))]
    found = worked(*components, rows=CARRYING)
    told = {"rate_annual": l1().rate_annual, "profile": l1().profile, "as_of": AS_OF}
    groups = explain_after(found, components, **told, method=l1().method)
    assert ("old_interest", "139.91") in shown(groups[-1])


def test_months_from_the_end_of_february_are_worth_and_repaid_as_any_others():
    # All periods of both loans are thirty days, so their figures are the same.
    for components in ([Hold(10)], [Pause(1)], [Reterm(15)], [Rate(Decimal("0.072"), 3)]):
        found, other = anchored(*components), worked(*components, paid_count=1, as_of=date(2026, 3, 1))
        assert dues(found) == dues(other)
        for name in ("lender_npv_given_up_minor", "effective_annual_rate_before", "effective_annual_rate_after"):
            assert getattr(found, name) == getattr(other, name)
