"""What is unpaid, in new equal parts: principal, and the interest owed to the day."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.calendar import Unit
from loans.engine.course import followed
from loans.engine.events import Payment, ReAge, Recalculate
from loans.engine.schedule import Method
from tests.loans.engine.loans_made_up import l1


def aged(made_up, on, *payments):
    events = [*(Payment(day, minor) for day, minor in payments), ReAge(on, 3, 1, Unit.MONTH, date(2026, 6, 25))]
    rows, _ = followed(made_up, events, Recalculate.NONE)
    return rows


@pytest.mark.parametrize(
    ("on", "interest"),
    [
        # 144.00 and 132.77 of two rows, and 10 days of 31 of 1.2 % of 10,117.35: 39.16; a third of 315.93.
        (date(2026, 3, 25), [10531, 10531, 10531]),
        # On the second due date 276.77 are owed: 92.26, 92.26 and 92.25.
        (date(2026, 3, 15), [9226, 9226, 9225]),
    ],
)
def test_interest_is_owed_to_the_day(on, interest):
    rows = aged(l1(), on)
    assert [(row.principal_minor, row.interest_minor) for row in rows[:2]] == [(0, 0), (0, 0)]
    assert [row.principal_minor for row in rows[2:]] == [400000] * 3
    assert [row.interest_minor for row in rows[2:]] == interest


def test_flat_interest_is_owed_by_its_days_and_what_was_paid_of_it_is_not():
    # 14.4 % of 12,000.00 are 144.00 a month; 10 days of 31 are 46.45, and 20.00 are paid.
    flat = l1(method=Method.FLAT)
    assert [row.interest_minor for row in aged(flat, date(2026, 1, 25))] == [1548, 1548, 1549]
    rows = aged(flat, date(2026, 1, 25), (date(2026, 1, 20), 2000))
    assert [row.interest_minor for row in rows] == [2000, 882, 882, 881]
    first = rows[0]
    assert (first.opens_on, first.due_on, first.principal_minor) == (date(2026, 1, 15), date(2026, 1, 25), 0)


def test_a_loan_without_interest_is_parted_as_it_is():
    rows = aged(l1(rate_annual=Decimal(0), principal_minor=1000), date(2026, 1, 20))
    assert [(row.principal_minor, row.interest_minor) for row in rows] == [(333, 0), (333, 0), (334, 0)]
