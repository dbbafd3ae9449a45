"""Payments shared out again in the order of their days."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.penalty import PenaltyBase, PenaltyRules
from loans.engine.profile import PROFILES
from loans.engine.replay import Conventions, Received, charges, replay
from loans.engine.schedule import PaidRow, Row, schedule
from loans.engine.waterfall import Allocation, Component, Line
from tests.loans.engine.loans_made_up import l1, paid_through

ROWS = schedule(l1())
PLAIN = Conventions(Decimal("0.144"), PROFILES["30-360"])
PENAL = Conventions(Decimal("0.144"), PROFILES["30-360"], PenaltyRules())
THREE = [Received(row.due_on, row.number, row.due_minor) for row in ROWS[:3]]


def test_payments_on_their_days_settle_their_rows():
    books = replay(ROWS, THREE, PLAIN)
    assert {number: books.paid[number] for number in (1, 2, 3)} == paid_through(ROWS, 3)
    assert books.paid[4] == PaidRow(0, 0)
    assert books.unapplied_minor == 0


def test_arrears_are_paid_with_the_penalty_of_the_day():
    # 107,971 and 107,971 overdue, 20.95 and 2.94 of penalty, all paid on 20 June.
    books = replay(ROWS, [*THREE, Received(date(2026, 6, 20), 4, 2 * 107971 + 2389)], PENAL)
    assert books.allocations[4].lines == (
        Line(4, Component.PENALTY, 2095),
        Line(4, Component.INTEREST, 10991),
        Line(4, Component.PRINCIPAL, 96980),
        Line(5, Component.PENALTY, 294),
        Line(5, Component.INTEREST, 9827),
        Line(5, Component.PRINCIPAL, 98144),
    )


def test_a_payment_entered_late_takes_back_the_penalty_it_had_cost():
    in_time = Received(date(2026, 5, 15), 6, 107971)
    known = [*THREE, Received(date(2026, 6, 20), 5, 107971 + 2389)]
    before, after = replay(ROWS, known, PENAL), replay(ROWS, [*known, in_time], PENAL)
    assert before.penalty_paid_minor[4] == 2095
    assert (after.penalty_paid_minor[4], after.penalty_paid_minor[5]) == (0, 294)
    assert after.paid[4] == PaidRow(96980, 10991)


def test_a_reversed_payment_leaves_the_books_as_if_it_had_never_come():
    bounced = Received(date(2026, 5, 10), 4, 50000)
    later = Received(date(2026, 6, 1), 5, 107971)
    with_it, without = replay(ROWS, [*THREE, bounced, later], PENAL), replay(ROWS, [*THREE, later], PENAL)
    assert with_it.paid[5] != without.paid[5]
    assert without == replay(ROWS, [later, *THREE], PENAL)


def test_penalty_already_paid_is_not_asked_for_twice():
    # Penalty alone first: 36 days of the fourth are 20.95, and 10 more on 30 June make 26.77.
    first, second = Received(date(2026, 6, 20), 4, 2095), Received(date(2026, 6, 30), 5, 10000)
    books = replay(ROWS, [*THREE, first, second], PENAL)
    assert books.allocations[4].lines == (Line(4, Component.PENALTY, 2095),)
    assert books.allocations[5].lines[0] == Line(4, Component.PENALTY, 582)


def test_held_days_cost_nothing_in_a_replay_either():
    held = [(date(2026, 5, 16), date(2026, 6, 20))]
    books = replay(ROWS, [*THREE, Received(date(2026, 6, 20), 4, 107971)], PENAL, held)
    assert books.paid[4] == PaidRow(96980, 10991)


def test_a_loan_very_late_pays_down_principal_first_in_a_replay_too():
    books = replay(ROWS, [*THREE, Received(date(2026, 8, 14), 4, 100)], PLAIN)
    assert books.allocations[4].lines == (Line(4, Component.PRINCIPAL, 100),)
    earlier = replay(ROWS, [*THREE, Received(date(2026, 8, 13), 4, 100)], PLAIN)
    assert earlier.allocations[4].lines == (Line(4, Component.INTEREST, 100),)


def test_a_sequence_names_one_payment():
    with pytest.raises(ValueError, match="one payment"):
        replay(ROWS, [THREE[0], THREE[0]], PLAIN)


RECEIVED = st.lists(
    st.builds(
        Received,
        on=st.integers(0, 500).map(lambda days: date(2026, 1, 15) + timedelta(days=days)),
        sequence=st.integers(1, 10_000),
        amount_minor=st.integers(0, 300_000),
    ),
    max_size=8,
    unique_by=lambda one: one.sequence,
)


@given(RECEIVED, st.randoms(use_true_random=False), st.sampled_from((PLAIN, PENAL)))
def test_shuffled_payments_give_the_same_books_and_every_fen_has_its_place(received, random, conventions):
    shuffled = list(received)
    random.shuffle(shuffled)
    books = replay(ROWS, received, conventions)
    assert replay(ROWS, shuffled, conventions) == books
    applied = sum(paid.principal_minor + paid.interest_minor for paid in books.paid.values())
    whole = applied + sum(books.penalty_paid_minor.values()) + books.unapplied_minor
    assert whole == sum(one.amount_minor for one in received)
    for row in ROWS:
        assert books.paid[row.number].principal_minor <= row.principal_minor
        assert books.paid[row.number].interest_minor <= row.interest_minor


def test_payments_that_keep_their_shares_are_not_shared_out_again():
    # The first payment was put to the second instalment, whatever the order says.
    kept = Received(date(2026, 2, 20), 1, 5000), Allocation((Line(2, Component.PRINCIPAL, 5000),), 0)
    books = replay(ROWS, [Received(date(2026, 3, 1), 2, 107971)], PLAIN, before=[kept])
    assert books.paid[2].principal_minor == 5000
    assert books.allocations[1] is kept[1]
    assert books.paid[1] == PaidRow(ROWS[0].principal_minor, ROWS[0].interest_minor)


def test_what_earlier_schedules_charged_is_still_owed_and_these_rows_charge_from_their_day_on():
    # The fourth row, due 15 May, is charged 36 days by 20 June: 969.80 x 14.4 % x 1.5 x 36 / 360 = 20.95.
    # Since 11 June it is 10 of them: 969.80 x 0.216 x 10 / 360 = 5.82, beside 7.00 fixed before.
    late = replace(PENAL, charged_before={4: 700}, charged_since=date(2026, 6, 11))
    books = replay(ROWS[:4], [*THREE, Received(date(2026, 6, 20), 4, 1282)], late)
    assert books.allocations[4].lines == (Line(4, Component.PENALTY, 1282),)
    assert charges(ROWS[:4], [], date(2026, 6, 20), replace(PLAIN, charged_before={4: 700})) == {4: 700}


def row(number, due_on, principal_minor, interest_minor, **more):
    return Row(number, date(2026, 1, 15), due_on, principal_minor, interest_minor, 0, **more)


def test_payments_that_keep_their_shares_leave_the_penalty_as_it_was():
    books = replay(ROWS, THREE, PENAL)
    shares = [(one, books.allocations[one.sequence]) for one in reversed(THREE)]
    arrears = Received(date(2026, 6, 20), 4, 2 * 107971 + 2389)
    assert replay(ROWS, [arrears], PENAL, before=shares) == replay(ROWS, [*THREE, arrears], PENAL)


def test_a_sequence_that_stands_cannot_come_again():
    standing = THREE[0], Allocation((), THREE[0].amount_minor)
    with pytest.raises(ValueError, match="one payment"):
        replay(ROWS, [replace(THREE[1], sequence=1)], PLAIN, before=[standing])


def test_a_lender_s_own_order_and_its_end_hold_in_a_replay_too():
    late = [*THREE, Received(date(2026, 8, 14), 4, 100)]
    never = replay(ROWS, late, replace(PLAIN, principal_first_after=None))
    assert never.allocations[4].lines == (Line(4, Component.INTEREST, 100),)
    order = (Component.PRINCIPAL, Component.INTEREST, Component.PENALTY, Component.FEE)
    first = replay(ROWS, [Received(date(2026, 2, 15), 1, 100)], replace(PLAIN, order=order))
    assert first.allocations[1].lines == (Line(1, Component.PRINCIPAL, 100),)


def test_fees_and_interest_of_a_pause_are_asked_for_once():
    rows = [
        row(1, date(2026, 2, 15), 1000, 100, relief_interest_minor=40, fee_minor=50),
        row(2, date(2026, 7, 15), 1000, 100),
    ]
    paid = [Received(date(2026, 2, 14), 1, 20), Received(date(2026, 2, 15), 2, 1170)]
    # The first row is whole: on 14 July nothing is late, and the next row's interest comes first.
    books = replay(rows, [*paid, Received(date(2026, 7, 14), 3, 100)], PLAIN)
    assert books.allocations[2].lines == (
        Line(1, Component.FEE, 30),
        Line(1, Component.INTEREST, 140),
        Line(1, Component.PRINCIPAL, 1000),
    )
    assert books.paid[1] == PaidRow(1000, 140, 50)
    assert books.allocations[3].lines == (Line(2, Component.INTEREST, 100),)


def test_interest_and_principal_paid_late_bear_no_more_penalty():
    rules = PenaltyRules(base=PenaltyBase.PRINCIPAL_AND_INTEREST, cap_annual=None)
    daily = Conventions(Decimal("0.1825"), PROFILES["consumer-cn"], rules)
    # 600.00 cost 0.45 a day: 2.25 by 15 June. 100.00 of interest and 100.00 of principal leave 400.00 at 0.30.
    first, second = Received(date(2026, 6, 15), 1, 20225), Received(date(2026, 6, 20), 2, 1000)
    books = replay([row(1, date(2026, 6, 10), 50000, 10000)], [first, second], daily)
    assert books.allocations[2].lines[0] == Line(1, Component.PENALTY, 150)


def test_who_paid_the_row_before_in_time_has_grace_in_a_replay_too():
    rules = PenaltyRules(cap_annual=None, grace_days=3)
    daily = Conventions(Decimal("0.1825"), PROFILES["consumer-cn"], rules)
    rows = [row(1, date(2026, 6, 10), 50000, 1000), row(2, date(2026, 7, 10), 50000, 1000)]
    paid = [Received(date(2026, 6, 10), 1, 51000), Received(date(2026, 7, 13), 2, 51000)]
    assert replay(rows, paid, daily).penalty_paid_minor == {1: 0, 2: 0}


def test_a_row_is_charged_from_the_day_its_schedule_began():
    # As above: 5.82 since 11 June, beside 7.00 fixed before.
    late = replace(PENAL, charged_before={4: 700}, charged_since=date(2026, 6, 11))
    assert charges([ROWS[3]], [], date(2026, 6, 20), late) == {4: 1282}
