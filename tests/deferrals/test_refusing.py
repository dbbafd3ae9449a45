"""Whatever relief cannot do, and whatever a policy does not allow, is said in words with its figures."""

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from deferrals.refusing import IMPOSSIBLE, RATES, REFUSED, impossible_text, refusal_text
from loans import engine
from loans.engine.components import Limits
from loans.engine.projection import Refusal
from loans.engine.relief import ReliefError

# Nobody can bring these about on a page: the written form of a component, and books that contradict themselves.
FAULTS = {
    "unknown_kind", "unknown_key", "missing_key", "unknown_value", "hash_mismatch",
    "paid_more_than_due", "paid_out_of_order", "paid_unknown_row",
}  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def raised(name: str) -> set[str]:
    """The codes that the engine writes in `name("code", ...)`."""
    sources = [path.read_text(encoding="utf-8") for path in Path(engine.__file__).parent.rglob("*.py")]
    calls = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name and call.args]
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}


def test_every_limit_and_everything_impossible_has_words():
    assert raised("ReliefError") - FAULTS == set(IMPOSSIBLE)
    assert raised("Refusal") | {"waive_penalty", "waive_interest"} == set(REFUSED)
    assert set(RATES) <= set(REFUSED)
    assert len(RATES) + 1 == len(Limits.__dataclass_fields__)


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (("payment_shock", Decimal("1.25"), Decimal("1.3054")), "130.5% of the present one; the policy allows 125.0%"),
        (("capitalised", Decimal("0.05"), Decimal("0.0615")), "grow by 6.2% of the principal through unpaid interest"),
        (("annual_rate", Decimal("0.24"), Decimal("0.25123456")), "cost 25.12% a year; the policy allows 24.00%"),
        (("min_instalment", 1000, 999), "¥9.99; the policy asks for at least ¥10.00"),
        (("waive_penalty", 2389, 3000), "There is ¥23.89 of penalty interest to waive, not ¥30.00."),
        (("waive_interest", 20818, 20819), "There is ¥208.18 of overdue interest to waive, not ¥208.19."),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_a_limit_that_is_broken_is_said_with_both_figures(refusal, words):
    assert words in refusal_text(Refusal(*refusal))


def test_sums_are_said_in_the_loan_s_own_currency():
    assert "HK$9.99" in refusal_text(Refusal("min_instalment", 1000, 999), "HKD")


def test_relief_that_would_be_over_says_since_when():
    assert "due on 15 August 2026, and that is over" in impossible_text(
        ReliefError("resume_not_after_as_of", date(2026, 8, 15))
    )


@pytest.mark.parametrize("code", sorted(IMPOSSIBLE))
def test_what_is_impossible_is_said_in_a_sentence(code):
    said = impossible_text(ReliefError(code))
    assert said.endswith(".")
    assert "_" not in said


def test_a_fault_of_ours_is_not_explained_to_the_borrower():
    assert "Please tell us" in impossible_text(ReliefError("hash_mismatch"))
