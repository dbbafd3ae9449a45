"""How each figure was reached."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from loans.engine.calendar import Unit
from loans.engine.explain import explain_pause, explain_row, explain_rows, explain_terms
from loans.engine.profile import PROFILES, profile
from loans.engine.relief import Collect, Limits, Pause, PauseInterest, project
from loans.engine.schedule import Method, PaidRow, Row, Terms, schedule
from tests.loans.engine.any_terms import any_terms
from tests.loans.engine.arithmetic import is_worked_out, recomputes
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through, terms

RATE = Decimal("0.144")


def fourth(conventions):
    rows = schedule(l1(profile=conventions))
    return explain_row(rows[3], principal_before_minor=rows[2].balance_minor, rate_annual=RATE, profile=conventions)


@pytest.mark.parametrize(
    ("conventions", "formula"),
    [
        (PROFILES["30-360"], r"9,159\.05 × 1\.2% = 109\.9086 ≈ 109\.91"),
        (PROFILES["consumer-cn"], r"9,\d{3}\.\d\d × 14\.4% ÷ 365 × 30 = 10\d\.\d{4}… ≈ 10\d\.\d\d"),
        (PROFILES["consumer-cn-360"], r"9,\d{3}\.\d\d × 14\.4% ÷ 360 × 30 = 1\d\d\.\d{4}… ≈ 1\d\d\.\d\d"),
        (
            profile({"base": "consumer-cn", "day_count": "actual/actual"}),
            r"9,\d{3}\.\d\d × 14\.4% × \(30 ÷ 365\) = 10\d\.\d{4}… ≈ 10\d\.\d\d",
        ),
    ],
    ids=lambda value: value.name if hasattr(value, "name") else None,
)
def test_interest_is_shown_as_its_profile_multiplies(conventions, formula):
    assert re.fullmatch(formula, fourth(conventions)[0].formula)


def test_a_row_is_explained_from_its_interest_to_what_is_left():
    assert [(line.label_code, line.formula, line.amount_minor) for line in fourth(PROFILES["30-360"])] == [
        ("interest", "9,159.05 × 1.2% = 109.9086 ≈ 109.91", 10991),
        ("principal", "1,079.71 − 109.91 = 969.80", 96980),
        ("due", "969.80 + 109.91 = 1,079.71", 107971),
        ("balance", "9,159.05 − 969.80 = 8,189.25", 818925),
    ]


def row(**changes):
    return Row(1, date(2026, 1, 15), date(2026, 2, 15), 50000, 1000, 0)._replace(**changes)


def test_pause_interest_and_a_fee_are_lines_of_their_own():
    lines = explain_row(
        row(relief_interest_minor=366, fee_minor=100),
        principal_before_minor=50000,
        rate_annual=Decimal("0.24"),
        profile=PROFILES["30-360"],
    )
    assert [line.label_code for line in lines] == ["interest", "principal", "pause_interest", "fee", "due", "balance"]
    assert lines[4].formula == "500.00 + 10.00 + 3.66 + 1.00 = 514.66"


def test_a_monthly_rate_that_never_ends_is_shown_as_a_twelfth():
    lines = explain_row(
        row(interest_minor=417), principal_before_minor=50000, rate_annual=Decimal("0.1"), profile=PROFILES["30-360"]
    )
    assert lines[0].formula == "500.00 × 10% ÷ 12 = 4.1666… ≈ 4.17"


def test_a_figure_that_no_formula_gives_stands_alone():
    lines = explain_row(
        row(interest_minor=999), principal_before_minor=50000, rate_annual=Decimal("0.24"), profile=PROFILES["30-360"]
    )
    assert lines[0].formula == "9.99"


def test_a_currency_without_decimals_has_none():
    lines = explain_row(
        row(), principal_before_minor=50000, rate_annual=Decimal("0.24"), profile=PROFILES["30-360"], digits=0
    )
    assert lines[0].formula == "50,000 × 2% = 1,000"


def paused(made_up, pause, paid):
    return project(
        schedule(made_up),
        paid=paid,
        rate_annual=made_up.rate_annual,
        profile=made_up.profile,
        method=made_up.method,
        as_of=AS_OF,
        components=(pause,),
        limits=Limits(),
        anchor_day=15,
    )


def explained(pause, made_up=None, paid=None):
    made_up = made_up or l1()
    paid = paid_through(schedule(made_up), 3) if paid is None else paid
    found = paused(made_up, pause, paid)
    return {line.label_code: line.formula for line in explain_pause(found, rate_annual=RATE, profile=made_up.profile)}


@pytest.mark.parametrize(
    ("collect", "collected"),
    [
        (Collect.FIRST, "329.73 = 329.73"),
        (Collect.SPREAD, "36.64 × 8 + 36.61 = 329.73"),
        (Collect.LAST, "329.73 = 329.73"),
    ],
)
def test_a_pause_is_explained_with_its_published_figures(collect, collected):
    assert explained(Pause(3, collect=collect)) == {
        "pause_interest": "9,159.05 × 1.2% × 3 = 329.7258 ≈ 329.73",
        "collected": collected,
        "left": "9,717.32 + 329.73 = 10,047.05",
        "cost": "10,047.05 − 9,717.32 = 329.73",
    }


def test_a_waived_pause_has_nothing_to_collect():
    assert explained(Pause(3, PauseInterest.WAIVE)) == {
        "pause_interest": "0.00",
        "left": "9,717.32 + 0.00 = 9,717.32",
        "cost": "9,717.32 − 9,717.32 = 0.00",
    }


def test_a_pause_by_days_names_its_days():
    by_days = explained(Pause(3), l1(profile=PROFILES["consumer-cn"]))
    assert re.fullmatch(r"9,\d{3}\.\d\d × 14\.4% ÷ 365 × 91 = 3\d\d\.\d{4}… ≈ 3\d\d\.\d\d", by_days["pause_interest"])


def test_a_pause_that_saves_money_shows_a_minus():
    # Equal principal from a 31-day period into one of 28 days, with the pause itself waived.
    made_up = l1(instalments=1, disbursed_on=date(2026, 12, 15), profile=PROFILES["consumer-cn"])
    found = paused(made_up, Pause(2, PauseInterest.WAIVE), {})
    # 12,000.00 x 14.4 % / 365: 31 days 146.76, 28 days 132.56.
    left = next(
        line for line in explain_pause(found, rate_annual=RATE, profile=made_up.profile) if line.label_code == "left"
    )
    assert left.formula == "12,146.76 − 14.20 = 12,132.56"


def test_a_partly_paid_row_is_explained_by_what_is_owed():
    paid = paid_through(schedule(l1()), 3) | {4: PaidRow(20000, 10991)}
    assert explained(Pause(3), paid=paid)["pause_interest"] == "8,959.05 × 1.2% × 3 = 322.5258 ≈ 322.53"


@given(any_terms())
def test_every_formula_gives_its_amount_when_worked_out(asked):
    for lines in explain_terms(asked):
        for line in lines:
            assert recomputes(line), line


def interest_of(asked: Terms) -> list[str]:
    return [lines[0].formula for lines in explain_terms(asked)]


def test_flat_interest_is_that_of_the_whole_term_in_equal_parts():
    flat = l1(method=Method.FLAT, principal_minor=100000, rate_annual=Decimal("0.1"), instalments=3)
    whole = "1,000.00 × 10% ÷ 12 × 3 = 25.00"
    assert interest_of(flat) == [f"{whole}; 25.00 ÷ 3 = 8.3333… ≈ 8.33"] * 2 + [f"{whole}; 25.00 − 8.33 × 2 = 8.34"]
    once = l1(method=Method.FLAT, principal_minor=100000, rate_annual=Decimal("0.12"), instalments=1)
    assert interest_of(once) == ["1,000.00 × 1% = 10.00"]


def test_interest_put_off_is_added_up_where_it_is_due():
    put_off = l1(grace_on_interest_instalments=2)
    assert interest_of(put_off)[:4] == [
        "0.00",
        "0.00",
        "144.00 + 132.77 + 121.41 = 398.18",
        "9,159.05 × 1.2% = 109.9086 ≈ 109.91",
    ]


def test_interest_of_a_loan_repaid_at_the_end_is_that_of_the_whole_term():
    asked = l1(method=Method.BULLET, instalments=3, profile=PROFILES["consumer-cn"])
    # 31 + 28 + 31 days.
    assert interest_of(asked) == ["0.00", "0.00", "12,000.00 × 14.4% ÷ 365 × 90 = 426.0821… ≈ 426.08"]


def test_a_down_payment_bears_no_interest_and_is_taken_off_first():
    first, second, *_ = explain_terms(l1(principal_minor=1500000, down_payment_minor=300000))
    assert [line.formula for line in first] == [
        "0.00",
        "3,000.00 − 0.00 = 3,000.00",
        "3,000.00 = 3,000.00",
        "15,000.00 − 3,000.00 = 12,000.00",
    ]
    assert second[0].formula == "12,000.00 × 1.2% = 144.00"


def test_a_row_that_asks_for_nothing_says_so():
    assert explain_terms(l1(method=Method.BULLET))[0][2].formula == "0.00"


def test_a_week_that_is_a_52nd_of_a_year_shows_no_days():
    weekly = l1(unit=Unit.WEEK, method=Method.INTEREST_FIRST, profile=PROFILES["fineract-cumulative-instalment"])
    # 12,000 x 14.4 % / 52 = 33.23.
    assert interest_of(weekly)[0] == "33.23"


@given(any_terms())
def test_every_amount_of_a_schedule_is_explained(asked):
    rows = schedule(asked)
    explained = explain_terms(asked)
    assert [lines[0].amount_minor for lines in explained] == [row.interest_minor for row in rows]
    assert [lines[-2].amount_minor for lines in explained] == [row.due_minor for row in rows]
    assert [lines[-1].amount_minor for lines in explained] == [row.balance_minor for row in rows]


@given(terms(most_instalments=12))
def test_no_figure_of_a_level_loan_or_one_of_equal_principal_stands_without_its_arithmetic(made_up):
    rows = schedule(made_up)
    for row, lines in zip(rows, explain_terms(made_up), strict=True):
        if row.balance_minor and row.principal_minor:
            assert all(is_worked_out(line) for line in lines if line.label_code != "instalment"), lines


def test_the_equal_instalment_is_the_loan_over_what_one_yuan_each_month_is_worth():
    # (1 - 1.012 ^ -12) / 0.012 = 11.11412 (annuity tables).
    lines = explain_terms(l1())[0]
    assert [line.label_code for line in lines] == ["interest", "instalment", "principal", "due", "balance"]
    assert lines[1].formula == "12,000.00 ÷ 11.1141 = 1,079.7095… ≈ 1,079.71"


def test_what_rounding_leaves_is_told_in_the_last_instalment():
    last = {line.label_code: line for line in explain_terms(l1())[-1]}
    assert last["principal"].formula == "1,066.84"
    assert (last["residue"].formula, last["residue"].amount_minor) == ("1,079.64 − 1,079.71 = −0.07", -7)
    assert "instalment" not in last


def test_equal_principal_is_a_share_and_the_last_takes_the_rest():
    parts = [lines[1].formula for lines in explain_terms(l1(method=Method.EQUAL_PRINCIPAL, instalments=7))]
    assert parts == ["12,000.00 ÷ 7 = 1,714.2857… ≈ 1,714.29"] * 6 + ["12,000.00 − 1,714.29 × 6 = 1,714.26"]


def test_a_row_of_relief_is_told_apart_from_the_usual_one():
    lines = explain_row(
        row(principal_minor=49990, interest_minor=1000, balance_minor=0),
        principal_before_minor=49990,
        rate_annual=Decimal("0.24"),
        profile=PROFILES["30-360"],
        usual_minor=51000,
    )
    assert [(line.label_code, line.formula) for line in lines][1:3] == [
        ("principal", "499.90"),
        ("residue", "509.90 − 510.00 = −0.10"),
    ]


def test_the_rows_of_a_schedule_in_force_say_how_a_pause_was_shared_out():
    after = paused(l1(), Pause(3), paid_through(schedule(l1()), 3)).schedule_after
    lines = explain_rows(after, rate_annual=RATE, profile=l1().profile, method=Method.LEVEL)
    assert all(line.label_code != "pause_interest" for group in lines[:3] for line in group)
    shares = [line.formula for group in lines[3:] for line in group if line.label_code == "pause_interest"]
    assert shares == ["329.73 ÷ 9 = 36.6366… ≈ 36.64"] * 8 + ["329.73 − 36.64 × 8 = 36.61"]
    # Of two pauses one after another the shares are not told apart.
    twice = after[:3] + tuple(row._replace(relief_interest_minor=row.number) for row in after[3:])
    lines = explain_rows(twice, rate_annual=RATE, profile=l1().profile, method=Method.LEVEL)
    assert {line.formula for line in lines[3] if line.label_code == "pause_interest"} == {"0.04"}
