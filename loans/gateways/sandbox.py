"""A gateway that misbehaves on purpose, always the same way for the same seed.

It loses orders and answers, delays, repeats and reorders its messages, fails, collects a sum
that is a cent off, and contradicts itself, as often as its plan says. What really happened to
the money is in `truth`. With the calm plan it does everything at once and well: that is the
gateway of the demonstration.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any

from loans.gateways.interface import Instruction, NoAnswer, NotReceived, Outcome, Report
from loans.gateways.notice import Notice, as_dict

REASONS = ("insufficient_funds", "account_blocked", "limit_reached")
PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often something goes wrong, in percent; `longest_delay` is in steps of the sandbox's time."""

    lost_orders: int = 0
    lost_answers: int = 0
    lost_queries: int = 0
    lost_messages: int = 0
    failures: int = 0
    at_once: int = 100
    repeated: int = 0
    longest_delay: int = 0
    amounts_off: int = 0
    returned: int = 0
    contradictions: int = 0


CALM = Plan()
WORST = Plan(
    lost_orders=10,
    lost_answers=20,
    lost_queries=20,
    lost_messages=15,
    failures=30,
    at_once=20,
    repeated=60,
    longest_delay=40,
    amounts_off=2,
    returned=3,
    contradictions=3,
)


@dataclass(slots=True)
class _Known:
    """An order that arrived: what becomes of it, and from which step on that can be asked."""

    end: Report
    from_step: int


class Sandbox:
    """A gateway in this process. `step()` lets its time pass; `due()` are the messages it sends by now."""

    name = "callback"
    calls_out = False

    def __init__(self, seed: int = 0, plan: Plan = CALM, today: Callable[[], date] | None = None) -> None:
        self.plan = plan
        self._today = today
        self.truth: dict[str, Report] = {}
        self._dice = random.Random(seed)  # noqa: S311  (a fixed story, not a secret)
        self._known: dict[str, _Known] = {}
        self._messages: list[tuple[int, int, Notice]] = []
        self._numbers = count(1)
        self._now = 0

    def send_debit(self, instruction: Instruction) -> Report:
        return self._send(instruction)

    def send_payout(self, instruction: Instruction) -> Report:
        return self._send(instruction)

    def query(self, key: str) -> Report:
        if self._happens(self.plan.lost_queries):
            raise NoAnswer("lost")
        if key not in self._known:
            raise NotReceived(key)
        return self._status(self._known[key])

    def step(self, steps: int = 1) -> None:
        self._now += steps

    def due(self) -> Iterator[Notice]:
        """Messages whose time has come, each once; repeated ones come as often as they are repeated."""
        while self._messages and self._messages[0][0] <= self._now:
            yield heapq.heappop(self._messages)[2]

    @property
    def is_quiet(self) -> bool:
        return not self._messages

    def _send(self, instruction: Instruction) -> Report:
        if self._happens(self.plan.lost_orders):
            raise NoAnswer("lost on the way")
        if instruction.key not in self._known:
            self._accept(instruction)
        if self._happens(self.plan.lost_answers):
            raise NoAnswer("the answer was lost")
        return self._status(self._known[instruction.key])

    def _accept(self, instruction: Instruction) -> None:
        end = self._end(instruction)
        at = self._now if self._happens(self.plan.at_once) else self._now + 1 + self._delay()
        self._known[instruction.key] = _Known(end, at)
        self.truth[instruction.key] = end
        self._tell(replace(end, outcome=Outcome.PENDING, amount_minor=instruction.amount_minor, reason=""), self._now)
        is_contradicted = self._happens(self.plan.contradictions)
        self._tell(end, at, is_sure=is_contradicted)
        if end.outcome is Outcome.SUCCEEDED and self._happens(self.plan.returned):
            self._tell(replace(end, outcome=Outcome.RETURNED, reason="returned"), at)
        if is_contradicted:
            # After the truth, which therefore must arrive: who hears only lies cannot know better.
            other = Outcome.FAILED if end.outcome is Outcome.SUCCEEDED else Outcome.SUCCEEDED
            self._tell(replace(end, outcome=other, reason="contradiction"), at + self.plan.longest_delay + 1)

    def _end(self, instruction: Instruction) -> Report:
        reference = f"S-{len(self._known) + 1}"
        report = Report(
            key=instruction.key,
            outcome=Outcome.SUCCEEDED,
            amount_minor=instruction.amount_minor,
            currency=instruction.currency,
            reference=reference,
            value_on=self._today() if self._today else None,
        )
        if self._happens(self.plan.failures):
            return replace(report, outcome=Outcome.FAILED, reason=self._dice.choice(REASONS))
        if self._happens(self.plan.amounts_off):
            off = self._dice.choice((-1, 1))
            # Not even the worst one says that it has collected nothing.
            return replace(report, amount_minor=instruction.amount_minor + off or instruction.amount_minor + 1)
        return report

    def _status(self, known: _Known) -> Report:
        """What it says when it is asked; money that went back counts as collected here."""
        if self._now < known.from_step:
            return replace(known.end, outcome=Outcome.PENDING, reason="")
        return known.end

    def _tell(self, report: Report, at: int, *, is_sure: bool = False) -> None:
        """Send a message, perhaps late, perhaps never, perhaps again: as the same event or as a new one."""
        event_id = f"ev-{next(self._numbers)}"
        while True:
            if is_sure or not self._happens(self.plan.lost_messages):
                notice = Notice(event_id, report)
                heapq.heappush(self._messages, (at + self._delay(), next(self._numbers), notice))
            if not self._happens(self.plan.repeated):
                return
            if self._happens(PERCENT // 2):
                event_id = f"ev-{next(self._numbers)}"

    def _delay(self) -> int:
        return self._dice.randint(0, self.plan.longest_delay)

    def _happens(self, percent: int) -> bool:
        return self._dice.randrange(PERCENT) < percent


def message(notice: Notice) -> dict[str, Any]:
    """The message as JSON values; `notice.notice` reads it back."""
    return {"event_id": notice.event_id, **as_dict(notice.report)}
