"""Repaying in part while a lower rate holds for a time."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.payoff import payoff
from loans.engine.prepayment import Keep
from loans.engine.relief import Rate, Reduced
from loans.engine.schedule import schedule
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import worked
from tests.loans.engine.test_prepayment import early

# Three months at 7.2 %: 3 x 1,048.45, then at 14.4 % again.
CUT = worked(Rate(Decimal("0.072"), 3))
KNOWN = {
    "rows": CUT.schedule_after,
    "earning": CUT.earning,
    "cut_rate_annual": CUT.cut_rate_annual,
    "cut_until": CUT.cut_until,
}


def after(amount_minor, on, keep):
    found = early(amount_minor, on, keep, **KNOWN)
    return found.interest_minor, [row.due_minor for row in found.rows[found.number :]], found.rows[-1].balance_minor


def test_the_term_is_as_short_as_the_instalment_of_the_lower_rate_allows():
    # 23 days of 9,159.05 at 7.2 % are 42.13, so 7,159.05 are left. Over 7 days at 7.2 % and so many months at 0.6 %
    # six instalments are 1,212.79 each, more than 1,048.45, and seven are 1,042.62.
    interest_minor, dues, balance_minor = after(204213, date(2026, 5, 8), Keep.INSTALMENT)
    assert (interest_minor, len(dues), balance_minor) == (4213, 7, 0)
    assert dues[:3] == [104262] * 3
    assert len(set(dues[3:-1])) == 1
    assert dues[3] > 104262


@pytest.mark.parametrize(("principal_minor", "count"), [(800000, 2), (700000, 3), (1000, 9)])
def test_no_instalment_becomes_larger_while_the_lower_rate_holds(principal_minor, count):
    # 1,159.05 are two instalments of at most 1,048.45, 2,159.05 three; 9,149.05 still are nine.
    _, dues, balance_minor = after(4213 + principal_minor, date(2026, 5, 8), Keep.INSTALMENT)
    assert (len(dues), balance_minor) == (count, 0)
    assert dues[0] <= 104845


def test_as_many_instalments_become_smaller():
    _, dues, _ = after(204213, date(2026, 5, 8), Keep.COUNT)
    assert len(dues) == 9
    assert dues[0] < 104262


def test_a_period_that_a_part_repayment_cuts_after_the_end_of_february_has_thirty_days():
    made_up = l1(disbursed_on=date(2026, 1, 31))
    rows = schedule(made_up)
    paid = paid_through(rows, 1)
    found = early(206639, date(2026, 3, 15), Keep.COUNT, rows=rows, paid=paid, made_up=made_up)
    # 28 February stands for the 30th, so the 15th is 15 days later: 11,064.29 x 14.4 % x 15 / 360 = 66.3857...
    assert (found.interest_minor, found.principal_minor) == (6639, 200000)
    # and 15 more to 31 March: 9,064.29 x 14.4 % x 15 / 360 = 54.3857...
    assert found.rows[found.number].interest_minor == 5439
    owed = payoff(rows, paid, date(2026, 3, 15), made_up.rate_annual, made_up.profile, anchor_day=31)
    assert owed.interest_minor == 6639
    # Without the anchor, 28 February is no more than the 28th: 17 days, 75.2371...
    assert payoff(rows, paid, date(2026, 3, 15), made_up.rate_annual, made_up.profile).interest_minor == 7524


def test_a_reduced_instalment_at_a_lower_rate_is_not_what_all_others_become():
    # 9,159.05 x 0.6 % are 54.95, so of 100.00 only 45.05 repays; then as many as before at 7.2 %.
    reduced = worked(Rate(Decimal("0.072")), Reduced(1, 10000))
    known = {"rows": reduced.schedule_after, "earning": reduced.earning, "cut_rate_annual": reduced.cut_rate_annual}
    found = early(104213, date(2026, 5, 8), Keep.INSTALMENT, **known)
    # 1,000.00 of principal after 23 days of 42.13.
    assert (found.interest_minor, found.principal_minor) == (4213, 100000)
    rest = found.rows[found.number :]
    assert rest[0].due_minor == 10000
    assert {row.due_minor for row in rest[1:-1]} == {reduced.after[1].due_minor}
    assert rest[-1].due_minor <= reduced.after[1].due_minor
    assert found.interest_saved_minor > 0
