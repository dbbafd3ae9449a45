"""The rules, each at its limit and one beyond; a policy and its facts as data."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deferrals.rules import Facts, Outcome, Policy, PolicyError, evaluate

FACTS = Facts(
    on=date(2026, 5, 8),
    loan_number="LN-2026-000001",
    principal_minor=1_200_000,
    principal_left_minor=915_905,
    left_minor=971_732,
    rate_annual="0.144",
    instalment_count=12,
    paid_count=3,
    next_number=4,
    next_due_on=date(2026, 5, 15),
    next_due_minor=107_971,
    days_past_due=0,
    overdue_minor=0,
    schedule_version=1,
    earlier_relief_periods=0,
    asked_periods=3,
    affordable_minor=0,
)
POLICY = Policy()


def outcomes(**changes: int) -> dict[str, str]:
    return {hit.rule: hit.outcome.value for hit in evaluate(POLICY, replace(FACTS, **changes))}


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("periods", {"asked_periods": 3}, "pass"),
        ("periods", {"asked_periods": 4}, "fail"),
        ("lifetime", {"asked_periods": 3, "earlier_relief_periods": 3}, "pass"),
        ("lifetime", {"asked_periods": 3, "earlier_relief_periods": 4}, "fail"),
        ("lifetime", {"asked_periods": 1, "earlier_relief_periods": 5}, "pass"),
        ("age", {"paid_count": 3}, "pass"),
        ("age", {"paid_count": 2}, "fail"),
        ("lateness", {"days_past_due": 90}, "pass"),
        ("lateness", {"days_past_due": 91}, "fail"),
        ("limit", {"principal_left_minor": 5_000_000}, "pass"),
        ("limit", {"principal_left_minor": 5_000_001}, "refer"),
    ],
)
def test_each_rule_at_its_limit_and_one_beyond(rule: str, changes: dict[str, int], expected: str) -> None:
    assert outcomes(**changes)[rule] == expected


def test_a_rule_says_the_figure_it_found_and_its_limit() -> None:
    hits = {hit.rule: hit.as_dict() for hit in evaluate(POLICY, replace(FACTS, earlier_relief_periods=4))}
    assert hits["lifetime"] == {"rule": "lifetime", "outcome": "fail", "value": 7, "limit": 6}
    assert hits["age"] == {"rule": "age", "outcome": "pass", "value": 3, "limit": 3}


numbers = st.integers(0, 10**9)


@given(asked=numbers, used=numbers, paid=numbers, late=numbers, left=numbers)
def test_a_person_always_looks_whatever_the_facts(asked: int, used: int, paid: int, late: int, left: int) -> None:
    facts = replace(
        FACTS,
        asked_periods=asked,
        earlier_relief_periods=used,
        paid_count=paid,
        days_past_due=late,
        principal_left_minor=left,
    )
    hits = evaluate(POLICY, facts)
    assert hits[0].rule == "person"
    assert hits[0].outcome is Outcome.REFER
    assert [hit.rule for hit in hits] == ["person", "periods", "lifetime", "age", "lateness", "limit"]


def test_a_policy_is_read_back_as_it_was_written() -> None:
    policy = Policy.from_dict({"max_periods": 2, "hard_days": 30})
    assert (policy.max_periods, policy.hard_days, policy.offer_days) == (2, 30, 14)
    assert Policy.from_dict(policy.as_dict()) == policy


def test_a_field_that_no_policy_has_is_refused_by_name() -> None:
    with pytest.raises(PolicyError, match="unknown policy field: max_months, min_age"):
        Policy.from_dict({"min_age": 3, "max_months": 3})


def test_the_limits_of_a_policy_are_decimals_or_none() -> None:
    limits = POLICY.limits
    assert (limits.max_payment_shock, limits.max_capitalised_pct) == (Decimal("1.25"), Decimal("0.05"))
    assert limits.min_instalment_minor == 1000
    free = Policy(max_payment_shock=None, max_capitalised_pct=None, min_instalment_minor=None).limits
    assert (free.max_payment_shock, free.max_capitalised_pct, free.min_instalment_minor) == (None, None, None)


def test_a_pause_is_on_the_policys_terms() -> None:
    pause = {"kind": "PAUSE", "n": 2, "interest": "WAIVE", "collect": "LAST", "then": "EXTEND"}
    assert Policy(interest="WAIVE", collect="LAST").relief(2) == [pause]


def test_appended_instalments_are_on_the_policys_terms_beside_a_lower_rate() -> None:
    policy = Policy(kind="APPEND", append_interest="SIMPLE", rate_share="0.5", rate_periods=6)
    assert policy.relief(2) == [
        {"kind": "RATE", "share": "0.5", "periods": 6},
        {"kind": "APPEND", "next": 2, "interest": "SIMPLE"},
    ]


def test_facts_are_read_back_as_they_were_frozen() -> None:
    frozen = FACTS.as_dict()
    assert (frozen["on"], frozen["next_due_on"], frozen["left_minor"]) == ("2026-05-08", "2026-05-15", 971_732)
    assert Facts.from_dict(frozen) == FACTS


@pytest.mark.parametrize(
    "terms",
    [
        {"interest": "ACCRUE_CAP"},
        {"interest": "none"},
        {"collect": "NEVER"},
        {"kind": "REDUCED"},
        {"then": "LATER"},
        {"append_interest": "CAP"},
    ],
)
def test_a_policy_holds_only_what_the_books_can_post(terms: dict[str, str]) -> None:
    with pytest.raises(PolicyError, match="cannot be put in force"):
        Policy.from_dict(terms)


@pytest.mark.parametrize("share", ["1", "-0.1", "half", "NaN"])
def test_a_lower_rate_is_a_part_of_the_contracts(share: str) -> None:
    with pytest.raises(PolicyError, match="rate_share"):
        Policy.from_dict({"rate_share": share})
