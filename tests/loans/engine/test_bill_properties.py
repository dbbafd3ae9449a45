"""What holds for every account that is billed once a month."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from loans.engine.penalty import PenaltyRules
from loans.engine.profile import PROFILES
from loans.engine.revolving import BillTerms, Fee, Payment, Purchase, Refund, account, bill_days
from tests.loans.engine.bill_day_by_day import DayByDay

OPENED_ON = date(2027, 11, 7)
ONE_DAY = timedelta(days=1)
MINOR = st.integers(1, 500_000)


@st.composite
def bill_terms(draw, grace=0):
    bill_day, due_day = draw(st.lists(st.integers(1, 28), min_size=2, max_size=2, unique=True))
    return BillTerms(
        OPENED_ON,
        Decimal(draw(st.integers(0, 2400))) / 10000,
        bill_day,
        due_day,
        Decimal(draw(st.integers(1, 100))) / 100,
        draw(st.sampled_from([PROFILES["consumer-cn"], PROFILES["consumer-cn-360"]])),
        PenaltyRules(
            uplift=Decimal(draw(st.integers(0, 50))) / 100,
            cap_annual=draw(st.sampled_from([Decimal("0.24"), None])),
            grace_days=draw(st.integers(0, grace)),
        ),
        principal_first_after=None,
    )


@st.composite
def facts(draw, most=8):
    """Purchases, then what is paid, charged and given back, on any days of half a year."""
    entries, bought = [], {}
    days = st.integers(0, 200).map(lambda days: OPENED_ON + timedelta(days=days))
    for sequence in range(1, draw(st.integers(1, most)) + 1):
        kind = draw(st.sampled_from([Purchase, Purchase, Payment, Payment, Fee, Refund]))
        if kind is Refund and bought:
            purchase = draw(st.sampled_from(sorted(bought)))
            on, left = bought[purchase]
            part = draw(st.integers(1, left))
            later = on + timedelta(days=draw(st.integers(1, 90)))
            entries.append(Refund(later, sequence, part, purchase))
            del bought[purchase]
            continue
        kind = Payment if kind is Refund else kind
        entry = kind(draw(days), sequence, draw(MINOR))
        entries.append(entry)
        if kind is Purchase:
            bought[sequence] = (entry.on, entry.amount_minor)
    return entries


stretches = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 40)).map(
        lambda one: (OPENED_ON + timedelta(days=one[0]), OPENED_ON + timedelta(days=sum(one)))
    ),
    max_size=2,
)
asked_on = st.integers(0, 260).map(lambda days: OPENED_ON + timedelta(days=days))


@given(bill_terms(), facts(), stretches, asked_on, st.sets(st.integers(0, 8), max_size=3))
def test_stretches_of_days_come_to_what_single_days_do(terms, entries, held, on, left_out):
    days = list(bill_days(OPENED_ON, terms.bill_day, OPENED_ON + timedelta(days=300)))
    unmade_on = {days[at] for at in left_out}
    found, slow = account(terms, entries, on, held, unmade_on), DayByDay(terms, entries, on, held, unmade_on)
    shown = [bill for bill in slow.shown if bill["overdue"] + bill["carried"] + _new(bill)]
    # A bill on which all that was bought was given back is made, and asks for nothing.
    made = [bill for bill in found.bills if bill.balance_minor]
    assert [
        (bill.bill_on, bill.due_on, bill.carried_minor, bill.overdue_minor, bill.interest_minor, bill.penalty_minor)
        for bill in made
    ] == [(one["on"], one["due"], one["carried"], one["overdue"], one["interest"], one["penalty"]) for one in shown]
    assert [bill.minimum.purchases_minor for bill in made] == [one["share"] for one in shown]
    assert found.credit_minor == sum(slow.ahead)
    owed = sum(one[part] for one in slow.bills for part in ("fee", "penalty", "interest", "bought"))
    assert found.billed_minor == owed - sum(one["paid"] for one in slow.bills)


def _new(bill):
    return sum(bill[part] for part in ("fee", "penalty", "interest", "bought"))


@given(bill_terms(7), facts(), stretches, asked_on)
def test_a_payment_is_shared_out_whole_and_no_part_is_less_than_nothing(terms, entries, held, on):
    found = account(terms, entries, on, held)
    for entry in entries:
        if isinstance(entry, Payment) and entry.on <= on:
            allocation = found.allocations[entry.sequence]
            assert (
                sum(line.amount_minor for line in allocation.lines) + allocation.unapplied_minor == entry.amount_minor
            )
            assert all(line.amount_minor > 0 for line in allocation.lines)
            assert allocation.unapplied_minor >= 0
    for one in found.left:
        assert min(one.asked_minor, one.fee_minor, one.penalty_minor, one.interest_minor, one.principal_minor) >= 0


@given(bill_terms(7), facts(), stretches, asked_on)
def test_a_minimum_is_never_more_than_the_balance(terms, entries, held, on):
    found = account(terms, entries, on, held)
    for bill in found.bills:
        assert min(bill.minimum) >= 0
        assert 0 <= bill.minimum.total_minor <= bill.balance_minor
        assert 0 <= bill.advance_minor <= bill.balance_minor
    assert found.minimum_left_minor <= found.billed_minor


@given(bill_terms(7), facts(), stretches, asked_on)
def test_each_bill_starts_from_what_the_ones_before_left(terms, entries, held, on):
    for bill in account(terms, entries, on, held).bills:
        evening = account(terms, entries, bill.bill_on - ONE_DAY, held)
        assert bill.carried_minor + bill.overdue_minor == evening.billed_minor
        new_minor = bill.purchases_minor - bill.refunds_minor + bill.fees_minor
        assert new_minor == evening.unbilled_minor
        charged_minor = bill.interest_minor + bill.penalty_minor
        assert bill.balance_minor == evening.billed_minor + new_minor + charged_minor


@given(bill_terms(7), facts(), asked_on, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_told_does_not_matter(terms, entries, on, chance):
    told = list(entries)
    random.Random(chance.random()).shuffle(told)
    assert account(terms, told, on) == account(terms, entries, on)


@given(bill_terms(7), facts(), asked_on)
def test_who_pays_each_bill_in_full_in_time_is_never_charged(terms, entries, on):
    paid = [entry for entry in entries if isinstance(entry, Purchase)]
    for number in range(12):
        bills = account(terms, paid, on).bills
        if number >= len(bills):
            break
        bill = bills[number]
        paid.append(Payment(bill.due_on, 1000 + number, bill.balance_minor))
    found = account(terms, paid, on)
    assert all(bill.interest_minor == bill.penalty_minor == bill.carried_minor == 0 for bill in found.bills)


@given(bill_terms(7), facts(), asked_on)
def test_the_payoff_pays_for_everything(terms, entries, on):
    entries = [entry for entry in entries if entry.on <= on]
    owed_minor = account(terms, entries, on).payoff_minor
    paid = [*entries, Payment(on, 1000, owed_minor)] if owed_minor else entries
    later = account(terms, paid, on + timedelta(days=40))
    assert later.billed_minor == later.unbilled_minor == 0
    assert later.accrued_interest_minor == later.accrued_penalty_minor == 0
    if owed_minor:
        assert later.credit_minor == 0


@given(bill_terms(7), facts(), st.integers(0, 120), MINOR)
def test_a_last_payment_never_makes_later_charges_larger(terms, entries, days, more_minor):
    """If it is the last: what is paid after it may meet a fee where it met principal before.

    Without the cap, too: it takes from penalty interest only, so who is less in arrears may be helped less by it.
    """
    terms = replace(terms, penalty=replace(terms.penalty, cap_annual=None))
    on, paid_on = OPENED_ON + timedelta(days=200), OPENED_ON + timedelta(days=days)
    entries = [entry for entry in entries if not isinstance(entry, Payment) or entry.on <= paid_on]
    more = [*entries, Payment(paid_on, 1000, more_minor)]
    before, after = (account(terms, told, on).bills for told in (entries, more))
    less_minor, more_minor = (
        sum(bill.interest_minor + bill.penalty_minor for bill in bills) for bills in (before, after)
    )
    # Each bill rounds interest and penalty interest once, and each may come out one apart.
    assert more_minor <= less_minor + 2 * len(before)


@given(bill_terms(), facts(), asked_on)
def test_what_is_held_all_the_time_costs_no_penalty(terms, entries, on):
    found = account(terms, entries, on, [(OPENED_ON, date.max)])
    assert all(bill.penalty_minor == 0 for bill in found.bills)


@given(bill_terms(), facts(), asked_on)
def test_no_bill_charges_more_than_the_cap(terms, entries, on):
    cap = terms.penalty.cap_annual or Decimal(1)
    bills = account(terms, entries, on).bills
    for before, bill in pairwise(bills):
        # All that was past due between two bills was on the one before.
        days = (bill.bill_on - before.bill_on).days
        most = cap * before.balance_minor * days / (365 if terms.profile.ticks_per_year == 365 else 360)
        assert bill.interest_minor + bill.penalty_minor <= most + 1


@settings(max_examples=20)
@given(facts())
def test_grace_never_costs_more_than_none(entries):
    on = OPENED_ON + timedelta(days=260)
    without = BillTerms(OPENED_ON, Decimal("0.1825"))
    with_grace = replace(without, penalty=PenaltyRules(grace_days=7))
    dear, kind = (
        sum(bill.interest_minor + bill.penalty_minor for bill in account(one, entries, on).bills)
        for one in (without, with_grace)
    )
    assert kind <= dear + 8
