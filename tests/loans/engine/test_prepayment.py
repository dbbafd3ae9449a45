"""Part of a loan repaid before it is due."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loans.engine.earning import Stretch
from loans.engine.payoff import payoff
from loans.engine.prepayment import Keep, PrepaymentError, prepayment
from loans.engine.profile import PROFILES
from loans.engine.relief import Append, ArrearsSplit, Collect, DueDay, InterestOnly, Pause, PauseInterest, Reduced
from loans.engine.schedule import Method, PaidRow, Terms, schedule
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import LATE, PLANS, in_days_from_february, running, worked

ON = date(2026, 4, 30)


def early(
    amount_minor, on=ON, keep=Keep.COUNT, *, made_up=None, rows=None, paid=None, paid_count=3, anchor_day=None, **told
):
    made_up = made_up or l1()
    rows = rows or schedule(made_up)
    return prepayment(
        rows,
        paid_through(rows, paid_count) if paid is None else paid,
        amount_minor,
        on,
        keep,
        rate_annual=made_up.rate_annual,
        profile=made_up.profile,
        method=made_up.method,
        anchor_day=anchor_day or made_up.anchor_day,
        disbursed_on=made_up.disbursed_on,
        **told,
    )


@pytest.mark.parametrize(
    ("keep", "instalments", "saved_minor"),
    [
        # 7,214.00 over half a month and eight months: Σ of the discounts is 8.5335..., so 845.37 each.
        (Keep.COUNT, [84537] * 8 + [84538], 10898),
        # As before, until 1,027.54 and its interest of 12.33 are left.
        (Keep.INSTALMENT, [107971] * 6 + [103987], 19919),
    ],
)
def test_two_thousand_early_lower_the_instalment_or_shorten_the_term(keep, instalments, saved_minor):
    found = early(200000, keep=keep)
    # 9,159.05 x 1.2 % x 15 / 30 = 54.954.
    assert (found.interest_minor, found.principal_minor, found.number) == (5495, 194505, 4)
    paid_now = found.rows[3]
    assert (paid_now.due_on, paid_now.due_minor, paid_now.balance_minor) == (ON, 200000, 721400)
    assert [row.due_minor for row in found.rows[4:]] == instalments
    # 15 days of the rest's first period: 7,214.00 x 0.6 % = 43.284.
    assert (found.rows[4].opens_on, found.rows[4].due_on, found.rows[4].interest_minor) == (ON, date(2026, 5, 15), 4328)
    # Interest was 558.27; 54.95 is paid, and 394.34 or 304.13 is left.
    assert found.interest_saved_minor == saved_minor
    assert [row.number for row in found.rows] == list(range(1, len(found.rows) + 1))


def test_equal_principal_is_divided_over_as_many_or_over_fewer():
    made_up = Terms(250000, Decimal("0.1825"), Method.EQUAL_PRINCIPAL, 5, date(2026, 5, 1))
    # 1 to 11 May: 2,500.00 x 0.05 % x 10 = 12.50; 1,000.00 of principal, 1,500.00 is left.
    as_many = early(101250, date(2026, 5, 11), made_up=made_up, paid_count=0)
    assert [row.principal_minor for row in as_many.rows] == [100000, 30000, 30000, 30000, 30000, 30000]
    fewer = early(101250, date(2026, 5, 11), Keep.INSTALMENT, made_up=made_up, paid_count=0)
    assert [row.principal_minor for row in fewer.rows] == [100000, 50000, 50000, 50000]
    assert fewer.rows[1].interest_minor == 1575  # 1,500.00 x 0.05 % x 21


def test_borrowed_and_repaid_in_part_on_one_day_is_one_day_of_interest():
    made_up = Terms(250000, Decimal("0.1825"), Method.EQUAL_PRINCIPAL, 5, date(2026, 5, 1))
    found = early(100125, date(2026, 5, 1), made_up=made_up, paid_count=0)
    assert (found.interest_minor, found.principal_minor) == (125, 100000)
    assert found.rows[1].interest_minor == 2250  # 1,500.00 x 0.05 % x 30 of 31 days


def test_interest_already_paid_for_the_period_is_not_asked_for_again():
    rows = schedule(l1())
    paid = paid_through(rows, 3) | {4: PaidRow(0, 10991)}
    found = early(200000, rows=rows, paid=paid)
    assert (found.interest_minor, found.principal_minor) == (0, 200000)
    # Half of 109.91 is paid ahead; the second half of May costs 7,159.05 x 0.6 % = 42.95, less than that.
    assert [row.interest_minor for row in found.rows[5:6]] == [0]


def test_a_row_paid_ahead_leaves_the_next_period_untouched():
    found = early(100000, date(2026, 4, 20), paid_count=4)
    assert (found.interest_minor, found.principal_minor) == (0, 100000)
    assert found.rows[5].opens_on == date(2026, 5, 15)


@pytest.mark.parametrize(
    ("amount_minor", "on", "code"),
    [
        (200000, date(2026, 5, 15), "due_first"),
        (200000, date(2026, 1, 14), "before_disbursement"),
        (5495, ON, "nothing_for_principal"),
        (915905 + 5495, ON, "pays_off"),
    ],
)
def test_what_is_no_prepayment_in_part_is_refused_by_name(amount_minor, on, code):
    with pytest.raises(PrepaymentError) as refused:
        early(amount_minor, on)
    assert refused.value.code == code


def in_relief(component, amount_minor, on, keep=Keep.COUNT, **changes):
    found = worked(component)
    return early(amount_minor, on, keep, rows=found.schedule_after, earning=found.earning, **changes)


@pytest.mark.parametrize("is_told", [True, False])
def test_in_a_pause_its_days_so_far_are_paid_and_those_to_come_cost_less(is_told):
    paused = worked(Pause(3))
    told = {"earning": paused.earning} if is_told else {}
    found = early(200000, date(2026, 6, 1), rows=paused.schedule_after, **told)
    # 46 days of 9,159.05: 168.526; then 44 days of 7,327.58: 128.965.
    assert (found.interest_minor, found.principal_minor) == (16853, 183147)
    assert sum(row.relief_interest_minor for row in found.rows) == 12897
    assert (found.rows[3].opens_on, found.rows[3].due_on) == (date(2026, 4, 15), date(2026, 6, 1))
    assert (found.rows[4].opens_on, found.rows[4].due_on) == (date(2026, 7, 15), date(2026, 8, 15))
    # 7,327.58 x 1.2 % / (1 - 1.012 ^ -9) = 863.803; a ninth of 128.97 is 14.33.
    assert [row.due_minor for row in found.rows[4:12]] == [86380 + 1433] * 8
    assert found.earning.stretches == (Stretch(date(2026, 6, 1), date(2026, 7, 15), 732758, 12897),)


def test_in_a_pause_the_term_can_be_shortened_too():
    found = in_relief(Pause(3), 200000, date(2026, 6, 1), Keep.INSTALMENT)
    # 1 - 7,327.58 x 0.012 / 1,079.71 = 0.918561; its logarithm over that of 1.012 is 7.12: 8 instalments.
    assert [row.principal_minor + row.interest_minor for row in found.rows[4:11]] == [107971] * 7
    assert len(found.rows) == 12


@pytest.mark.parametrize(("collect", "on_rows"), [(Collect.FIRST, [12897, 0]), (Collect.LAST, [0, 12897])])
def test_interest_of_a_pause_stays_with_the_instalment_it_was_collected_with(collect, on_rows):
    found = in_relief(Pause(3, collect=collect), 200000, date(2026, 6, 1))
    assert [found.rows[4].relief_interest_minor, found.rows[-1].relief_interest_minor] == on_rows


def test_in_a_pause_that_adds_its_interest_less_is_added():
    found = in_relief(Pause(3, PauseInterest.ACCRUE_CAP), 200000, date(2026, 6, 1))
    # 9,268.96 and 16 days of it (59.321) less 2,000.00 is 7,328.28; 14 days more 41.04, and a month of 7,369.32 88.43.
    assert (found.interest_minor, found.principal_minor) == (0, 200000)
    assert sum(row.principal_minor for row in found.rows[4:]) == 745775


def test_before_a_pause_that_is_still_to_come_all_of_it_costs_less():
    # Paid ahead on 10 April; the pause opens on the 15th with 7,159.05: three months of it are 257.73.
    found = in_relief(Pause(3), 200000, date(2026, 4, 10))
    assert (found.interest_minor, found.principal_minor) == (0, 200000)
    assert sum(row.relief_interest_minor for row in found.rows) == 25773


def test_after_a_pause_its_interest_stays_as_it_is():
    over = in_relief(Pause(3), 200000, date(2026, 8, 1))
    assert sum(row.relief_interest_minor for row in over.rows) == 32973


def test_instalments_of_interest_alone_stay_such_and_become_lower():
    found = in_relief(InterestOnly(3), 200000, ON)
    assert (found.interest_minor, found.principal_minor) == (5495, 194505)
    # 7,214.00 x 0.6 % and twice x 1.2 %; then 7,214.00 x 1.2 % / (1 - 1.012 ^ -9) = 850.414.
    assert [row.due_minor for row in found.rows[4:8]] == [4328, 8657, 8657, 85041]
    assert len(found.rows) == 4 + 12


def test_instalments_of_a_reduced_amount_stay_at_it():
    found = in_relief(Reduced(3, 5000), 200000, ON)
    # 43.28 of interest leave 6.72 for principal; then 7,207.28 x 1.2 % = 86.49 leaves 36.49 unpaid, twice.
    assert [(row.principal_minor, row.interest_minor) for row in found.rows[4:7]] == [(672, 4328), (0, 5000), (0, 5000)]
    assert sum(row.relief_interest_minor for row in found.rows) == 2 * 3649


def test_interest_alone_and_then_a_reduced_amount_both_stay():
    # Found by a property: the reduced amount was taken for the instalment to keep.
    found = worked(InterestOnly(1), Reduced(2, 50000))
    early_ = early(200000, ON, Keep.INSTALMENT, rows=found.schedule_after, earning=found.earning)
    assert [row.due_minor for row in early_.rows[4:7]] == [4328, 50000, 50000]
    usual_minor = found.after[3].due_minor
    assert [row.due_minor for row in early_.rows[7:-1]] == [usual_minor] * (len(early_.rows) - 8)
    assert 0 < early_.rows[-1].due_minor <= usual_minor


def test_appended_instalments_stay_behind_and_cost_nothing():
    appended = worked(Append((4, 5, 6)))
    found = early(200000, date(2026, 7, 15), rows=appended.schedule_after, earning=appended.earning)
    assert [row.interest_minor for row in found.rows[-3:]] == [0, 0, 0]
    assert [row.principal_minor for row in found.rows[-3:]] == [96980, 98144, 99322]
    # All that bears interest: 6,214.59, and 294.67 of it are still to pay, but not today.
    with pytest.raises(PrepaymentError) as refused:
        early(621459, date(2026, 7, 15), rows=appended.schedule_after, earning=appended.earning)
    assert refused.value.code == "interest_free_part"


def test_arrears_inside_other_instalments_are_not_cut():
    late = worked(ArrearsSplit(6), as_of=LATE)
    with pytest.raises(PrepaymentError) as refused:
        early(100000, date(2026, 7, 1), rows=late.schedule_after, earning=late.earning)
    assert refused.value.code == "interest_free_part"


@given(running(may_be_part_paid=False), PLANS, st.sampled_from(Keep), st.data())
def test_a_prepayment_takes_exactly_itself_off_the_payoff_under_any_relief(loan, components, keep, data):
    made_up, rows, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on)
    opens_on, first = rows[len(paid)].opens_on, found.after[0]
    assume(not in_days_from_february(made_up, opens_on, components))
    on = opens_on + timedelta(days=data.draw(st.integers(1, (first.due_on - opens_on).days - 1)))
    by = {"anchor_day": found.due_day or made_up.anchor_day}
    cut = {"cut_rate_annual": found.cut_rate_annual, "cut_until": found.cut_until}
    terms = (made_up.rate_annual, made_up.profile, made_up.disbursed_on)
    before = payoff(found.schedule_after, paid, on, *terms, **cut, **by, earning=found.earning)
    # Interest of a time that is over stays with the instalments, so that all of the payment but that of the running
    # one is principal; as much as there is would be a payoff.
    most_minor = before.principal_minor - before.interest_minor - 1000
    amount_minor = before.interest_minor + data.draw(st.integers(1000, most_minor))
    changes = {"made_up": made_up, "rows": found.schedule_after, "paid": paid, "earning": found.earning, **cut}
    early_ = early(amount_minor, on, keep, **by, **changes)
    assert (early_.rows[len(paid)].due_on, early_.rows[len(paid)].due_minor) == (on, amount_minor)
    assert early_.rows[-1].balance_minor == 0
    assert all(min(row.principal_minor, row.interest_minor, row.relief_interest_minor) >= 0 for row in early_.rows)
    paid = paid_through(early_.rows, len(paid) + 1)
    after = payoff(early_.rows, paid, on, *terms, **cut, **by, earning=early_.earning)
    assert abs(before.total_minor - amount_minor - after.total_minor) <= 1 + len(found.earning.stretches)
    # Moved instalments of a level loan by days are kept, and the last is what is left; solved anew they are a little
    # lower, so that the principal is repaid later. Else half a fen of rounding in each row is all that may be lost.
    is_kept = made_up.method is Method.LEVEL and made_up.profile != PROFILES["30-360"]
    if not (is_kept and any(isinstance(one, Pause | DueDay) for one in components)):
        rounded = len(early_.rows) + len(found.schedule_after) + len(found.earning.stretches)
        # Where a pause adds interest to the debt, that of the days so far is added on the day of the payment.
        on_interest = int(found.capitalised_minor * made_up.rate_annual / 12) + 1
        assert early_.interest_saved_minor >= -rounded - on_interest


def test_instalments_kept_in_a_pause_become_lower_when_a_part_is_repaid_and_cost_more_for_it():
    made_up = Terms(11420230, Decimal("0.36"), Method.LEVEL, 34, date(2030, 1, 25))
    paused = worked(Pause(1), terms=made_up, paid_count=0, as_of=made_up.disbursed_on)
    # One day of 114,202.30 at 36 % / 365 is 112.64, and 10.00 of principal.
    known = {"rows": paused.schedule_after, "paid": {}, "earning": paused.earning}
    found = early(12264, date(2030, 1, 26), made_up=made_up, **known)
    assert (found.interest_minor, found.principal_minor) == (11264, 1000)
    kept, solved = (rows[1:] for rows in (paused.schedule_after, found.rows[1:]))
    assert max(row.due_minor for row in solved) < max(row.due_minor for row in kept)
    # Kept, the last is what is left and smaller than the others; solved, it is as large but for rounding.
    assert kept[0].due_minor - kept[-1].due_minor > 10000
    assert abs(solved[0].due_minor - solved[-1].due_minor) < 100
    assert found.interest_saved_minor < 0


@given(st.data())
def test_a_prepayment_repays_the_loan_to_the_fen_and_never_costs_more(data):
    made_up = Terms(
        principal_minor=data.draw(st.integers(1_000_000, 20_000_000)),
        rate_annual=Decimal(data.draw(st.integers(0, 3600))) / 10000,
        method=data.draw(st.sampled_from((Method.LEVEL, Method.EQUAL_PRINCIPAL))),
        instalments=data.draw(st.integers(2, 36)),
        disbursed_on=data.draw(st.dates(date(2024, 1, 1), date(2030, 12, 31))),
        profile=PROFILES[data.draw(st.sampled_from(("consumer-cn", "consumer-cn-360", "30-360")))],
    )
    rows = schedule(made_up)
    count = data.draw(st.integers(0, made_up.instalments - 1))
    on = rows[count].opens_on + timedelta(days=data.draw(st.integers(0, 27)))
    left_minor = rows[count].principal_minor + rows[count].balance_minor
    amount_minor = data.draw(st.integers(rows[count].interest_minor + 1000, left_minor - 1))
    lower, shorter = (early(amount_minor, on, keep, made_up=made_up, paid_count=count) for keep in Keep)
    for found in (lower, shorter):
        assert sum(row.principal_minor for row in found.rows) == made_up.principal_minor
        assert found.rows[:count] == rows[:count]
        assert found.rows[count].due_minor == amount_minor
        assert found.rows[-1].balance_minor == 0
        assert all(min(row.principal_minor, row.interest_minor) >= 0 for row in found.rows)
        # Borrowed and repaid on one day is one day, beside a first month that may be a whole one all the same.
        one_day_minor = found.rows[count].interest_minor if on == made_up.disbursed_on else 0
        assert found.interest_saved_minor >= -len(rows) - one_day_minor
    assert len(shorter.rows) <= len(lower.rows) == len(rows) + 1
    assert shorter.interest_saved_minor >= lower.interest_saved_minor - len(rows)
