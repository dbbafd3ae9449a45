"""Relief of a loan of which an instalment is paid in part: what was paid stays, what is left moves."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.earning import Stretch
from loans.engine.relief import Bucket, DueDay, InterestOnly, Pause, Rate, Reduced, ReliefError, Reterm, Then, Waive
from loans.engine.schedule import PaidRow, schedule
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import CAP, LATE, worked

ROWS = schedule(l1())
# The fourth instalment carries 30.00 of an earlier pause and a fee of 5.00 beside its own 969.80 and 109.91.
CARRYING = (*ROWS[:3], ROWS[3]._replace(relief_interest_minor=3000, fee_minor=500), *ROWS[4:])
HALF_OF_THE_INTEREST = paid_through(ROWS, 3) | {4: PaidRow(0, 5000)}


def asked(row):
    return row.principal_minor, row.interest_minor, row.relief_interest_minor, row.fee_minor


def test_an_instalment_is_closed_at_what_was_paid_of_it():
    # 120.00 of interest is 109.91 of its own and 10.09 of the pause; 8,189.25 + 969.80 - 100.00 is owed after it.
    paid = paid_through(ROWS, 3) | {4: PaidRow(10000, 12000, 500)}
    found = worked(Reterm(9), rows=CARRYING, paid=paid)
    closed = found.schedule_after[3]
    assert (closed.number, asked(closed), closed.balance_minor) == (4, (10000, 10991, 1009, 500), 905905)
    # The rest of the pause's interest, 19.91 in nine, is 2.21 each and 2.23; no fee is left.
    assert [row.relief_interest_minor for row in found.after] == [221] * 8 + [223]
    assert {row.fee_minor for row in found.after} == {0}


def test_interest_paid_of_an_instalment_is_not_asked_for_again_on_another_due_day():
    # 9,159.05 x 1.2 % is 109.91, of which 50.00 is paid; the ten days to the 25th cost 36.64.
    found = worked(DueDay(25), paid=HALF_OF_THE_INTEREST)
    assert asked(found.after[0]) == (96980, 5991, 3664, 0)
    assert asked(found.after[1]) == (98144, 9827, 0, 0)


def test_interest_paid_of_an_instalment_counts_through_every_step_of_relief():
    # Interest alone at 1.2 %: 109.91 - 50.00 now, then 109.91; the principal stays whole.
    found = worked(InterestOnly(2), paid=HALF_OF_THE_INTEREST)
    assert [asked(row) for row in found.after[:2]] == [(0, 5991, 0, 0), (0, 10991, 0, 0)]
    # At 0.6 % a month the first costs 54.95 (9,159.05 x 7.2 % / 12), of which 50.00 is paid.
    cheaper = worked(Rate(Decimal("0.072")), InterestOnly(2), paid=HALF_OF_THE_INTEREST)
    assert [asked(row) for row in cheaper.after[:2]] == [(0, 495, 0, 0), (0, 5495, 0, 0)]
    # Without interest 50.00 too much is paid, and nothing is asked for instead.
    free = worked(Rate(Decimal(0)), InterestOnly(2), Reterm(11), paid=HALF_OF_THE_INTEREST)
    assert {row.interest_minor for row in free.after} == {0}


def test_interest_paid_ahead_is_used_up_by_the_first_instalments_that_ask_for_some():
    # Of 0.012 % a month 1.10 is due each month: 109.91 paid lasts for the two of interest alone and all after.
    paid = paid_through(ROWS, 3) | {4: PaidRow(0, 10991)}
    found = worked(Rate(Decimal("0.00144")), InterestOnly(2), Reterm(6), paid=paid)
    assert [row.interest_minor for row in found.after] == [0] * 6
    # At 0.6 % it lasts for two months of 54.95 and leaves 0.01 for the third.
    lasting = worked(Rate(Decimal("0.072")), InterestOnly(2), Reterm(6), paid=paid)
    assert [row.interest_minor for row in lasting.after][:1] == [5495 - 1]


@pytest.mark.parametrize(
    ("paid", "code", "number"),
    [
        ({99: PaidRow(1, 0), 98: PaidRow(1, 0)}, "paid_unknown_row", 98),
        ({5: PaidRow(0, 1)}, "paid_out_of_order", 5),
        ({4: PaidRow(96981, 0)}, "paid_more_than_due", 4),
    ],
)
def test_a_payment_that_cannot_have_been_is_named_by_its_instalment(paid, code, number):
    with pytest.raises(ReliefError) as refused:
        worked(Pause(1), paid=paid_through(ROWS, 3) | paid)
    assert (refused.value.code, refused.value.detail) == (code, number)


def test_what_reduced_instalments_leave_unpaid_is_what_they_ask_for_less_what_was_paid():
    # Of the first month's 109.91 half is paid: 59.91 - 20.00 is left; of the second's 109.91, 89.91.
    found = worked(Reduced(2, 2000), paid=HALF_OF_THE_INTEREST)
    assert [asked(row) for row in found.after[:2]] == [(0, 2000, 0, 0)] * 2
    assert found.pause_interest_minor == 3991 + 8991


def test_overdue_interest_of_two_instalments_stays_forgiven_when_both_move_twice():
    # Under 30/360 the principal parts stay as they were: 969.80 and 981.44.
    found = worked(Waive(Bucket.INTEREST, None), DueDay(25), Pause(2), as_of=LATE)
    assert [asked(row)[:2] for row in found.after[:3]] == [(96980, 0), (98144, 0), (99322, 8649)]
    assert found.after[0].due_on == date(2026, 7, 25)


def test_overdue_interest_of_two_instalments_stays_forgiven_when_all_are_cut_and_then_moved():
    # At 0.6 % nine instalments are 1,048.45; their interest begins with 54.95 of 9,159.05, 48.99 of 8,165.55, 43.00
    # of 7,166.09, 36.96 of 6,160.64 and 30.89 of 5,149.15, together 214.79: 208.18 less leaves 6.61 of the fifth.
    found = worked(Waive(Bucket.INTEREST, None), Rate(Decimal("0.072")), Pause(2), as_of=LATE)
    assert [row.interest_minor for row in found.after[:5]] == [0, 0, 0, 0, 661]
    assert found.after[0].principal_minor == 104845 - 5495


def test_interest_paid_of_a_month_is_not_added_to_the_debt():
    # 109.91 less 50.00 is added, then 1.2 % of 9,218.96. Interest on the first 59.91 is 0.72.
    found = worked(Pause(2, CAP), paid=HALF_OF_THE_INTEREST)
    april, may, june = date(2026, 4, 15), date(2026, 5, 15), date(2026, 6, 15)
    assert found.stretches == (
        Stretch(april, may, 915905, 5991, 5000, is_added=True),
        Stretch(may, june, 921896, 11063, 0, is_added=True),
    )
    assert (found.capitalised_minor, found.compounded_extra_minor) == (5991 + 11063, 72)
    assert found.after[0].interest_minor == 11196


def test_more_months_at_the_old_end_than_instalments_are_named():
    with pytest.raises(ReliefError) as refused:
        worked(Pause(9, then=Then.KEEP_END))
    assert (refused.value.code, refused.value.detail) == ("n_out_of_range", 9)


def test_a_month_of_the_last_instalment_can_be_added_to_it():
    # 1,066.84 x 1.2 % is 12.80 for the pause, and 1.2 % of 1,079.64 is 12.96 for the month after it.
    [last] = worked(Pause(1, CAP), paid_count=11, as_of=date(2026, 12, 20)).after
    assert asked(last) == (106684 + 1280, 1296, 0, 0)
