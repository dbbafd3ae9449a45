"""Everything that goes by code has its words, and every error says what happened."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from accounts.errors import Conflict, LeewayError
from deferrals import errors, rules, services
from deferrals.rules import Facts, Outcome, Policy
from deferrals.selectors.promises import left_until
from deferrals.states import RequestState
from deferrals.workbench import wording
from loans.models import Hold


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


FACTS = Facts(
    date(2026, 5, 8), "LN-1", 1200000, 915905, 971732, "0.144", 12, 3, 4, date(2026, 5, 15), 107971, 0, 0, 1, 0, 3, 0
)


def test_every_rule_state_hold_and_outcome_has_words() -> None:
    assert all(wording.rule_text(hit) for hit in rules.evaluate(Policy(), FACTS))
    assert set(wording.STATES) == set(RequestState)
    assert set(wording.HOLDS) == set(Hold.Kind)
    assert set(wording.OUTCOMES) == set(Outcome)


def test_everything_that_services_record_about_a_request_has_words() -> None:
    folder = Path(services.__file__).parent
    recorded = {verb for path in folder.glob("*.py") for verb in re.findall(r'verb="(\w+)"', path.read_text("utf-8"))}
    ends = {"withdrawn", "offer_declined", "offer_expired", "rescinded"}
    assert (recorded - {"publish_policy"}) | ends <= set(wording.DONE)
    assert wording.done_text("something_new") == "something_new"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.ClaimLost("Li Na"), "Li Na has this case."),
        (errors.ClaimLost(""), "no longer waiting"),
        (errors.TooManyClaims(1), "You hold 1 case,"),
        (errors.TooManyClaims(5), "You hold 5 cases,"),
        (errors.NothingToClaim("x"), "No case is waiting"),
        (errors.NotYourCase("x"), "not yours"),
        (errors.AboveYourLimit("x"), "A senior reviewer can"),
        (errors.PolicyRefuses(()), "The policy does not allow this"),
        (errors.ReasonsNeeded("x"), "one to four reasons"),
        (Conflict("x"), "has changed since you opened it"),
        (LeewayError("x"), "could not be done"),
    ],
)
def test_every_error_is_said_in_words(error: LeewayError, words: str) -> None:
    assert words in wording.problem_text(error)


@pytest.mark.parametrize(
    ("on", "words", "tone"),
    [
        (date(2026, 5, 8), "6 days left", ""),
        (date(2026, 5, 13), "1 day left", "near"),
        (date(2026, 5, 14), "today", "near"),
        (date(2026, 5, 15), "late by 1 day", "late"),
        (date(2026, 5, 29), "late by 15 days", "late"),
        (date(2026, 5, 30), "1 day past the latest day", "late"),
    ],
)
def test_time_left_is_said_in_words(on: date, words: str, tone: str) -> None:
    left = left_until(date(2026, 5, 14), since=date(2026, 5, 8), on=on, hard_on=date(2026, 5, 29))
    assert (wording.left_text(left), left.tone) == (words, tone)
    assert 0 <= left.used <= 1000
