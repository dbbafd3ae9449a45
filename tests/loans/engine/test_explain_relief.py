"""How relief came to its figures, kind by kind."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from loans.engine.explain_relief import explain_after, explain_relief
from loans.engine.profile import PROFILES
from loans.engine.relief import (
    Append,
    AppendAs,
    AppendInterest,
    ArrearsSplit,
    InterestOnly,
    Pause,
    Rate,
    Reduced,
    Reterm,
    SplitMode,
    component_from_dict,
)
from loans.engine.schedule import PaidRow, schedule
from tests.loans.engine.arithmetic import is_worked_out, recomputes
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through
from tests.loans.engine.relief_made_up import CAP, LATE, PLANS, running, worked

# The labels that the explanations of rows and of sums are documented with.
CODES = {"interest", "instalment", "principal", "pause_interest", "fee", "residue", "due", "balance"}
CODES |= {"collected", "left", "cost", "arrears", "earned", "capitalised", "unpaid", "compounded", "waived", "balloon"}
CODES |= {"old_interest", "waiting"}
BOTH = {"rate_annual": Decimal("0.144"), "profile": PROFILES["30-360"]}


def groups(*components, as_of=AS_OF, **changes):
    found = worked(*components, as_of=as_of, **changes)
    lines = explain_after(found, components, **BOTH, method=l1().method, as_of=as_of)
    return [{line.label_code: line.formula for line in group} for group in lines]


def sums(*components, as_of=AS_OF, **changes):
    found = worked(*components, as_of=as_of, **changes)
    lines = explain_relief(found, components, **BOTH, as_of=as_of)
    return [(line.label_code, line.formula) for line in lines]


@pytest.mark.parametrize("row", table("relief_kinds"), ids=lambda row: row["case"])
def test_no_figure_of_any_kind_stands_without_its_arithmetic(row):
    components = [component_from_dict(written) for written in json.loads(row["components"])]
    as_of = date.fromisoformat(row["as_of"])
    found = worked(*components, as_of=as_of, penalty_minor=int(row["penalty_minor"]))
    after = explain_after(found, components, **BOTH, method=l1().method, as_of=as_of)
    assert [lines[-2].amount_minor for lines in after] == [one.due_minor for one in found.after]
    for line in (*(line for lines in after for line in lines), *explain_relief(found, components, **BOTH, as_of=as_of)):
        assert recomputes(line), line
        assert line.label_code in CODES
        if line.label_code in (
            "interest",
            "instalment",
            "arrears",
            "earned",
            "capitalised",
            "unpaid",
            "left",
            "cost",
            "old_interest",
        ):
            assert is_worked_out(line), line


@given(running(), PLANS)
def test_whatever_the_plan_every_formula_gives_its_amount(loan, components):
    made_up, _, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    terms = {"rate_annual": made_up.rate_annual, "profile": made_up.profile, "as_of": made_up.disbursed_on}
    terms["anchor_day"] = made_up.anchor_day
    after = explain_after(found, components, **terms, method=made_up.method)
    assert [lines[0].amount_minor for lines in after] == [row.interest_minor for row in found.after]
    assert [lines[-2].amount_minor for lines in after] == [row.due_minor for row in found.after]
    assert [lines[-1].amount_minor for lines in after] == [row.balance_minor for row in found.after]
    assert {lines[0].label_code for lines in after} == {"interest"}
    for line in (*(line for lines in after for line in lines), *explain_relief(found, components, **terms)):
        assert recomputes(line), line
        assert line.label_code in CODES


def test_interest_of_a_pause_is_shared_out_over_the_instalments():
    rows = groups(Pause(3))
    assert rows[0]["pause_interest"] == "329.73 ÷ 9 = 36.6366… ≈ 36.64"
    assert rows[8]["pause_interest"] == "329.73 − 36.64 × 8 = 36.61"
    assert rows[0]["due"] == "969.80 + 109.91 + 36.64 = 1,116.35"
    assert sums(Pause(3))[0] == ("earned", "9,159.05 × 1.2% × 3 = 329.7258 ≈ 329.73")


def test_interest_that_is_added_to_the_debt_is_told_month_by_month():
    assert sums(Pause(3, CAP))[:5] == [
        ("capitalised", "9,159.05 × 1.2% = 109.9086 ≈ 109.91"),
        ("capitalised", "9,268.96 × 1.2% = 111.2275… ≈ 111.23"),
        ("capitalised", "9,380.19 × 1.2% = 112.5622… ≈ 112.56"),
        ("pause_interest", "109.91 + 111.23 + 112.56 = 333.70"),
        ("compounded", "333.70 − 329.73 = 3.97"),
    ]


def test_an_instalment_cut_anew_is_divided_out():
    # (1 - 1.012 ^ -15) / 0.012 = 13.6529 (annuity tables).
    assert groups(Reterm(15))[0]["instalment"] == "9,159.05 ÷ 13.6529 = 670.8501… ≈ 670.85"
    assert "instalment" not in groups(Reterm(15))[-1]


def test_the_instalment_after_interest_alone_is_that_of_what_is_left():
    rows = groups(InterestOnly(3))
    assert "instalment" not in rows[0]
    assert rows[0]["due"] == "109.91 = 109.91"
    assert rows[3]["instalment"].startswith("9,159.05 ÷ 8.4829")


def test_a_rate_that_rises_again_is_solved_again():
    rows = groups(Rate(Decimal("0.072"), 3))
    assert rows[0]["interest"] == "9,159.05 × 0.6% = 54.9543 ≈ 54.95"
    assert rows[0]["instalment"].endswith("≈ 1,048.45")
    assert rows[3]["instalment"].endswith("≈ 1,070.33")


def test_interest_left_unpaid_is_the_interest_less_what_was_paid():
    assert sums(Reduced(3, 5000))[0] == ("unpaid", "9,159.05 × 1.2% = 109.9086 ≈ 109.91; 109.91 − 50.00 = 59.91")
    assert groups(Reduced(3, 5000))[3]["pause_interest"] == "179.73 ÷ 9 = 19.97"


def test_the_parts_of_arrears_say_what_they_are_parts_of():
    for mode in SplitMode:
        rows = groups(ArrearsSplit(6, mode), as_of=LATE)
        assert rows[0]["arrears"] == "2,159.42 ÷ 6 = 359.9033… ≈ 359.90"
        assert rows[5]["arrears"] == "2,159.42 − 359.90 × 5 = 359.92"
    assert ("arrears", "1,079.71 + 1,079.71 = 2,159.42") in sums(ArrearsSplit(6), as_of=LATE)


def test_simple_interest_of_an_appended_instalment_is_on_its_own_principal():
    assert groups(Append((4, 5, 6), AppendInterest.SIMPLE))[6]["interest"] == "969.80 × 1.2% × 9 = 104.7384 ≈ 104.74"
    assert groups(Append((4, 5, 6)))[0]["interest"] == "6,214.59 × 1.2% = 74.5750… ≈ 74.58"


def test_a_balloon_says_what_is_in_it():
    assert ("balloon", "1,079.64 + 3,239.13 = 4,318.77") in sums(Append((4, 5, 6), as_=AppendAs.BALLOON))


def test_interest_paid_ahead_is_taken_off_the_first_instalment():
    paid = paid_through(schedule(l1()), 3) | {4: PaidRow(0, 5000)}
    assert groups(Reterm(15), paid=paid)[0]["interest"] == "9,159.05 × 1.2% = 109.9086 ≈ 109.91; 109.91 − 50.00 = 59.91"
