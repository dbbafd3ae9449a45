"""Relief on a loan that had relief before: what waits without interest, and what still stands beside the rows."""

from datetime import date

from loans.engine.earning import Earning, Stretch
from loans.engine.relief import (
    Append,
    AppendAs,
    ArrearsSplit,
    Collect,
    Pause,
    Reterm,
    SplitMode,
)
from loans.engine.schedule import PaidRow, schedule
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import LATE, worked

ROWS = schedule(l1())
CARRYING = (*ROWS[:3], ROWS[3]._replace(relief_interest_minor=3000, fee_minor=500), *ROWS[4:])
APRIL, MAY, JUNE = date(2026, 4, 15), date(2026, 5, 15), date(2026, 6, 15)


def asked(row):
    return row.principal_minor, row.interest_minor, row.relief_interest_minor, row.fee_minor


def test_the_old_periods_of_moved_instalments_earn_what_was_not_paid_of_them():
    # 9,159.05 bears 109.91 in the first, of which 50.00 is paid, and 8,189.25 bears 98.27 in the second.
    found = worked(Append((4, 5)), paid=paid_through(ROWS, 3) | {4: PaidRow(0, 5000)})
    assert found.stretches == (
        Stretch(APRIL, MAY, 915905, 5991, 5000),
        Stretch(MAY, JUNE, 818925, 9827),
    )


def test_a_second_move_finds_only_what_bears_interest_in_its_old_period():
    # Behind the last since the first time: 969.80 without interest. 9,159.05 less it bears 98.27.
    first = worked(Append((4,)))
    second = worked(Append((4,)), rows=first.schedule_after, earlier=first.earning)
    assert second.stretches[-1] == Stretch(MAY, JUNE, 915905 - 96980, 9827)
    assert [asked(row) for row in second.after[-2:]] == [(96980, 0, 10991, 0), (98144, 0, 9827, 0)]
    assert second.idle == ((11, 96980), (12, 98144))


def test_an_instalment_that_waits_can_be_moved_once_more_and_waits_as_before():
    first = worked(Append((4,)))
    again = worked(Append((12,)), rows=first.schedule_after, earlier=first.earning)
    assert again.idle == ((12, 96980),)
    assert again.after[-1].due_on == date(2027, 3, 15)
    into_it = worked(Append((4,), as_=AppendAs.BALLOON), rows=first.schedule_after, earlier=first.earning)
    assert into_it.idle == ((11, 96980 + 98144),)


def test_interest_of_a_pause_moves_with_the_instalment_that_carries_it():
    last = worked(Append((4,)), rows=CARRYING).after[-1]
    assert asked(last) == (96980, 0, 10991 + 3000, 500)


def test_what_waits_stays_behind_the_instalments_that_are_cut_anew():
    first = worked(Append((4,)))
    found = worked(Reterm(6), rows=first.schedule_after, earlier=first.earning)
    *_, before, waiting = found.after
    assert len(found.after) == 6
    assert (waiting.opens_on, asked(waiting)) == (before.due_on, (96980, 0, 10991, 0))
    assert found.idle == ((9, 96980),)


def test_arrears_on_top_of_principal_that_waits_wait_beside_it():
    # 2,159.42 in two parts are 1,079.71 each; 208.18 of interest comes first, so principal of 871.53 and 1,079.71.
    earlier = Earning(idle={6: 5000})
    found = worked(ArrearsSplit(2), as_of=LATE, earlier=earlier)
    # They are rows 4 and 5 now, behind the three that are paid.
    assert found.idle == ((4, 5000 + 87153), (5, 107971))


def test_one_part_more_than_instalments_are_left_is_due_a_month_later():
    # 1,079.71 in three: 359.90 twice and 359.91; 37.95 of it is interest.
    found = worked(ArrearsSplit(3), paid_count=9, as_of=date(2026, 11, 20))
    assert [str(row.due_on) for row in found.after] == ["2026-12-15", "2027-01-15", "2027-02-15"]
    assert asked(found.after[-1]) == (35991, 0, 0, 0)


def test_arrears_paid_alone_leave_interest_of_pauses_where_it_was_agreed():
    # Two months of 7,207.81 at 1.2 % are 172.99, spread over seven: 24.71 each and 24.73.
    found = worked(ArrearsSplit(2, SplitMode.ALONE), Reterm(7), as_of=LATE)
    assert [row.relief_interest_minor for row in found.after[2:]] == [2471] * 6 + [2473]
    # A month's pause of the same principal costs 86.49; collected with the last, so is all.
    last = worked(Pause(1, collect=Collect.LAST), ArrearsSplit(2, SplitMode.ALONE), Reterm(7), as_of=LATE)
    assert [row.relief_interest_minor for row in last.after[2:]] == [0] * 6 + [8649 + 17299]
