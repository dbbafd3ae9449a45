"""A part repaid early of a loan that asks for nothing until its end: figures by hand, on 12,000.00 over a year."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.earning import Earning, Stretch
from loans.engine.explain import explain_rows
from loans.engine.payoff import payoff
from loans.engine.prepayment import Keep, Prepayment, PrepaymentError, prepayment
from loans.engine.profile import PROFILES
from loans.engine.schedule import Method, PaidRow, Row, schedule
from loans.engine.terms import Terms

RATE, PROFILE = Decimal("0.144"), PROFILES["30-360"]
PAID_OUT, END = date(2026, 1, 15), date(2027, 1, 15)
ROWS = schedule(
    Terms(
        principal_minor=1_200_000, rate_annual=RATE, method=Method.BULLET, instalments=12,
        disbursed_on=PAID_OUT, profile=PROFILE,
    )
)  # fmt: skip


def repaid(
    rows: tuple[Row, ...], amount_minor: int, on: date, paid: dict[int, PaidRow] | None = None,
    earning: Earning | None = None,
) -> Prepayment:  # fmt: skip
    return prepayment(
        rows, paid or {}, amount_minor, on, Keep.COUNT, rate_annual=RATE, profile=PROFILE, method=Method.BULLET,
        anchor_day=15, disbursed_on=PAID_OUT, earning=earning,
    )  # fmt: skip


def settled(done: Prepayment) -> dict[int, PaidRow]:
    return {done.number: PaidRow(principal_minor=done.principal_minor, interest_minor=done.interest_minor)}


def owed(rows: tuple[Row, ...], paid: dict[int, PaidRow], on: date) -> int:
    return payoff(rows, paid, on, RATE, PROFILE, PAID_OUT, anchor_day=15).total_minor


def test_it_pays_the_interest_so_far_and_the_rest_bears_interest_from_then_on() -> None:
    done = repaid(ROWS, 600_000, date(2026, 7, 15))
    # 12,000.00 x 14.4 % / 2 = 864.00; 6,000.00 - 864.00 = 5,136.00; 6,864.00 x 14.4 % / 2 = 494.21
    assert (done.interest_minor, done.principal_minor) == (86_400, 513_600)
    assert (done.rows[-1].principal_minor, done.rows[-1].interest_minor) == (686_400, 49_421)
    # 1,728.00 were to come; 864.00 and 494.21 come.
    assert done.interest_saved_minor == 172_800 - 86_400 - 49_421


def test_the_dates_stay_and_nothing_is_due_before_the_end() -> None:
    done = repaid(ROWS, 600_000, date(2026, 7, 20))
    assert [row.number for row in done.rows] == list(range(1, 14))
    assert [row.due_on for row in done.rows if row.number != done.number] == [row.due_on for row in ROWS]
    assert [row.due_on for row in done.rows if row.due_minor] == [date(2026, 7, 20), END]


def test_a_second_part_pays_the_interest_since_the_first() -> None:
    first = repaid(ROWS, 600_000, date(2026, 7, 15))
    second = repaid(first.rows, 300_000, date(2026, 10, 15), settled(first))
    # 6,864.00 x 14.4 % / 4 = 247.10; 6,864.00 - 2,752.90 = 4,111.10, for three months 148.00
    assert (second.interest_minor, second.principal_minor) == (24_710, 275_290)
    assert (second.rows[-1].principal_minor, second.rows[-1].interest_minor) == (411_110, 14_800)


def test_in_the_last_month_too() -> None:
    done = repaid(ROWS, 600_000, date(2026, 12, 30))
    # 11 months and 15 days are 345 days: 1,656.00; 15 days on 7,656.00: 45.94
    assert (done.interest_minor, done.rows[-1].interest_minor) == (165_600, 4_594)


@given(day=st.integers(0, 364), part=st.fractions(0, 1))
def test_it_takes_exactly_itself_off_the_payoff(day: int, part: Fraction) -> None:
    on = date.fromordinal(PAID_OUT.toordinal() + day)
    before_minor = owed(ROWS, {}, on)
    # Of every sum that pays the interest and leaves something.
    amount_minor = before_minor - 1_200_000 + 1 + int(part * 1_199_998)
    done = repaid(ROWS, amount_minor, on)
    assert owed(done.rows, settled(done), on) == before_minor - amount_minor
    assert owed(done.rows, settled(done), END) == done.rows[-1].due_minor


def test_how_each_row_came_about_adds_up() -> None:
    done = repaid(ROWS, 600_000, date(2026, 7, 15))
    lines = explain_rows(done.rows, rate_annual=RATE, profile=PROFILE, method=Method.BULLET, anchor_day=15)
    early, last = lines[done.number - 1], lines[-1]
    assert early[0].amount_minor == 86_400
    assert sum(line.amount_minor for line in last if "interest" in line.label_code) == 49_421


@pytest.mark.parametrize(
    "amount_minor, on, code",
    [
        (86_400, date(2026, 7, 15), "nothing_for_principal"),
        (1_286_400, date(2026, 7, 15), "pays_off"),
        (600_000, END, "due_first"),
        (600_000, date(2026, 1, 14), "before_disbursement"),
    ],
)
def test_what_cannot_be_is_named(amount_minor: int, on: date, code: str) -> None:
    with pytest.raises(PrepaymentError) as caught:
        repaid(ROWS, amount_minor, on)
    assert caught.value.code == code


def test_what_is_paid_in_part_or_under_relief_is_not_cut_anew() -> None:
    on = date(2026, 7, 15)
    relief = Earning((Stretch(PAID_OUT, on, 1_200_000, 1_000),))
    for paid, earning in (({12: PaidRow(principal_minor=0, interest_minor=100)}, None), ({}, relief)):
        with pytest.raises(PrepaymentError) as caught:
            repaid(ROWS, 600_000, on, paid, earning)
        assert caught.value.code == "at_the_end"
