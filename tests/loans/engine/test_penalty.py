"""What being late costs, and what it may not cost."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.arrears import InstalmentState, grace_ends, overdue_days, position
from loans.engine.day_count import DayCount
from loans.engine.penalty import (
    InstalmentPenalty,
    PenaltyBase,
    PenaltyError,
    PenaltyRules,
    RowPayment,
    penalties,
)
from loans.engine.profile import PROFILES, Profile
from loans.engine.schedule import Method, Row, Terms, schedule
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import l1

DAILY = PROFILES["consumer-cn"]
DUE = date(2026, 6, 10)
ONE_DAY = timedelta(days=1)


def parts(text: str) -> list[list[str]]:
    return [one.split(":") for one in text.split(";")] if text else []


def numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(";")] if text else []


def rules_of(text: str) -> tuple[PenaltyRules, dict[date, int]]:
    given_ = dict(one.split("=") for one in text.split(";")) if text else {}
    fees = {date.fromisoformat(on): int(minor) for on, minor in parts(given_.pop("fees", ""))}
    read = {"uplift": Decimal, "base": PenaltyBase, "grace_days": int}
    read["cap_annual"] = lambda value: Decimal(value) if value else None
    return PenaltyRules(**{key: read[key](value) for key, value in given_.items()}), fees


@pytest.mark.parametrize("row", table("penalties"), ids=lambda row: row["case"])
def test_penalty_is_that_of_the_rules(row):
    rows = [
        Row(int(number), date(2026, 1, 1), date.fromisoformat(due_on), int(principal), int(interest), 0)
        for number, due_on, principal, interest in parts(row["instalments"])
    ]
    payments = [
        RowPayment(date.fromisoformat(on), int(number), int(principal), int(interest))
        for number, on, principal, interest in parts(row["paid"])
    ]
    stretches = [one.split("/") for one in row["held"].split(";")] if row["held"] else []
    held = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in stretches]
    rules, fees = rules_of(row["rules"])
    on, rate_annual = date.fromisoformat(row["on"]), Decimal(row["rate_annual"])
    found = penalties(rows, payments, on, rate_annual, PROFILES[row["profile"]], rules, held, fees)
    expected = list(zip(*(numbers(row[key]) for key in ("days", "amount_minor", "beyond_cap_minor")), strict=True))
    assert [(one.days, one.amount_minor, one.beyond_cap_minor) for one in found] == expected


def test_penalty_of_the_worked_loan_comes_from_its_own_schedule():
    rows = schedule(l1())
    paid = [RowPayment(row.due_on, row.number, row.principal_minor, row.interest_minor) for row in rows[:3]]
    found = penalties(rows, paid, date(2026, 6, 20), Decimal("0.144"), PROFILES["30-360"], PenaltyRules())
    assert found == (InstalmentPenalty(4, 36, 2095, 0), InstalmentPenalty(5, 5, 294, 0))


def test_the_youngest_instalment_gives_way_to_the_cap_first():
    rows = [Row(1, date(2026, 5, 10), DUE, 100000, 0, 0), Row(2, DUE, date(2026, 7, 10), 100000, 0, 0)]
    found = penalties(rows, [], date(2026, 9, 21), Decimal("0.2"), DAILY, PenaltyRules())
    # Until 10 July: 30 days, room 280 a year. After it both ask for 300 a year and the cap is 480:
    # the first 300, the second 180; 73 days are a fifth of a year.
    assert [(one.number, one.days) for one in found] == [(1, 103), (2, 73)]
    assert found[0].amount_minor == round(Fraction(28000 * 30, 365) + 30000 // 5)
    assert (found[1].amount_minor, found[1].beyond_cap_minor) == (3600, 2400)


def test_a_day_of_a_leap_year_is_shorter_where_the_profile_counts_calendar_years():
    calendar = Profile("by calendar", DayCount.ACTUAL_ACTUAL)
    row = Row(1, date(2027, 11, 30), date(2027, 12, 26), 100000, 0, 0)
    rate_annual, on = Decimal("0.12"), date(2028, 1, 10)
    found = penalties([row], [], on, rate_annual, calendar, PenaltyRules())
    # 27 to 31 December are 5 days of 365, 1 to 10 January 10 of 366, at 18 %.
    assert found[0].amount_minor == round(18000 * (Fraction(5, 365) + Fraction(10, 366)))


def test_interest_of_a_pause_is_interest_in_the_base():
    row = Row(1, date(2026, 5, 10), DUE, 50000, 4000, 0, relief_interest_minor=6000)
    rules = PenaltyRules(base=PenaltyBase.PRINCIPAL_AND_INTEREST, cap_annual=None)
    assert penalties([row], [], date(2026, 6, 20), Decimal("0.1825"), DAILY, rules)[0].amount_minor == 450


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"uplift": Decimal("0.51")}, "uplift"),
        ({"uplift": Decimal("-0.1")}, "uplift"),
        ({"uplift": 0.5}, "uplift"),
        ({"base": "everything"}, "base"),
        ({"cap_annual": Decimal("1.01")}, "cap_annual"),
        ({"cap_annual": 0.24}, "cap_annual"),
        ({"grace_days": 8}, "grace_days"),
        ({"grace_days": True}, "grace_days"),
    ],
)
def test_rules_beyond_the_law_are_refused_by_name(given_, field):
    with pytest.raises(PenaltyError) as refused:
        PenaltyRules(**given_)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "given_", [{"uplift": Decimal(0)}, {"cap_annual": Decimal(0)}, {"cap_annual": Decimal(1)}, {"grace_days": 7}]
)
def test_rules_at_their_bounds_are_allowed(given_):
    PenaltyRules(**given_)


FREE = PenaltyRules(cap_annual=None)
JUNE, JULY = Row(1, date(2026, 5, 10), DUE, 50000, 0, 0), Row(2, DUE, date(2026, 7, 10), 50000, 0, 0)


def charged(rows, payments, on, rules=FREE, rate="0.1825", **given_):
    """Return (number, days, amount) of each; 500.00 cost 0.375 a day at 0.05 % a day and half as much again."""
    found = penalties(rows, payments, on, Decimal(rate), DAILY, rules, **given_)
    return [(one.number, one.days, one.amount_minor) for one in found]


def test_the_day_of_payment_is_still_charged():
    paid = [RowPayment(date(2026, 6, 11), 1, 50000, 0)]
    assert charged([JUNE], paid, date(2026, 6, 20)) == [(1, 1, 38)]


def test_a_later_instalment_is_charged_from_the_day_after_its_own_due_date():
    part = [RowPayment(date(2026, 7, 9), 1, 10000, 0)]
    # 29 days of 500.00 and 11 of 400.00 are 10.875 and 3.30; ten days of the second are 3.75.
    assert charged([JUNE, JULY], part, date(2026, 7, 20)) == [(1, 40, 1418), (2, 10, 375)]


def test_an_instalment_paid_in_its_grace_today_leaves_the_next_its_own():
    soon = Row(2, DUE, date(2026, 6, 12), 50000, 0, 0)
    paid = [RowPayment(date(2026, 6, 14), 1, 50000, 0)]
    assert charged([JUNE, soon], paid, date(2026, 6, 14), PenaltyRules(cap_annual=None, grace_days=7)) == []


def test_grace_is_for_who_paid_the_instalment_before_in_time():
    rules = PenaltyRules(cap_annual=None, grace_days=3)
    july_paid = RowPayment(date(2026, 7, 12), 2, 50000, 0)
    in_time = RowPayment(DUE, 1, 50000, 0)
    assert charged([JUNE, JULY], [in_time, july_paid], date(2026, 7, 20), rules) == []
    too_late = RowPayment(date(2026, 6, 14), 1, 50000, 0)
    assert charged([JUNE, JULY], [too_late, july_paid], date(2026, 7, 20), rules) == [(1, 4, 150), (2, 2, 75)]


def test_a_single_held_day_costs_nothing():
    held = [(date(2026, 6, 15), date(2026, 6, 15))]
    assert charged([JUNE], [], date(2026, 6, 20), held=held) == [(1, 9, 338)]


def test_days_before_the_first_that_counts_are_not_charged():
    assert charged([JUNE], [], date(2026, 6, 20), since=date(2026, 6, 16)) == [(1, 5, 188)]


def test_a_day_without_room_adds_none():
    # 1,000.00 ask for 0.75 a day; the cap leaves 0.375 on the 11th, and nothing beside the fee of the 12th.
    row = Row(1, date(2026, 5, 10), DUE, 100000, 0, 0)
    rules = PenaltyRules(cap_annual=Decimal("0.136875"))
    assert charged([row], [], date(2026, 6, 12), rules, fees={date(2026, 6, 12): 100}) == [(1, 2, 37)]


def test_what_one_instalment_takes_of_the_room_is_gone_for_the_next():
    # Two of 5.00 ask for half a fen each; the cap leaves one.
    rows = [Row(number, date(2026, 5, 10), DUE, 500, 0, 0) for number in (1, 2)]
    rules = PenaltyRules(uplift=Decimal(0), cap_annual=Decimal("0.365"))
    found = penalties(rows, [], date(2026, 6, 11), Decimal("0.365"), DAILY, rules)
    assert [(one.amount_minor, one.beyond_cap_minor) for one in found] == [(1, 0), (0, 1)]


def test_grace_counts_only_days_that_are_not_held():
    states = [InstalmentState(1, DUE, 100, 0, None)]
    held = [(date(2026, 6, 12), date(2026, 6, 20))]
    assert grace_ends(states, 3, held=held)[1] == date(2026, 6, 22)
    assert [overdue_days(states, date(2026, 6, day), 3, held=held) for day in (22, 23)] == [0, 13]
    assert position(states, date(2026, 6, 22), 3, held=held).in_grace_until == date(2026, 6, 22)
    assert grace_ends(states, 3, held=[(DUE, date.max)])[1] == date.max


@st.composite
def late_loans(draw):
    """A loan, some payments on it, a few holds, and a day."""
    made_up = Terms(
        principal_minor=draw(st.integers(10_000, 5_000_000)),
        rate_annual=Decimal(draw(st.integers(0, 3600))) / 10000,
        method=draw(st.sampled_from((Method.LEVEL, Method.EQUAL_PRINCIPAL))),
        instalments=draw(st.integers(1, 6)),
        disbursed_on=date(2027, 10, 15),
        profile=draw(st.sampled_from([DAILY, PROFILES["consumer-cn-360"], PROFILES["30-360"]])),
    )
    rows = schedule(made_up)
    payments = [
        RowPayment(row.due_on + timedelta(days=draw(st.integers(-10, 40))), row.number, part, row.interest_minor)
        for row in rows
        if draw(st.booleans())
        for part in [draw(st.sampled_from((row.principal_minor, row.principal_minor // 2)))]
    ]
    starts = draw(st.lists(st.integers(0, 200), max_size=2))
    held = [
        (first, first + timedelta(days=draw(st.integers(0, 40))))
        for first in (made_up.disbursed_on + timedelta(days=start) for start in starts)
    ]
    rules = PenaltyRules(
        base=draw(st.sampled_from(PenaltyBase)),
        cap_annual=draw(st.sampled_from((Decimal("0.24"), Decimal("0.2"), None))),
    )
    return made_up, rows, payments, held, rules, rows[0].due_on + timedelta(days=draw(st.integers(-20, 200)))


def day_by_day(made_up, rows, payments, held, rules, on) -> tuple[Fraction, Fraction | None]:
    """The same, one day after another: what is charged, and all that the cap leaves room for."""
    year = 365 if made_up.profile is DAILY else 360
    rate, charged, room_of_all = Fraction(made_up.rate_annual), Fraction(0), Fraction(0)
    day = rows[0].due_on + ONE_DAY
    while day <= on:
        asked = ordinary = outstanding = Fraction(0)
        for row in rows:
            paid = [one for one in payments if one.number == row.number and one.on < day]
            principal = row.principal_minor - sum(one.principal_minor for one in paid)
            interest = row.interest_minor - sum(one.interest_minor for one in paid)
            outstanding += principal
            if row.due_on >= day:
                ordinary += principal
            else:
                asked += principal + (interest if rules.base is PenaltyBase.PRINCIPAL_AND_INTEREST else 0)
        asked *= rate * (1 + Fraction(rules.uplift)) / year
        if asked and not any(first <= day <= last for first, last in held):
            if rules.cap_annual is not None:
                room = max((Fraction(rules.cap_annual) * outstanding - rate * ordinary) / year, Fraction(0))
                asked, room_of_all = min(asked, room), room_of_all + room
            charged += asked
        day += ONE_DAY
    return charged, None if rules.cap_annual is None else room_of_all


@given(late_loans())
def test_stretches_of_days_come_to_what_single_days_do_and_stay_below_the_cap(case):
    made_up, rows, payments, held, rules, on = case
    found = penalties(rows, payments, on, made_up.rate_annual, made_up.profile, rules, held)
    charged, room = day_by_day(made_up, rows, payments, held, rules, on)
    whole_minor = sum(one.amount_minor for one in found)
    assert abs(whole_minor - charged) <= Fraction(len(found) + 2, 2)
    if room is not None:
        assert whole_minor <= room
    assert all(one.amount_minor >= 0 for one in found)


@given(late_loans())
def test_what_is_held_all_the_time_costs_nothing(case):
    made_up, rows, payments, _, rules, on = case
    held = [(made_up.disbursed_on, date.max)]
    assert (
        sum(
            one.amount_minor for one in penalties(rows, payments, on, made_up.rate_annual, made_up.profile, rules, held)
        )
        == 0
    )


@given(late_loans())
def test_another_day_never_makes_penalty_smaller(case):
    made_up, rows, payments, held, rules, on = case
    today, tomorrow = (
        sum(
            one.amount_minor
            for one in penalties(
                rows, [one for one in payments if one.on <= on], day, made_up.rate_annual, made_up.profile, rules, held
            )
        )
        for day in (on, on + ONE_DAY)
    )
    assert tomorrow >= today
