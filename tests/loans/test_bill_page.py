"""The worked example of `docs/bills.md` is what comes out."""

import re
from datetime import date
from pathlib import Path

from loans.engine.formulas import amount_text
from loans.engine.money import minor_from_text
from loans.engine.revolving import account
from tests.loans.engine.bill_facts import bill_terms, facts

PAGE = Path(__file__).parents[2] / "docs" / "bills.md"
STORY = "2026-05-20 buy 100000; 2026-06-10 pay 10000; 2026-06-15 buy 50000; 2026-07-10 pay 20000; 2026-09-10 pay 124493"


def written_bills() -> list[list[str]]:
    found = re.findall(r"^\| (\d+ \w+ \d{4}) \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [[day, *(cell.strip() for cell in cells.split("|"))] for day, cells in found]


def test_the_bills_of_the_page_are_those_of_its_story():
    told = written_bills()
    bills = account(bill_terms(), facts(STORY), date(2026, 10, 1)).bills
    assert len(told) == 5
    assert [
        [
            f"{bill.bill_on.day} {bill.bill_on:%B %Y}",
            *(
                amount_text(amount_minor)
                for amount_minor in (
                    bill.carried_minor,
                    bill.overdue_minor,
                    bill.purchases_minor,
                    bill.interest_minor,
                    bill.penalty_minor,
                    bill.balance_minor,
                    bill.minimum.total_minor,
                )
            ),
        ]
        for bill in bills
    ] == told


def test_the_payoff_of_the_page_includes_the_days_of_september():
    before = facts(STORY)[:-1]
    owed_minor = account(bill_terms(), before, date(2026, 9, 10)).payoff_minor
    assert owed_minor == minor_from_text("1,244.93") + minor_from_text("6.05")
