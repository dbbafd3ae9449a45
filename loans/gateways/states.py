"""Which report may follow which: an order goes forward, whatever order its reports come in.

    order is      pending   succeeded   failed     returned
    created       conflict  conflict    conflict   conflict            never sent, so nobody can know it
    sent          noted     done        done       done, taken back    what went back had come first
    unknown       noted     done        done       done, taken back
    succeeded     noted     noted       conflict   taken back
    failed        noted     conflict    noted      conflict

`done` ends the order. An end is never taken back by a report: what contradicts it is kept for
a person. Money that went back leaves the order as done, and its payment reversed. So the books
do not depend on the order in which genuine reports arrive, and a report that comes twice
changes nothing.
"""

from enum import StrEnum

from loans.gateways.interface import Outcome


class State(StrEnum):
    CREATED = "created"
    SENT = "sent"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Answer(StrEnum):
    """What became of a report.

    `applied` moved the order to its end, or took back what it had brought; `noted` says nothing
    new; `suspense` is money that nobody could place; `review` and `conflict` wait for a person.
    """

    APPLIED = "applied"
    NOTED = "noted"
    SUSPENSE = "suspense"
    REVIEW = "review"
    CONFLICT = "conflict"


OPEN = (State.CREATED, State.SENT, State.UNKNOWN)
WAITING = (State.SENT, State.UNKNOWN)
MOVES = (
    (State.CREATED, State.SENT),
    (State.CREATED, State.FAILED),  # taken back before it was sent
    (State.SENT, State.UNKNOWN),
    (State.SENT, State.SUCCEEDED),
    (State.SENT, State.FAILED),
    (State.UNKNOWN, State.SUCCEEDED),
    (State.UNKNOWN, State.FAILED),
)
_ENDS = {Outcome.SUCCEEDED: State.SUCCEEDED, Outcome.FAILED: State.FAILED}


def after(state: State, outcome: Outcome) -> tuple[Answer, State]:
    """What a report does to an order in `state`, and the state it is in then.

    >>> after(State.SENT, Outcome.SUCCEEDED)
    (<Answer.APPLIED: 'applied'>, <State.SUCCEEDED: 'succeeded'>)
    >>> after(State.FAILED, Outcome.SUCCEEDED)
    (<Answer.CONFLICT: 'conflict'>, <State.FAILED: 'failed'>)
    >>> after(State.SENT, Outcome.RETURNED)
    (<Answer.APPLIED: 'applied'>, <State.SUCCEEDED: 'succeeded'>)
    """
    if state is State.CREATED:
        return Answer.CONFLICT, state
    if outcome is Outcome.PENDING:
        return Answer.NOTED, state
    if outcome is Outcome.RETURNED:
        # What went back had come before, though the report of that may still be on its way.
        return (Answer.CONFLICT, state) if state is State.FAILED else (Answer.APPLIED, State.SUCCEEDED)
    end = _ENDS[outcome]
    if state in WAITING:
        return Answer.APPLIED, end
    return (Answer.NOTED if state is end else Answer.CONFLICT), state


def is_payable(ordered_minor: int, reported_minor: int, *, may_be_partial: bool) -> bool:
    """Whether a reported sum is what was ordered, or the part of it that was allowed.

    >>> is_payable(107_971, 107_971, may_be_partial=False), is_payable(107_971, 107_970, may_be_partial=False)
    (True, False)
    >>> is_payable(107_971, 50_000, may_be_partial=True), is_payable(107_971, 107_972, may_be_partial=True)
    (True, False)
    """
    return reported_minor == ordered_minor or (may_be_partial and 0 < reported_minor < ordered_minor)
