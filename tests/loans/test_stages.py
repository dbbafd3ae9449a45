"""Which step of collection is allowed at which days past due, with which holds and letters; tables and properties."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.stages import LETTER_DAYS, Facts, Letter, Stage, earliest_on, may_write, missing, next_step, way

DUE = date(2026, 6, 10)
A_DAY = timedelta(days=1)


def at(days: int, stage: str = "none", **more: object) -> Facts:
    return Facts(DUE + days * A_DAY, Stage(stage), DUE, 3, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "days, expected",
    [(0, ()), (3, ()), (4, ("early",)), (30, ("early",)), (31, ("early", "late")), (400, ("early", "late"))],
)
def test_the_rule_goes_as_far_as_late_and_no_further(days: int, expected: tuple[str, ...]) -> None:
    assert way(at(days)) == expected


@pytest.mark.parametrize("stage", ["early", "late", "pre_legal", "legal"])
def test_whoever_is_up_to_date_is_out_of_every_stage(stage: str) -> None:
    assert way(Facts(DUE, Stage(stage), None, 3)) == ("none",)
    assert way(Facts(DUE, Stage(stage), DUE + 5 * A_DAY, 3)) == ("none",)
    assert way(at(3, stage)) == ("none",)
    assert way(at(4, stage)) != ("none",)


@pytest.mark.parametrize("kind, moves", [("contact", False), ("legal", True), ("bureau", True), ("penalty", True)])
def test_a_hold_of_contacts_stops_the_rule(kind: str, moves: bool) -> None:
    assert bool(way(at(10, held={kind}))) is moves


def test_under_a_hold_a_loan_that_is_paid_still_gets_out() -> None:
    assert way(Facts(DUE, Stage.LATE, None, 3, held={"contact", "legal"})) == ("none",)


@pytest.mark.parametrize("days, ok", [(90, False), (91, True)])
def test_before_legal_steps_is_for_91_days_and_more(days: int, ok: bool) -> None:
    letters = {Letter.DEMAND: DUE + 62 * A_DAY}
    assert (missing(at(days, "late", letters=letters)) == ()) is ok


@pytest.mark.parametrize("age, reason", [(13, ("letter_too_new",)), (14, ())])
def test_a_letter_needs_fourteen_days(age: int, reason: tuple[str, ...]) -> None:
    assert missing(at(100, "late", letters={Letter.DEMAND: DUE + (100 - age) * A_DAY})) == reason


def test_the_demand_is_not_the_last_letter() -> None:
    assert missing(at(200, "pre_legal", letters={Letter.DEMAND: DUE + 70 * A_DAY})) == ("no_letter",)


def test_a_letter_of_an_earlier_delay_counts_for_nothing() -> None:
    assert missing(at(100, "late", letters={Letter.DEMAND: DUE - A_DAY})) == ("no_letter",)


@pytest.mark.parametrize("kind", ["contact", "legal"])
def test_no_legal_step_and_no_letter_while_a_request_is_decided(kind: str) -> None:
    facts = at(100, "late", held={kind}, letters={Letter.DEMAND: DUE + 62 * A_DAY})
    assert missing(facts) == (f"{kind}_held",)
    assert may_write(Letter.DEMAND, facts)[0] == f"{kind}_held"


@pytest.mark.parametrize(
    "letter, days, stage, ok",
    [
        ("demand", 60, "late", False),
        ("demand", 61, "late", True),
        ("demand", 100, "pre_legal", False),
        ("suit", 100, "late", False),
        ("suit", 100, "pre_legal", True),
        ("suit", 100, "legal", False),
    ],
)
def test_each_letter_has_its_time(letter: str, days: int, stage: str, ok: bool) -> None:
    assert (may_write(Letter(letter), at(days, stage)) == ()) is ok


STAGES_AND_DAYS = {"days": st.integers(0, 500), "stage": st.sampled_from(list(Stage))}


@given(**STAGES_AND_DAYS, held=st.sets(st.sampled_from(["contact", "legal", "penalty"])))
def test_every_way_is_by_single_steps_and_never_into_what_a_person_decides(
    days: int, stage: Stage, held: set[str]
) -> None:
    found = way(at(days, stage.value, held=held))
    if found and found != (Stage.NONE,):
        assert all(new.place == old.place + 1 for old, new in pairwise((stage, *found)))
        assert set(found) <= {Stage.EARLY, Stage.LATE}
        assert "contact" not in held


@given(**STAGES_AND_DAYS)
def test_on_the_earliest_day_nothing_is_missing_once_the_letter_is_written(days: int, stage: Stage) -> None:
    facts = at(days, stage.value)
    step, first_on = next_step(stage), earliest_on(facts)
    if step is None or first_on is None:
        assert stage is Stage.LEGAL
        return
    written = {step.letter: first_on - LETTER_DAYS * A_DAY} if step.letter else {}
    assert first_on >= facts.on
    assert missing(Facts(first_on, stage, DUE, 3, letters=written)) == ()
