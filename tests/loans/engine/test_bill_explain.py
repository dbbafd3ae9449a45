"""How a bill with a bit of everything is explained, in a currency with decimals and in one without."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.components import Pause, Reterm
from loans.engine.revolving import Bill, Minimum, bill_plan, explain_bill, explain_plan, explain_relief, project
from loans.engine.revolving.charging import Stretch
from tests.loans.engine.bill_facts import DUE, FREE, FRESH, bill_terms

JULY = date(2026, 7, 1)


def everything(**changes):
    """Return a bill that has each part: 20 days of 900.00 at 0.05 % are 9.00, of 50.00 at 0.075 % 0.75."""
    given = {
        "number": 2,
        "opens_on": date(2026, 6, 1),
        "bill_on": JULY,
        "due_on": date(2026, 7, 10),
        "carried_minor": 90000,
        "overdue_minor": 5000,
        "purchases_minor": 30000,
        "refunds_minor": 4000,
        "instalments_principal_minor": 10000,
        "instalments_interest_minor": 0,
        "instalments_fee_minor": 230,
        "fees_minor": 700,
        "interest_minor": 900,
        "penalty_minor": 195,
        "advance_minor": 2000,
        "minimum": Minimum(2600, 10230, 700, 5000, 1095),
        "interest": (Stretch(90000, date(2026, 6, 11), JULY),),
        "penalty": (Stretch(5000, date(2026, 6, 11), JULY),),
        "penalty_earlier_minor": 120,
    }
    return Bill(**(given | changes))


def shown(lines):
    return [(line.label_code, line.formula) for line in lines]


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        (
            2,
            [
                ("carried", "900.00"),
                ("overdue", "50.00"),
                ("purchases", "300.00"),
                ("refunds", "−40.00"),
                ("instalments", "102.30"),
                ("fees", "7.00"),
                ("interest", "900.00 × 18.25% ÷ 365 × 20 = 9.00"),
                ("penalty", "50.00 × 18.25% × 1.5 ÷ 365 × 20 = 0.75"),
                ("penalty_earlier", "1.20"),
                ("balance", "900.00 + 50.00 + 300.00 − 40.00 + 102.30 + 7.00 + 9.00 + 1.95 = 1,330.25"),
                ("advance", "−20.00"),
                ("minimum_purchases", "260.00 × 10% = 26.00"),
                ("minimum_instalments", "102.30"),
                ("minimum_fees", "7.00"),
                ("minimum_overdue", "50.00"),
                ("minimum_interest", "9.00 + 1.95 = 10.95"),
                ("minimum", "26.00 + 102.30 + 7.00 + 50.00 + 10.95 = 196.25"),
            ],
        ),
        (
            0,
            [
                ("carried", "90,000"),
                ("overdue", "5,000"),
                ("purchases", "30,000"),
                ("refunds", "−4,000"),
                ("instalments", "10,230"),
                ("fees", "700"),
                ("interest", "90,000 × 18.25% ÷ 365 × 20 = 900"),
                ("penalty", "5,000 × 18.25% × 1.5 ÷ 365 × 20 = 75"),
                ("penalty_earlier", "120"),
                ("balance", "90,000 + 5,000 + 30,000 − 4,000 + 10,230 + 700 + 900 + 195 = 133,025"),
                ("advance", "−2,000"),
                ("minimum_purchases", "26,000 × 10% = 2,600"),
                ("minimum_instalments", "10,230"),
                ("minimum_fees", "700"),
                ("minimum_overdue", "5,000"),
                ("minimum_interest", "900 + 195 = 1,095"),
                ("minimum", "2,600 + 10,230 + 700 + 5,000 + 1,095 = 19,625"),
            ],
        ),
    ],
)
def test_every_part_of_a_bill_has_its_line(digits, expected):
    lines = explain_bill(everything(), bill_terms(), digits)
    assert shown(lines) == expected
    amounts = {line.label_code: line.amount_minor for line in lines}
    assert (amounts["refunds"], amounts["advance"], amounts["balance"]) == (-4000, -2000, 133025)


@pytest.mark.parametrize(("digits", "text"), [(2, "9.05"), (0, "905")])
def test_interest_that_its_days_do_not_give_stands_alone(digits, text):
    lines = explain_bill(everything(interest_minor=905), bill_terms(), digits)
    assert [(line.formula, line.amount_minor) for line in lines if line.label_code == "interest"] == [(text, 905)]


@pytest.mark.parametrize("digits", [2, 0])
def test_penalty_that_the_cap_cut_and_some_of_before_are_told_apart(digits):
    # Of 0.75 that the days ask for the cap lets 0.50 through; 1.20 is from before.
    lines = {line.label_code: line for line in explain_bill(everything(penalty_minor=170), bill_terms(), digits)}
    cut, earlier = lines["penalty_beyond_cap"], lines["penalty_earlier"]
    assert (cut.amount_minor, earlier.amount_minor) == (-25, 120)
    assert (cut.formula, earlier.formula) == (("−0.25", "1.20") if digits else ("−25", "120"))


def test_days_of_two_years_are_each_over_their_own():
    # 900.00 x 18.25 % is 164.25 a year: 21 days of it are 9.45, 31 of 366 are 13.9118...
    days = (Stretch(90000, date(2027, 12, 11), date(2028, 2, 1)),)
    bill = everything(interest=days, interest_minor=2336)
    lines = explain_bill(bill, bill_terms("day_count=actual/actual"))
    formula = "900.00 × 18.25% × (21 ÷ 365 + 31 ÷ 366) = 23.3618… ≈ 23.36"
    assert ("interest", formula) in shown(lines)


def test_a_plan_of_two_parts_says_what_its_fee_is_of():
    first, _ = explain_plan(bill_plan(100000, 2, Decimal("0.023"), DUE), Decimal("0.023"))
    assert ("fee", "1,000.00 × 2.3% = 23.00; 23.00 ÷ 2 = 11.50") in shown(first)
    first, _ = explain_plan(bill_plan(100000, 2, Decimal("0.023"), DUE), Decimal("0.023"), digits=0)
    assert ("fee", "100,000 × 2.3% = 2,300; 2,300 ÷ 2 = 1,150") in shown(first)


@pytest.mark.parametrize(
    ("digits", "formula"),
    [(2, "1,000.00 × 18.25% ÷ 365 × 30 = 15.00"), (0, "100,000 × 18.25% ÷ 365 × 30 = 1,500")],
)
def test_interest_of_a_pause_on_a_bill_is_that_of_the_days_before_its_rows(digits, formula):
    own, *rows = explain_relief(project(FRESH, [Pause(1), Reterm(3)], FREE), FRESH, digits)
    assert ("pause_interest", formula) in shown(own)
    if not digits:
        sums = [line.formula for group in (own, *rows) for line in group]
        assert not [text for text in sums if "." in text.replace("18.25%", "").partition(" = ")[0]]
        assert not [text for text in sums if "." in text.rpartition("≈ ")[2].rpartition("= ")[2]]


def test_a_pause_that_leads_to_a_single_row_is_explained_by_its_days():
    own, _ = explain_relief(project(FRESH, [Pause(1)], FREE), FRESH)
    assert shown(own)[0] == ("pause_interest", "1,000.00 × 18.25% ÷ 365 × 30 = 15.00")
