"""The stages of collection: what follows from being late, one step at a time, and never by itself beyond reminders.

    stage       days past due   who takes the step    what is asked first
    none        0               the rule, at once     nothing is overdue any more
    early       from 1, past    the rule              no hold of contacts
                its grace
    late        from 31 (M2)    the rule              no hold of contacts
    pre-legal   from 91 (M4)    a person, in words    no hold of legal steps or contacts; a demand
                                                      letter 14 days ago or more
    legal       from 91 (M4)    a person, in words    the same holds; the last letter before a suit
                                                      14 days ago or more, written in pre-legal

Steps go up one at a time. Down there is one way: whoever is up to date is at none, from any
stage, on the same day. A letter counts for the present delay only.

Source: R41 (reminder M0-M1, call M1-M2, letter M3, mediation and legal review M4 and more,
suit; a person and a reason), R26 and the holds of a request (contacts and legal steps
stand still). The days of the letters are the house's; no rule gives a number.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

LETTER_DAYS = 14


class Stage(StrEnum):
    NONE = "none"
    EARLY = "early"
    LATE = "late"
    PRE_LEGAL = "pre_legal"
    LEGAL = "legal"

    @property
    def place(self) -> int:
        return list(Stage).index(self)


class Letter(StrEnum):
    """What must have been written before a step."""

    DEMAND = "demand"
    SUIT = "suit"


class Missing(StrEnum):
    """What stands in the way of the next step."""

    NOT_SO_LATE = "not_so_late"
    CONTACT_HELD = "contact_held"
    LEGAL_HELD = "legal_held"
    NO_LETTER = "no_letter"
    LETTER_TOO_NEW = "letter_too_new"


@dataclass(frozen=True, slots=True)
class Step:
    """The step into a stage."""

    into: Stage
    from_days: int
    by_rule: bool
    holds: tuple[str, ...]
    letter: Letter | None = None


STEPS: Mapping[Stage, Step] = MappingProxyType(
    {
        Stage.EARLY: Step(Stage.EARLY, 1, True, ("contact",)),
        Stage.LATE: Step(Stage.LATE, 31, True, ("contact",)),
        Stage.PRE_LEGAL: Step(Stage.PRE_LEGAL, 91, False, ("contact", "legal"), Letter.DEMAND),
        Stage.LEGAL: Step(Stage.LEGAL, 91, False, ("contact", "legal"), Letter.SUIT),
    }
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step is judged by; `due_on` is the oldest unpaid due date, `letters` when each was last written."""

    on: date
    stage: Stage
    due_on: date | None
    grace_days: int
    held: Collection[str] = ()
    letters: Mapping[Letter, date] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """Days past due; 0 as long as grace runs.

        >>> june = Facts(date(2026, 6, 14), Stage.NONE, date(2026, 6, 10), 3)
        >>> june.days, Facts(date(2026, 6, 13), Stage.NONE, date(2026, 6, 10), 3).days
        (4, 0)
        """
        if self.due_on is None or self.on <= self.due_on + timedelta(days=self.grace_days):
            return 0
        return (self.on - self.due_on).days

    def letter_on(self, letter: Letter) -> date | None:
        """When it was written, if that was in the present delay."""
        written_on = self.letters.get(letter)
        return written_on if written_on and self.due_on and written_on > self.due_on else None


def next_step(stage: Stage) -> Step | None:
    """The step up from a stage; None from the last.

    >>> next_step(Stage.LATE).into, next_step(Stage.LEGAL)
    (<Stage.PRE_LEGAL: 'pre_legal'>, None)
    """
    return STEPS[list(Stage)[stage.place + 1]] if stage is not Stage.LEGAL else None


def missing(facts: Facts) -> tuple[Missing, ...]:
    """What stands in the way of the next step up, the gravest first; empty where it may be taken.

    Due 10 June, 91 days past due on 9 September; the demand was written on 26 August:

    >>> day, letters = date(2026, 9, 9), {Letter.DEMAND: date(2026, 8, 26)}
    >>> missing(Facts(day, Stage.LATE, date(2026, 6, 10), 3, letters=letters))
    ()
    >>> missing(Facts(day, Stage.LATE, date(2026, 6, 10), 3, held=["legal"]))
    (<Missing.LEGAL_HELD: 'legal_held'>, <Missing.NO_LETTER: 'no_letter'>)
    """
    step = next_step(facts.stage)
    if step is None:
        return ()
    found = [reason for kind, reason in _HELD.items() if kind in step.holds and kind in facts.held]
    if facts.days < step.from_days:
        found.append(Missing.NOT_SO_LATE)
    if step.letter is not None:
        written_on = facts.letter_on(step.letter)
        if written_on is None:
            found.append(Missing.NO_LETTER)
        elif facts.on < written_on + timedelta(days=LETTER_DAYS):
            found.append(Missing.LETTER_TOO_NEW)
    return tuple(found)


_HELD = MappingProxyType({"contact": Missing.CONTACT_HELD, "legal": Missing.LEGAL_HELD})


def by_rule(facts: Facts) -> Stage | None:
    """Where the rule moves the loan on that day; None where it stays. One step at a time.

    >>> by_rule(Facts(date(2026, 6, 14), Stage.NONE, date(2026, 6, 10), 3))
    <Stage.EARLY: 'early'>
    >>> by_rule(Facts(date(2026, 6, 14), Stage.LEGAL, date(2026, 7, 10), 3))
    <Stage.NONE: 'none'>
    """
    if not facts.days:
        return Stage.NONE if facts.stage is not Stage.NONE else None
    step = next_step(facts.stage)
    if step is None or not step.by_rule or missing(facts):
        return None
    return step.into


def way(facts: Facts) -> tuple[Stage, ...]:
    """Every step that the rule takes on that day, in order: a run that was left out is made up for.

    >>> way(Facts(date(2026, 7, 11), Stage.NONE, date(2026, 6, 10), 3))
    (<Stage.EARLY: 'early'>, <Stage.LATE: 'late'>)
    """
    into = by_rule(facts)
    if into is None:
        return ()
    return (into, *way(replace(facts, stage=into))) if into is not Stage.NONE else (into,)


def earliest_on(facts: Facts) -> date | None:
    """The first day on which the next step could be taken, as things stand; None from the last stage, or when current.

    Holds are left out: when they end is not known. A letter not written yet could be written today.

    >>> earliest_on(Facts(date(2026, 6, 14), Stage.EARLY, date(2026, 6, 10), 3))
    datetime.date(2026, 7, 11)
    """
    step = next_step(facts.stage)
    if step is None or facts.due_on is None:
        return None
    grace_over = facts.due_on + timedelta(days=facts.grace_days + 1)
    day = max(facts.on, grace_over, facts.due_on + timedelta(days=step.from_days))
    if step.letter is None:
        return day
    return max(day, (facts.letter_on(step.letter) or facts.on) + timedelta(days=LETTER_DAYS))


def may_write(letter: Letter, facts: Facts) -> tuple[Missing, ...]:
    """What stands in the way of writing a letter: being too early for it, a hold, or one that stands already.

    The demand is for 61 days past due and more (M3), the last letter for the pre-legal stage.
    """
    found = [reason for kind, reason in _HELD.items() if kind in facts.held]
    is_time = facts.days >= 61 if letter is Letter.DEMAND else facts.stage is Stage.PRE_LEGAL
    is_over = letter is Letter.DEMAND and facts.stage.place >= Stage.PRE_LEGAL.place
    return tuple(found) if is_time and not is_over else (*found, Missing.NOT_SO_LATE)
