"""A loan's stage of collection as staff see it: how it came there, what may come next, what is missing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from loans.models import Hold, Loan, StageStep
from loans.selectors.stage_facts import facts_of
from loans.selectors.standing import standing
from loans.selectors.what_now import WhatNow, what_now
from loans.stage_words import LETTERS, MISSING
from loans.stages import Facts, Letter, Step, earliest_on, may_write, missing, next_step


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter: when it was written in the present delay, and whether it could be written now."""

    name: str
    title: Any
    written_on: date | None
    may_write: bool


@dataclass(frozen=True, slots=True)
class StagePage:
    """`reasons` is what stands in the way of the next step, in words; `step` is None after the last."""

    loan: Loan
    now: WhatNow
    facts: Facts
    step: Step | None
    into: Any
    reasons: tuple[Any, ...]
    earliest_on: date | None
    letters: tuple[LetterLine, ...]
    holds: tuple[Hold, ...]
    history: tuple[StageStep, ...]

    @property
    def may_step(self) -> bool:
        """Whether a person may take the next step now."""
        return self.step is not None and not self.step.by_rule and not self.reasons and self.now.is_running


def stage_page(loan: Loan, on: date) -> StagePage:
    """Four queries and those of `standing`."""
    facts = facts_of(loan, on)
    step = next_step(facts.stage)
    names = dict(Loan._meta.get_field("stage").choices or ())
    return StagePage(
        loan=loan,
        now=what_now(standing(loan, on)),
        facts=facts,
        step=step,
        into=names[step.into.value] if step is not None else "",
        reasons=tuple(MISSING[reason] for reason in missing(facts)) if facts.days else (),
        earliest_on=earliest_on(facts),
        letters=tuple(
            LetterLine(each.value, LETTERS[each], facts.letter_on(each), not may_write(each, facts)) for each in Letter
        ),
        holds=tuple(Hold.objects.on(on).filter(loan=loan).order_by("kind", "pk")),
        history=tuple(loan.stage_steps.select_related("taken_by")),
    )
