"""How the rows and the sums of relief were reached, to the letter."""

from datetime import date

from loans.engine.explain_relief import explain_after, explain_relief
from loans.engine.relief import ArrearsSplit, Bucket, Pause, Reduced, Reterm, Waive
from loans.engine.schedule import Method
from tests.loans.engine.loans_made_up import AS_OF, l1
from tests.loans.engine.relief_made_up import LATE, worked

RATE, TWELFTHS = l1().rate_annual, l1().profile


def rows_told(*components, method=Method.LEVEL):
    found = worked(*components, terms=l1(method=method))
    given = {"rate_annual": RATE, "profile": TWELFTHS, "method": method, "as_of": AS_OF}
    return [
        [(line.label_code, line.formula) for line in lines if line.label_code != "instalment"]
        for lines in explain_after(found, components, **given)
    ]


def sums_told(*components, as_of=AS_OF, penalty_minor=0, **given):
    found = worked(*components, as_of=as_of, penalty_minor=penalty_minor)
    lines = explain_relief(found, components, rate_annual=RATE, profile=TWELFTHS, as_of=as_of, **given)
    return [(line.label_code, line.formula) for line in lines]


def test_rows_after_a_pause_say_what_they_carry_of_it():
    first, *_, last = rows_told(Pause(3))
    assert first == [
        ("interest", "9,159.05 × 1.2% = 109.9086 ≈ 109.91"),
        ("principal", "1,079.71 − 109.91 = 969.80"),
        ("pause_interest", "329.73 ÷ 9 = 36.6366… ≈ 36.64"),
        ("due", "969.80 + 109.91 + 36.64 = 1,116.35"),
        ("balance", "9,159.05 − 969.80 = 8,189.25"),
    ]
    assert last == [
        ("interest", "1,066.84 × 1.2% = 12.8020… ≈ 12.80"),
        ("principal", "1,066.84"),
        ("pause_interest", "329.73 − 36.64 × 8 = 36.61"),
        ("residue", "1,079.64 − 1,079.71 = −0.07"),
        ("due", "1,066.84 + 12.80 + 36.61 = 1,116.25"),
        ("balance", "1,066.84 − 1,066.84 = 0.00"),
    ]


def test_rows_that_were_never_equal_leave_nothing_over():
    labels = [label for label, _ in rows_told(Pause(3), method=Method.EQUAL_PRINCIPAL)[-1]]
    assert labels == ["interest", "principal", "pause_interest", "due", "balance"]


def test_all_in_one_instalment_leaves_nothing_over():
    ((*_, due, balance),) = rows_told(Reterm(1))
    assert due == ("due", "9,159.05 + 109.91 = 9,268.96")
    assert balance == ("balance", "9,159.05 − 9,159.05 = 0.00")


def test_one_stretch_is_its_own_sum_and_two_are_added_up():
    assert sums_told(Pause(3)) == [
        ("earned", "9,159.05 × 1.2% × 3 = 329.7258 ≈ 329.73"),
        ("left", "9,717.32 + 329.73 = 10,047.05"),
        ("cost", "10,047.05 − 9,717.32 = 329.73"),
    ]
    short = ("unpaid", "9,159.05 × 1.2% = 109.9086 ≈ 109.91; 109.91 − 50.00 = 59.91")
    assert sums_told(Reduced(2, 5000))[:3] == [short, short, ("pause_interest", "59.91 × 2 = 119.82")]


def test_what_is_forgiven_and_each_part_of_arrears_are_lines():
    parts = [
        ("arrears", "1,079.71 + 1,079.71 = 2,159.42"),
        *[("arrears", "2,159.42 ÷ 6 = 359.9033… ≈ 359.90")] * 5,
        ("arrears", "2,159.42 − 359.90 × 5 = 359.92"),
    ]
    plan = (Waive(Bucket.PENALTY, None), ArrearsSplit(6))
    assert sums_told(*plan, as_of=LATE, penalty_minor=2389)[:8] == [("waived", "23.89"), *parts]
    # What is due today is part of the plan.
    assert sums_told(ArrearsSplit(6), as_of=date(2026, 6, 15))[:7] == parts


def test_a_currency_without_decimals_has_none_in_the_sums():
    assert sums_told(Pause(3), digits=0)[1:] == [
        ("left", "971,732 + 32,973 = 1,004,705"),
        ("cost", "1,004,705 − 971,732 = 32,973"),
    ]
