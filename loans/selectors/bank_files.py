"""What the staff's pages show of files to and from the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Lender
from loans.gateways.bank_file import BANK_FILE
from loans.models import BankFile, BankFileLine, GatewayEvent, PaymentOrder
from loans.reversal_words import reason_parts, returned_reason

MOST_LINES = 200
Answer, Kind = BankFileLine.Answer, BankFileLine.Kind
FOR_A_PERSON = (Answer.SUSPENSE, Answer.REVIEW, Answer.CONFLICT)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines are what, and what sum they come to."""

    label: str
    outcome: str
    count: int
    sum_minor: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that a person has to look at; `event` is the report that it was taken as."""

    line: BankFileLine
    event: GatewayEvent | None
    reason: str

    @property
    def is_in_suspense(self) -> bool:
        return bool(self.line.answer == Answer.SUSPENSE)


@dataclass(frozen=True, slots=True)
class BankFilePage:
    """One file. `problems` are at most 200, of `problem_count`."""

    file: BankFile
    tallies: Sequence[Tally]
    problems: Sequence[Problem]
    problem_count: int
    unanswered_count: int

    @property
    def is_out(self) -> bool:
        return bool(self.file.direction == BankFile.Direction.OUT)


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits at a lender, and its last files."""

    waiting_count: int
    waiting_minor: int
    open_count: int
    files: Sequence[BankFile]


def bank_file_page(file: BankFile) -> BankFilePage:
    """Four queries for a file of the bank's, three for one to the bank."""
    is_out = file.direction == BankFile.Direction.OUT
    lines = file.lines.filter(kind=Kind.DEBIT) if is_out else file.lines.exclude(kind=Kind.DEBIT)
    to_look_at = lines.filter(answer__in=FOR_A_PERSON)
    problems = (
        []
        if is_out
        else list(to_look_at.select_related("order__loan", "order__bill_account").order_by("number")[:MOST_LINES])
    )
    return BankFilePage(
        file=file,
        tallies=_orders(lines) if is_out else _answers(lines),
        problems=_problems(file, problems),
        problem_count=0 if is_out else to_look_at.count(),
        unanswered_count=0 if is_out else lines.filter(answer="").count(),
    )


def desk_of_files(lender: Lender) -> Desk:
    """Three queries."""
    orders = PaymentOrder.objects.filter(lender=lender, gateway=BANK_FILE, direction=PaymentOrder.Direction.DEBIT)
    waiting = list(orders.filter(state=PaymentOrder.State.CREATED).values_list("amount_minor", flat=True))
    return Desk(
        waiting_count=len(waiting),
        waiting_minor=sum(waiting),
        open_count=orders.waiting().count(),
        files=list(BankFile.objects.filter(lender=lender)[:10]),
    )


def event_id(file: BankFile, number: int) -> str:
    """The name of the report that a line of a bank's file is taken as."""
    return f"{file.sha256[:32]}:{number}"


def _answers(lines: Any) -> list[Tally]:
    found: dict[tuple[str, str], list[int]] = {}
    for kind, answer, amount_minor in lines.values_list("kind", "answer", "amount_minor").iterator():
        tally = found.setdefault((kind, answer), [0, 0])
        tally[0] += 1
        tally[1] += amount_minor
    return [
        Tally(str(Kind(kind).label), str(Answer(answer).label) if answer else "", count, sum_minor)
        for (kind, answer), (count, sum_minor) in sorted(found.items())
    ]


def _orders(lines: Any) -> list[Tally]:
    """The debits of a file by the state that they are in now."""
    found: dict[str, list[int]] = {}
    for state, amount_minor in lines.values_list("order__state", "amount_minor").iterator():
        tally = found.setdefault(state, [0, 0])
        tally[0] += 1
        tally[1] += amount_minor
    return [
        Tally(str(PaymentOrder.State(state).label), "", count, sum_minor)
        for state, (count, sum_minor) in sorted(found.items())
    ]


def _problems(file: BankFile, lines: Sequence[BankFileLine]) -> list[Problem]:
    names = [event_id(file, line.number) for line in lines]
    events = GatewayEvent.objects.filter(lender=file.lender, gateway=BANK_FILE, event_id__in=names)
    by_name = {event.event_id: event for event in events.select_related("review")} if names else {}
    return [Problem(line, by_name.get(event_id(file, line.number)), _reason(line)) for line in lines]


def _reason(line: BankFileLine) -> str:
    if line.kind != Kind.RETURNED:
        return ""
    words, more = reason_parts(returned_reason(line.reason))
    return f"{words} {more}".strip()
