"""Relief of instalments that are partly paid, carry interest of a pause or a fee, or come to one or to very many."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.calendar import Unit
from loans.engine.earning import Rates
from loans.engine.explain_sums import explain_payoff
from loans.engine.payoff import payoff
from loans.engine.profile import PROFILES
from loans.engine.relief import (
    Append,
    AppendAs,
    AppendInterest,
    ArrearsSplit,
    Bucket,
    Collect,
    DueDay,
    InterestOnly,
    Pause,
    Rate,
    Reduced,
    ReliefError,
    Reterm,
    Waive,
)
from loans.engine.relief_request import project_request
from loans.engine.schedule import Method, PaidRow, Terms, schedule
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import LATE, dues, worked
from tests.loans.engine.test_relief_request import CAPPED, TERMS, request

ROWS = schedule(l1())
# The fourth instalment carries 30.00 of an earlier pause and a fee of 5.00 beside its own 969.80 and 109.91.
CARRYING = (*ROWS[:3], ROWS[3]._replace(relief_interest_minor=3000, fee_minor=500), *ROWS[4:])
ALL = Waive(Bucket.INTEREST, None)


def waived(component=ALL, rows=ROWS, as_of=LATE, paid=None):
    found = worked(component, rows=rows, as_of=as_of, paid=paid_through(rows, 3) | (paid or {}))
    first = found.after[0]
    return found.waivers[0].amount_minor, (first.interest_minor, first.relief_interest_minor, first.due_minor)


def test_interest_of_an_instalment_due_today_is_not_overdue():
    assert waived(as_of=date(2026, 6, 15))[0] == 10991


def test_what_was_paid_of_overdue_interest_cannot_be_forgiven():
    # 109.91 - 50.00 and 98.27 are 158.18; the principal of 969.80 stays.
    assert waived(paid={4: PaidRow(0, 5000)}) == (15818, (0, 0, 96980))


def test_interest_of_a_pause_is_forgiven_after_that_of_the_period():
    assert waived(rows=CARRYING) == (10991 + 3000 + 9827, (0, 0, 96980 + 500))
    some = Waive(Bucket.INTEREST, 12000)
    assert waived(some, CARRYING) == (12000, (0, 1991, 96980 + 500 + 1991))
    # All of the period's interest and 10.09 of the pause's are paid.
    assert waived(rows=CARRYING, paid={4: PaidRow(0, 12000)}) == (1991 + 9827, (0, 0, 96980 + 500))


def test_a_balloon_holds_all_that_its_instalments_asked_for():
    plain = Append((4,), as_=AppendAs.BALLOON)
    last = worked(plain, rows=CARRYING).after[-1]
    assert (last.interest_minor, last.relief_interest_minor, last.fee_minor) == (1280, 10991 + 3000, 500)
    # From 15 May to 15 January are eight months: 969.80 x 1.2 % x 8 is 93.10.
    bearing = Append((4,), AppendInterest.SIMPLE, AppendAs.BALLOON)
    assert worked(bearing, rows=CARRYING).after[-1].interest_minor == 1280 + 9310


def test_appended_principal_may_bear_interest_to_its_new_day():
    # From 15 May to 15 February are nine months: 969.80 x 1.2 % x 9 is 104.74.
    found = worked(Append((4,), AppendInterest.SIMPLE))
    assert (found.pause_interest_minor, found.after[-1].interest_minor) == (10474, 10474)


@pytest.mark.parametrize(
    ("component", "code", "detail"),
    [
        (Append((4, 99)), "unknown_number", 99),
        (Append((2, 3)), "unknown_number", 2),
        (Append((12,), as_=AppendAs.BALLOON), "balloon_is_last", 12),
    ],
)
def test_an_instalment_that_cannot_be_moved_is_named(component, code, detail):
    with pytest.raises(ReliefError) as refused:
        worked(component)
    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_only_level_loans_have_a_target():
    with pytest.raises(ReliefError) as refused:
        worked(Reterm(target_instalment_minor=70000), terms=l1(method=Method.EQUAL_PRINCIPAL))
    assert (refused.value.code, refused.value.detail) == ("method_unsupported", "equal_principal")


def test_a_target_that_never_repays_is_named():
    with pytest.raises(ReliefError) as refused:
        worked(Reterm(target_instalment_minor=10995))
    assert (refused.value.code, refused.value.detail) == ("never_repays", 10995)


def test_interest_of_a_pause_that_is_not_spread_comes_beside_the_target():
    found = dues(worked(Pause(3, collect=Collect.FIRST), Reterm(target_instalment_minor=70000)))
    assert found[0] == 70000 + 32973
    assert set(found[1:-1]) == {70000}


def test_a_target_above_all_that_is_left_is_one_instalment():
    # 9,159.05, a month of it at 1.2 % and 329.73 of the pause.
    assert dues(worked(Pause(3), Reterm(target_instalment_minor=1000000))) == [915905 + 10991 + 32973]


def test_a_target_may_take_as_many_instalments_as_there_can_be():
    # 9,000.00 without interest in instalments of 15.00.
    found = worked(Reterm(target_instalment_minor=1500), terms=l1(rate_annual=Decimal(0)))
    assert dues(found) == [1500] * 600


def test_arrears_that_are_all_there_is_begin_after_the_day_of_the_request():
    found = worked(ArrearsSplit(6), as_of=date(2027, 1, 15))
    assert [str(row.due_on) for row in found.after[:2]] == ["2027-02-15", "2027-03-15"]
    assert found.after[0].opens_on == date(2027, 1, 15)


def test_parts_of_arrears_go_to_fees_then_to_interest_then_to_principal():
    # 1,114.71 and 1,079.71 in twelve are 182.87 each: 5.00 of fee and 177.87 of 238.18 of interest, then its rest.
    found = worked(ArrearsSplit(12), rows=CARRYING, as_of=LATE)
    extra = [
        (
            row.fee_minor,
            row.relief_interest_minor,
            row.principal_minor - ROWS[index].principal_minor,
        )
        for index, row in enumerate(found.after[:3], 5)
    ]
    assert extra == [(500, 17787, 0), (0, 6031, 12256), (0, 0, 18287)]


def test_a_rate_of_nothing_is_written_in_full():
    free = {**TERMS, "rate_annual": "0"}
    answer = project_request(request({"kind": "PAUSE", "n": 3}, terms=free))
    rates = answer["effective_annual_rate_before"], answer["effective_annual_rate_after"]
    assert rates == ("0.00000000", "0.00000000")


def test_a_limit_is_written_in_full():
    answer = project_request(request(CAPPED, policy={"max_capitalised_pct": "0.0000001"}))
    limits = {one["reason"]: one["limit"] for one in answer["refused"]}
    assert limits["capitalised"] == "0.0000001"


def test_interest_that_reduced_instalments_leave_is_explained_by_what_they_pay():
    found = worked(Reduced(3, 5000))
    on, rates = date(2026, 6, 20), Rates(l1().rate_annual, l1().profile)
    known = {"disbursed_on": l1().disbursed_on, "earning": found.earning}
    paid = paid_through(ROWS, 3)
    owed = payoff(found.schedule_after, paid, on, l1().rate_annual, l1().profile, **known)
    lines = explain_payoff(owed, found.schedule_after, paid, on, rates, **known)
    formula = "9,159.05 × 1.2% = 109.9086 ≈ 109.91; 109.91 − 50.00 = 59.91"
    assert [line.formula for line in lines if line.label_code == "earned"] == [formula] * 2


def test_the_last_instalment_can_be_reduced_too():
    # 1,066.84 at 1.2 %: 12.80 and 487.20 of principal now, then 579.64 with 6.96.
    found = worked(Reduced(1, 50000), paid_count=11, as_of=date(2026, 12, 20))
    assert dues(found) == [50000, 57964 + 696]


def test_fees_are_divided_over_the_new_instalments():
    # 5.00 in nine: 0.56 each, and 0.52.
    found = worked(Reterm(9), rows=CARRYING)
    assert [row.fee_minor for row in found.after] == [56] * 8 + [52]


def test_a_rate_and_a_count_that_cannot_be_are_named():
    with pytest.raises(ReliefError) as refused:
        worked(Rate(Decimal("0.2")))
    assert (refused.value.code, refused.value.detail) == ("rate_not_lower", Decimal("0.2"))
    # Three instalments of interest alone leave none of three to cut.
    with pytest.raises(ReliefError) as refused:
        worked(InterestOnly(3), Reterm(3))
    assert (refused.value.code, refused.value.detail) == ("n_out_of_range", 3)


@pytest.mark.parametrize(
    ("component", "changes", "code", "detail"),
    [
        (Reduced(3, 107971), {}, "amount_not_smaller", 107971),
        (Rate(Decimal("0.072")), {"method": Method.FLAT}, "method_unsupported", "flat"),
        (DueDay(20), {"unit": Unit.WEEK}, "due_day_needs_months", "week"),
    ],
)
def test_what_does_not_fit_the_loan_is_named(component, changes, code, detail):
    with pytest.raises(ReliefError) as refused:
        worked(component, terms=l1(**changes))
    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_a_pause_cut_at_the_end_of_february_costs_no_day_twice():
    made_up = Terms(
        51767,
        Decimal("0.0174"),
        Method.LEVEL,
        1,
        date(2024, 1, 30),
        first_due_on=date(2024, 2, 4),
        profile=PROFILES["30-360"],
    )
    rows = schedule(made_up)
    found = worked(Pause(1), terms=made_up, paid_count=0, as_of=made_up.disbursed_on)
    # Thirty-day months: 30 Jan is day 60, 4 Feb day 64, 29 Feb day 89, 4 Mar day 94.
    # 517.67 x 1.74 % / 360 is 2.5021 fen a day: 4 days 10.01, 29 days 72.56, 5 days 12.51.
    assert [row.interest_minor for row in rows] == [10]
    assert found.after[0].opens_on == date(2024, 2, 29)
    assert (found.pause_interest_minor, found.after[0].interest_minor) == (73, 13)
    assert 60 + 4 + 30 == 94 == 60 + 29 + 5  # the month more that the pause takes, and no day beyond it
