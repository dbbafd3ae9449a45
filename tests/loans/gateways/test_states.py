"""Whatever order reports come in, the order ends the same, and the same of them wait for a person."""

import random
from itertools import permutations

import pytest

from loans.gateways.interface import Outcome
from loans.gateways.sandbox import CALM, WORST
from loans.gateways.states import MOVES, OPEN, Answer, State, after, is_payable

P, S, F, R = Outcome.PENDING, Outcome.SUCCEEDED, Outcome.FAILED, Outcome.RETURNED
HISTORIES = [[S], [F], [P, S], [P, F], [P, P, S, S], [P, F, F], [S, R], [P, S, S, R], [P, P, S, S, S, R]]


def told(reports: list[Outcome], state: State = State.SENT) -> tuple[State, list[Answer]]:
    """The end of an order that is told these reports, and the answers that wait for a person, sorted."""
    answers = []
    for outcome in reports:
        answer, state = after(state, outcome)
        answers.append(answer)
    return state, sorted(answer for answer in answers if answer in (Answer.REVIEW, Answer.CONFLICT))


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: "-".join(history))
@pytest.mark.parametrize("start", [State.SENT, State.UNKNOWN])
def test_every_order_of_a_history_ends_as_the_true_one(history: list[Outcome], start: State) -> None:
    assert {str(told(list(each), start)) for each in permutations(history)} == {str(told(history, start))}


def test_five_thousand_drawn_permutations_end_as_the_true_ones() -> None:
    dice = random.Random(20260508)
    for _ in range(5000):
        history = [*[P] * dice.randrange(4), *[dice.choice((S, F))] * dice.randrange(1, 4)]
        history += [R] * dice.randrange(2) if S in history else []
        shuffled = dice.sample(history, len(history))
        assert told(shuffled) == told(history), shuffled


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("outcome", Outcome)
def test_no_report_moves_an_order_back(state: State, outcome: Outcome) -> None:
    _, then = after(state, outcome)
    assert then is state or (state, then) in MOVES
    if state not in OPEN:
        assert then is state


def test_an_end_is_contradicted_never_changed() -> None:
    assert after(State.SUCCEEDED, F) == (Answer.CONFLICT, State.SUCCEEDED)
    assert after(State.FAILED, S) == (Answer.CONFLICT, State.FAILED)
    assert after(State.FAILED, R) == (Answer.CONFLICT, State.FAILED)
    assert after(State.SUCCEEDED, R) == (Answer.APPLIED, State.SUCCEEDED)


@pytest.mark.parametrize("outcome", Outcome)
def test_nothing_is_known_of_what_was_not_sent(outcome: Outcome) -> None:
    assert after(State.CREATED, outcome) == (Answer.CONFLICT, State.CREATED)


@pytest.mark.parametrize("reported", [0, -1, 107_972])
def test_a_part_is_less_and_more_than_nothing(reported: int) -> None:
    assert not is_payable(107_971, reported, may_be_partial=True)


def test_the_worst_plan_does_everything_that_can_go_wrong() -> None:
    calm = {name for name in CALM.__slots__ if getattr(CALM, name) == getattr(WORST, name)}
    assert calm == set()
