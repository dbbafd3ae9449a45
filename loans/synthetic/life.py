"""One made-up loan: its terms, and everything that was paid on it up to a day.

Amounts are the engine's: schedules by `schedule`, whatever is not plainly an instalment on
its day by `replay` (so that penalty interest comes first, as it does for a real payment),
relief by `project`. Nothing is paid that a real loan would not have asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from loans.engine.calendar import add_months
from loans.engine.penalty import PenaltyRules, RowPayment
from loans.engine.profile import DEFAULT_PROFILE
from loans.engine.relief import Limits, Pause, project
from loans.engine.remembered import NOTHING_REMEMBERED, Remembered
from loans.engine.replay import Conventions, Received, charges, replay
from loans.engine.schedule import Method, PaidRow, Row, Terms, schedule
from loans.engine.waterfall import Component, Line
from loans.synthetic.mix import COUNTS, KINDS, METHODS, RATES, REGULAR_DAYS, SUMS_YUAN, UNPAID, Kind, drawn

GRACE_DAYS = 3
RULES = PenaltyRules(grace_days=GRACE_DAYS)
PAUSE = Pause(2)
DAY = timedelta(days=1)
LONGEST_DELAY = 25


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment, and what it was for."""

    on: date
    channel: str
    lines: tuple[Line, ...]

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Relief:
    """The second schedule version: in force from `adopted_on`, everything held until payments resume."""

    adopted_on: date
    resume_on: date
    rows: tuple[Row, ...]
    paused_on: tuple[date, ...]
    remembered: Remembered


@dataclass(frozen=True, slots=True)
class Life:
    """A loan as it stands at the end of a day; payments in the order they came."""

    kind: Kind
    terms: Terms
    contract: tuple[Row, ...]
    relief: Relief | None
    payments: tuple[Paid, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The schedule in force."""
        return self.relief.rows if self.relief else self.contract

    @property
    def remembered(self) -> Remembered:
        return self.relief.remembered if self.relief else NOTHING_REMEMBERED

    @property
    def oldest_unpaid_due_on(self) -> date | None:
        """None where everything is paid."""
        paid = dict.fromkeys((row.number for row in self.rows), 0)
        for line in self._lines():
            if line.component is not Component.PENALTY:
                paid[line.number] += line.amount_minor
        return next((row.due_on for row in self.rows if paid[row.number] < row.due_minor), None)

    @property
    def principal_left_minor(self) -> int:
        repaid = sum(line.amount_minor for line in self._lines() if line.component is Component.PRINCIPAL)
        return self.terms.principal_minor - repaid

    @property
    def settled_on(self) -> date | None:
        return self.payments[-1].on if self.oldest_unpaid_due_on is None else None

    def _lines(self) -> Iterable[Line]:
        return (line for payment in self.payments for line in payment.lines)


def life(dice: Random, on: date) -> Life:
    """A loan as the dice fall, up to the end of the day `on`."""
    kind = drawn(dice, KINDS)
    terms = _terms(dice, kind, on)
    rows = schedule(terms)
    if kind is Kind.RELIEVED:
        return _relieved(dice, terms, rows, on)
    return Life(kind, terms, rows, None, tuple(_PAYING[kind](dice, terms, rows, on)))


def _terms(dice: Random, kind: Kind, on: date) -> Terms:
    count, method = drawn(dice, COUNTS), drawn(dice, METHODS)
    least, most = drawn(dice, SUMS_YUAN)
    return Terms(
        principal_minor=dice.randrange(least // 100, most // 100 + 1) * 10_000,
        rate_annual=drawn(dice, RATES),
        method=Method.LEVEL if kind is Kind.RELIEVED else method,
        instalments=count,
        disbursed_on=on - _age(dice, kind, count, on) * DAY,
        profile=DEFAULT_PROFILE,
    )


def _age(dice: Random, kind: Kind, count: int, on: date) -> int:
    """Days since the loan was paid out: evenly spread over its term, as far as its kind allows."""
    term = (on - add_months(on, -count)).days
    if kind is Kind.SETTLED:
        return term + GRACE_DAYS + 2 + dice.randrange(60)
    youngest = {Kind.OVERDUE: 36, Kind.CURED: 62, Kind.RELIEVED: 75}.get(kind, 0)
    return dice.randrange(youngest, term)


def _regular(dice: Random, terms: Terms, rows: Sequence[Row], on: date) -> Iterable[Paid]:
    for row in rows:
        days = drawn(dice, REGULAR_DAYS)
        if row.due_on + days * DAY > on:
            return
        yield _whole(row, row.due_on + days * DAY, "borrower" if days else "auto_debit")


def _cured(dice: Random, terms: Terms, rows: Sequence[Row], on: date) -> Iterable[Paid]:
    """One instalment late, with the penalty interest that it was charged; the others on their days."""
    delay = dice.randrange(GRACE_DAYS + 2, LONGEST_DELAY + 1) * DAY
    late = dice.choice([row for row in rows if row.due_on + delay <= on])
    due = [row for row in rows if row.due_on <= on]
    before = [RowPayment(row.due_on, row.number, row.principal_minor, row.interest_minor) for row in due]
    earlier = [payment for payment in before if payment.number < late.number]
    penalty_minor = charges(rows, earlier, late.due_on + delay, _conventions(terms)).get(late.number, 0)
    return _replayed(
        terms,
        rows,
        [
            (late.due_on + delay, late.due_minor + penalty_minor, "borrower")
            if row is late
            else (row.due_on, row.due_minor, "auto_debit")
            for row in due
        ],
    )


def _partly(dice: Random, terms: Terms, rows: Sequence[Row], on: date) -> Iterable[Paid]:
    """One instalment in two parts, the first three days ahead."""
    begun = [row for row in rows if row.due_on - 3 * DAY <= on]
    split = dice.choice(begun) if begun else None
    received = []
    for row in begun:
        first_minor = row.due_minor // 2 if row is split else 0
        if first_minor:
            received.append((row.due_on - 3 * DAY, first_minor, "borrower"))
        if row.due_on <= on:
            received.append((row.due_on, row.due_minor - first_minor, "auto_debit"))
    return _replayed(terms, rows, received)


def _overdue(dice: Random, terms: Terms, rows: Sequence[Row], on: date) -> Iterable[Paid]:
    """The last ones to fall due are unpaid; of the oldest perhaps a part came in late."""
    late = [row for row in rows if row.due_on + GRACE_DAYS * DAY < on][-drawn(dice, UNPAID) :]
    received = [(row.due_on, row.due_minor, "auto_debit") for row in rows if row.number < late[0].number]
    came_on = late[0].due_on + 10 * DAY
    if not dice.randrange(3) and came_on <= on:
        received.append((came_on, late[0].due_minor // 2, "borrower"))
    return _replayed(terms, rows, received)


def _relieved(dice: Random, terms: Terms, rows: tuple[Row, ...], on: date) -> Life:
    """Two months of pause after an instalment that was paid; paid on the new days since."""
    done = [row for row in rows[:-2] if row.due_on + 10 * DAY <= on]
    last = dice.choice(done)
    adopted_on = last.due_on + dice.randrange(1, 11) * DAY
    projection = project(
        rows,
        paid={row.number: PaidRow(row.principal_minor, row.interest_minor) for row in rows[: last.number]},
        rate_annual=terms.rate_annual,
        profile=terms.profile,
        method=terms.method,
        as_of=adopted_on,
        components=[PAUSE],
        limits=Limits(),
        anchor_day=terms.anchor_day,
        disbursed_on=terms.disbursed_on,
    )
    changed = projection.schedule_after
    relief = Relief(adopted_on, projection.resume_on, changed, projection.paused_on, projection.remembered)
    payments = tuple(_whole(row, row.due_on, "auto_debit") for row in changed if row.due_on <= on)
    return Life(Kind.RELIEVED, terms, rows, relief, payments)


_PAYING = {
    Kind.REGULAR: _regular,
    Kind.SETTLED: _regular,
    Kind.CURED: _cured,
    Kind.PARTLY: _partly,
    Kind.OVERDUE: _overdue,
}


def _whole(row: Row, on: date, channel: str) -> Paid:
    """An instalment paid with exactly what it asks for."""
    interest_minor = row.interest_minor + row.relief_interest_minor
    parts = ((Component.INTEREST, interest_minor), (Component.PRINCIPAL, row.principal_minor))
    return Paid(on, channel, tuple(Line(row.number, component, minor) for component, minor in parts if minor))


def _replayed(terms: Terms, rows: Sequence[Row], received: Sequence[tuple[date, int, str]]) -> Iterable[Paid]:
    """Payments of these days and amounts, shared out as the books share them out."""
    ordered = sorted(received)
    came = [Received(on, place, amount_minor) for place, (on, amount_minor, _) in enumerate(ordered)]
    books = replay(rows, came, _conventions(terms))
    for one, (_, _, channel) in zip(came, ordered, strict=True):
        yield Paid(one.on, channel, books.allocations[one.sequence].lines)


def _conventions(terms: Terms) -> Conventions:
    return Conventions(terms.rate_annual, terms.profile, RULES)
