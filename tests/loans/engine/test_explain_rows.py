"""How the rows of a schedule were reached, from the rows alone."""

from decimal import Decimal, localcontext

import pytest

from loans.engine.explain import explain_rows
from loans.engine.explain_sums import explain_rate
from loans.engine.profile import PROFILES
from loans.engine.schedule import Method, schedule
from tests.loans.engine.loans_made_up import l1

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
