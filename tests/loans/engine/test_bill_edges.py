"""Accounts at their edges: a single fen, two of a kind on one bill, days on which something ends."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loans.engine.penalty import PenaltyRules
from loans.engine.revolving import BillError, BillTerms, DueDayMoved, Payment, Relieved, account, bill_days
from loans.engine.revolving.charging import Stretch, capped
from loans.engine.schedule import Row
from loans.engine.terms import LAST_DAY
from tests.loans.engine.bill_facts import BOUGHT, DUE, OPENED_ON, RATE_ANNUAL, bill_terms, facts

JULY = date(2026, 7, 1)
AUGUST = date(2026, 8, 1)


def test_bills_are_numbered_and_each_opens_where_the_one_before_was_made():
    bills = account(bill_terms(), facts(f"{BOUGHT}; 2026-06-10 pay 10000"), AUGUST).bills
    assert [(one.number, one.opens_on, one.bill_on) for one in bills] == [
        (1, date(2026, 5, 1), date(2026, 6, 1)),
        (2, date(2026, 6, 1), JULY),
        (3, JULY, AUGUST),
    ]


def test_a_bill_that_was_not_made_asks_for_nothing_and_the_next_has_all_of_it():
    """A payment that left nothing to bill on 1 July is left out: it was taken back later.

    From 11 June to 31 July are 51 days: 900.00 x 0.05 % x 51 = 22.95 and 100.00 x 0.075 % x 51 =
    3.825. Nothing is due on 10 July.
    """
    terms = bill_terms()
    before = account(terms, facts(BOUGHT), date(2026, 7, 31), unmade_on={JULY})
    assert [(one.number, one.due_on, one.asked_minor) for one in before.left] == [(1, DUE, 10000)]
    june, august = account(terms, facts(BOUGHT), AUGUST, unmade_on={JULY}).bills
    assert (june.number, august.number, august.opens_on) == (1, 3, date(2026, 6, 1))
    assert (august.overdue_minor, august.interest_minor, august.penalty_minor) == (100000, 2295, 383)


def test_a_bill_is_made_of_what_is_carried_and_what_is_asked_for_even_where_both_are_alike():
    # Half of 1,000.00 is in the minimum, and on 1 July its grace of five days after 28 June still runs.
    terms = bill_terms("minimum_share=0.5;due_day=28;grace_days=5")
    july = account(terms, facts(BOUGHT), JULY).bills[1]
    assert (july.carried_minor, july.overdue_minor, july.balance_minor) == (50000, 50000, 100000)


def test_a_minimum_of_a_single_fen_is_asked_for_and_can_be_overdue():
    found = account(bill_terms(), facts("2026-05-20 buy 10"), date(2026, 6, 12))
    assert (found.minimum_left_minor, found.position.days_overdue, found.position.overdue_minor) == (1, 2, 1)
    with pytest.raises(BillError) as refused:
        account(bill_terms(), facts("2026-05-20 buy 10; 2026-06-11 split 5 1 0"), DUE.replace(day=11))
    assert (refused.value.field, refused.value.code) == ("on", "overdue")


def test_who_paid_the_bill_before_in_time_has_grace_for_the_next():
    story = facts(f"{BOUGHT}; 2026-06-10 pay 10000")
    found = account(bill_terms("grace_days=3"), story, date(2026, 7, 12))
    assert (found.position.days_overdue, found.position.in_grace_until) == (0, date(2026, 7, 13))


def test_all_that_was_paid_ahead_is_used_and_makes_the_bill_whole_on_its_day():
    story = facts("2026-05-02 pay 3000; 2026-05-03 pay 2000; 2026-05-20 buy 5000")
    found = account(bill_terms(), story, date(2026, 6, 1))
    assert (found.bills[0].advance_minor, found.credit_minor) == (5000, 0)
    assert found.left[0].whole_on == date(2026, 6, 1)


def test_a_bill_that_only_calls_what_is_overdue_is_whole_when_that_is_paid():
    # Without interest the bill of July asks for nothing of its own.
    story = facts(f"{BOUGHT}; 2026-07-15 pay 100000")
    found = account(bill_terms("rate_annual=0"), story, date(2026, 7, 20))
    assert found.bills[1].overdue_minor == found.bills[1].balance_minor == 100000
    assert [one.whole_on for one in found.left] == [date(2026, 7, 15)] * 2


def test_days_on_which_nothing_changes_are_one_stretch():
    # From 11 June on 900.00 are carried over; from the day after 10.00 are paid, 890.00.
    story = f"{BOUGHT}; 2026-06-10 pay 10000; 2026-06-15 buy 50; 2026-06-20 pay 1000; 2026-06-25 buy 50"
    july = account(bill_terms(), facts(story), JULY).bills[1]
    first = Stretch(90000, date(2026, 6, 11), date(2026, 6, 21))
    assert july.interest == (first, Stretch(89000, date(2026, 6, 21), JULY))


def test_instalments_of_two_plans_are_on_one_bill():
    story = f"{BOUGHT}; 2026-06-05 split 60000 3 0; 2026-06-06 split 30000 3 0"
    june_paid = facts(f"{story}; 2026-06-10 pay 10000")
    assert account(bill_terms(), june_paid, JULY).bills[1].instalments_minor == 20000 + 10000


def test_a_row_of_relief_that_is_due_on_a_bill_day_is_on_the_bill_of_that_day():
    rows = (Row(1, DUE, JULY, 40000, 0, 60000), Row(2, JULY, AUGUST, 60000, 0, 0))
    relieved = [*facts(BOUGHT), Relieved(date(2026, 6, 5), 2, rows)]
    assert account(bill_terms(), relieved, date(2026, 6, 5)).minimum_left_minor == 0
    bills = account(bill_terms(), relieved, AUGUST).bills
    assert [one.instalments_minor for one in bills] == [0, 40000, 60000]


def test_penalty_that_relief_left_is_told_apart_on_the_next_bill():
    # Two reliefs in a month leave 1.20 and 0.30.
    one = (Row(1, DUE, date(2026, 7, 10), 100000, 0, 0),)
    relieved = [
        *facts(BOUGHT),
        Relieved(date(2026, 6, 5), 2, one, 0, 120),
        Relieved(date(2026, 6, 20), 3, (Row(1, DUE, date(2026, 7, 10), 1, 0, 0),), 1, 30),
    ]
    now = account(bill_terms(), relieved, date(2026, 6, 20))
    assert (now.unbilled_minor, now.payoff_minor) == (150, 100001 + 150)
    july = account(bill_terms(), relieved, JULY).bills[1]
    assert (july.penalty_earlier_minor, july.penalty_minor) == (150, 150)


@pytest.mark.parametrize(
    ("penal", "ordinary_minor", "fees_minor", "beyond"),
    [
        # 1,000.00 for a fifth of a year: 60.00 at 30 %, of which 24 % allow 48.00, or 38.00 beside a fee of 10.00.
        ([100000], 0, 1000, [2200]),
        # Ordinary interest of 1,500.00, 60.00, leaves no room for any.
        ([100000], 150000, 0, [6000]),
        # The oldest comes first: 400.00 cost 24.00 whole, and 24.00 of the 36.00 of 600.00 remain.
        ([40000, 0, 60000], 0, 0, [0, 0, 1200]),
    ],
)
def test_what_is_beyond_the_cap_is_not_charged_the_oldest_first(penal, ordinary_minor, fees_minor, beyond):
    terms, days = bill_terms("rate_annual=0.2"), (date(2026, 1, 1), date(2026, 3, 15))
    found = capped(terms, penal, ordinary_minor, 100000, fees_minor, *days)
    assert [one.beyond_cap for one in found] == beyond


def test_what_waits_for_the_next_bill_is_purchases_less_refunds_and_fees():
    found = account(bill_terms(), facts("2026-05-20 buy 3000; 2026-05-21 refund 500 1; 2026-05-22 fee 200"), DUE)
    later = facts(f"{BOUGHT}; 2026-06-05 buy 3000; 2026-06-06 refund 500 2; 2026-06-07 fee 200; 2026-06-08 fee 30")
    waiting = account(bill_terms(), later, DUE)
    assert (found.on, found.unbilled_minor, found.billed_minor) == (DUE, 0, 2700)
    assert (waiting.unbilled_minor, waiting.billed_minor) == (3000 - 500 + 230, 100000)
    july = account(bill_terms(), later, JULY).bills[1]
    assert (july.purchases_minor, july.refunds_minor, july.fees_minor) == (3000, 500, 230)


def test_what_is_left_names_its_bill_and_the_last_day_of_its_grace():
    # Three days of grace, the first of which is held.
    held = [(date(2026, 6, 11), date(2026, 6, 11))]
    found = account(bill_terms("grace_days=3"), facts(BOUGHT), date(2026, 6, 14), held)
    [left] = found.left
    assert (left.number, left.grace_until) == (1, date(2026, 6, 14))
    assert found.position.in_grace_until == date(2026, 6, 14)


def test_what_was_called_bears_penalty_from_the_day_after_it_is_due():
    # Something happens on 10 July, the day by which the 900.00 of June are called; they bear interest until then.
    terms = bill_terms("uplift=0")
    august = account(terms, facts(f"{BOUGHT}; 2026-07-10 buy 50"), AUGUST).bills[2]
    day_after = date(2026, 7, 11)
    assert august.interest == (Stretch(90000, JULY, day_after),)
    assert august.penalty == (Stretch(10000, JULY, day_after), Stretch(100000, day_after, AUGUST))


def test_bills_are_made_to_the_last_day_of_the_calendar():
    opened_on = LAST_DAY - timedelta(days=62)
    assert [on.day for on in bill_days(opened_on, 1, LAST_DAY)] == [1, 1]
    with pytest.raises(BillError) as refused:
        list(bill_days(opened_on, 1, LAST_DAY + timedelta(days=1)))
    assert (refused.value.field, refused.value.code) == ("on", "beyond_the_calendar")


def test_a_purchase_can_be_given_back_whole_and_bit_by_bit_before_it_is_billed():
    whole = account(bill_terms(), facts("2026-05-20 buy 3000; 2026-05-21 buy 500; 2026-05-22 refund 3000 1"), DUE)
    assert (whole.bills[0].purchases_minor, whole.bills[0].refunds_minor) == (3500, 3000)
    [alone] = account(bill_terms(), facts("2026-05-20 buy 1; 2026-05-21 refund 1 1"), DUE).bills
    assert (alone.purchases_minor, alone.refunds_minor, alone.balance_minor, alone.minimum.total_minor) == (1, 1, 0, 0)
    story = "2026-05-20 buy 3000; 2026-05-21 refund 1000 1; 2026-05-22 refund 500 1"
    assert account(bill_terms(), facts(story), DUE).bills[0].refunds_minor == 1500


def test_a_refund_of_what_was_billed_is_money_only_as_far_as_it_was_paid():
    # 300.00 of 1,000.00 are unpaid: of 400.00 given back they are the first, and 100.00 is the borrower's.
    found = account(bill_terms(), facts(f"{BOUGHT}; 2026-06-05 pay 70000; 2026-06-06 refund 40000 1"), DUE)
    assert (found.billed_minor, found.allocations[3].unapplied_minor, found.credit_minor) == (0, 10000, 10000)
    # Of 300.00 nothing was paid, and no money is shared out.
    unpaid = account(bill_terms(), facts(f"{BOUGHT}; 2026-06-05 pay 70000; 2026-06-06 refund 30000 1"), DUE)
    assert (unpaid.billed_minor, set(unpaid.allocations)) == (0, {2})


def test_relief_can_ask_for_a_row_now_although_the_bill_was_paid():
    # Interest of 1.50 that became principal, due before the next bill.
    row = Row(1, DUE, date(2026, 6, 20), 150, 0, 0)
    relieved = [*facts(f"{BOUGHT}; 2026-06-05 pay 100000"), Relieved(date(2026, 6, 6), 3, (row,), 150)]
    found = account(bill_terms(), relieved, date(2026, 6, 22))
    assert (found.minimum_left_minor, found.left[0].due_on, found.position.days_overdue) == (150, row.due_on, 2)
    paid = account(bill_terms(), [*relieved, Payment(date(2026, 6, 20), 4, 150)], date(2026, 6, 22))
    assert (paid.billed_minor, paid.left[0].whole_on) == (0, date(2026, 6, 20))


def test_a_fact_has_a_number_from_nothing_on_and_a_due_day_that_every_month_has():
    assert Payment(DUE, 0, 100).sequence == 0
    for made, field, code in (
        (lambda: Payment(DUE, -1, 100), "sequence", "too_small"),
        (lambda: DueDayMoved(DUE, 1, 29), "due_day", "too_large"),
        (lambda: DueDayMoved(DUE, 1, 0), "due_day", "too_small"),
    ):
        with pytest.raises(BillError) as refused:
            made()
        assert (refused.value.field, refused.value.code) == (field, code)


def test_a_stretch_ends_with_the_day_before_the_bill_whatever_happens_on_it():
    july = account(bill_terms(), facts(f"{BOUGHT}; 2026-06-10 pay 10000; 2026-06-30 pay 1000"), JULY).bills[1]
    assert july.interest == (Stretch(90000, date(2026, 6, 11), JULY),)


def test_a_single_held_day_bears_interest_and_no_penalty():
    on, after = date(2026, 6, 20), date(2026, 6, 21)
    july = account(bill_terms(), facts(BOUGHT), JULY, [(on, on)]).bills[1]
    start = date(2026, 6, 11)
    assert july.penalty == (Stretch(10000, start, on), Stretch(10000, after, JULY))
    assert july.interest == (Stretch(90000, start, on), Stretch(100000, on, after), Stretch(90000, after, JULY))


def test_days_of_a_grace_that_runs_out_are_charged_as_they_were():
    # Three days of grace and two held ones end on 15 June. 900.00 bear interest all along, and 100.00 on the held
    # days: 9.00 and 0.10; on all others 100.00 bear penalty: 0.075 % for 18 days is 1.35.
    held = [(date(2026, 6, 12), date(2026, 6, 13))]
    july = account(bill_terms("grace_days=3"), facts(BOUGHT), JULY, held).bills[1]
    start, ended = date(2026, 6, 11), date(2026, 6, 16)
    on_held_days = Stretch(10000, date(2026, 6, 12), date(2026, 6, 14))
    assert july.interest == (Stretch(90000, start, ended), on_held_days, Stretch(90000, ended, JULY))
    assert july.penalty == (Stretch(10000, start, date(2026, 6, 12)), Stretch(10000, date(2026, 6, 14), JULY))
    assert (july.interest_minor, july.penalty_minor) == (910, 135)


def test_grace_is_that_of_the_terms_or_none_and_a_hold_without_end_keeps_it_open():
    assert account(bill_terms(), facts(BOUGHT), date(2026, 6, 20)).left[0].grace_until is None
    without_end = [(date(2026, 6, 11), date.max)]
    assert account(bill_terms("grace_days=3"), facts(BOUGHT), JULY, without_end).left[0].grace_until == date.max
    missed = facts(f"{BOUGHT}; 2026-06-20 pay 10000; 2026-06-20 buy 100")
    strict = account(bill_terms("grace_days=3"), missed, date(2026, 7, 12))
    assert strict.left[1].grace_until is None
    kind = replace(bill_terms(), penalty=PenaltyRules(grace_days=3, grace_needs_clean_previous=False))
    assert account(kind, missed, date(2026, 7, 12)).left[1].grace_until == date(2026, 7, 13)


def test_a_fee_takes_room_under_the_cap_of_its_day():
    # 100.00 at 0.075 % is 7.5 fen a day. On the day of the fee of 20.00 nothing is left of the cap: 150 - 7.5 is
    # 142.5, and what the cap cut is rounded down.
    july = account(bill_terms(), facts(f"{BOUGHT}; 2026-06-20 fee 2000"), JULY).bills[1]
    assert july.penalty_minor == 142


def test_terms_hold_at_their_very_bounds():
    assert BillTerms(date(1900, 1, 1), RATE_ANNUAL).opened_on == date(1900, 1, 1)
    assert BillTerms(OPENED_ON, RATE_ANNUAL, principal_first_after=0).principal_first_after == 0
    assert BillTerms(OPENED_ON, RATE_ANNUAL, principal_first_after=36500).principal_first_after == 36500
    with pytest.raises(BillError) as refused:
        BillTerms(OPENED_ON, RATE_ANNUAL, principal_first_after=36501)
    assert (refused.value.field, refused.value.code) == ("principal_first_after", "too_large")
