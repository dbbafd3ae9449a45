"""How the rows and the sums of relief were reached, to the letter."""

from datetime import date
from decimal import Decimal

from loans.engine.explain_relief import explain_after, explain_relief
from loans.engine.relief import (
    Append,
    AppendAs,
    AppendInterest,
    ArrearsSplit,
    Bucket,
    Pause,
    Rate,
    Reduced,
    Reterm,
    SplitMode,
    Waive,
)
from loans.engine.schedule import Method
from tests.loans.engine.loans_made_up import AS_OF, l1
from tests.loans.engine.relief_made_up import LATE, worked

RATE, TWELFTHS = l1().rate_annual, l1().profile


def rows_told(*components, method=Method.LEVEL, as_of=AS_OF):
    found = worked(*components, terms=l1(method=method), as_of=as_of)
    given = {"rate_annual": RATE, "profile": TWELFTHS, "method": method, "as_of": as_of}
    return [[(line.label_code, line.formula) for line in lines] for lines in explain_after(found, components, **given)]


def formulas(rows, label):
    """Return the formula of that line in each row, or nothing where it has none."""
    return [dict(lines).get(label) for lines in rows]


def sums_told(*components, as_of=AS_OF, penalty_minor=0, **given):
    found = worked(*components, as_of=as_of, penalty_minor=penalty_minor)
    lines = explain_relief(found, components, rate_annual=RATE, profile=TWELFTHS, as_of=as_of, **given)
    return [(line.label_code, line.formula) for line in lines]


def test_rows_after_a_pause_say_what_they_carry_of_it():
    first, *_, last = rows_told(Pause(3))
    assert [line for line in first if line[0] != "instalment"] == [
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


def test_appended_instalments_say_what_they_ask_for_of_their_old_periods():
    *_, last_that_stayed, first, _, last = rows_told(Append((4, 5, 6)))
    assert last_that_stayed[1:3] == [("principal", "1,066.84"), ("residue", "1,079.64 − 1,079.71 = −0.07")]
    assert first == [
        ("interest", "0.00 × 1.2% = 0.00"),
        ("principal", "969.80"),
        ("old_interest", "9,159.05 × 1.2% = 109.9086 ≈ 109.91"),
        ("due", "969.80 + 109.91 = 1,079.71"),
        ("balance", "2,944.46 − 969.80 = 1,974.66"),
    ]
    assert last == [
        ("interest", "0.00 × 1.2% = 0.00"),
        ("principal", "993.22"),
        ("old_interest", "7,207.81 × 1.2% = 86.4937… ≈ 86.49"),
        ("due", "993.22 + 86.49 = 1,079.71"),
        ("balance", "993.22 − 993.22 = 0.00"),
    ]


def test_what_is_appended_goes_on_bearing_interest_until_it_was_due():
    # 4, 5 and 12 are behind: until 15 January 12 bears its part of 9,159.05 − 969.80 − 981.44.
    rows = rows_told(Append((4, 5, 12)))
    assert rows[0][:2] == [
        ("interest", "7,207.81 × 1.2% = 86.4937… ≈ 86.49"),
        ("principal", "1,079.71 − 86.49 = 993.22"),
    ]
    assert rows[-1][2] == ("old_interest", "1,066.84 × 1.2% = 12.8020… ≈ 12.80")
    assert "residue" not in {label for lines in rows for label, _ in lines}


def test_a_balloon_says_which_instalments_are_in_it():
    assert rows_told(Append((4, 5), AppendInterest.SIMPLE, AppendAs.BALLOON))[-1] == [
        (
            "interest",
            "1,066.84 × 1.2% = 12.8020… ≈ 12.80; 969.80 × 1.2% × 8 = 93.1008 ≈ 93.10; "
            "981.44 × 1.2% × 7 = 82.4409… ≈ 82.44; 12.80 + 93.10 + 82.44 = 188.34",
        ),
        ("principal", "1,066.84 + 969.80 + 981.44 = 3,018.08"),
        (
            "old_interest",
            "9,159.05 × 1.2% = 109.9086 ≈ 109.91; 8,189.25 × 1.2% = 98.2710 ≈ 98.27; 109.91 + 98.27 = 208.18",
        ),
        ("due", "3,018.08 + 188.34 + 208.18 = 3,414.60"),
        ("balance", "3,018.08 − 3,018.08 = 0.00"),
    ]


def test_what_waiting_costs_is_worked_out_for_each_and_for_all():
    told = sums_told(Append((4, 5), AppendInterest.SIMPLE))
    assert [formula for label, formula in told if label == "waiting"] == [
        "969.80 × 1.2% × 9 = 104.7384 ≈ 104.74",
        "981.44 × 1.2% × 9 = 105.9955… ≈ 106.00",
        "104.74 + 106.00 = 210.74",
    ]
    assert "waiting" not in dict(sums_told(Append((4, 5))))


def test_rows_that_were_never_equal_leave_nothing_over():
    labels = [label for label, _ in rows_told(Pause(3), method=Method.EQUAL_PRINCIPAL)[-1]]
    assert labels == ["interest", "principal", "pause_interest", "due", "balance"]


def test_all_in_one_instalment_leaves_nothing_over():
    ((*_, due, balance),) = rows_told(Reterm(1))
    assert due == ("due", "9,159.05 + 109.91 = 9,268.96")
    assert balance == ("balance", "9,159.05 − 9,159.05 = 0.00")


def test_arrears_alone_stand_before_what_the_others_carry_of_their_pause():
    rows = rows_told(ArrearsSplit(3, SplitMode.ALONE), as_of=LATE)
    parts = [*["2,159.42 ÷ 3 = 719.8066… ≈ 719.81"] * 2, "2,159.42 − 719.81 × 2 = 719.80"]
    assert formulas(rows, "arrears") == [*parts, *[None] * 7]
    # 7,207.81 x 1.2 % x 3 is 259.48, over the seven instalments after the three.
    pauses = [*["259.48 ÷ 7 = 37.0685… ≈ 37.07"] * 6, "259.48 − 37.07 × 6 = 37.06"]
    assert formulas(rows, "pause_interest") == [*[None] * 3, *pauses]
    # A unit in each of seven months is worth (1 - 1.012 ^ -7) / 0.012 = 6.6757.
    solved = "7,207.81 ÷ 6.6757 = 1,079.7084… ≈ 1,079.71"
    assert formulas(rows, "instalment") == [*[None] * 3, *[solved] * 6, None]


def test_a_lower_rate_for_a_while_is_solved_twice():
    # (1 - 1.006 ^ -9) / 0.006 = 8.7358, and (1 - 1.012 ^ -6) / 0.012 = 5.75585.
    first = "9,159.05 ÷ 8.7358 = 1,048.4500… ≈ 1,048.45"
    then = "6,160.64 ÷ 5.75585 = 1,070.3267… ≈ 1,070.33"
    rows = rows_told(Rate(Decimal("0.072"), 3))
    assert formulas(rows, "instalment") == [*[first] * 3, *[then] * 5, None]
    assert formulas(rows, "interest")[2:4] == [
        "7,166.09 × 0.6% = 42.9965… ≈ 43.00",
        "6,160.64 × 1.2% = 73.9276… ≈ 73.93",
    ]


def test_reduced_instalments_are_not_solved_and_those_after_them_are():
    # 390.09 and 394.77 of 9,159.05 are repaid; (1 - 1.012 ^ -9) / 0.012 = 8.4829.
    rows = rows_told(Reduced(2, 50000))
    assert formulas(rows, "principal")[:2] == ["500.00 − 109.91 = 390.09", "500.00 − 105.23 = 394.77"]
    solved = "8,374.19 ÷ 8.4829 = 987.1848… ≈ 987.18"
    assert formulas(rows, "instalment") == [None, None, *[solved] * 8, None]


def test_one_stretch_is_its_own_sum_and_two_are_added_up():
    assert sums_told(Pause(3)) == [
        ("earned", "9,159.05 × 1.2% × 3 = 329.7258 ≈ 329.73"),
        ("left", "9,717.32 + 329.73 = 10,047.05"),
        ("cost", "10,047.05 − 9,717.32 = 329.73"),
    ]
    short = ("unpaid", "9,159.05 × 1.2% = 109.9086 ≈ 109.91; 109.91 − 50.00 = 59.91")
    assert sums_told(Reduced(2, 5000))[:3] == [short, short, ("pause_interest", "59.91 × 2 = 119.82")]


def test_a_pause_in_which_the_rate_rises_says_both_rates():
    low, high = "9,159.05 × 0.6% × 2 = 109.9086 ≈ 109.91", "9,159.05 × 1.2% = 109.9086 ≈ 109.91"
    assert sums_told(Rate(Decimal("0.072"), 2), Pause(3))[0] == ("earned", f"{low}; {high}; 109.91 + 109.91 = 219.82")


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
