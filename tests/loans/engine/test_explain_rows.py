"""How the rows of a schedule were reached, from the rows alone."""

from decimal import Decimal, localcontext

import pytest

from loans.engine.explain import explain_rows
from loans.engine.explain_sums import explain_rate
from loans.engine.profile import PROFILES
from loans.engine.relief import Append, AppendInterest, Rate
from loans.engine.schedule import Method, schedule
from tests.loans.engine.loans_made_up import l1
from tests.loans.engine.relief_made_up import worked

RATE, TWELFTHS = Decimal("0.144"), PROFILES["30-360"]


def told(rows, method=Method.LEVEL, **given):
    return [
        [(line.label_code, line.formula) for line in lines]
        for lines in explain_rows(rows, rate_annual=RATE, profile=TWELFTHS, method=method, **given)
    ]


def test_the_first_of_equal_instalments_is_what_its_interest_leaves():
    assert told(schedule(l1()))[0][:2] == [
        ("interest", "12,000.00 × 1.2% = 144.00"),
        ("principal", "1,079.71 − 144.00 = 935.71"),
    ]


def test_the_last_of_equal_instalments_is_told_apart_from_the_others():
    assert told(schedule(l1()))[-1] == [
        ("interest", "1,066.84 × 1.2% = 12.8020… ≈ 12.80"),
        ("principal", "1,066.84"),
        ("residue", "1,079.64 − 1,079.71 = −0.07"),
        ("due", "1,066.84 + 12.80 = 1,079.64"),
        ("balance", "1,066.84 − 1,066.84 = 0.00"),
    ]


def test_the_last_of_two_is_told_apart_from_the_first():
    # 12,000 x 1.012 x 1.012 / 2.012 is 6,108.2147; then 1.2 % of 6,035.79 is 72.43.
    assert ("residue", "6,108.22 − 6,108.21 = 0.01") in told(schedule(l1(instalments=2)))[-1]


@pytest.mark.parametrize("method", [Method.LEVEL, Method.EQUAL_PRINCIPAL])
def test_a_single_instalment_leaves_nothing_over(method):
    (lines,) = told(schedule(l1(instalments=1, method=method)), method)
    assert [label for label, _ in lines] == ["interest", "principal", "due", "balance"]


def test_instalments_that_were_never_equal_leave_nothing_over():
    assert told(schedule(l1(method=Method.EQUAL_PRINCIPAL)), Method.EQUAL_PRINCIPAL)[-1] == [
        ("interest", "1,000.00 × 1.2% = 12.00"),
        ("principal", "1,012.00 − 12.00 = 1,000.00"),
        ("due", "1,000.00 + 12.00 = 1,012.00"),
        ("balance", "1,000.00 − 1,000.00 = 0.00"),
    ]


@pytest.mark.parametrize(
    ("parts", "formulas"),
    [
        ((183, 183), ["3.66 ÷ 2 = 1.83", "3.66 − 1.83 = 1.83"]),
        ((100, 300), ["1.00", "3.00"]),
        ((366, 0), ["3.66"]),
    ],
)
def test_interest_of_a_pause_says_that_it_was_shared_out_only_if_it_was(parts, formulas):
    rows = [
        row._replace(relief_interest_minor=part) for row, part in zip(schedule(l1(instalments=2)), parts, strict=True)
    ]
    found = [formula for lines in told(rows) for label, formula in lines if label == "pause_interest"]
    assert found == formulas


def test_a_currency_without_decimals_has_none_in_any_row():
    lines = told(schedule(l1(method=Method.EQUAL_PRINCIPAL)), Method.EQUAL_PRINCIPAL, digits=0)[-1]
    assert ("due", "100,000 + 1,200 = 101,200") in lines


def test_each_instalment_and_all_of_them_are_worth_something():
    rows = schedule(l1(instalments=1))
    days = [rows[0].opens_on, rows[0].due_on]
    lines = explain_rate(rows, days, TWELFTHS, RATE, 0)
    assert [(line.label_code, line.formula) for line in lines] == [
        ("worth", "1,214,400 ÷ 1.012000000000 = 1,200,000"),
        ("worth", "1,200,000 = 1,200,000"),
    ]
    with localcontext(prec=6):
        assert explain_rate(rows, days, TWELFTHS, RATE, 0) == lines


def plan(*components):
    """The whole plan of 12,000.00 after relief, paid rows included."""
    found = worked(*components)
    return told(found.schedule_after, anchor_day=15, remembered=found.remembered)


def test_what_was_moved_bore_interest_until_it_was_due_before_and_none_since():
    """4, 5 and 6 moved behind the last: 969.80, 981.44 and 993.22 of 9,159.05, so 6,214.59 bear interest."""
    rows = plan(Append((4, 5, 6)))
    assert [rows[at][0] for at in (2, 3, 4, 8)] == [
        ("interest", "10,117.35 × 1.2% = 121.4082 ≈ 121.41"),
        ("interest", "6,214.59 × 1.2% = 74.5750… ≈ 74.58"),
        ("interest", "5,209.46 × 1.2% = 62.5135… ≈ 62.51"),
        ("interest", "1,066.84 × 1.2% = 12.8020… ≈ 12.80"),
    ]
    assert [line for line in rows[8] if line[0] in ("principal", "residue")] == [
        ("principal", "1,066.84"),
        ("residue", "1,079.64 − 1,079.71 = −0.07"),
    ]
    assert rows[9:] == [
        [
            ("interest", "0.00"),
            ("principal", principal),
            ("old_interest", old),
            ("due", due),
            ("balance", balance),
        ]
        for principal, old, due, balance in (
            ("969.80", "9,159.05 × 1.2% = 109.9086 ≈ 109.91", "969.80 + 109.91 = 1,079.71",
             "2,944.46 − 969.80 = 1,974.66"),
            ("981.44", "8,189.25 × 1.2% = 98.2710 ≈ 98.27", "981.44 + 98.27 = 1,079.71",
             "1,974.66 − 981.44 = 993.22"),
            ("993.22", "7,207.81 × 1.2% = 86.4937… ≈ 86.49", "993.22 + 86.49 = 1,079.71",
             "993.22 − 993.22 = 0.00"),
        )
    ]  # fmt: skip


def test_simple_interest_of_what_was_moved_is_that_of_its_own_months():
    """4 and 5, due on 15 May and 15 June, are due nine months later: 969.80 and 981.44 bear those alone."""
    *_, fourth, fifth = plan(Append((4, 5), interest=AppendInterest.SIMPLE))
    assert fourth == [
        ("interest", "969.80 × 1.2% × 9 = 104.7384 ≈ 104.74"),
        ("principal", "969.80"),
        ("old_interest", "9,159.05 × 1.2% = 109.9086 ≈ 109.91"),
        ("due", "969.80 + 104.74 + 109.91 = 1,184.45"),
        ("balance", "1,951.24 − 969.80 = 981.44"),
    ]
    assert fifth[0] == ("interest", "981.44 × 1.2% × 9 = 105.9955… ≈ 106.00")
    assert fifth[2] == ("old_interest", "8,189.25 × 1.2% = 98.2710 ≈ 98.27")


def test_of_a_lower_rate_what_was_moved_says_the_rate_of_its_old_months():
    """7.2 % for three instalments: 0.6 % a month while 4 and 5 were due before, 1.2 % after the third."""
    rows = plan(Append((4, 5)), Rate(Decimal("0.072"), 3))
    assert [rows[at][0] for at in (3, 4, 9)] == [
        ("interest", "7,166.09 × 0.6% = 42.9965… ≈ 43.00"),
        ("interest", "6,160.64 × 1.2% = 73.9276… ≈ 73.93"),
        ("interest", "1,057.62 × 1.2% = 12.6914… ≈ 12.69"),
    ]
    assert [dict(row)["old_interest"] for row in rows[10:]] == [
        "9,159.05 × 0.6% = 54.9543 ≈ 54.95",
        "8,165.55 × 0.6% = 48.9933 ≈ 48.99",
    ]
