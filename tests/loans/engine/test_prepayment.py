"""Part of a loan repaid before it is due."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.prepayment import Keep, PrepaymentError, prepayment
from loans.engine.profile import PROFILES
from loans.engine.relief import Limits, Pause, project
from loans.engine.schedule import Method, PaidRow, Terms, schedule
from tests.loans.engine.loans_made_up import AS_OF, l1, paid_through

ON = date(2026, 4, 30)


def early(amount_minor, on=ON, keep=Keep.COUNT, *, made_up=None, rows=None, paid=None, paid_count=3):
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
        anchor_day=made_up.anchor_day,
        disbursed_on=made_up.disbursed_on,
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


def test_a_running_pause_has_its_interest_agreed():
    rows, made_up = schedule(l1()), l1()
    paused = project(
        rows,
        paid=paid_through(rows, 3),
        rate_annual=made_up.rate_annual,
        profile=made_up.profile,
        method=made_up.method,
        as_of=AS_OF,
        components=(Pause(3),),
        limits=Limits(),
        anchor_day=15,
    ).schedule_after
    with pytest.raises(PrepaymentError) as refused:
        early(200000, date(2026, 6, 1), rows=paused)
    assert refused.value.code == "paused"
    over = early(200000, date(2026, 8, 1), rows=paused)
    assert sum(row.relief_interest_minor for row in over.rows) == 32973


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
