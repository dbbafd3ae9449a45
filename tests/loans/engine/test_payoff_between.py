"""A payoff where interest is put off, credited, cut or waits between rows: the days gone by and no more."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.earning import Rates, Stretch
from loans.engine.payoff import Payoff, payoff, with_put_off_apart
from loans.engine.profile import PROFILES
from loans.engine.relief import Append, AppendInterest, DueDay, Rate, Reduced
from loans.engine.schedule import Method, PaidRow, Row, schedule
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import worked

RATES = Rates(Decimal("0.144"), PROFILES["30-360"])
ROWS = schedule(l1())


def on_15th(month, year=2026):
    return date(year, month, 15)


def row(number, first, last, principal_minor, interest_minor, beside_minor=0):
    """Return a row from the 15th of a month to that of another."""
    return Row(number, on_15th(first), on_15th(last), principal_minor, interest_minor, 0, beside_minor)


def owed(found, paid, on):
    return payoff(
        found.schedule_after,
        paid,
        on,
        RATES.annual,
        RATES.profile,
        cut_rate_annual=found.cut_rate_annual,
        cut_until=found.cut_until,
        earning=found.earning,
    )


def test_all_principal_bears_interest_and_rows_without_any_none():
    # 12,000.00 at 1,000 % a year for 15 days of 360, whether twelve rows repay it or the last one alone.
    for method in (Method.LEVEL, Method.INTEREST_FIRST):
        made_up = l1(rate_annual=Decimal(10), method=method)
        found = payoff(schedule(made_up), {}, date(2026, 1, 30), made_up.rate_annual, made_up.profile)
        assert found == Payoff(1200000, 500000, 0)


def test_after_a_lower_rate_the_days_bear_the_contract_s_again():
    # Three at 7.2 % leave 6,160.64: half a month of it at 1.2 % is 36.9638..., of the 73.93 of the row it were 36.97.
    found = worked(Rate(Decimal("0.072"), 3))
    paid = paid_through(found.schedule_after, 6)
    assert owed(found, paid, date(2026, 7, 30)) == Payoff(616064, 3696, 0)


def test_interest_paid_of_a_reduced_instalment_counts_against_what_it_asks_for():
    # 9,159.05 x 14.4 % x 15 / 360 is 54.95: 50.00 is asked for, of which 20.00 is paid, and 4.95 is earned beyond it.
    # So are 56.24 after 29 days, which earn 106.24; after 10 days 36.64 are less than is asked for.
    found = worked(Reduced(3, 5000))
    paid = paid_through(ROWS, 3) | {4: PaidRow(0, 2000)}
    assert owed(found, paid, date(2026, 4, 30)).interest_minor == 3000 + 495
    assert owed(found, paid, date(2026, 5, 14)).interest_minor == 3000 + 5624
    assert owed(found, paid, date(2026, 4, 25)).interest_minor == 1664


def test_interest_paid_before_a_row_was_cut_counts_for_its_first_days():
    # 50.00 of 109.91 were paid before the day moved: ten days earn 36.64, and twenty 73.27. 10.00 more is paid then.
    paid = paid_through(ROWS, 3) | {4: PaidRow(0, 5000)}
    found = worked(DueDay(25), paid=paid)
    moved = next(one for one in found.after if one.interest_minor == 5991)
    known = paid_through(found.schedule_after, 4)
    stub_minor = 3664
    assert owed(found, known, date(2026, 5, 5)).interest_minor == stub_minor
    known[moved.number] = PaidRow(0, 1000)
    assert owed(found, known, date(2026, 5, 15)).interest_minor == stub_minor + 7327 - 5000 - 1000


def test_interest_of_an_instalment_behind_the_last_is_owed_less_what_was_paid_of_it():
    # 104.74 x 10 / 30 is 34.91.
    found = worked(Append((4,), AppendInterest.SIMPLE))
    last = found.schedule_after[-1]
    paid = paid_through(found.schedule_after, 11)
    assert owed(found, paid, date(2027, 1, 25)).interest_minor == 3491 + 10991
    paid[last.number] = PaidRow(0, 1000)
    assert owed(found, paid, date(2027, 1, 25)).interest_minor == 2491 + 10991


def apart(rows, idle=None):
    """Return what each row asks for, its own and beside, and the times that were found."""
    changed, found = with_put_off_apart(rows, RATES, idle or {})
    return [(one.interest_minor, one.relief_interest_minor) for one in changed], found


@pytest.mark.parametrize(
    ("before", "idle"),
    [
        ([row(1, 1, 2, 0, 0)], {}),
        # 200.00 more, paid meanwhile, bear nothing.
        ([row(1, 1, 2, 20000, 0)], {1: 20000}),
    ],
)
def test_interest_put_off_is_earned_in_the_periods_that_ask_for_none(before, idle):
    # Two months of 1,000.00 at 1.2 %; what waits behind without interest is no part of it.
    rows = [*before, row(2, 2, 3, 100000, 2400), row(3, 3, 4, 20000, 0)]
    expected = [(0, 0), (0, 2400), (0, 0)]
    assert apart(rows, {**idle, 3: 20000}) == (expected, [Stretch(on_15th(1), on_15th(3), 100000, 2400)])


def test_a_month_that_asks_for_no_interest_is_put_off_only_if_a_later_one_asks_for_it():
    # 12.00 is no more than a month of 1,000.00; nor does a row of no days put anything off.
    forgiven = [row(1, 1, 2, 0, 0), row(2, 2, 3, 100000, 1200)]
    assert apart(forgiven) == ([(0, 0), (1200, 0)], [])
    early = [row(1, 1, 1, 5000, 0), row(2, 1, 2, 95000, 1300)]
    assert apart(early) == ([(0, 0), (1300, 0)], [])


def test_interest_can_be_put_off_twice():
    # Two months of 1,000.00, 24.00, and after half is repaid two of 500.00, 12.00.
    rows = [row(1, 1, 2, 0, 0), row(2, 2, 3, 50000, 2400), row(3, 3, 4, 0, 0), row(4, 4, 5, 50000, 1200)]
    assert apart(rows) == (
        [(0, 0), (0, 2400), (0, 0), (0, 1200)],
        [Stretch(on_15th(1), on_15th(3), 100000, 2400), Stretch(on_15th(3), on_15th(5), 50000, 1200)],
    )


# 300.00 each on 15 February, April and June, with a month without a row before each of the last two and 10.00 of
# interest beside the last.
GAPS = (row(1, 1, 2, 30000, 1080), row(2, 3, 4, 30000, 720), row(3, 5, 6, 30000, 360, 1000))


@pytest.mark.parametrize(
    ("on", "interest_minor"),
    [
        # Of 600.00 a month is 7.20, and 16 of 30 days are 3.84; the other 2.80 belong to the second month.
        (date(2026, 3, 1), 384),
        # The first is over: 7.20 belong to the second, so 2.80 are from before.
        (date(2026, 3, 15), 280),
    ],
)
def test_interest_beside_the_rows_belongs_to_the_times_between_them_in_turn(on, interest_minor):
    found = payoff(GAPS, paid_through(GAPS, 1), on, RATES.annual, RATES.profile)
    assert (found.principal_minor, found.interest_minor) == (60000, interest_minor)


def test_interest_put_off_is_no_part_of_what_belongs_to_a_pause():
    # 8.00 are left of a pause from 15 January to 15 February; 16 of its 30 days are 4.27. Put off are 24.00 later.
    rows = (row(1, 2, 3, 0, 0, 800), row(2, 3, 4, 100000, 2400))
    found = payoff(rows, {}, date(2026, 2, 1), RATES.annual, RATES.profile, on_15th(1))
    assert (found.principal_minor, found.interest_minor) == (100000, 427)
