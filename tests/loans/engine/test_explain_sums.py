"""How a payoff, penalty interest and an annual rate were reached."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.earning import Rates
from loans.engine.explain_sums import explain_payoff, explain_penalty, explain_rate
from loans.engine.payoff import payoff
from loans.engine.penalty import InstalmentPenalty, PenaltyBase, PenaltyRules, RowPayment, penalties
from loans.engine.profile import PROFILES, profile
from loans.engine.relief import Pause, component_from_dict
from loans.engine.schedule import Row, schedule
from tests.loans.engine.arithmetic import is_worked_out, recomputes
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import CAP, PLANS, running, worked

PAYOFF_CODES = {"principal", "due_interest", "running_interest", "earned", "earlier_interest", "paid_interest", "fee"}
RATE, TWELFTHS = Decimal("0.144"), PROFILES["30-360"]


def explained(found, made_up, paid, on):
    by = found.due_day or made_up.anchor_day
    rates = Rates(made_up.rate_annual, made_up.profile, found.cut_rate_annual, found.cut_until, by)
    known = {"disbursed_on": made_up.disbursed_on, "earning": found.earning}
    cut = {"cut_rate_annual": found.cut_rate_annual, "cut_until": found.cut_until}
    owed = payoff(found.schedule_after, paid, on, made_up.rate_annual, made_up.profile, anchor_day=by, **known, **cut)
    return owed, explain_payoff(owed, found.schedule_after, paid, on, rates, **known)


@given(running(), PLANS, st.integers(0, 600))
def test_the_lines_of_a_payoff_add_up_to_it_and_each_gives_its_amount(loan, components, days):
    made_up, _, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    owed, lines = explained(found, made_up, paid, made_up.disbursed_on + timedelta(days=days))
    assert sum(line.amount_minor for line in lines) == owed.total_minor
    assert all(recomputes(line) for line in lines), lines
    assert lines[0].label_code == "principal"
    assert {line.label_code for line in lines} <= PAYOFF_CODES


@pytest.mark.parametrize("row", table("payoffs_of_relief"), ids=lambda row: row["case"])
def test_no_interest_of_a_payoff_in_the_tables_stands_without_its_arithmetic(row):
    components = [component_from_dict(written) for written in json.loads(row["components"])]
    found = worked(*components, as_of=date.fromisoformat(row["as_of"]))
    paid = paid_through(schedule(l1()), 3) | paid_through(found.schedule_after, int(row["paid_count"]))
    _, lines = explained(found, l1(), paid, date.fromisoformat(row["on"]))
    # An instalment that pays less than its interest asks for a sum that was agreed, as does one behind the last.
    is_agreed = row["case"].startswith("less than") or "in its last period" in row["case"]
    codes = {"earned"} if is_agreed else {"earned", "running_interest"}
    for line in lines:
        assert recomputes(line), line
        assert line.label_code in PAYOFF_CODES
        assert is_worked_out(line) or line.label_code not in codes, line


def test_a_payoff_in_a_pause_says_its_days():
    _, lines = explained(worked(Pause(3)), l1(), paid_through(schedule(l1()), 3), date(2026, 6, 30))
    assert [(line.label_code, line.formula) for line in lines] == [
        ("principal", "9,159.05"),
        ("earned", "9,159.05 × 14.4% ÷ 360 × 75 = 274.7715 ≈ 274.77"),
    ]


def test_a_payoff_takes_off_what_a_pause_adds_for_days_to_come():
    _, lines = explained(worked(Pause(3, CAP)), l1(), paid_through(schedule(l1()), 3), date(2026, 5, 8))
    # 333.70 - 84.26 is still to come.
    assert lines[0].formula == "9,492.75 − 249.44 = 9,243.31"


@pytest.mark.parametrize(
    ("rules", "payments", "formula"),
    [
        ({}, [], "500.00 × 10 × 18.25% × 150% ÷ 365 = 3.75"),
        ({"base": PenaltyBase.PRINCIPAL_AND_INTEREST}, [], "600.00 × 10 × 18.25% × 150% ÷ 365 = 4.50"),
        ({"uplift": Decimal("0.3")}, [], "500.00 × 10 × 18.25% × 130% ÷ 365 = 3.25"),
    ],
)
def test_penalty_interest_is_what_is_overdue_times_its_days(rules, payments, formula):
    # Lending rule R11: 500 for ten days at 0.05 % and half as much again is 3.75.
    june, on = Row(1, date(2026, 5, 10), date(2026, 6, 10), 50000, 10000, 0), date(2026, 6, 20)
    made = PenaltyRules(cap_annual=None, **rules)
    (charged,) = penalties([june], payments, on, Decimal("0.1825"), PROFILES["consumer-cn"], made)
    (line,) = explain_penalty(charged, june, payments, on, Decimal("0.1825"), PROFILES["consumer-cn"], made)
    assert (line.formula, line.amount_minor) == (formula, charged.amount_minor)


def test_what_the_cap_keeps_from_being_charged_is_a_line_of_its_own():
    june, on = Row(1, date(2026, 5, 10), date(2026, 6, 10), 50000, 10000, 0), date(2026, 6, 20)
    rules, rate = PenaltyRules(base=PenaltyBase.PRINCIPAL_AND_INTEREST), Decimal("0.1825")
    (charged,) = penalties([june], [], on, rate, PROFILES["consumer-cn"], rules)
    lines = explain_penalty(charged, june, [], on, rate, PROFILES["consumer-cn"], rules)
    # 24 % x 500 x 10 / 365 = 3.2876, rounded down.
    assert [(line.label_code, line.formula.split("; ")[-1][-20:]) for line in lines][1] == (
        "beyond_cap",
        "4.50 − 1.22 = 3.28",
    )


def test_a_penalty_that_its_days_do_not_give_stands_alone():
    june, on = Row(1, date(2026, 5, 10), date(2026, 6, 10), 50000, 0, 0), date(2026, 6, 20)
    by_calendar = profile({"base": "consumer-cn", "day_count": "actual/actual"})
    for conventions, amount_minor in ((PROFILES["consumer-cn"], 376), (by_calendar, 375)):
        (line,) = explain_penalty(
            InstalmentPenalty(1, 10, amount_minor, 0), june, [], on, Decimal("0.1825"), conventions, PenaltyRules()
        )
        assert line.formula == f"{amount_minor / 100:.2f}"


@given(st.integers(1, 10**8), st.integers(0, 10**7), st.integers(1, 3600), st.integers(1, 200), st.integers(0, 100))
def test_every_penalty_gives_its_amount_when_worked_out(principal, interest, rate, days, part):
    row, on = Row(1, date(2026, 5, 10), date(2026, 6, 10), principal, interest, 0), date(2026, 6, 10) + timedelta(days)
    payments = [RowPayment(row.due_on + timedelta(part), 1, principal // 2, 0)] if part < days else []
    rate_annual = Decimal(rate) / 10000
    for rules in (PenaltyRules(), PenaltyRules(cap_annual=None, base=PenaltyBase.PRINCIPAL_AND_INTEREST)):
        (charged,) = penalties([row], payments, on, rate_annual, TWELFTHS, rules)
        lines = explain_penalty(charged, row, payments, on, rate_annual, TWELFTHS, rules)
        assert all(recomputes(line) for line in lines), lines
        assert lines[-1].amount_minor == charged.amount_minor


def test_an_annual_rate_is_that_at_which_the_instalments_are_worth_the_loan():
    rows = schedule(l1())
    days = [rows[0].opens_on, *(row.due_on for row in rows)]
    lines = explain_rate(rows, days, TWELFTHS, Decimal("0.14399884"))
    # One month at 14.399884 % / 12: 1,079.71 / 1.011999903.
    assert lines[0].formula.startswith("1,079.71 ÷ 1.011999903333 = 1,066.90")
    assert all(recomputes(line) for line in lines)
    assert abs(lines[-1].amount_minor - 1200000) <= len(rows)
