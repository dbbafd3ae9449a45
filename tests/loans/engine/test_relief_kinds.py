"""Every kind of relief, alone and together, against the worked table of the specification."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loans.engine.profile import PROFILES
from loans.engine.relief import (
    Append,
    AppendAs,
    ArrearsSplit,
    Bucket,
    DueDay,
    Hold,
    InterestOnly,
    Limits,
    Pause,
    Projection,
    Rate,
    Reduced,
    Refusal,
    ReliefError,
    Reterm,
    SplitMode,
    Then,
    Vest,
    Waive,
    Waiver,
    component_from_dict,
)
from loans.engine.schedule import Method, PaidRow, Terms, schedule
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import l1, paid_through
from tests.loans.engine.relief_made_up import CAP, DEFAULTS, LATE, dues, worked

COMPOUNDED = Pause(3, CAP)


@pytest.mark.parametrize("row", table("relief_kinds"), ids=lambda row: row["case"])
def test_every_kind_has_its_published_figures(row):
    components = [component_from_dict(written) for written in json.loads(row["components"])]
    penalty_minor = int(row["penalty_minor"])
    found = worked(*components, as_of=date.fromisoformat(row["as_of"]), penalty_minor=penalty_minor)
    first, last = found.after[0], found.after[-1]
    assert (first.due_on.isoformat(), first.due_minor) == (row["next_on"], int(row["next_minor"]))
    assert found.resume_minor == int(row["resume_minor"])
    assert (last.due_on.isoformat(), last.due_minor) == (row["last_on"], int(row["last_minor"]))
    assert found.maturity_after == last.due_on
    assert sum(dues(found)) == found.left_after_minor - found.penalty_after_minor == int(row["left_after_minor"])
    assert found.cost_to_borrower_minor == int(row["cost_minor"])
    if row["given_up_minor"]:
        assert found.lender_npv_given_up_minor == int(row["given_up_minor"])
    if row["rate_after_percent"]:
        assert round(found.effective_annual_rate_after * 100, 3) == Decimal(row["rate_after_percent"])
    assert Projection.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_the_instalments_between_first_and_last_are_those_of_the_worked_table():
    assert dues(worked(InterestOnly(3, Then.KEEP_END))) == [10991] * 3 + [159126] * 5 + [159125]
    assert dues(worked(InterestOnly(3))) == [10991] * 3 + [107970] * 8 + [107973]
    assert dues(worked(Rate(Decimal("0.072"), 3))) == [104845] * 3 + [107033] * 5 + [107031]
    assert dues(worked(Reduced(3, 50000, Then.KEEP_END))) == [50000] * 3 + [138549] * 5 + [138550]
    assert dues(worked(ArrearsSplit(6), as_of=LATE)) == [143961] * 5 + [143963, 107964]
    assert dues(worked(ArrearsSplit(12), as_of=LATE))[7:] == [17995] * 4 + [17997]
    assert dues(worked(DueDay(25)))[1:] == [107971] * 7 + [107964]


def test_three_of_five_hundred_leave_the_published_principal():
    assert worked(Reduced(3, 50000)).after[2].balance_minor == 797468


def test_the_order_in_which_components_are_named_changes_nothing():
    plan = (Rate(Decimal("0.072")), Pause(3), Reterm(12))
    assert worked(*plan) == worked(*reversed(plan))
    # 9,159.05 x 0.6 % x 3 = 164.863.
    assert worked(*plan).pause_interest_minor == 16486


def test_interest_on_interest_is_told_apart_to_the_fen():
    found = worked(COMPOUNDED)
    assert (found.pause_interest_minor, found.capitalised_minor, found.compounded_extra_minor) == (33370, 33370, 397)
    assert sum(row.principal_minor for row in found.after) == 915905 + 33370
    assert worked(Pause(3)).compounded_extra_minor == 0


def test_growth_of_the_debt_beyond_the_policy_is_refused_with_both_figures():
    # Five months added to the debt: 1.012 ^ 5 - 1 = 6.14 %; 333.70 of 9,159.05 is 3.64 %.
    assert worked(Pause(5, CAP), limits=DEFAULTS).refused == (
        Refusal("capitalised", Decimal("0.05"), Decimal("0.0615")),
    )
    assert worked(COMPOUNDED, limits=DEFAULTS).refused == ()


def test_payment_shock_is_that_of_the_instalment_after_relief():
    for component, shock in ((Pause(3, CAP, then=Then.KEEP_END), "0.5275"), (InterestOnly(3, Then.KEEP_END), "0.4738")):
        found = worked(component, limits=DEFAULTS)
        assert found.shock == Decimal(shock)
        assert [refusal.reason for refusal in found.refused] == ["payment_shock"]
        assert found.resume_on == date(2026, 8, 15)


def test_relief_that_lifts_the_rate_beyond_the_cap_is_refused():
    # A loan without interest so far, on terms of 14.4 %: one month more of 9,000.00 costs something.
    rows = schedule(l1(rate_annual=Decimal(0)))
    found = worked(Reterm(9), rows=rows, limits=Limits(max_rate_annual=Decimal("0.05")))
    assert [refusal.reason for refusal in found.refused] == ["annual_rate"]
    assert found.refused[0].value == found.effective_annual_rate_after > Decimal("0.05")
    assert worked(Pause(3), limits=Limits(max_rate_annual=Decimal("0.05"))).refused == ()


def test_an_amount_below_the_interest_leaves_interest_that_bears_none():
    # 3 x (109.91 - 50.00) = 179.73, a ninth of it 19.97 on 1,079.70.
    found = worked(Reduced(3, 5000))
    assert [row.principal_minor for row in found.after[:3]] == [0, 0, 0]
    assert found.pause_interest_minor == 17973
    assert found.resume_minor == 107970 + 1997
    assert (found.capitalised_minor, found.compounded_extra_minor) == (0, 0)
    # Five months of it: 299.55 are 3.27 % of the principal; nine 539.19 or 5.89 %.
    assert worked(Reduced(5, 5000), limits=DEFAULTS).refused == ()
    assert worked(Reduced(9, 5000), limits=DEFAULTS).refused == (
        Refusal("capitalised", Decimal("0.05"), Decimal("0.0589")),
    )


def test_a_target_is_what_the_borrower_pays_and_the_last_is_smaller():
    found = worked(Reterm(target_instalment_minor=70000))
    assert set(dues(found)[:-1]) == {70000}
    assert 0 < dues(found)[-1] <= 70000
    assert found.after[-1].balance_minor == 0
    # 1 - 9,159.05 x 0.012 / 700 = 0.842988; its logarithm over that of 1.012 is 14.3: 15 instalments.
    assert len(found.after) == 15


def test_interest_of_a_pause_is_inside_the_target():
    found = worked(Pause(3), Reterm(target_instalment_minor=70000))
    assert set(dues(found)[:-1]) == {70000}
    assert 0 < dues(found)[-1] <= 70000
    assert sum(row.relief_interest_minor for row in found.after) == 32973


def test_instalments_reduced_before_are_part_of_a_count():
    found = worked(InterestOnly(3), Reterm(15))
    assert len(found.after) == 15
    assert dues(found)[:3] == [10991] * 3


def test_a_pause_at_a_lower_rate_for_a_while_takes_it_up_first():
    found = worked(Rate(Decimal("0.072"), 3), Pause(3))
    # 164.86 for the pause, then 9,159.05 at 1.2 % over nine as ever: 1,079.70 + 18.32.
    assert found.pause_interest_minor == 16486
    assert dues(found)[0] == 107970 + 1832


def test_a_pause_longer_than_the_lower_rate_costs_both():
    # Two months at 0.6 % are 109.91, one at 1.2 % another 109.91.
    assert worked(Rate(Decimal("0.072"), 2), Pause(3)).pause_interest_minor == 2 * 10991


def test_a_new_due_day_is_there_to_be_remembered():
    assert worked(DueDay(31)).due_day == 31
    assert worked(DueDay(15)).due_day is worked(Pause(3)).due_day is None


def test_an_appended_instalment_keeps_what_it_asks_for_and_the_others_their_dates():
    before, found = worked(), worked(Append((4, 5, 6)))
    assert [(row.due_on, row.due_minor) for row in found.after[:6]] == [
        (row.due_on, row.due_minor) for row in before.after[3:]
    ]
    assert [str(row.due_on) for row in found.after[6:]] == ["2027-02-15", "2027-03-15", "2027-04-15"]
    assert found.paused_on == (date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15))
    assert [row.number for row in found.schedule_after] == list(range(1, 13))


def test_simple_interest_of_appended_instalments_is_counted_for_each():
    found = worked(component_from_dict({"kind": "APPEND", "numbers": [6, 5, 4], "interest": "SIMPLE"}))
    assert [row.interest_minor for row in found.after[6:]] == [10474, 10600, 10727]
    assert [row.relief_interest_minor for row in found.after[6:]] == [10991, 9827, 8649]


def test_the_last_instalment_alone_can_be_appended():
    found = worked(Append((12,)), as_of=date(2027, 1, 2), paid_count=11)
    assert [(str(row.due_on), row.due_minor) for row in found.after] == [("2027-02-15", 107964)]


def test_only_the_unpaid_part_of_an_instalment_is_appended():
    rows = schedule(l1())
    paid = paid_through(rows, 3) | {4: PaidRow(20000, 10991)}
    found = worked(Append((4,)), paid=paid)
    assert dues(found)[-1] == 107971 - 30991
    closed = found.schedule_after[3]
    assert (closed.principal_minor, closed.interest_minor, closed.due_on) == (20000, 10991, date(2026, 5, 15))
    assert sum(row.principal_minor for row in found.schedule_after) == 1200000


def test_interest_already_paid_is_not_asked_for_again_when_the_rest_is_cut_anew():
    rows = schedule(l1())
    paid = paid_through(rows, 3) | {4: PaidRow(0, 5000)}
    whole, part = worked(Reterm(15)), worked(Reterm(15), paid=paid)
    assert dues(part)[0] == dues(whole)[0] - 5000
    assert dues(part)[1:] == dues(whole)[1:]
    assert part.cost_to_borrower_minor == whole.cost_to_borrower_minor


def test_a_waiver_is_cut_down_to_what_there_is_and_says_so():
    found = worked(Waive(Bucket.PENALTY, 3000), as_of=LATE, penalty_minor=2389)
    assert (found.penalty_before_minor, found.penalty_after_minor) == (2389, 0)
    assert found.refused == (Refusal("waive_penalty", 2389, 3000),)
    too_much = worked(Waive(Bucket.INTEREST, 20819), as_of=LATE)
    assert too_much.refused == (Refusal("waive_interest", 20818, 20819),)
    assert too_much.cost_to_borrower_minor == -20818


def test_overdue_interest_is_forgiven_from_the_oldest_on():
    found = worked(Waive(Bucket.INTEREST, 12000, Vest.ON_COMPLETION), as_of=LATE)
    assert dues(found)[:3] == [107971 - 10991, 107971 - 1009, 107971]
    assert found.waivers == (Waiver(Bucket.INTEREST, 12000, Vest.ON_COMPLETION),)


def test_nothing_is_overdue_before_the_due_date_so_nothing_is_forgiven():
    assert worked(Waive(Bucket.INTEREST, None)).cost_to_borrower_minor == 0


def test_forgiven_interest_stays_forgiven_through_a_pause():
    pause, both = worked(Pause(3), as_of=LATE), worked(Waive(Bucket.INTEREST, None), Pause(3), as_of=LATE)
    assert both.left_after_minor == pause.left_after_minor - 20818


def test_penalty_not_waived_stays_owed_beside_an_arrears_plan():
    found = worked(ArrearsSplit(6), as_of=LATE, penalty_minor=2389)
    # 2,159.42 and 7,557.90 not yet due, and the penalty.
    assert found.left_before_minor == found.left_after_minor == 971732 + 2389


def test_arrears_alone_come_first_and_the_instalments_after_them():
    found = worked(ArrearsSplit(6, SplitMode.ALONE), as_of=LATE)
    assert dues(found)[:6] == [35990] * 5 + [35992]
    assert [str(row.due_on) for row in found.after[5:7]] == ["2026-12-15", "2027-01-15"]
    # 7,207.81 x 1.2 % x 6 = 518.962, a seventh is 74.137.
    assert found.pause_interest_minor == 51896
    assert dues(found)[6] == 107971 + 7414


def test_arrears_after_the_last_due_date_are_all_there_is():
    found = worked(ArrearsSplit(3), paid_count=11, as_of=date(2027, 2, 1))
    assert [(str(row.due_on), row.due_minor) for row in found.after] == [
        ("2027-02-15", 35988),
        ("2027-03-15", 35988),
        ("2027-04-15", 35988),
    ]


def test_an_arrears_plan_and_a_longer_term_stand_together():
    found = worked(ArrearsSplit(6), Reterm(12), as_of=LATE)
    assert len(found.after) == 12
    assert [one - two for one, two in zip(dues(found)[:6], dues(found)[6:], strict=True)][:4] == [35990] * 4


def test_a_due_day_moves_later_never_earlier():
    found = worked(DueDay(10))
    assert found.resume_on == date(2026, 6, 10)
    # 15 April to 10 May is 25 days of 30: 9,159.05 x 14.4 % x 25 / 360 = 91.59.
    assert found.pause_interest_minor == 9159
    assert worked(DueDay(15)).cost_to_borrower_minor == 0


def test_a_due_day_after_a_short_february_costs_the_days_between_the_due_days():
    # Found by a property: due on the 30th, so on 28 February; to 1 March it is one day of twelfths, not three.
    terms = l1(disbursed_on=date(2027, 1, 30))
    found = worked(DueDay(1), terms=terms, paid_count=1, as_of=date(2027, 3, 1))
    assert found.resume_on == date(2027, 4, 1)
    # 11,064.29 x 14.4 % / 360 = 4.426.
    assert found.pause_interest_minor == 443


def test_a_due_day_of_31_falls_on_the_last_of_short_months():
    assert [str(row.due_on) for row in worked(DueDay(31)).after[:3]] == ["2026-05-31", "2026-06-30", "2026-07-31"]


def test_a_hold_says_until_when_and_moves_nothing():
    found = worked(Hold(30))
    assert (found.held_until, found.before) == (date(2026, 6, 7), found.after)


def test_a_balloon_is_named():
    assert worked(Append((4, 5, 6), as_=AppendAs.BALLOON)).balloon_minor == 431877
    assert worked(Append((4, 5, 6))).balloon_minor == 0


def test_interest_alone_of_a_loan_without_interest_is_a_pause():
    free = l1(rate_annual=Decimal(0))
    found = worked(InterestOnly(3), terms=free)
    assert [row.due_on for row in found.after] == [row.due_on for row in worked(Pause(3), terms=free).after]
    assert dues(found) == [100000] * 9


def test_interest_put_off_by_a_grace_is_owed_wherever_its_row_goes():
    # Six months without interest due: 144.00 x 6 come with the seventh, beside its own 144.00.
    rows = schedule(l1(method=Method.INTEREST_FIRST, grace_on_principal_instalments=0, grace_on_interest_instalments=6))
    assert rows[6].interest_minor == 7 * 14400
    terms = l1(method=Method.INTEREST_FIRST, grace_on_interest_instalments=6)
    for plan in ((Pause(1),), (Reterm(6),), (Pause(1), Reterm(6))):
        found = worked(*plan, terms=terms, paid_count=0, as_of=date(2026, 7, 20))
        assert found.cost_to_borrower_minor == found.pause_interest_minor
        assert sum(row.relief_interest_minor for row in found.after) == 6 * 14400 + found.pause_interest_minor
        assert found.lender_npv_given_up_minor >= 0


def test_equal_principal_is_divided_anew():
    made_up = Terms(250000, Decimal("0.1825"), Method.EQUAL_PRINCIPAL, 5, date(2026, 5, 1))
    found = worked(Reterm(10), terms=made_up, as_of=date(2026, 5, 2), paid_count=0)
    assert [row.principal_minor for row in found.after] == [25000] * 10
    assert [row.interest_minor for row in found.after[:2]] == [3875, 3375]  # 31 and 30 days at 0.05 %


@pytest.mark.parametrize(
    ("components", "changes", "code"),
    [
        ((Reterm(target_instalment_minor=10991),), {}, "never_repays"),
        ((Rate(Decimal("0.145")),), {}, "rate_not_lower"),
        ((Reduced(3, 107971),), {}, "amount_not_smaller"),
        ((Reduced(12, 90000),), {}, "amount_not_smaller"),
        ((InterestOnly(9, Then.KEEP_END),), {}, "n_out_of_range"),
        ((Pause(9, then=Then.KEEP_END),), {}, "n_out_of_range"),
        ((InterestOnly(3), Reterm(3)), {}, "n_out_of_range"),
        ((Append((3,)),), {}, "unknown_number"),
        ((Append((13,)),), {}, "unknown_number"),
        ((Append((12,), as_=AppendAs.BALLOON),), {}, "balloon_is_last"),
        ((Append((4,)), Pause(3)), {}, "cannot_combine"),
        ((ArrearsSplit(6, SplitMode.ALONE), Reduced(3, 500)), {"as_of": LATE}, "cannot_combine"),
        ((Append((4,)), Append((5,))), {}, "repeated_kind"),
        ((ArrearsSplit(6),), {}, "nothing_overdue"),
        ((ArrearsSplit(6), Pause(3)), {"paid_count": 11, "as_of": date(2027, 2, 1)}, "nothing_to_pay"),
        ((Reterm(15),), {"as_of": LATE}, "resume_not_after_as_of"),
        ((Rate(Decimal("0.072")),), {"as_of": date(2026, 5, 15)}, "resume_not_after_as_of"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(components, changes, code):
    with pytest.raises(ReliefError) as refused:
        worked(*components, **changes)
    assert refused.value.code == code


def test_a_due_day_needs_months():
    weekly = l1(unit="week", profile=PROFILES["consumer-cn"])
    with pytest.raises(ReliefError) as refused:
        worked(DueDay(25), terms=weekly, as_of=date(2026, 1, 20))
    assert refused.value.code == "due_day_needs_months"


def test_penalty_and_interest_can_both_be_waived_but_each_once():
    both = (Waive(Bucket.PENALTY, None), Waive(Bucket.INTEREST, None))
    assert worked(*both, as_of=LATE, penalty_minor=2389).cost_to_borrower_minor == -2389 - 20818
    with pytest.raises(ReliefError) as refused:
        worked(both[0], replace(both[0]))
    assert refused.value.code == "repeated_kind"
