"""What credit costs in all."""

import json
from datetime import date
from decimal import Decimal

import pytest

from loans.engine.calendar import Unit
from loans.engine.cost_sheet import Charge, Contingent, CostSheet, Item, cost_sheet
from loans.engine.schedule import Method, Terms, schedule
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import l1


@pytest.mark.parametrize("row", table("annual_rates"), ids=lambda row: row["case"])
def test_a_fee_alone_has_the_published_rate_of_the_whole(row):
    terms = Terms(36_000_000, Decimal(0), Method.EQUAL_PRINCIPAL, int(row["instalments"]), date(2026, 1, 15))
    rows = schedule(terms)
    each_minor = int(36_000_000 * Decimal(row["fee_percent"]) / 100 / len(rows))
    fee = Charge("instalment_fee", "platform", tuple((one.due_on, each_minor) for one in rows))
    sheet = cost_sheet(terms, rows, lender="bank", charges=[fee])
    assert (sheet.rate_annual * 100).quantize(Decimal("0.01")) == Decimal(row["irr_percent"])
    assert [item.code for item in sheet.items] == (["instalment_fee"] if each_minor else [])


def test_interest_alone_costs_the_contract_rate():
    sheet = cost_sheet(l1(), schedule(l1()), lender="bank")
    assert [(item.code, item.charger, item.amount_minor) for item in sheet.items] == [("interest", "bank", 95645)]
    assert abs(sheet.rate_annual - Decimal("0.144")) < Decimal("0.00001")
    assert sheet.items[0].rate_annual == sheet.rate_annual


def test_every_item_is_listed_with_its_own_rate_and_the_sheet_with_that_of_all():
    # 1,000.00 for one month: 12.00 of interest, 5.00 of guarantee on the first day, 3.00 of fee at the end.
    terms = Terms(100000, Decimal("0.144"), Method.LEVEL, 1, date(2026, 1, 15), profile=l1().profile)
    rows = [schedule(terms)[0]._replace(fee_minor=300)]
    guarantee = Charge("guarantee", "insurer", ((date(2026, 1, 15), 500),))
    sheet = cost_sheet(terms, rows, lender="bank", charges=[guarantee])
    # 1012 / 1000, 1003 / 1000, 1000 / 995 and 1015 / 995 in a month, times twelve.
    expected = [("interest", 1200, "0.14400000"), ("fee", 300, "0.03600000"), ("guarantee", 500, "0.06030151")]
    assert [(item.code, item.amount_minor, str(item.rate_annual)) for item in sheet.items] == expected
    assert (sheet.total_minor, str(sheet.rate_annual)) == (2000, "0.24120603")
    assert [item.charger for item in sheet.items] == ["bank", "bank", "insurer"]
    assert sheet.as_dict() == {
        "principal_minor": 100000,
        "items": [
            {"code": "interest", "charger": "bank", "amount_minor": 1200, "rate_annual": "0.14400000"},
            {"code": "fee", "charger": "bank", "amount_minor": 300, "rate_annual": "0.03600000"},
            {"code": "guarantee", "charger": "insurer", "amount_minor": 500, "rate_annual": "0.06030151"},
        ],
        "total_minor": 2000,
        "rate_annual": "0.24120603",
        "contingent": [],
        "extra_minor": None,
    }


def test_interest_of_a_pause_is_interest():
    terms = Terms(100000, Decimal("0.144"), Method.LEVEL, 1, date(2026, 1, 15), profile=l1().profile)
    rows = [schedule(terms)[0]._replace(relief_interest_minor=300)]
    sheet = cost_sheet(terms, rows, lender="bank")
    assert [(item.code, item.amount_minor, str(item.rate_annual)) for item in sheet.items] == [
        ("interest", 1500, "0.18000000")
    ]


def test_a_loan_of_a_week_has_52_of_them_in_a_year():
    terms = Terms(100000, Decimal(0), Method.LEVEL, 1, date(2026, 1, 15), unit=Unit.WEEK)
    fee = Charge("fee", "bank", ((date(2026, 1, 22), 1000),))
    assert cost_sheet(terms, schedule(terms), lender="bank", charges=[fee]).rate_annual == Decimal("0.52")


def test_the_smallest_rate_is_written_in_full():
    least = Decimal("1E-8")
    sheet = CostSheet(1, (Item("fee", "bank", 1, least),), 1, least, (Contingent("penalty", "bank", least),), None)
    written = sheet.as_dict()
    found = [written["rate_annual"], written["items"][0]["rate_annual"], written["contingent"][0]["rate_annual"]]
    assert found == ["0.00000001"] * 3


def test_contingent_costs_and_a_deferral_stand_apart_and_are_in_no_sum():
    penalty = Contingent("penalty_interest", "bank", rate_annual=Decimal("0.216"))
    reminder = Contingent("reminder", "bank", amount_minor=500)
    sheet = cost_sheet(l1(), schedule(l1()), lender="bank", contingent=[penalty, reminder], extra_minor=32973)
    assert sheet.total_minor == 95645
    written = json.loads(json.dumps(sheet.as_dict()))
    assert written["contingent"] == [
        {"code": "penalty_interest", "charger": "bank", "rate_annual": "0.216", "amount_minor": None},
        {"code": "reminder", "charger": "bank", "rate_annual": None, "amount_minor": 500},
    ]
    assert (written["extra_minor"], written["total_minor"], written["items"][0]["charger"]) == (32973, 95645, "bank")
