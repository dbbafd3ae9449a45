"""Relief of a loan that has had relief before: what it has to remember."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.profile import PROFILES
from loans.engine.relief import Append, ArrearsSplit, Pause, Rate, Reduced, ReliefError, Reterm
from tests.loans.engine.loans_made_up import l1
from tests.loans.engine.relief_made_up import LATE, dues, worked


def test_a_pause_after_a_rate_was_lowered_is_still_at_that_rate():
    lower = worked(Rate(Decimal("0.072"), 3))
    assert (lower.cut_rate_annual, lower.cut_until) == (Decimal("0.072"), date(2026, 7, 15))
    cut = {"cut_rate_annual": lower.cut_rate_annual, "cut_until": lower.cut_until}
    # One month of 9,159.05 x 0.6 %; forgotten, it would be 109.91.
    assert worked(Pause(1), rows=lower.schedule_after, **cut).pause_interest_minor == 5495
    assert worked(Pause(1), rows=lower.schedule_after).pause_interest_minor == 10991


@pytest.mark.parametrize("is_told", [True, False])
def test_a_pause_after_instalments_were_appended_costs_nothing_on_those(is_told):
    first = worked(Append((4, 5, 6)))
    found = worked(Pause(1), rows=first.schedule_after, **({"earlier": first.earning} if is_told else {}))
    # 9,159.05 - 969.80 - 981.44 - 993.22 = 6,214.59 bears interest: x 1.2 % = 74.575; all of it would be 109.91.
    assert found.pause_interest_minor == 7458
    assert [row.principal_minor for row in found.after] == [row.principal_minor for row in first.after]
    assert [row.interest_minor for row in found.after[6:]] == [0, 0, 0]
    assert found.idle == ((10, 96980), (11, 98144), (12, 99322))


def test_a_pause_by_days_leaves_appended_instalments_as_they_are():
    by_days = l1(profile=PROFILES["consumer-cn"])
    first = worked(Append((4, 5, 6)), terms=by_days)
    found = worked(Pause(1), terms=by_days, rows=first.schedule_after, earlier=first.earning)
    old, new = ([row.principal_minor for row in part[6:]] for part in (first.after, found.after))
    assert new == old
    assert sum(row.principal_minor for row in found.after) == sum(row.principal_minor for row in first.after)
    # Period 7 becomes 15 August to 15 September: 31 days of what bears interest.
    bearing_minor = sum(row.principal_minor for row in first.after[:6])
    assert found.after[0].interest_minor == round(Decimal(bearing_minor) * Decimal("0.144") * 31 / 365)


@pytest.mark.parametrize("is_told", [True, False])
def test_what_was_appended_stays_behind_instalments_cut_anew(is_told):
    first = worked(Append((4, 5, 6)))
    found = worked(Reterm(15), rows=first.schedule_after, **({"earlier": first.earning} if is_told else {}))
    assert len(found.after) == 15
    # 6,214.59 over twelve months at 1.2 %: 6,214.59 / 11.11412 = 559.16.
    assert [row.principal_minor + row.interest_minor for row in found.after[:11]] == [55916] * 11
    assert [(str(row.due_on), row.principal_minor, row.interest_minor) for row in found.after[12:]] == [
        ("2027-08-15", 96980, 0),
        ("2027-09-15", 98144, 0),
        ("2027-10-15", 99322, 0),
    ]
    assert sum(row.principal_minor for row in found.after) == 915905
    assert sum(row.relief_interest_minor for row in found.after) == 29467


def test_arrears_inside_other_instalments_can_be_moved_and_not_cut():
    first = worked(ArrearsSplit(6), as_of=LATE)
    rest = {"rows": first.schedule_after, "as_of": LATE, "earlier": first.earning}
    # 7,207.81 x 1.2 %; the arrears of 1,951.24 go on costing nothing.
    assert worked(Pause(1), **rest).pause_interest_minor == 8649
    with pytest.raises(ReliefError) as refused:
        worked(Reterm(12), **rest)
    assert refused.value.code == "interest_free_part"


def test_interest_that_reduced_instalments_would_leave_unpaid_is_not_asked_for_when_they_are_cut_anew():
    reduced = worked(Reduced(3, 5000))
    found = worked(Reterm(15), rows=reduced.schedule_after, earlier=reduced.earning)
    assert dues(found) == dues(worked(Reterm(15)))


def test_reduced_instalments_stay_reduced_through_a_pause():
    reduced = worked(Reduced(3, 5000))
    found = worked(Pause(1), rows=reduced.schedule_after, earlier=reduced.earning)
    assert [row.principal_minor + row.interest_minor for row in found.after[:3]] == [5000] * 3
    # 179.73 of before and one month of 9,159.05.
    assert sum(row.relief_interest_minor for row in found.after) == 17973 + 10991
