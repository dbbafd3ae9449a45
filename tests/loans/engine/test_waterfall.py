"""How a payment is shared out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.waterfall import DEFAULT_ORDER, Allocation, Component, Due, Line, allocate

ON = date(2026, 6, 20)
PENALTY, FEE, INTEREST, PRINCIPAL = Component.PENALTY, Component.FEE, Component.INTEREST, Component.PRINCIPAL

# The worked loan on 20 June with instalments 4 and 5 unpaid, and a made-up fee.
FOURTH = Due(4, date(2026, 5, 15), 2095, 500, 10991, 96980)
FIFTH = Due(5, date(2026, 6, 15), 294, 0, 9827, 98144)
SIXTH = Due(6, date(2026, 7, 15), 0, 0, 8649, 99322)

AMOUNTS = st.integers(0, 100_000)


@st.composite
def dues(draw):
    """A few instalments around a day, some due and some not."""
    days = draw(st.lists(st.integers(-200, 200), max_size=6))
    return [
        Due(number, ON + timedelta(days=day), draw(AMOUNTS), draw(AMOUNTS), draw(AMOUNTS), draw(AMOUNTS))
        for number, day in enumerate(days, 1)
    ]


def as_text(found: Allocation) -> list[tuple[int, str, int]]:
    return [(line.number, line.component.value, line.amount_minor) for line in found.lines]


def test_a_payment_goes_to_fee_penalty_interest_then_principal():
    assert as_text(allocate(20000, [FOURTH], on=ON)) == [
        (4, "fee", 500),
        (4, "penalty", 2095),
        (4, "interest", 10991),
        (4, "principal", 20000 - 500 - 2095 - 10991),
    ]


def test_the_oldest_instalment_is_served_whole_before_the_next():
    found = allocate(110566 + 5000, [SIXTH, FIFTH, FOURTH], on=ON)
    assert as_text(found)[:4] == [
        (4, "fee", 500),
        (4, "penalty", 2095),
        (4, "interest", 10991),
        (4, "principal", 96980),
    ]
    assert as_text(found)[4:] == [(5, "penalty", 294), (5, "interest", 4706)]
    assert found.unapplied_minor == 0


def test_an_instalment_due_today_is_served_before_one_due_tomorrow():
    today, tomorrow = Due(9, ON, 0, 0, 0, 100), Due(1, ON + timedelta(days=1), 0, 0, 0, 100)
    assert allocate(150, [tomorrow, today], on=ON).lines == (Line(9, PRINCIPAL, 100), Line(1, PRINCIPAL, 50))


@pytest.mark.parametrize(
    ("days_past_due", "principal_first_after", "first"),
    [(90, 90, FEE), (91, 90, PRINCIPAL), (365, None, FEE), (31, 30, PRINCIPAL)],
)
def test_a_loan_very_late_pays_down_principal_first(days_past_due, principal_first_after, first):
    found = allocate(1, [FOURTH], on=ON, days_past_due=days_past_due, principal_first_after=principal_first_after)
    assert [line.component for line in found.lines] == [first]


def test_a_loan_is_not_late_unless_it_is_said_to_be():
    assert allocate(1, [FOURTH], on=ON, principal_first_after=0).lines == (Line(4, FEE, 1),)


def test_principal_first_goes_on_with_interest_penalty_and_fee():
    found = allocate(10**6, [FOURTH], on=ON, days_past_due=91)
    assert [line.component for line in found.lines] == [PRINCIPAL, INTEREST, PENALTY, FEE]


def test_a_lender_may_have_an_order_of_its_own():
    found = allocate(11000, [FOURTH], (INTEREST, PRINCIPAL, PENALTY, FEE), on=ON)
    assert found.lines == (Line(4, INTEREST, 10991), Line(4, PRINCIPAL, 9))


def test_what_nobody_asks_for_stays_unapplied():
    assert allocate(500, [], on=ON) == Allocation((), 500)
    assert allocate(110567, [FOURTH], on=ON).unapplied_minor == 1
    assert allocate(0, [FOURTH], on=ON) == Allocation((), 0)


@given(dues(), st.integers(0, 10**6), st.permutations(list(Component)), st.integers(0, 200))
def test_a_payment_is_shared_out_to_the_fen_and_never_beyond_what_is_due(asked, amount_minor, order, late):
    found = allocate(amount_minor, asked, tuple(order), on=ON, days_past_due=late)
    assert sum(line.amount_minor for line in found.lines) + found.unapplied_minor == amount_minor
    assert found.unapplied_minor >= 0
    by_number = {due.number: due for due in asked}
    for line in found.lines:
        assert 0 < line.amount_minor <= by_number[line.number].of(line.component)
    if found.unapplied_minor:
        whole = sum(due.of(component) for due in asked for component in Component)
        assert sum(line.amount_minor for line in found.lines) == whole


@given(dues(), st.integers(0, 10**5), st.integers(0, 10**5))
def test_two_payments_settle_what_one_of_their_sum_settles(asked, first_minor, second_minor):
    def left_after(paid, remaining):
        taken = {(line.number, line.component): line.amount_minor for line in paid.lines}
        return [
            Due(
                d.number,
                d.due_on,
                *(d.of(c) - taken.get((d.number, c), 0) for c in (PENALTY, FEE, INTEREST, PRINCIPAL)),
            )
            for d in remaining
        ]

    one = left_after(allocate(first_minor + second_minor, asked, on=ON), asked)
    two = left_after(allocate(first_minor, asked, on=ON), asked)
    assert left_after(allocate(second_minor, two, on=ON), two) == one


@pytest.mark.parametrize(
    ("amount_minor", "order"),
    [(-1, DEFAULT_ORDER), (1, (PENALTY, FEE, INTEREST)), (1, (PENALTY, FEE, INTEREST, INTEREST))],
)
def test_a_negative_payment_or_an_order_with_a_gap_is_refused(amount_minor, order):
    with pytest.raises(ValueError, match=r"cannot|once"):
        allocate(amount_minor, [FOURTH], order, on=ON)


@pytest.mark.parametrize("amounts", [(-1, 0, 0, 0), (0, -1, 0, 0), (0, 0, -1, 0), (0, 0, 0, -1)])
def test_an_instalment_of_less_than_nothing_is_refused(amounts):
    with pytest.raises(ValueError, match="less than nothing"):
        Due(1, ON, *amounts)
