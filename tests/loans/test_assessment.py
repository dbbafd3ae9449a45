"""Limit, rate, reasons and outcome from the facts alone; figures derived by hand beside each."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.assessment import Facts, Finding, Result, affordable_minor, assess, room_minor, specimen_facts
from loans.engine.schedule import Method, Terms, schedule

ON = date(2026, 5, 8)


def finding(rule: str, action: str) -> Finding:
    return Finding(rule, action, {"lender": "qinghe"})


def codes(result: Result) -> list[str]:
    return [reason.code for reason in result.reasons]


def test_the_least_bound_counts_and_is_the_reason() -> None:
    """8,000 of income: half is 4,000 a month, twelve incomes are 96,000; 10,000.00 were wished for."""
    assert (assess(specimen_facts()).limit_minor, codes(assess(specimen_facts()))[0]) == (1_000_000, "wished")
    assert codes(assess(specimen_facts(most_minor=500_000)))[0] == "product"


@pytest.mark.parametrize(("months_on_time", "incomes"), [(0, 3), (2, 3), (3, 6), (11, 6), (12, 12), (24, 12)])
def test_the_record_allows_so_many_incomes(months_on_time: int, incomes: int) -> None:
    """Over 60 months the room carries more than any number of incomes here."""
    facts = specimen_facts(
        wished_minor=20_000_000, months_on_time=months_on_time, longest_months=60, rate_annual_min=Decimal("0.144")
    )
    result = assess(facts)
    assert (result.limit_minor, codes(result)[0]) == (800_000 * incomes, "record")


def test_a_room_without_interest_carries_the_room_times_the_months() -> None:
    """At 0 % 400.00 a month over 12 months are 4,800.00."""
    assert affordable_minor(40_000, 12, Decimal(0), ON) == 480_000


@pytest.mark.parametrize(
    ("changed", "room"),
    [
        ({}, 400_000),  # half of 8,000.00
        ({"other_monthly_minor": 100_000}, 300_000),
        ({"own_monthly_minor": 107_971}, 292_029),
        ({"other_monthly_minor": 100_000, "reported_monthly_minor": 150_000}, 250_000),  # what is more, once
        ({"other_monthly_minor": 150_000, "reported_monthly_minor": 100_000}, 250_000),
        ({"other_monthly_minor": 500_000}, 0),
        ({"income_minor": 1}, 0),
    ],
)
def test_the_room_is_half_of_the_income_less_what_is_paid_already(changed: dict[str, Any], room: int) -> None:
    assert room_minor(specimen_facts(**changed)) == room


@pytest.mark.parametrize(
    ("on_time", "late", "rate", "code"),
    [
        (12, 0, "0.108", "rate_clean"),
        (11, 0, "0.144", "rate_usual"),
        (0, 0, "0.144", "rate_usual"),
        (23, 1, "0.18", "rate_late"),
    ],
)
def test_the_rate_follows_the_record(on_time: int, late: int, rate: str, code: str) -> None:
    result = assess(specimen_facts(months_on_time=on_time, late_months=late))
    assert (result.rate_annual, codes(result)[1]) == (Decimal(rate), code)


@pytest.mark.parametrize(
    ("changed", "outcome", "by_on"),
    [
        ({}, "approve", None),
        ({"findings": (finding("P06", "EVIDENCE"),)}, "evidence", date(2026, 5, 22)),
        ({"income_minor": 0}, "evidence", date(2026, 5, 22)),
        ({"findings": (finding("P03", "LIMIT_CUT"),)}, "manual", date(2026, 5, 15)),
        ({"findings": (finding("P05", "MANUAL"),)}, "manual", date(2026, 5, 15)),
        ({"findings": (finding("P01", "VETO"), finding("P06", "EVIDENCE"))}, "manual", date(2026, 5, 15)),
        ({"other_monthly_minor": 400_000}, "manual", date(2026, 5, 15)),
        ({"wants_a_person": True}, "manual", date(2026, 5, 15)),
    ],
)
def test_the_rules_approve_ask_or_hand_over(changed: dict[str, Any], outcome: str, by_on: date | None) -> None:
    result = assess(specimen_facts(**changed))
    assert (result.outcome, result.by_on) == (outcome, by_on)


facts_drawn = st.builds(
    specimen_facts,
    wished_minor=st.integers(10, 2_000).map(lambda hundreds: hundreds * 10_000),
    income_minor=st.integers(0, 10_000_000),
    other_monthly_minor=st.integers(0, 10_000_000),
    reported_monthly_minor=st.integers(0, 10_000_000),
    own_monthly_minor=st.integers(0, 10_000_000),
    months_on_time=st.integers(0, 24),
    late_months=st.integers(0, 24),
    longest_months=st.sampled_from([3, 12, 60]),
    findings=st.lists(
        st.sampled_from([finding(f"P0{n}", a) for n, a in enumerate(("VETO", "LIMIT_CUT", "MANUAL", "EVIDENCE"), 1)]),
        max_size=3,
    ).map(tuple),
)


@given(facts_drawn)
def test_whatever_the_facts_no_rule_refuses_and_no_limit_leaves_its_bounds(facts: Facts) -> None:
    result = assess(facts)
    assert result.outcome in {"approve", "evidence", "manual"}
    assert result.limit_minor <= min(facts.wished_minor, facts.most_minor)
    assert result.limit_minor % 10_000 == 0
    assert facts.rate_annual_min <= result.rate_annual <= facts.rate_annual_max
    if result.outcome == "approve":
        assert result.limit_minor >= facts.least_minor
        rows = schedule(Terms(result.limit_minor, result.rate_annual, Method.LEVEL, facts.longest_months, facts.on))
        assert max(row.due_minor for row in rows) <= room_minor(facts)


@given(facts_drawn, st.integers(0, 1_000_000))
def test_more_income_never_lowers_a_limit(facts: Facts, more: int) -> None:
    richer = replace(facts, income_minor=facts.income_minor + more)
    assert assess(richer).limit_minor >= assess(facts).limit_minor


@given(facts_drawn)
def test_the_facts_are_written_as_plain_values(facts: Facts) -> None:
    written = facts.as_dict()
    assert written["on"] == "2026-05-08"
    assert all(isinstance(value, (int, str, bool, list)) for value in written.values())
