"""A month said as facts: R29's days, and every row of the table of months and relief that applies."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from credit.codes import pboc
from credit.facts import MonthFacts, Relief, StatusEnd
from loans.engine.calendar import add_months
from loans.engine.schedule import Row
from loans.months import Part, Span, month_facts

PAID_OUT = date(2026, 3, 10)
EACH = 100_00


def row(number: int, due_on: date) -> Row:
    """An instalment of 100.00, 90.00 of it principal."""
    return Row(number, add_months(due_on, -1), due_on, 90_00, 10_00, 0)


def rows(*due_on: date) -> list[Row]:
    return [row(number, on) for number, on in enumerate(due_on, 1)]


def paid(number: int, on: date, amount_minor: int = EACH) -> Part:
    return Part(number, on, amount_minor, min(amount_minor, 90_00))


def june(**changed: Any) -> MonthFacts:
    """June 2026 of a loan due on 10 June, with three days of grace, nothing paid unless said."""
    given: dict[str, Any] = {
        "month": date(2026, 6, 1),
        "rows_in_force": rows(date(2026, 6, 10)),
        "paused_on": (),
        "payments": (),
        "holds": (),
        "grace_days": 3,
        "disbursed_on": PAID_OUT,
        "settled_on": None,
    }
    return month_facts(**(given | changed))


def test_unpaid_since_10_june_counts_up_to_the_seventh_bucket() -> None:
    # lending rules, R29
    expected = [("1", 20), ("2", 51), ("3", 82), ("4", 112), ("5", 143), ("6", 173), ("7", 204)]
    said = [june(month=date(2026, month, 1)) for month in range(6, 13)]
    assert [(pboc(facts), facts.days_past_due) for facts in said] == expected
    assert {facts.first_delinquency_on for facts in said} == {date(2026, 6, 11)}
    assert {facts.arrears_minor for facts in said} == {EACH}
    assert {facts.had_obligation for facts in said} == {True}
    assert [facts.scheduled_minor for facts in said] == [EACH, 0, 0, 0, 0, 0, 0]


def test_paid_on_time() -> None:
    facts = june(payments=[paid(1, date(2026, 6, 10))], rows_in_force=rows(date(2026, 6, 10), date(2026, 7, 10)))
    assert facts == MonthFacts(
        month=date(2026, 6, 1),
        as_of=date(2026, 7, 3),
        had_obligation=True,
        scheduled_minor=EACH,
        paid_minor=EACH,
        balance_minor=90_00,
    )
    assert pboc(facts) == "N"


@pytest.mark.parametrize(
    "day, in_grace, late",
    [(10, False, False), (11, True, False), (13, True, False), (14, False, True), (30, False, True)],
)
def test_grace_is_not_late_and_after_grace_is(day: int, in_grace: bool, late: bool) -> None:
    facts = june(payments=[paid(1, date(2026, 6, day))])
    assert (facts.paid_in_grace, facts.paid_late, facts.days_past_due) == (in_grace, late, 0)
    assert pboc(facts) == ("M" if late else "N")


@pytest.mark.parametrize("day, days", [(1, 0), (2, 0), (3, 2)])
def test_a_grace_that_runs_at_the_months_end_is_decided_first(day: int, days: int) -> None:
    # due 28 June... grace until 1 July; due 29 until 2 July
    facts = june(rows_in_force=rows(date(2026, 6, 28 + (day > 1))), payments=[paid(1, date(2026, 7, day))])
    expected = 30 - (28 + (day > 1)) if days else 0
    assert (facts.days_past_due, facts.paid_in_grace) == (expected, not days)


def test_due_on_the_last_day_is_not_past_due_that_day_whatever_comes() -> None:
    assert june(rows_in_force=rows(date(2026, 6, 30))).days_past_due == 0
    july = june(month=date(2026, 7, 1), rows_in_force=rows(date(2026, 6, 30)), payments=[paid(1, date(2026, 7, 5))])
    assert (july.paid_late, july.days_past_due, july.had_obligation, pboc(july)) == (True, 0, True, "M")


def test_grace_needs_the_instalment_before_to_have_been_clean() -> None:
    due = rows(date(2026, 5, 10), date(2026, 6, 28))
    late_before, clean_before = date(2026, 5, 14), date(2026, 5, 13)
    for may_paid_on, days in ((late_before, 2), (clean_before, 0)):
        facts = june(rows_in_force=due, payments=[paid(1, may_paid_on), paid(2, date(2026, 7, 1))])
        assert facts.days_past_due == days


def test_days_count_from_the_oldest_unpaid_and_arrears_are_all_that_is_late() -> None:
    due = rows(date(2026, 4, 10), date(2026, 5, 10), date(2026, 6, 10), date(2026, 7, 10))
    facts = june(rows_in_force=due, payments=[paid(1, date(2026, 4, 10)), paid(2, date(2026, 5, 10), 40_00)])
    assert (facts.days_past_due, facts.arrears_minor) == (51, 160_00)
    assert facts.balance_minor == 4 * 90_00 - 90_00 - 40_00


def test_nothing_due_yet_is_a_star() -> None:
    facts = june(rows_in_force=rows(date(2026, 7, 10)))
    assert (facts.had_obligation, facts.scheduled_minor, pboc(facts)) == (False, 0, "*")


def test_paid_ahead_is_paid() -> None:
    facts = june(payments=[paid(1, date(2026, 5, 20))])
    assert (facts.paid_minor, facts.scheduled_minor, facts.paid_in_grace, pboc(facts)) == (0, EACH, False, "N")


def test_payments_after_the_day_of_record_are_not_known() -> None:
    assert june(payments=[paid(1, date(2026, 7, 4))]).days_past_due == 20


def test_paid_after_the_months_end_but_out_of_grace_was_late_at_the_end() -> None:
    facts = june(payments=[paid(1, date(2026, 7, 2))])
    assert (facts.days_past_due, facts.arrears_minor, facts.paid_late) == (20, EACH, False)


def test_settled_in_the_month_is_closed() -> None:
    facts = june(payments=[paid(1, date(2026, 6, 20))], settled_on=date(2026, 6, 20))
    assert (facts.status_end, facts.balance_minor, pboc(facts)) == (StatusEnd.CLOSED, 0, "C")
    assert june(payments=[paid(1, date(2026, 7, 1))], settled_on=date(2026, 7, 1)).status_end is StatusEnd.OPEN


@pytest.mark.parametrize("month", [date(2026, 2, 1), date(2026, 8, 1)])
def test_a_month_outside_the_life_of_the_loan_says_nothing(month: date) -> None:
    with pytest.raises(ValueError, match="outside"):
        june(month=month, settled_on=date(2026, 7, 1))


# Relief: instalments due on the 10th of April to July; a pause of three takes away the oldest unpaid dates.

DUES = [date(2026, month, 10) for month in (4, 5, 6, 7)]
RELIEF = "R-2026-000001"


def relieved(asked_on: date, adopted_on: date, paid_count: int, n: int = 3, **changed: Any) -> MonthFacts:
    """A month under a pause of `n` instalments that was asked for and adopted on those days."""
    moved = [on if k < paid_count else add_months(on, n) for k, on in enumerate(DUES)]
    given = {
        "rows_in_force": rows(*moved),
        "paused_on": [on for on in DUES[paid_count:] if on not in moved],
        "payments": [paid(k + 1, DUES[k]) for k in range(paid_count)],
        "holds": [
            Span(RELIEF, asked_on, adopted_on),
            Span(f"{RELIEF}/plan", adopted_on, moved[paid_count] - timedelta(1)),
        ],
        "relief_reference": RELIEF,
        "relieved_on": adopted_on,
    }
    return june(**(given | changed))


def test_a_pause_of_somebody_current_is_on_arrangement_with_nothing_due() -> None:
    facts = relieved(date(2026, 5, 8), date(2026, 5, 9), paid_count=1, n=2)
    assert (facts.relief_kind, facts.relief_reference) == (Relief.TEMPORARY, RELIEF)
    assert (facts.had_obligation, facts.scheduled_minor, facts.days_past_due, facts.arrears_minor) == (False, 0, 0, 0)
    assert (pboc(facts), facts.first_delinquency_on) == ("*", None)
    # May and June lost their dates; what was due in May is due in July
    assert facts.resumes_on == date(2026, 7, 10)


def test_a_month_without_relief_says_nothing_of_beginning_again() -> None:
    assert june().resumes_on is None


def test_somebody_31_days_late_when_asking_stays_at_31() -> None:
    # April unpaid, asked on 11 May: 31 days past due
    facts = relieved(date(2026, 5, 11), date(2026, 5, 20), paid_count=0)
    assert (facts.relief_kind, facts.days_past_due, facts.had_obligation) == (Relief.TEMPORARY, 31, False)
    assert (facts.first_delinquency_on, facts.arrears_minor, pboc(facts)) == (date(2026, 4, 11), 0, "2")


@pytest.mark.parametrize("asked_on, days", [(date(2026, 5, 13), 0), (date(2026, 5, 14), 4)])
def test_asked_in_grace_was_current_and_after_it_was_not(asked_on: date, days: int) -> None:
    facts = relieved(asked_on, asked_on + timedelta(1), paid_count=1, n=2)
    assert (facts.relief_kind, facts.days_past_due) == (Relief.TEMPORARY, days)


def test_without_a_hold_the_day_of_adoption_counts() -> None:
    assert relieved(date(2026, 5, 11), date(2026, 5, 20), paid_count=0, holds=()).days_past_due == 40


def test_paying_what_was_late_cures_it_during_the_pause() -> None:
    late = date(2026, 6, 5)
    facts = relieved(date(2026, 5, 11), date(2026, 5, 20), paid_count=0, payments=[paid(1, late)])
    # April is paid; May (due 10 May, asked 11 May) was in grace... but after an unpaid April it had none: 1 day
    assert facts.days_past_due == 1
    both = relieved(date(2026, 5, 11), date(2026, 5, 20), paid_count=0, payments=[paid(1, late), paid(2, late)])
    assert (both.days_past_due, both.relief_kind, pboc(both)) == (0, Relief.TEMPORARY, "*")


@pytest.mark.parametrize("paid_on", [date(2026, 5, 15), date(2026, 5, 20)])
def test_what_was_paid_before_the_adoption_did_not_move(paid_on: date) -> None:
    # Asked on 11 May with April unpaid; April was paid before the pause of two took effect, and so stayed.
    facts = relieved(date(2026, 5, 11), date(2026, 5, 20), paid_count=1, n=2, payments=[paid(1, paid_on)])
    assert facts.days_past_due == 1


def test_asked_after_the_months_end_freezes_no_more_than_the_end_had() -> None:
    facts = relieved(
        date(2026, 7, 2), date(2026, 7, 3), paid_count=2, n=2, holds=[Span(RELIEF, date(2026, 7, 2), None)]
    )
    assert (facts.relief_kind, facts.days_past_due) == (Relief.TEMPORARY, 20)


def test_after_the_pause_the_month_is_ordinary_and_a_broken_arrangement_counts_anew() -> None:
    august = relieved(date(2026, 5, 8), date(2026, 5, 9), paid_count=1, n=2, month=date(2026, 8, 1))
    # moved: May -> 10 July, June -> 10 August; July missed
    assert (august.relief_kind, august.days_past_due) == (Relief.NONE, 52)


def test_the_other_months_of_the_plan_hold_are_not_pending() -> None:
    may = relieved(
        date(2026, 5, 20),
        date(2026, 5, 22),
        paid_count=2,
        n=2,
        month=date(2026, 5, 1),
    )
    assert (may.relief_kind, may.days_past_due, may.had_obligation) == (Relief.NONE, 0, True)


# A pending request.


def pending(from_on: date, until_on: date | None = None, **changed: Any) -> MonthFacts:
    return june(**({"holds": [Span(RELIEF, from_on, until_on)]} | changed))


@pytest.mark.parametrize(
    "asked_on, days",
    [
        (date(2026, 6, 1), 0),  # not yet due
        (date(2026, 6, 10), 0),  # on the due date
        (date(2026, 6, 13), 0),  # in grace
        (date(2026, 6, 14), 4),  # four days late
        (date(2026, 6, 30), 20),  # on the last day
    ],
)
def test_a_pending_request_holds_the_days_of_its_own_day(asked_on: date, days: int) -> None:
    for month in (6, 7, 8):
        facts = pending(asked_on, month=date(2026, month, 1))
        assert (facts.relief_kind, facts.relief_reference, facts.days_past_due) == (Relief.PENDING_HOLD, RELIEF, days)
        assert facts.arrears_minor == (EACH if days else 0)


def test_what_falls_due_while_pending_is_not_late() -> None:
    facts = pending(date(2026, 5, 5), rows_in_force=rows(date(2026, 5, 10), date(2026, 6, 10)))
    assert (facts.days_past_due, facts.arrears_minor, facts.had_obligation) == (0, 0, True)


def test_pending_gets_better_when_paid() -> None:
    facts = pending(date(2026, 6, 14), payments=[paid(1, date(2026, 6, 25))])
    assert (facts.days_past_due, facts.arrears_minor, facts.paid_late) == (0, 0, True)


def test_paid_while_held_is_not_late() -> None:
    assert pending(date(2026, 6, 8), payments=[paid(1, date(2026, 6, 28))]).paid_late is False


def test_grace_is_given_back_after_the_hold() -> None:
    # Asked on 12 June with one day of grace used, answered on 20 June: the 21st and 22nd are grace, the 23rd is late.
    for day, late in ((22, False), (23, True)):
        facts = pending(date(2026, 6, 12), date(2026, 6, 20), payments=[paid(1, date(2026, 6, day))])
        assert (facts.relief_kind, facts.paid_late) == (Relief.NONE, late)


def test_after_a_refusal_the_contract_counts_again() -> None:
    facts = pending(date(2026, 6, 8), date(2026, 6, 20))
    assert (facts.relief_kind, facts.days_past_due) == (Relief.NONE, 20)


def test_a_hold_that_ended_before_the_months_end_says_nothing_of_it() -> None:
    assert pending(date(2026, 6, 1), date(2026, 6, 29)).relief_kind is Relief.NONE
    assert pending(date(2026, 6, 1), date(2026, 6, 30)).relief_kind is Relief.PENDING_HOLD


def test_never_worse_under_a_hold_on_any_day() -> None:
    """For every day of asking and every month: no more days than without the hold, and none for what came later."""
    due: Sequence[Row] = rows(*DUES)
    for offset in range(120):
        asked_on = date(2026, 4, 1) + timedelta(offset)
        for month in (date(2026, number, 1) for number in range(4, 10)):
            held = pending(asked_on, month=month, rows_in_force=due)
            free = june(month=month, rows_in_force=due)
            at_asking = max((asked_on - DUES[0]).days, 0)
            assert held.days_past_due <= min(free.days_past_due, max(at_asking, 0))
