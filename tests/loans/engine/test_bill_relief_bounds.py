"""What relief on a bill cannot do, what a policy does not allow, and what stands just within."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.calendar import Unit
from loans.engine.components import (
    Append,
    ArrearsSplit,
    Bucket,
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
    SplitMode,
    Then,
    Waive,
)
from loans.engine.contract import Contract
from loans.engine.projection import Refusal
from loans.engine.revolving import (
    BillError,
    Standing,
    project,
    standing,
)
from loans.engine.revolving.regular import Draft, moved, paused
from loans.engine.schedule import Method, Row
from tests.loans.engine.bill_facts import BOUGHT, DUE, FREE, FRESH, LATE, RATE_ANNUAL, bill, bill_terms, facts


@pytest.mark.parametrize(
    ("found", "components", "code"),
    [
        (FRESH, [Append((1,))], "method_unsupported"),
        (FRESH, [Pause(1, then=Then.KEEP_END)], "method_unsupported"),
        (FRESH, [InterestOnly(2, then=Then.KEEP_END)], "method_unsupported"),
        (FRESH, [DueDay(29)], "n_out_of_range"),
        (FRESH, [DueDay(1)], "n_out_of_range"),
        (FRESH, [Reterm(61)], "n_out_of_range"),
        (FRESH, [Reterm(target_instalment_minor=1500)], "never_repays"),
        (FRESH, [Rate(Decimal("0.19"))], "rate_not_lower"),
        (FRESH, [Reduced(2, 100000)], "amount_not_smaller"),
        (FRESH, [ArrearsSplit(3)], "nothing_overdue"),
        (FRESH, [Pause(1), Pause(2)], "repeated_kind"),
        (LATE, [ArrearsSplit(3, SplitMode.ALONE), Reduced(1, 5000)], "cannot_combine"),
        (bill("fresh", DUE), [Reterm(3)], "resume_not_after_as_of"),
    ],
)
def test_what_a_bill_cannot_be_given_is_refused_by_name(found, components, code):
    with pytest.raises(ReliefError) as refused:
        project(found, components, FREE)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("components", "detail"),
    [
        ([Append((1,))], "method_unsupported: APPEND"),
        ([Pause(1, then=Then.KEEP_END)], "method_unsupported: KEEP_END"),
        ([Reterm(61)], "n_out_of_range: 61"),
        ([Reterm(target_instalment_minor=1500)], "never_repays: 1500"),
        ([DueDay(29)], "n_out_of_range: 29"),
        ([Rate(Decimal("0.19"))], "rate_not_lower: 0.19"),
        ([Reduced(2, 100000)], "amount_not_smaller: 100000"),
    ],
)
def test_a_refusal_says_what_it_is_about(components, detail):
    with pytest.raises(ReliefError) as refused:
        project(FRESH, components, FREE)
    assert str(refused.value) == detail


def test_what_stands_just_within_a_bound_is_given():
    assert len(project(FRESH, [Reterm(60)], FREE).after) == 60
    # 1,000.00 in 60 parts of 16.67 without interest; of 16.66 it would take 61.
    free = Rate(Decimal(0))
    assert len(project(FRESH, [free, Reterm(target_instalment_minor=1667)], FREE).after) == 60
    assert project(FRESH, [DueDay(28)], FREE).resume_on == date(2026, 6, 28)
    same = project(FRESH, [DueDay(10), Pause(1)], FREE)
    assert (same.resume_on, same.due_day) == (date(2026, 7, 10), None)
    assert project(FRESH, [Rate(RATE_ANNUAL), Pause(1)], FREE).cost_to_borrower_minor == 1500
    # All but a fen of the principal is paid with the only row before the last.
    assert project(FRESH, [Reduced(1, 99999)], FREE).after[-1].principal_minor == 1


def test_relief_on_the_due_date_itself_begins_on_it():
    found = standing(bill_terms(), facts(BOUGHT), DUE)
    assert found.starts_on == found.due_on == DUE
    assert project(found, [Pause(1)], FREE).resume_on == date(2026, 7, 10)
    moved = standing(bill_terms(), facts(f"{BOUGHT}; 2026-06-05 due 20"), date(2026, 6, 6))
    assert moved.due_on == DUE
    next_bill = standing(bill_terms(), facts(f"{BOUGHT}; 2026-06-05 due 20"), date(2026, 6, 12))
    assert next_bill.due_on == date(2026, 6, 20)


def test_what_happens_on_the_day_of_the_request_is_looked_at():
    found = standing(bill_terms("profile=consumer-cn-360"), facts(f"{BOUGHT}; 2026-06-05 pay 40000"), date(2026, 6, 5))
    assert found.principal_minor == 60000
    assert found.profile.name == "consumer-cn-360"


def test_limits_hold_up_to_themselves():
    def refused(components, **limits):
        return project(FRESH, components, Limits(**limits)).refused

    assert refused([Pause(1)], max_payment_shock=Decimal("1.015")) == ()
    assert refused([Pause(1)], max_payment_shock=Decimal("1.0149")) == (
        Refusal("payment_shock", Decimal("1.0149"), Decimal("1.0150")),
    )
    capitalised = [Pause(2, PauseInterest.ACCRUE_CAP)]
    assert refused(capitalised, max_capitalised_pct=Decimal("0.03073")) == ()
    in_fifty = [Rate(Decimal(0)), Reterm(50)]
    assert refused(in_fifty, min_instalment_minor=2000) == ()
    assert refused(in_fifty, min_instalment_minor=2001) == (Refusal("min_instalment", 2001, 2000),)
    assert refused([Pause(1)], max_rate_annual=RATE_ANNUAL) == ()
    assert refused([Pause(1)], max_rate_annual=Decimal("0.18")) == (
        Refusal("annual_rate", Decimal("0.18"), RATE_ANNUAL),
    )
    assert refused([Hold(5)], max_rate_annual=Decimal(0), min_instalment_minor=200000) == ()


def test_a_bill_that_was_small_may_stay_so():
    small = Standing(DUE, (Row(1, DUE, DUE, 500, 0, 0),), DUE, DUE, 0, RATE_ANNUAL)
    assert project(small, [Pause(1)], Limits(min_instalment_minor=1000)).refused == ()


def test_several_reliefs_that_leave_the_rate_as_it_is_give_nothing_up():
    # Rounding of rows is nobody's gift; but a due day later by 15 simple days is worth a little.
    assert project(FRESH, [Reterm(12), Hold(9)], FREE).lender_npv_given_up_minor == 0
    assert project(FRESH, [Reduced(3, 20000), Reterm(5)], FREE).lender_npv_given_up_minor == 0
    assert project(FRESH, [InterestOnly(3)], FREE).lender_npv_given_up_minor == 0
    # 1,000.00 for three months: 46.00 is simple; compounded it would be 46.71, and 0.71 is worth 0.68 on 10 June.
    assert project(FRESH, [Pause(3)], FREE).lender_npv_given_up_minor == 68
    assert project(FRESH, [Pause(1, PauseInterest.WAIVE)], FREE).lender_npv_given_up_minor == 1478


def test_a_bill_that_is_paid_can_be_given_nothing():
    with pytest.raises(BillError) as refused:
        standing(bill_terms(), facts(f"{BOUGHT}; 2026-06-10 pay 100000"), date(2026, 6, 20))
    assert (refused.value.field, refused.value.code) == ("as_of", "nothing_billed")
    with pytest.raises(ReliefError) as empty:
        project(Standing(DUE, (), DUE, DUE, 0, RATE_ANNUAL), [Hold(1)], FREE)
    assert empty.value.code == "nothing_to_pay"


@pytest.mark.parametrize(
    ("components", "limits", "refusal"),
    [
        # A year and 15 days at 0.05 %: 1,190.00 in the place of 1,000.00.
        ([Pause(12), DueDay(25)], Limits(max_payment_shock=Decimal("1.1")), ("payment_shock", "1.1", "1.1900")),
        (
            [Pause(2, PauseInterest.ACCRUE_CAP)],
            Limits(max_capitalised_pct=Decimal("0.03")),
            ("capitalised", "0.03", "0.0307"),
        ),
        ([Rate(Decimal(0)), Reterm(50)], Limits(min_instalment_minor=3000), ("min_instalment", 3000, 2000)),
        ([Waive(Bucket.PENALTY, 100)], FREE, ("waive_penalty", 75, 100)),
        ([Waive(Bucket.INTEREST, 451)], FREE, ("waive_interest", 450, 451)),
    ],
)
def test_what_a_policy_does_not_allow_is_projected_and_named(components, limits, refusal):
    found = LATE if isinstance(components[0], Waive) else FRESH
    reason, limit, value = refusal
    read = (Decimal(part) if isinstance(part, str) else part for part in (limit, value))
    assert project(found, components, limits).refused == (Refusal(reason, *read),)


# A bill of which all is overdue: nothing of it is left beside the arrears.
ALL_LATE = Standing(
    date(2026, 6, 20), (Row(1, DUE, DUE, 100000, 0, 0),), date(2026, 6, 20), date(2026, 7, 10), 0, RATE_ANNUAL
)


@pytest.mark.parametrize(
    ("found", "components", "code", "detail"),
    [
        (bill("fresh", DUE), [Reterm(3)], "resume_not_after_as_of", DUE),
        (LATE, [ArrearsSplit(3, SplitMode.ALONE), Reduced(1, 5000)], "cannot_combine", "ARREARS_SPLIT ALONE, REDUCED"),
        (ALL_LATE, [ArrearsSplit(3), Pause(1)], "nothing_to_pay", None),
        (FRESH, [Reduced(1, 100000)], "amount_not_smaller", 100000),
    ],
)
def test_a_refusal_names_the_day_the_kinds_or_the_amount(found, components, code, detail):
    with pytest.raises(ReliefError) as refused:
        project(found, components, FREE)
    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_a_bill_that_is_all_overdue_can_be_paid_in_parts_alone():
    # 333.33 twice and 333.34, the first on the next due date.
    found = project(ALL_LATE, [ArrearsSplit(3), Hold(10), DueDay(10), Rate(Decimal("0.1"))], FREE)
    assert [(row.due_on.month, row.principal_minor) for row in found.after] == [(7, 33333), (8, 33333), (9, 33334)]
    assert (found.resume_on, found.resume_minor) == (date(2026, 7, 10), 33333)
    assert (found.cut_rate_annual, found.pause_interest_minor) == (Decimal("0.1"), 0)


def test_relief_that_makes_no_rows_costs_nothing_and_grows_nothing():
    found = project(FRESH, [Hold(30)], Limits(None, Decimal(0), None))
    sums = found.pause_interest_minor, found.compounded_extra_minor, found.capitalised_minor
    assert (sums, found.refused) == ((0, 0, 0), ())


def test_interest_and_penalty_can_be_waived_at_once_and_after_a_hold():
    asked = [Hold(10), Waive(Bucket.PENALTY, None), Waive(Bucket.INTEREST, 1200)]
    owing = Standing(date(2026, 6, 5), (Row(1, DUE, DUE, 100000, 1200, 0, fee_minor=500),), DUE, DUE, 75, RATE_ANNUAL)
    found = project(owing, asked, FREE)
    assert [one.amount_minor for one in found.waivers] == [75, 1200]
    # All of the interest that there is, and no more: nothing is refused.
    assert (found.refused, found.after[0].due_minor) == ((), 100000 + 500)


def test_a_gift_of_two_fen_is_a_gift():
    assert project(bill("charged", date(2026, 6, 5)), [Waive(Bucket.INTEREST, 2)], FREE).lender_npv_given_up_minor == 2


def test_the_rounding_of_months_that_are_added_to_the_debt_is_no_gift():
    # 3.00 at 0.05 % a day: thirty days are 4.5 and the next thirty-one 4.7275, each rounded up to 5. That is worth
    # 3.10 / 1.015 / 1.0155 = 3.0076 on the first day, three quarters of a fen too much.
    small = Standing(date(2026, 6, 5), (Row(1, DUE, DUE, 300, 0, 0),), DUE, DUE, 0, RATE_ANNUAL)
    found = project(small, [Pause(2, PauseInterest.ACCRUE_CAP)], FREE)
    assert (found.after[0].principal_minor, found.lender_npv_given_up_minor) == (310, 0)


def test_a_single_month_added_to_the_debt_costs_no_interest_on_interest():
    found = project(FRESH, [Pause(1, PauseInterest.ACCRUE_CAP)], FREE)
    assert (found.capitalised_minor, found.compounded_extra_minor) == (1500, 0)
    # Interest alone leaves none unpaid.
    assert project(FRESH, [InterestOnly(2)], FREE).pause_interest_minor == 0


def test_what_a_debt_grows_by_is_reckoned_on_its_principal_down_to_a_fen():
    # A fen at 1,000 % a year grows by 0.8 in thirty days: by all of itself.
    fen = Standing(date(2026, 6, 5), (Row(1, DUE, DUE, 1, 0, 0),), DUE, DUE, 0, Decimal(10))
    limits = Limits(None, Decimal("0.9"), None)
    [refused] = project(fen, [Pause(1, PauseInterest.ACCRUE_CAP)], limits).refused
    assert refused == Refusal("capitalised", Decimal("0.9"), Decimal(1))


def test_arrears_begin_with_smaller_rows_and_relief_leads_to_the_first_that_is_not():
    # 117.00 overdue in three is 39.00 each. The first row of interest alone has 2.00 of fees, 3.75 of before and 20
    # days of 900.00, 9.00; the next two have 31 days, 13.95.
    found = project(bill("owing", date(2026, 6, 20)), [InterestOnly(2), ArrearsSplit(3)], FREE)
    assert [row.due_minor for row in found.after] == [3900 + 1475, 3900 + 1395, 3900 + 90000 + 1395]
    assert [(row.opens_on, row.due_on) for row in found.after[:2]] == [
        (date(2026, 6, 20), date(2026, 7, 10)),
        (date(2026, 7, 10), date(2026, 8, 10)),
    ]
    assert found.resume_on == date(2026, 9, 10)


def test_a_pause_after_months_in_which_nothing_was_due_adds_only_its_own_interest():
    # 30 and 31 days of 1,000.00 compound to 30.73, against 30.50 of simple interest.
    contract = Contract(RATE_ANNUAL, bill_terms().profile, Method.LEVEL, 10, 1, Unit.MONTH, DUE)
    later = moved(Draft(contract, date(2026, 5, 10), DUE, 100000, 0, 0), 1)
    found = paused(later, Pause(2, PauseInterest.ACCRUE_CAP))
    assert (found.moved_minor, found.capitalised_minor, found.compounded_minor) == (1550, 3073, 23)
