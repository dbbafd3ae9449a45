"""Repaying in part while a lower rate holds for a time."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.prepayment import Keep
from loans.engine.relief import Rate
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
