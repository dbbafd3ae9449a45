"""Reasons are offered only where the facts support them, with the figures they rest on."""

from dataclasses import replace

import pytest
from django.utils import translation

from deferrals.letters import reason_text
from deferrals.reasons import MONEY_SLOTS, TEXTS, for_approval, for_denial
from deferrals.rules import Policy
from tests.deferrals.test_rules import FACTS

POLICY = Policy()
NEED = 111_635


def denials(**changes: int) -> dict[str, dict[str, int]]:
    return {reason.code: dict(reason.facts) for reason in for_denial(POLICY, replace(FACTS, **changes), NEED)}


def approvals(**changes: int) -> dict[str, dict[str, int]]:
    return {reason.code: dict(reason.facts) for reason in for_approval(POLICY, replace(FACTS, **changes), NEED)}


@pytest.mark.parametrize(
    ("code", "supported", "unsupported", "figures"),
    [
        ("R01", {"asked_periods": 4}, {"asked_periods": 3}, {"asked": 4, "cap": 3}),
        ("R02", {"earlier_relief_periods": 4}, {"earlier_relief_periods": 3}, {"used": 7, "cap": 6}),
        ("R04", {"paid_count": 2}, {"paid_count": 3}, {"paid": 2, "least": 3}),
        (
            "R05",
            {"affordable_minor": 107_971},
            {"affordable_minor": 107_970},
            {"able": 107_971, "instalment": 107_971},
        ),
        ("R06", {"affordable_minor": 107_970}, {"affordable_minor": 107_971}, {"able": 107_970, "need": 111_635}),
        ("R11", {"paid_count": 0}, {"paid_count": 1}, {}),
    ],
)
def test_a_reason_to_deny_needs_its_fact(
    code: str, supported: dict[str, int], unsupported: dict[str, int], figures: dict[str, int]
) -> None:
    assert denials(**supported)[code] == figures
    assert code not in denials(**unsupported)


def test_somebody_who_can_pay_is_not_told_that_they_cannot() -> None:
    for able in (0, 100_000, 107_970, 107_971, 111_634, 111_635, 500_000):
        found = denials(affordable_minor=able)
        assert not {"R05", "R06"} <= set(found), able


def test_a_check_of_the_account_can_always_be_the_reason() -> None:
    assert denials(affordable_minor=107_971) == {"R05": {"able": 107_971, "instalment": 107_971}, "R18": {}}


def test_reasons_to_approve_say_what_was_paid_asked_and_will_be_due() -> None:
    assert approvals() == {
        "A01": {"paid": 3},
        "A02": {"asked": 3, "cap": 3},
        "A03": {"need": 111_635, "instalment": 107_971},
    }
    assert "A01" not in approvals(paid_count=0)


def test_asking_for_more_than_the_rules_allow_is_no_reason_to_approve() -> None:
    assert "A02" not in approvals(asked_periods=4)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_reason_can_be_said_with_its_figures(code: str, language: str) -> None:
    worst = replace(FACTS, asked_periods=4, earlier_relief_periods=4, paid_count=0)
    able = replace(worst, affordable_minor=200_000)
    offered = [*for_approval(POLICY, FACTS, NEED), *for_denial(POLICY, worst, NEED), *for_denial(POLICY, able, NEED)]
    reason = next(reason for reason in offered if reason.code == code)
    with translation.override(language):
        text = reason_text(reason.as_dict())
    assert "%(" not in text
    assert all("¥" in text for slot in reason.facts if slot in MONEY_SLOTS)


def test_a_reason_reads_as_a_sentence_with_money_as_money() -> None:
    with translation.override("en"):
        said = reason_text({"code": "R06", "facts": {"able": 50_000, "need": 111_635}})
    assert said == "After the pause an instalment would be ¥1,116.35, more than the ¥500.00 you told us you can pay."
