"""Who cannot have been charged penalty interest, told without reckoning it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.penalty import PenaltyRules, RowPayment, may_charge, penalties
from loans.engine.profile import PROFILES
from loans.engine.schedule import PaidRow, Row
from tests.loans.engine.test_penalty import late_loans

DAILY = PROFILES["consumer-cn"]
DUE = date(2026, 6, 10)


@given(st.data())
def test_who_is_said_to_be_charged_nothing_is_charged_nothing(data):
    """Whole payments on some day or none, in any order, with any grace: `may_charge` never says no too easily."""
    made_up, rows, _, held, rules, on = data.draw(late_loans())
    grace_days = data.draw(st.integers(0, 7))
    rules = replace(rules, grace_days=grace_days, grace_needs_clean_previous=data.draw(st.booleans()))
    payments = []
    for row in rows:
        parts = data.draw(st.sampled_from(((), (1,), (1,), (1,), (2, 2), (2,))))
        for part in parts:
            paid_on = row.due_on + timedelta(days=data.draw(st.integers(-5, 12)))
            payments.append(RowPayment(paid_on, row.number, row.principal_minor // part, row.interest_minor // part))
    payments = [one for one in payments if one.on <= on]
    paid = {
        row.number: PaidRow(sum(one.principal_minor for one in own), sum(one.interest_minor for one in own))
        for row in rows
        if (own := [one for one in payments if one.number == row.number])
    }
    paid_off_on = {
        row.number: max((one.on for one in payments if one.number == row.number), default=row.due_on)
        for row in rows
        if row.number in paid and paid[row.number].principal_minor + paid[row.number].interest_minor >= row.due_minor
    }
    found = penalties(rows, payments, on, made_up.rate_annual, made_up.profile, rules, held)
    if not may_charge(rows, paid, paid_off_on, on, grace_days):
        assert found == ()


@given(
    st.lists(st.tuples(st.integers(1, 9), st.one_of(st.none(), st.integers(-2, 9))), min_size=1, max_size=6),
    st.integers(0, 40),
    st.integers(0, 7),
    st.booleans(),
)
def test_nor_with_instalments_that_are_days_apart(steps, after, grace_days, needs_clean_previous):
    """Each with its distance in days and, if it was paid, how late: graces that overlap take from each other."""
    rows, due_on = [], date(2026, 6, 1)
    for number, (gap, _) in enumerate(steps, start=1):
        rows.append(Row(number, due_on, due_on + timedelta(days=gap), 50000, 0, 0))
        due_on = rows[-1].due_on
    on = date(2026, 6, 1) + timedelta(days=after)
    days = {
        row.number: row.due_on + timedelta(days=late)
        for row, (_, late) in zip(rows, steps, strict=True)
        if late is not None
    }
    days = {number: day for number, day in days.items() if day <= on}
    payments = [RowPayment(day, number, 50000, 0) for number, day in days.items()]
    paid = {number: PaidRow(50000, 0) for number in days}
    rules = PenaltyRules(grace_days=grace_days, grace_needs_clean_previous=needs_clean_previous)
    if not may_charge(rows, paid, days, on, grace_days):
        assert penalties(rows, payments, on, Decimal("0.12"), DAILY, rules) == ()


def test_one_that_is_owed_takes_the_grace_of_a_later_one_that_was_paid():
    """Due on the 10th and not paid, due on the 12th and paid on the 13th: on the 14th the second bears a day."""
    rows = [Row(1, date(2026, 6, 1), DUE, 50000, 0, 0), Row(2, DUE, date(2026, 6, 12), 50000, 0, 0)]
    paid_on, on = date(2026, 6, 13), date(2026, 6, 14)
    assert may_charge(rows, {2: PaidRow(50000, 0)}, {2: paid_on}, on, 7)
    charged = penalties(
        rows, [RowPayment(paid_on, 2, 50000, 0)], on, Decimal("0.12"), DAILY, PenaltyRules(grace_days=7)
    )
    assert [(one.number, one.days) for one in charged] == [(2, 1)]


@pytest.mark.parametrize(
    "june_on, july_on, on, is_possible",
    [
        ("2026-06-13", "2026-07-13", "2026-08-01", False),  # both within three days
        ("2026-06-14", "2026-07-10", "2026-08-01", True),
        ("2026-06-10", None, "2026-07-13", False),  # its grace runs
        ("2026-06-10", None, "2026-07-14", True),
        (None, None, "2026-06-13", False),
        (None, "2026-07-10", "2026-06-14", True),
    ],
)
def test_grace_decides_whether_anything_may_be_charged(june_on, july_on, on, is_possible):
    rows = [Row(1, date(2026, 5, 10), DUE, 50000, 600, 0), Row(2, DUE, date(2026, 7, 10), 50000, 300, 0)]
    days = {row.number: date.fromisoformat(day) for row, day in zip(rows, (june_on, july_on), strict=True) if day}
    paid = {row.number: PaidRow(row.principal_minor, row.interest_minor) for row in rows if row.number in days}
    assert may_charge(rows, paid, days, date.fromisoformat(on), 3) is is_possible


def test_the_second_of_two_that_are_owed_may_be_charged_within_its_grace():
    """Nine days apart, seven of grace: on the 20th the first is within none, and takes it from the second."""
    rows = [
        Row(1, date(2026, 6, 1), date(2026, 6, 10), 50000, 0, 0),
        Row(2, date(2026, 6, 10), date(2026, 6, 13), 50000, 0, 0),
    ]
    assert may_charge(rows, {}, {}, date(2026, 6, 15), 7)
    assert [
        one.number for one in penalties(rows, [], date(2026, 6, 15), Decimal("0.12"), DAILY, PenaltyRules(grace_days=7))
    ] == [2]


def test_money_on_the_wrong_part_of_a_row_is_reckoned():
    row = Row(1, date(2026, 5, 10), DUE, 50000, 600, 0)
    assert may_charge([row], {1: PaidRow(50600, 0)}, {1: DUE}, date(2026, 8, 1), 3)
    nothing = Row(1, date(2026, 5, 10), DUE, 0, 0, 0)
    assert not may_charge([nothing], {}, {1: DUE}, date(2026, 8, 1), 3)
