"""Repaying in part a loan with relief: what was paid ahead, smaller instalments, pauses that end or run."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.earning import Stretch
from loans.engine.prepayment import Keep, PrepaymentError
from loans.engine.relief import Append, Collect, InterestOnly, Pause, Rate, Reduced, Then
from loans.engine.schedule import Method, PaidRow, schedule
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import CAP, worked
from tests.loans.engine.test_prepayment import early

ROWS = schedule(l1())
APRIL_30, MAY, JUNE, JULY = date(2026, 4, 30), date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15)


def after(found):
    """Return the rows behind the part repayment."""
    return [row for row in found.rows if row.number > found.number]


def of(found, **changes):
    """Return what the rows of a projection give to a part repayment."""
    told = {
        "rows": found.schedule_after,
        "earning": found.earning,
        "cut_rate_annual": found.cut_rate_annual,
        "cut_until": found.cut_until,
    }
    return {**told, **changes}


def test_repaid_on_the_day_of_disbursement_a_day_of_interest_is_due():
    # 12,000.00 x 14.4 % / 360 is 4.80. Nothing was paid before, so it is row 1.
    found = early(200480, date(2026, 1, 15), paid={})
    assert (found.number, found.interest_minor, found.principal_minor) == (1, 480, 200000)
    with pytest.raises(PrepaymentError) as refused:
        early(200480, date(2026, 1, 14), paid={})
    assert refused.value.code == "before_disbursement"


def test_a_single_fen_of_principal_can_be_repaid():
    assert early(5496, APRIL_30).principal_minor == 1
    with pytest.raises(PrepaymentError) as refused:
        early(5495, APRIL_30)
    assert refused.value.code == "nothing_for_principal"


def test_interest_paid_ahead_is_used_for_the_days_gone_by_and_then_for_those_to_come():
    # 9,000.00 in nine parts; all of the first month's 108.00 is paid. 54.00 of it are for the days to 30 April, when
    # 2,000.00 repaid leave 7,000.00: half a month of it is 42.00. 12.00 remain of the 74.67 of 6,222.22.
    made_up = l1(method=Method.EQUAL_PRINCIPAL)
    rows = schedule(made_up)
    found = early(200000, APRIL_30, rows=rows, made_up=made_up, paid=paid_through(rows, 3) | {4: PaidRow(0, 10800)})
    assert (found.interest_minor, found.principal_minor) == (0, 200000)
    assert [(row.principal_minor, row.interest_minor) for row in after(found)[:2]] == [(77778, 0), (77778, 7467 - 1200)]


def test_what_waits_without_interest_is_remembered():
    moved = worked(Append((4,)))
    found = early(100000, date(2026, 5, 20), **of(moved))
    assert found.earning.idle == {found.rows[-1].number: 96980}
    assert found.rows[-1].principal_minor == 96980


def test_on_the_day_a_pause_ends_nothing_of_it_is_left():
    found = early(200000, JULY, **of(worked(Pause(3))))
    assert found.rows[found.number - 1].opens_on == JULY
    assert found.earning.stretches == worked(Pause(3)).stretches


@pytest.mark.parametrize("on", [JULY, date(2026, 8, 1)])
def test_rows_alone_tell_of_no_pause_that_is_over(on):
    found = early(200000, on, rows=worked(Pause(3)).schedule_after)
    assert found.earning.stretches == ()


def test_what_a_pause_adds_stays_principal_and_principal_adds_up():
    # On 30 April half of the first month's 109.91 is earned, 54.95.
    capitalised = early(200000, APRIL_30, **of(worked(Pause(3, CAP))))
    assert all(one.is_added for one in capitalised.earning.stretches)
    # 2,000.00 less 54.95 of interest so far; the pause of 9,159.05 has 75 days to go.
    plain = early(200000, APRIL_30, **of(worked(Pause(3))))
    assert plain.principal_minor + sum(row.principal_minor for row in after(plain)) == 915905


@pytest.mark.parametrize(
    ("collect", "count", "shape"),
    [
        (Collect.FIRST, 2, [True, False]),
        (Collect.LAST, 2, [False, True]),
        (Collect.SPREAD, 2, [True, True]),
        (Collect.FIRST, 3, [True, False, False]),
        (Collect.LAST, 3, [False, False, True]),
        (Collect.SPREAD, 3, [True, True, True]),
    ],
)
def test_interest_of_a_pause_is_collected_as_before(collect, count, shape):
    paid_count = 12 - count
    on = ROWS[paid_count].opens_on
    paused = worked(Pause(3, collect=collect), paid_count=paid_count, as_of=on)
    found = early(20000, on.replace(day=20), **of(paused), paid_count=paid_count)
    assert [bool(row.relief_interest_minor) for row in after(found)] == shape


@pytest.mark.parametrize(("shares", "fen"), [([1, 1, 0], 2), ([0, 1, 1], 2)])
def test_interest_on_two_of_three_rows_was_spread(shares, fen):
    rows = tuple(row._replace(relief_interest_minor=share) for row, share in zip(ROWS[9:], shares, strict=True))
    found = early(20000, date(2026, 10, 20), rows=(*ROWS[:9], *rows), paid_count=9)
    assert [row.relief_interest_minor for row in after(found)] == [1, 1, 0]


def test_reduced_instalments_use_what_was_paid_of_them_once():
    # 30.00 of the first 50.00 are paid: 18.32 of it are for the five days to 20 April. 7,159.05 are left, and cost
    # 71.59 in the 25 days to 15 May: 11.68 are paid, 50.00 asked for, 9.91 not. In the next month 85.91 - 50.00 is not.
    reduced = worked(Reduced(2, 5000))
    paid = paid_through(ROWS, 3) | {4: PaidRow(0, 3000)}
    found = early(200000, date(2026, 4, 20), **of(reduced, paid=paid))
    assert (found.interest_minor, found.principal_minor) == (0, 200000)
    assert [(row.principal_minor, row.interest_minor) for row in after(found)[:2]] == [(0, 5000)] * 2
    assert found.earning.stretches[-2:] == (
        Stretch(date(2026, 4, 20), MAY, 715905, 991, 7159 - 991),
        Stretch(MAY, JUNE, 715905, 3591, 5000),
    )


def test_the_first_of_two_instalments_stays_one_of_interest_alone():
    # 2,121.10 for five days are 4.24. 495.76 repaid leave 1,625.34: 16.25 for 25 days, then all with 19.50.
    alone = worked(InterestOnly(1, then=Then.KEEP_END), paid_count=10, as_of=date(2026, 11, 20))
    found = early(50000, date(2026, 11, 20), **of(alone), paid_count=10)
    assert [row.due_minor for row in after(found)] == [1625, 162534 + 1950]


def test_from_the_day_a_lower_rate_ends_the_instalment_is_that_of_the_contract():
    # 1,070.33 from 15 July on: 4,160.64 at 1.2 % leave 3,140.24, 2,107.59, 1,062.55 and 4.97, which a fifth repays.
    cut = worked(Rate(Decimal("0.072"), 3))
    paid = paid_through(cut.schedule_after, 6)
    found = early(200000, JULY, Keep.INSTALMENT, **of(cut), paid=paid)
    assert [row.due_minor for row in after(found)] == [107033] * 4 + [497 + 6]


def test_equal_principal_is_never_more_than_before_while_a_lower_rate_holds():
    # 27.00 of interest for half a month at 7.2 % leave 7,050.00: eight parts, for seven would be more than 1,000.00.
    made_up = l1(method=Method.EQUAL_PRINCIPAL)
    cut = worked(Rate(Decimal("0.072"), 6), terms=made_up)
    found = early(195000 + 2700, APRIL_30, Keep.INSTALMENT, **of(cut), made_up=made_up)
    assert found.interest_minor == 2700
    assert [row.principal_minor for row in after(found)] == [88125] * 8


def test_an_instalment_exactly_as_before_is_not_larger():
    # Nine of 1,017.67 without interest for a while: 5 x 1,017.67 are left.
    free = worked(Rate(Decimal(0), 6))
    found = early(915905 - 5 * 101767, date(2026, 4, 20), Keep.INSTALMENT, **of(free))
    assert len(after(found)) == 5


def test_of_the_last_instalment_a_part_can_be_repaid_too():
    # 1,066.84 for five days are 2.13; 497.87 repaid leave 568.97, and 25 days of it are 5.69.
    found = early(50000, date(2026, 12, 20), paid_count=11)
    assert (found.interest_minor, [row.due_minor for row in after(found)]) == (213, [56897 + 569])
