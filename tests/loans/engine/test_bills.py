"""Bills by golden tables: which purchases they hold, what they charge, the minimum payment."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.revolving import account, bill_days, explain_bill, next_day
from tests.loans.engine.bill_facts import bill_terms, facts, held
from tests.loans.engine.golden import table

BILLS = table("bills")


def last_bill(row):
    terms, on = bill_terms(row["terms"]), date.fromisoformat(row["on"])
    return terms, account(terms, facts(row["facts"]), on, held(row["held"])).bills[-1]


@pytest.mark.parametrize("row", table("bill_cycles"), ids=lambda row: f"{row['bill_day']} {row['bought_on']}")
def test_a_purchase_falls_in_the_bill_of_its_cycle(row):
    bought_on = date.fromisoformat(row["bought_on"])
    bill_on = next_day(bought_on, int(row["bill_day"]))
    assert bill_on.isoformat() == row["bill_on"]
    assert next_day(bill_on, int(row["due_day"])).isoformat() == row["due_on"]
    given = bill_terms(f"opened_on={bought_on};bill_day={row['bill_day']};due_day={row['due_day']}")
    bills = account(given, facts(f"{bought_on} buy 100"), bill_on).bills
    assert [(bill.opens_on, bill.bill_on, bill.due_on.isoformat()) for bill in bills] == [
        (bought_on, bill_on, row["due_on"])
    ]


@pytest.mark.parametrize("row", BILLS, ids=lambda row: row["case"])
def test_a_bill_is_that_of_the_rules(row):
    _, bill = last_bill(row)
    assert [bill.bill_on.isoformat(), bill.due_on.isoformat()] == [row["bill_on"], row["due_on"]]
    found = {
        "carried": bill.carried_minor,
        "overdue": bill.overdue_minor,
        "new": bill.purchases_minor - bill.refunds_minor,
        "instalments": bill.instalments_minor,
        "fees": bill.fees_minor,
        "interest": bill.interest_minor,
        "penalty": bill.penalty_minor,
        "advance": bill.advance_minor,
    }
    assert found == {name: int(row[name]) for name in found}
    assert list(bill.minimum) == [int(part) for part in row["minimum"].split()]


@pytest.mark.parametrize("row", BILLS, ids=lambda row: row["case"])
def test_every_figure_of_a_bill_is_explained_and_adds_up(row):
    terms, bill = last_bill(row)
    lines = {line.label_code: line for line in explain_bill(bill, terms)}
    minimum = [line for line in lines.values() if line.label_code.startswith("minimum_")]
    assert sum(line.amount_minor for line in minimum) == lines["minimum"].amount_minor == bill.minimum.total_minor
    own = [line for line in lines.values() if not line.label_code.startswith(("minimum", "balance", "advance"))]
    assert sum(line.amount_minor for line in own) == lines["balance"].amount_minor == bill.balance_minor
    for line in lines.values():
        assert _comes_to(line.formula) == Decimal(line.amount_minor) / 100


def _comes_to(formula: str) -> Decimal:
    """Work a formula out as a reader would, rounded to the fen."""
    worked, _, shown = formula.rpartition(" = ")
    result = Decimal(shown.rpartition("≈ ")[2].replace(",", "").replace("−", "-"))
    if worked:
        python = worked.replace(",", "").replace("−", "-").replace("×", "*").replace("÷", "/").replace("%", "/100")
        numbers = "".join(f"Decimal('{part}')" if part[:1].isdigit() else part for part in _tokens(python))
        exact = eval(numbers, {"Decimal": Decimal})
        assert exact.quantize(Decimal("0.01"), "ROUND_HALF_UP") == result, formula
    return result


def _tokens(text: str) -> list[str]:
    tokens, number = [], ""
    for sign in text:
        if sign.isdigit() or sign == ".":
            number += sign
            continue
        tokens += [part for part in (number, sign) if part]
        number = ""
    return [*tokens, number] if number else tokens


def test_the_explanation_of_a_carried_sum_has_its_days_and_rate():
    terms = bill_terms()
    bill = account(terms, facts("2026-05-20 buy 100000; 2026-06-10 pay 10000"), date(2026, 7, 1)).bills[-1]
    assert [(line.label_code, line.formula) for line in explain_bill(bill, terms)] == [
        ("carried", "900.00"),
        ("interest", "900.00 × 18.25% ÷ 365 × 20 = 9.00"),
        ("balance", "900.00 + 9.00 = 909.00"),
        ("minimum_interest", "9.00"),
        ("minimum", "9.00"),
    ]


def test_the_explanation_says_what_the_cap_kept_from_being_charged():
    terms = bill_terms()
    bill = account(terms, facts("2026-05-20 buy 100000"), date(2026, 8, 1)).bills[-1]
    lines = {line.label_code: line for line in explain_bill(bill, terms)}
    shown = "100.00 × 18.25% × 1.5 ÷ 365 × 10 + 1,000.00 × 18.25% × 1.5 ÷ 365 × 21 = 16.50"
    assert lines["penalty"].formula == shown
    assert lines["penalty_beyond_cap"].amount_minor == 1455 - 1650


def test_a_month_without_anything_owed_has_no_bill():
    quiet = account(bill_terms(), facts("2026-05-20 buy 100; 2026-06-10 pay 100"), date(2026, 12, 31))
    assert [bill.bill_on for bill in quiet.bills] == [date(2026, 6, 1)]
    assert account(bill_terms(), [], date(2026, 12, 31)).bills == ()


def test_the_first_bill_is_that_of_the_first_bill_day_after_the_opening():
    opened_on = date(2026, 5, 31)
    assert list(bill_days(opened_on, 1, date(2026, 7, 1))) == [date(2026, 6, 1), date(2026, 7, 1)]
    assert list(bill_days(date(2026, 6, 1), 1, date(2026, 6, 30))) == []


def test_what_is_overdue_makes_every_later_bill_overdue_though_its_own_minimum_is_nothing():
    """A fee of 0.01 on the bill of December is never paid, so 0.01 of January's minimum is not either.

    A hundredth of the 0.01 bought in December rounds to nothing: January asks for nothing of its
    own, and yet all of it is overdue in February.
    """
    terms = bill_terms("opened_on=2027-11-07;bill_day=1;due_day=2;minimum_share=0.01;rate_annual=0")
    bills = account(terms, facts("2027-11-07 fee 1; 2027-12-01 buy 1"), date(2028, 2, 1)).bills
    assert [(bill.overdue_minor, bill.carried_minor, bill.minimum.total_minor) for bill in bills] == [
        (0, 0, 1),
        (1, 0, 1),
        (2, 0, 2),
    ]
