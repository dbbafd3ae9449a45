"""An account over time: what payments are for, days past due, and what cannot have happened."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loans.engine.penalty import PenaltyRules
from loans.engine.profile import PROFILES
from loans.engine.revolving import (
    BillError,
    BillTerms,
    Entry,
    Fee,
    Instalments,
    Minimum,
    Payment,
    PlanEnded,
    Purchase,
    Refund,
    Relieved,
    account,
    bill_days,
)
from loans.engine.schedule import Row
from loans.engine.waterfall import Component
from tests.loans.engine.bill_facts import OPENED_ON, RATE_ANNUAL, bill_terms, facts

BOUGHT = "2026-05-20 buy 100000"
DUE = date(2026, 6, 10)


def lines(found, sequence):
    return [(line.number, line.component.value, line.amount_minor) for line in found.allocations[sequence].lines]


def test_a_payment_is_for_what_is_asked_first_and_for_what_was_carried_last():
    # On 10 July the bill of July asks for 9.00 and 50.00; then the oldest purchases are repaid.
    story = f"{BOUGHT}; 2026-06-10 pay 10000; 2026-06-15 buy 50000; 2026-07-10 pay 20000"
    found = account(bill_terms(), facts(story), date(2026, 7, 10))
    assert lines(found, 4) == [(2, "interest", 900), (2, "principal", 5000), (1, "principal", 14100)]
    assert [one.principal_minor for one in found.left] == [75900, 45000]


def test_an_overdue_minimum_comes_before_that_of_the_running_bill():
    # 10.50 and 900.00 called are due on 10 July; 100.00 has been due since 10 June.
    found = account(bill_terms(), facts(f"{BOUGHT}; 2026-07-05 pay 11000"), date(2026, 7, 5))
    assert lines(found, 2) == [(1, "principal", 10000), (1, "principal", 1000)]
    later = account(bill_terms(), facts(f"{BOUGHT}; 2026-07-05 pay 101050"), date(2026, 7, 5))
    assert later.minimum_left_minor == later.billed_minor == 0
    assert lines(later, 2)[-2:] == [(2, "penalty", 150), (2, "interest", 900)]


def test_after_ninety_days_principal_comes_first():
    # Both minimums are unpaid on 9 September: 91 days after 10 June.
    story = f"{BOUGHT}; 2026-09-09 pay 5000"
    late = account(bill_terms(), facts(story), date(2026, 9, 9))
    assert lines(late, 2) == [(1, "principal", 5000)]
    terms = bill_terms()
    fee_first = facts(f"2026-05-02 fee 700; {BOUGHT}; 2026-09-09 pay 5000")
    assert lines(account(terms, fee_first, date(2026, 9, 9)), 3) == [(1, "principal", 5000)]
    usual = replace(terms, principal_first_after=None)
    assert lines(account(usual, fee_first, date(2026, 9, 9)), 3)[0] == (1, "fee", 700)
    on_90th = facts(f"2026-05-02 fee 700; {BOUGHT}; 2026-09-08 pay 5000")
    assert lines(account(terms, on_90th, date(2026, 9, 8)), 3)[0] == (1, "fee", 700)


def test_the_order_of_the_product_is_kept():
    penalty_last = (Component.PRINCIPAL, Component.INTEREST, Component.FEE, Component.PENALTY)
    terms = replace(bill_terms(), order=penalty_last)
    found = account(terms, facts(f"2026-05-02 fee 700; {BOUGHT}; 2026-06-09 pay 10100"), DUE)
    assert lines(found, 3) == [(1, "principal", 10000), (1, "fee", 100)]


def test_what_was_paid_ahead_is_used_on_the_day_of_the_bill_and_stays_one_payment():
    story = "2026-05-02 pay 30000; 2026-05-20 buy 20000; 2026-06-20 buy 5000"
    june = account(bill_terms(), facts(story), date(2026, 6, 1))
    assert (june.bills[0].advance_minor, june.credit_minor, june.minimum_left_minor) == (20000, 10000, 0)
    july = account(bill_terms(), facts(story), date(2026, 7, 1))
    assert (july.bills[1].advance_minor, july.credit_minor) == (5000, 5000)
    assert lines(july, 1) == [
        (1, "principal", 2000),
        (1, "principal", 18000),
        (2, "principal", 500),
        (2, "principal", 4500),
    ]


def test_money_that_no_bill_asks_for_can_go_back_the_oldest_first():
    story = "2026-05-02 pay 3000; 2026-05-03 pay 2000; 2026-05-04 back 3500; 2026-05-20 buy 100000"
    found = account(bill_terms(), facts(story), date(2026, 6, 1))
    assert dict(found.returned) == {1: 3000, 2: 500}
    assert (found.bills[0].advance_minor, found.credit_minor) == (1500, 0)
    assert lines(found, 1) == []
    twice = facts("2026-05-02 pay 3000; 2026-05-04 back 1000; 2026-05-05 back 2000")
    emptied = account(bill_terms(), twice, date(2026, 6, 1))
    assert (dict(emptied.returned), emptied.credit_minor) == ({1: 3000}, 0)
    with pytest.raises(BillError) as refused:
        account(bill_terms(), facts("2026-05-02 pay 3000; 2026-05-04 back 3001"), date(2026, 6, 1))
    assert (refused.value.field, refused.value.code) == ("amount_minor", "more_than_credit")


@pytest.mark.parametrize(
    ("on", "days", "is_in_grace"),
    [(date(2026, 6, 10), 0, False), (date(2026, 6, 13), 0, True), (date(2026, 6, 14), 4, False)],
)
def test_days_past_due_are_those_of_an_unpaid_minimum(on, days, is_in_grace):
    found = account(bill_terms("grace_days=3"), facts(BOUGHT), on)
    assert (found.position.days_overdue, found.position.in_grace_until is not None) == (days, is_in_grace)
    paid = account(bill_terms("grace_days=3"), facts(f"{BOUGHT}; 2026-06-10 pay 10000"), on)
    assert paid.position.days_past_due == 0


def test_a_bill_is_not_whole_before_what_it_called_is_paid():
    # July asks for the whole of June: its own part of the minimum and penalty are not enough.
    story = f"{BOUGHT}; 2026-07-09 pay 50000"
    found = account(bill_terms(), facts(story), date(2026, 7, 20))
    assert found.left[0].whole_on == date(2026, 7, 9)
    assert found.left[1].whole_on is None
    assert found.position.oldest_unpaid_due_on == date(2026, 7, 10)
    assert found.minimum_left_minor == found.billed_minor


def test_who_misses_a_bill_has_no_grace_for_the_next():
    story = f"{BOUGHT}; 2026-06-20 pay 10000; 2026-07-12 pay 2000"
    strict = account(bill_terms("grace_days=3"), facts(story), date(2026, 7, 11))
    assert strict.position.days_overdue == 1
    kind = replace(bill_terms(), penalty=PenaltyRules(grace_days=3, grace_needs_clean_previous=False))
    assert account(kind, facts(story), date(2026, 7, 11)).position.days_overdue == 0


def test_what_is_charged_since_the_last_bill_is_in_the_payoff():
    # Eleven to twenty June: 900 x 0.05 % x 10 = 4.50 and 100 x 0.075 % x 10 = 0.75.
    found = account(bill_terms(), facts(f"{BOUGHT}; 2026-06-20 buy 3000"), date(2026, 6, 20))
    assert (found.accrued_interest_minor, found.accrued_penalty_minor, found.unbilled_minor) == (450, 75, 3000)
    assert found.payoff_minor == 100000 + 450 + 75 + 3000
    in_grace = account(bill_terms("grace_days=3"), facts(BOUGHT), date(2026, 6, 12))
    assert in_grace.payoff_minor == 100000


def test_instalments_are_billed_one_a_month_until_none_is_left():
    story = f"{BOUGHT}; 2026-06-05 split 60000 3 0.023; 2026-06-10 pay 40000"
    june = account(bill_terms(), facts(story), date(2026, 6, 5))
    assert june.minimum_left_minor == 4000
    assert [row.due_on for row in june.plans[2]] == [date(2026, 7, 10), date(2026, 8, 10), date(2026, 9, 10)]
    # Each is paid on its day, so nothing is ever charged for being late.
    paid = f"{story}; 2026-07-10 pay 20460; 2026-08-10 pay 20460; 2026-09-10 pay 20460"
    found = account(bill_terms(), facts(paid), date(2026, 12, 31))
    assert [bill.balance_minor for bill in found.bills] == [100000, 20460, 20460, 20460]
    assert [bill.minimum for bill in found.bills[1:]] == [Minimum(0, 20460, 0, 0, 0)] * 3
    assert dict(found.plans) == {}
    assert found.payoff_minor == found.credit_minor == 0


def test_a_plan_that_ends_early_is_asked_for_with_the_next_bill_without_fees_to_come():
    # On 20 June ten of thirty days of the first part have gone: 4.60 x 10 / 30 = 1.53.
    story = f"{BOUGHT}; 2026-06-05 split 60000 3 0.023; 2026-06-10 pay 40000; 2026-06-20 end 2"
    asked = account(bill_terms(), facts(story), date(2026, 6, 20))
    assert (asked.payoff_minor, asked.unbilled_minor) == (60153, 60153)
    july = account(bill_terms(), facts(f"{story}; 2026-06-20 pay 60153"), date(2026, 7, 1))
    assert (july.bills[-1].instalments_minor, july.bills[-1].advance_minor, july.billed_minor) == (60153, 60153, 0)
    assert july.bills[-1].instalments_fee_minor == 153


def test_a_bill_may_be_turned_into_instalments_on_its_due_date_and_in_whole():
    story = f"{BOUGHT}; 2026-06-10 split 100000 2 0"
    found = account(bill_terms(), facts(story), date(2026, 7, 1))
    assert [(row.principal_minor, row.due_on) for row in found.plans[2]] == [(50000, date(2026, 8, 10))]
    assert found.bills[-1].balance_minor == found.bills[-1].instalments_minor == 50000
    halves = account(
        replace(bill_terms(), profile=PROFILES["fineract-progressive"]),
        facts("2026-05-20 buy 250; 2026-06-05 split 250 1 0.01"),
        date(2026, 7, 1),
    )
    # 1 % of 2.50 is half a fen more than 0.02, and goes to the even neighbour there.
    assert halves.bills[-1].instalments_fee_minor == 2


def test_an_unpaid_instalment_is_overdue_in_whole():
    # 200.00 and 4.60 unpaid on 10 July: 200 x 0.075 % x 21 = 3.15, of which 24 % a year leaves 2.76.
    story = f"{BOUGHT}; 2026-06-05 split 60000 3 0.023; 2026-06-10 pay 40000"
    august = account(bill_terms(), facts(story), date(2026, 8, 1)).bills[-1]
    assert (august.overdue_minor, august.penalty_minor, august.interest_minor) == (20460, 276, 0)
    assert august.minimum == Minimum(0, 20460, 0, 20460, 276)


def test_another_due_day_holds_for_the_bills_made_after_it():
    found = account(bill_terms(), facts(f"{BOUGHT}; 2026-06-05 due 20; 2026-06-20 buy 100"), date(2026, 7, 1))
    assert [bill.due_on for bill in found.bills] == [DUE, date(2026, 7, 20)]


def test_a_payment_that_becomes_known_late_gives_the_books_of_its_own_day():
    in_time = facts(f"{BOUGHT}; 2026-06-10 pay 10000; 2026-07-10 pay 900")
    late = [in_time[0], in_time[2], in_time[1]]
    on = date(2026, 8, 1)
    assert account(bill_terms(), late, on) == account(bill_terms(), in_time, on)
    # It bounced: what it was for is open again, and July has a penalty after all.
    bounced = account(bill_terms(), [in_time[0], in_time[2]], on)
    assert bounced.bills[1].penalty_minor == 150


def test_an_account_is_followed_through_forty_years():
    terms = BillTerms(date(2026, 5, 1), RATE_ANNUAL)
    found = account(terms, facts(BOUGHT), date(2066, 5, 1))
    assert len(found.bills) == 40 * 12


def test_a_hundred_years_of_bills_are_made_and_no_more():
    with pytest.raises(BillError) as refused:
        list(bill_days(date(2026, 5, 1), 1, date(2126, 6, 1)))
    assert (refused.value.field, refused.value.code) == ("on", "too_large")
    assert len(list(bill_days(date(2026, 5, 1), 1, date(2126, 5, 31)))) == 1200


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"opened_on": "2026-05-01"}, "opened_on", "wrong_kind"),
        ({"opened_on": date(1899, 12, 31)}, "opened_on", "beyond_the_calendar"),
        ({"opened_on": date(9999, 1, 1)}, "opened_on", "beyond_the_calendar"),
        ({"bill_day": 29}, "bill_day", "too_large"),
        ({"bill_day": 0}, "bill_day", "too_small"),
        ({"bill_day": True}, "bill_day", "wrong_kind"),
        ({"due_day": 29}, "due_day", "too_large"),
        ({"due_day": "10"}, "due_day", "wrong_kind"),
        ({"due_day": 1}, "due_day", "same_as_bill_day"),
        ({"rate_annual": Decimal("-0.01")}, "rate_annual", "too_small"),
        ({"rate_annual": Decimal("0.25")}, "rate_annual", "too_large"),
        ({"rate_annual": Decimal("NaN")}, "rate_annual", "wrong_kind"),
        ({"rate_annual": 0.18}, "rate_annual", "wrong_kind"),
        ({"rate_annual": Decimal("0.1825000000001")}, "rate_annual", "too_precise"),
        ({"minimum_share": Decimal(0)}, "minimum_share", "too_small"),
        ({"minimum_share": Decimal("1.01")}, "minimum_share", "too_large"),
        ({"minimum_share": Decimal("0.1000001")}, "minimum_share", "too_precise"),
        ({"profile": "consumer-cn"}, "profile", "wrong_kind"),
        ({"penalty": None}, "penalty", "wrong_kind"),
        ({"order": (Component.FEE,)}, "order", "unknown"),
        ({"principal_first_after": -1}, "principal_first_after", "too_small"),
    ],
)
def test_terms_that_no_bill_can_follow_from_are_refused_by_name(changed, field, code):
    usual = {"opened_on": OPENED_ON, "rate_annual": RATE_ANNUAL}
    with pytest.raises(BillError) as refused:
        BillTerms(**(usual | changed))
    assert (refused.value.field, refused.value.code) == (field, code)


def test_terms_at_their_bounds_are_accepted():
    assert BillTerms(OPENED_ON, Decimal("0.24"), 28, 27, Decimal(1)).penalty_rate == Decimal("0.36")
    assert BillTerms(OPENED_ON, Decimal(10), penalty=PenaltyRules(cap_annual=None)).interest_rate == 10
    assert BillTerms(OPENED_ON, Decimal(0), 1, 2, Decimal("0.000001"), PROFILES["30-360"]).share(1000000) == 1


@pytest.mark.parametrize(
    ("made", "field", "code"),
    [
        (lambda: Purchase("2026-05-20", 1, 100), "on", "wrong_kind"),
        (lambda: Purchase(DUE, "1", 100), "sequence", "wrong_kind"),
        (lambda: Purchase(DUE, 1, 0), "amount_minor", "too_small"),
        (lambda: Payment(DUE, 1, -5), "amount_minor", "too_small"),
        (lambda: Fee(DUE, 1, 10**14), "amount_minor", "too_large"),
        (lambda: Refund(DUE, 1, 1.5, 1), "amount_minor", "wrong_kind"),
        (lambda: Instalments(DUE, 1, 100, 61, Decimal(0)), "parts", "too_large"),
        (lambda: Instalments(DUE, 1, 100, 3, Decimal("1.1")), "fee_rate", "too_large"),
        (lambda: Instalments(DUE, 1, 100, 3, Decimal("Infinity")), "fee_rate", "wrong_kind"),
        (lambda: Relieved(DUE, 1, (Row(1, DUE, DUE, 1, 0, 0),), -1), "capitalised_minor", "too_small"),
        (lambda: Relieved(DUE, 1, (Row(1, DUE, DUE, 1, 0, 0),), 0, -1), "penalty_minor", "too_small"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_by_name(made, field, code):
    with pytest.raises(BillError) as refused:
        made()
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize(
    ("story", "field", "code"),
    [
        ("2026-04-30 buy 100", "on", "before_opening"),
        (f"{BOUGHT}; 2026-05-21 refund 100001 1", "amount_minor", "more_than_bought"),
        (f"{BOUGHT}; 2026-05-21 refund 60000 1; 2026-05-22 refund 60000 1", "amount_minor", "more_than_bought"),
        (f"{BOUGHT}; 2026-05-19 refund 100 1", "purchase", "not_a_purchase"),
        ("2026-05-20 pay 100; 2026-05-21 refund 100 1", "purchase", "not_a_purchase"),
        (f"{BOUGHT}; 2026-05-25 split 100 3 0.023", "on", "nothing_billed"),
        (f"{BOUGHT}; 2026-06-11 split 100 3 0.023", "on", "overdue"),
        (f"{BOUGHT}; 2026-06-10 pay 10000; 2026-06-11 split 100 3 0.023", "on", "after_due_date"),
        (f"{BOUGHT}; 2026-06-05 pay 10000; 2026-06-06 split 90001 3 0.023", "amount_minor", "more_than_billed"),
        (f"{BOUGHT}; 2026-06-06 end 1", "plan", "not_a_plan"),
        (f"{BOUGHT}; 2026-06-06 due 1", "due_day", "same_as_bill_day"),
    ],
)
def test_what_cannot_have_happened_is_refused_by_name(story, field, code):
    with pytest.raises(BillError) as refused:
        account(bill_terms(), facts(story), date(2026, 6, 30))
    assert (refused.value.field, refused.value.code) == (field, code)


def test_an_account_needs_known_facts_each_with_its_own_number_and_a_day_of_its_life():
    bought = facts(BOUGHT)
    for entries, on, field, code in (
        ([*bought, Payment(DUE, 1, 5)], DUE, "sequence", "repeated"),
        ([Entry(DUE, 1)], DUE, "entries", "wrong_kind"),
        (["buy"], DUE, "entries", "wrong_kind"),
        (bought, date(2026, 4, 30), "on", "before_opening"),
        (bought, "2026-06-10", "on", "wrong_kind"),
        (bought, date(9999, 1, 1), "on", "beyond_the_calendar"),
        ([Relieved(date(2026, 5, 2), 1, (Row(1, DUE, DUE, 1, 0, 0),))], DUE, "on", "nothing_billed"),
        ([PlanEnded(DUE, 1, 7)], DUE, "plan", "not_a_plan"),
    ):
        with pytest.raises(BillError) as refused:
            account(bill_terms(), entries, on)
        assert (refused.value.field, refused.value.code) == (field, code)


def test_what_happens_after_the_day_is_not_looked_at():
    now = account(bill_terms(), facts(f"{BOUGHT}; 2026-06-20 pay 100000"), DUE)
    assert now == account(bill_terms(), facts(BOUGHT), DUE)
