"""Relief at its bounds: a fen more or less, exactly at a limit, a first period that is very long."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.calendar import Unit
from loans.engine.contract import Contract
from loans.engine.profile import PROFILES
from loans.engine.projection import Refusal
from loans.engine.recut import cut, needed
from loans.engine.relief import (
    Append,
    Bucket,
    Collect,
    DueDay,
    Hold,
    InterestOnly,
    Limits,
    Pause,
    PauseInterest,
    Rate,
    Reduced,
    ReliefError,
    Reterm,
    Then,
    Waive,
)
from loans.engine.relief import _dearer as dearer
from loans.engine.schedule import Method, PaidRow, schedule
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import CAP, LATE, dues, worked

ROWS = schedule(l1())
CARRYING = (*ROWS[:3], ROWS[3]._replace(relief_interest_minor=3000, fee_minor=500), *ROWS[4:])
FREE = l1(rate_annual=Decimal(0))
HALF_OF_THE_INTEREST = paid_through(ROWS, 3) | {4: PaidRow(0, 5000)}


def contract(rate_annual="0.144", cut_rate_annual=None, cut_until=None):
    rates = Decimal(rate_annual), PROFILES["30-360"], Method.LEVEL
    cut_rate = None if cut_rate_annual is None else Decimal(cut_rate_annual)
    return Contract(*rates, 15, 1, Unit.MONTH, date(2026, 1, 15), cut_rate, cut_until)


def test_a_single_fen_may_be_left_for_the_last_instalment():
    assert dues(worked(Reduced(1, 99999), terms=FREE, paid_count=11, as_of=date(2026, 12, 20))) == [99999, 1]
    # Three of them repay the two instalments of 1,000.00 that are left.
    with pytest.raises(ReliefError) as refused:
        worked(Reduced(3, 99999), terms=FREE, paid_count=10, as_of=date(2026, 11, 20))
    assert (refused.value.code, refused.value.detail) == ("amount_not_smaller", 99999)


def test_a_target_holds_with_fees_and_interest_of_a_pause_on_top():
    # 30.00 and 5.00 over fifteen are 2.00 and 0.33, so 697.67 is left for each of fourteen.
    found = dues(worked(Reterm(target_instalment_minor=70000), rows=CARRYING))
    assert (found[:14], len(found)) == ([70000] * 14, 15)


def test_a_target_of_exactly_what_is_left_is_one_instalment():
    # 9,159.05 and a month of it, 109.91; interest of the pause, 329.73, comes beside.
    found = worked(Pause(3, collect=Collect.FIRST), Reterm(target_instalment_minor=915905 + 10991))
    assert dues(found) == [915905 + 10991 + 32973]


def test_where_one_instalment_more_is_needed_only_to_share_out_all_are_alike():
    # 2,000.00 and 240.00 of a pause at most 1,100.00 each: in two it would be 980.00 and 120.00, too little; in three
    # 1,020.00 and 80.00 would do with two, so three equal ones it is.
    rows = schedule(FREE)
    rows = (*rows[:10], rows[10]._replace(relief_interest_minor=24000), rows[11])
    found = worked(
        Reterm(target_instalment_minor=110000), terms=FREE, rows=rows, paid_count=10, as_of=date(2026, 11, 8)
    )
    assert dues(found) == [66667 + 8000] * 2 + [66666 + 8000]


def test_an_instalment_of_no_more_than_the_interest_never_repays_even_at_a_lower_rate():
    # 1.00 at 10 % a month costs 0.10.
    start, first = date(2026, 1, 15), date(2026, 2, 15)
    assert needed(contract("3", "1.2"), 100, start, first, 10) == 601
    assert needed(contract("3", "1.2", date(2026, 5, 15)), 100, start, first, 10) == 601
    # 0.11 repays a fen, and a tenth of it less interest each month after.
    assert needed(contract("3", "1.2"), 100, start, first, 11) < 601


def test_a_first_period_whose_interest_is_more_than_the_instalment_asks_for_that_alone():
    # Two years of 1,000.00 at 1.2 % are 288.00; then eleven months at 1.2 % repay it.
    starts = [date(2026, 1, 15), *(date(2028, month, 15) for month in range(1, 12))]
    periods = list(zip(starts, [*starts[1:], date(2028, 12, 15)], strict=True))
    parts = cut(100000, periods, contract())
    assert parts[0] == (0, 28800)
    equal_minor = round(100000 * Decimal("0.012") / (1 - Decimal("1.012") ** -11))
    assert {sum(part) for part in parts[1:-1]} == {equal_minor}
    assert sum(principal_minor for principal_minor, _ in parts) == 100000


def test_interest_paid_and_then_forgiven_of_one_instalment_is_one_credit():
    # 50.00 were paid, 59.91 and 98.27 are forgiven, and nothing but dates moves afterwards.
    found = worked(Waive(Bucket.INTEREST, None), DueDay(25), Pause(2), as_of=LATE, paid=HALF_OF_THE_INTEREST)
    assert [(row.principal_minor, row.interest_minor) for row in found.after[:2]] == [(96980, 0), (98144, 0)]


def test_a_lower_rate_of_before_ends_on_its_day():
    first = worked(Rate(Decimal("0.072"), 3))
    cut_so_far = {"cut_rate_annual": first.cut_rate_annual, "cut_until": first.cut_until}
    assert first.cut_until == date(2026, 7, 15)
    again = worked(Hold(10), rows=first.schedule_after, earlier=first.earning, **cut_so_far)
    assert again.cut_until == first.cut_until
    # Interest alone for four months: three at 0.6 % of 9,159.05, then 109.91.
    eased = worked(InterestOnly(4), rows=first.schedule_after, earlier=first.earning, **cut_so_far)
    assert dues(eased)[:4] == [5495] * 3 + [10991]


def test_relief_that_leaves_something_overdue_names_its_day():
    with pytest.raises(ReliefError) as refused:
        worked(Pause(1), as_of=LATE)
    assert (refused.value.code, refused.value.detail) == ("resume_not_after_as_of", date(2026, 6, 15))


def test_kinds_that_cannot_be_combined_are_both_named():
    with pytest.raises(ReliefError) as refused:
        worked(Append((4,)), Pause(1))
    assert (refused.value.code, refused.value.detail) == ("cannot_combine", "APPEND, PAUSE")


@pytest.mark.parametrize("pause", [Pause(1, CAP), Pause(1, then=Then.KEEP_END)])
def test_a_pause_that_cuts_anew_closes_what_is_partly_paid(pause):
    closed = worked(pause, paid=HALF_OF_THE_INTEREST).schedule_after[3]
    assert (closed.principal_minor, closed.interest_minor) == (0, 5000)
    # One that only moves dates leaves it whole.
    kept = worked(Pause(1), paid=HALF_OF_THE_INTEREST).schedule_after[3]
    assert (kept.principal_minor, kept.interest_minor) == (96980, 10991)


def test_interest_is_forgiven_beside_a_hold():
    found = worked(Hold(10), Waive(Bucket.INTEREST, None), as_of=LATE)
    assert [one.amount_minor for one in found.waivers] == [10991 + 9827]


def test_a_gift_of_a_few_fen_is_a_gift():
    # 0.05 due a month after the first day are worth 0.0494 on it.
    assert worked(Waive(Bucket.INTEREST, 5), as_of=LATE).lender_npv_given_up_minor == 5


def test_interest_that_is_paid_later_without_interest_is_given_up_in_part():
    # 0.91 left unpaid in May comes in ten parts of 0.10 from June on: about five fen less on the first day.
    found = worked(Reduced(1, 10900))
    assert found.pause_interest_minor == 91
    assert 1 <= found.lender_npv_given_up_minor <= 9


def test_what_is_exactly_at_a_limit_is_not_refused():
    least = Limits(None, None, 107964)
    assert worked(Pause(1, PauseInterest.WAIVE), limits=least).refused == ()
    # No dearer than it was, although dearer than what is allowed.
    cheap = Limits(None, None, None, Decimal("0.1"))
    assert worked(Hold(10), limits=cheap).refused == ()
    assert list(dearer(cheap, Decimal("0.2"), Decimal("0.21"))) == [
        Refusal("annual_rate", Decimal("0.1"), Decimal("0.21"))
    ]


def test_a_projection_writes_a_rate_of_nothing_in_full():
    written = worked(Pause(1), terms=FREE).as_dict()
    assert (written["effective_annual_rate_before"], written["effective_annual_rate_after"]) == ("0.00000000",) * 2
