"""The schedule of a loan to which something happens on its way.

Events change slots, in the order of their dates:

- an interest pause and a moved date keep the instalment; the last slot takes the difference;
- a new rate solves the equal instalment again, from the slot that holds its first day,
  on the balance that slot opens with;
- extra instalments solve it again from the slot that holds the day, or the next if it is paid;
- what is past due, re-amortised, is added to the later slots in equal parts, of which
  the profile's multiple is kept and the last takes the rest (125 / 2 in whole units: 62, 63);
- what is unpaid, re-aged, becomes new slots in equal parts, principal and the interest
  owed to that day each (875.00 / 3: 291.67, 291.67, 291.66), and bears no more interest;
- a payment ahead of time changes nothing; or, if the request recalculates, it lowers the
  balance from its day. On a due date the surplus is principal of that instalment; less
  than an instalment in between counts towards the next one, which stays; an instalment
  or more is all principal. Then the instalment is solved again, or the same one ends
  sooner;
- if the request recalculates, principal past due goes on bearing interest until it is
  paid, at most to the day of the answer: instalments stay and the last one grows.

Where interest does not follow the balance (`flat`, `bullet`, grace on interest) dates may
move, payments come and what is unpaid be divided anew; a new rate scales flat interest.
Conventions of Apache Fineract, checked against its published scenarios.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import singledispatchmethod
from itertools import pairwise

from loans.engine.bearing import Bearing, Slot
from loans.engine.calendar import due_dates, shift, stands_on_anchor
from loans.engine.events import (
    Event,
    ExtraInstalments,
    InterestPause,
    MoveDueDate,
    Payment,
    RateChange,
    ReAge,
    ReAmortise,
    Recalculate,
)
from loans.engine.methods import level
from loans.engine.money import split
from loans.engine.request import RequestError
from loans.engine.schedule import Row, schedule
from loans.engine.terms import LAST_DAY, MOST_INSTALMENTS, Method, Terms


@dataclass
class Course:
    """A loan on its way: its slots, its rates and pauses so far, and what was paid."""

    terms: Terms
    recalculate: Recalculate = Recalculate.NONE
    slots: list[Slot] = field(default_factory=list)
    as_of: date | None = None
    payments: list[Payment] = field(default_factory=list)
    is_aged: bool = False

    def __post_init__(self) -> None:
        """Make a slot of each instalment as agreed."""
        self.bearing = Bearing(self.terms)
        self.slots = [self._slot(row) for row in schedule(self.terms)]

    @property
    def is_fixed(self) -> bool:
        """Whether interest was agreed once and does not follow the balance."""
        return self.terms.method in (Method.FLAT, Method.BULLET) or self.terms.grace_on_interest_instalments > 0

    def _slot(self, row: Row) -> Slot:
        if self.is_fixed:
            return Slot(row.opens_on, row.due_on, 0, row.principal_minor, row.interest_minor)
        if self.terms.method is Method.LEVEL and row.principal_minor and row.due_on > self.terms.disbursed_on:
            return Slot(row.opens_on, row.due_on, row.principal_minor + row.interest_minor)
        return Slot(row.opens_on, row.due_on, principal_minor=row.principal_minor)

    def rows(self) -> tuple[Row, ...]:
        """Return every instalment as it stands; the last one repays the rest."""
        rows: list[Row] = []
        balance_minor = self.terms.principal_minor
        for number, slot in enumerate(self.slots, 1):
            interest_minor = self._interest(slot, balance_minor, rows)
            principal_minor = slot.principal_minor
            if principal_minor is None:
                principal_minor = max(slot.instalment_minor - interest_minor, 0)
            principal_minor = balance_minor if number == len(self.slots) else min(principal_minor, balance_minor)
            balance_minor -= principal_minor
            rows.append(Row(number, slot.opens_on, slot.due_on, principal_minor, interest_minor, balance_minor))
            if not balance_minor and self.recalculate is Recalculate.REDUCE_COUNT and not self.is_fixed:
                break
        return tuple(rows)

    def paid(self, rows: Sequence[Row], until: date = date.max) -> list[int]:
        """Return what was paid on each row by a day, the oldest first."""
        left_minor, parts = self._received(until), []
        for row in rows:
            parts.append(min(left_minor, row.due_minor))
            left_minor -= parts[-1]
        return parts

    @singledispatchmethod
    def apply(self, event: Event, at: str) -> None:
        """Let an event happen; `at` is its place in the request. Raises RequestError."""
        raise TypeError(event)

    @apply.register
    def _(self, event: Payment, at: str) -> None:
        rows = self.rows()
        owed_minor = sum(row.due_minor for row in rows) - self._received(date.max)
        if event.amount_minor > owed_minor:
            raise RequestError(f"{at}.amount_minor", "more_than_owed")
        due_minor = sum(row.due_minor for row in rows if row.due_on <= event.on) - self._received(date.max)
        if self.recalculate is not Recalculate.NONE:
            self._refuse_fixed("recalculate")
        if self.recalculate is not Recalculate.NONE and event.amount_minor > max(due_minor, 0):
            self._prepay(event.on, event.amount_minor - max(due_minor, 0), rows, at)
        self.payments.append(event)

    @apply.register
    def _(self, event: InterestPause, at: str) -> None:
        self._refuse_fixed(f"{at}.kind")
        self.bearing.pauses.append((self.bearing.edge(event.on), self.bearing.edge(event.until + timedelta(days=1))))

    @apply.register
    def _(self, event: RateChange, at: str) -> None:
        first = next((k for k, slot in enumerate(self.slots) if self.bearing.edge(event.on) < slot.due_on), None)
        if first is not None and self.terms.method is Method.FLAT and not self.terms.grace_on_interest_instalments:
            self._scale(first, event.rate_annual, at)
        else:
            self._refuse_fixed(f"{at}.kind")
        self.bearing.rates.append((self.bearing.edge(event.on), event.rate_annual))
        # What was re-aged bears no more interest, whatever the rate.
        if not self.is_fixed and not self.is_aged:
            self._solve(first, at)

    @apply.register
    def _(self, event: MoveDueDate, at: str) -> None:
        index, rows = event.number - 1, self.rows()
        # A loan that is repaid before its last slot ends there.
        is_there = index < len(rows) and rows[index].opens_on < rows[index].due_on
        if not is_there or self.paid(rows)[index] == rows[index].due_minor:
            raise RequestError(f"{at}.number", "no_such_instalment")
        if event.to <= self.slots[index].opens_on:
            raise RequestError(f"{at}.to", "out_of_order")
        count = len(self.slots) - index
        self._check_calendar(event.to, count, f"{at}.to")
        dates = due_dates(event.to, count, self.terms.every, self.terms.unit)
        opens_on = self.slots[index].opens_on
        for offset, due_on in enumerate(dates):
            self.slots[index + offset] = replace(self.slots[index + offset], opens_on=opens_on, due_on=due_on)
            opens_on = due_on

    @apply.register
    def _(self, event: ExtraInstalments, at: str) -> None:
        self._refuse_fixed(f"{at}.kind")
        if len(self.slots) + event.count > MOST_INSTALMENTS:
            raise RequestError(f"{at}.count", "too_large")
        self._check_calendar(self.slots[-1].due_on, event.count, f"{at}.count")
        first, last, terms = self._first_open(event.on), self.slots[-1], self.terms
        opens_on = last.due_on
        anchor_day = terms.anchor_day if stands_on_anchor(last.due_on, terms.anchor_day) else None
        for extra in range(1, event.count + 1):
            due_on = shift(last.due_on, extra * terms.every, terms.unit, anchor_day)
            self.slots.append(Slot(opens_on, due_on, last.instalment_minor, last.principal_minor))
            opens_on = due_on
        self._solve(first, at)

    @apply.register
    def _(self, event: ReAmortise, at: str) -> None:
        rows = self.rows()
        del self.slots[len(rows) :]
        left = self._principal_left(rows)
        later = [k for k, row in enumerate(rows) if row.due_on > event.on]
        moved_minor = sum(left[k] for k in range(len(rows)) if k not in later)
        if not later:
            raise RequestError(at, "nothing_left")
        shares = self._shares(moved_minor, len(later))
        for k, row in enumerate(rows):
            share_minor = shares[later.index(k)] if k in later else -left[k]
            fixed_minor = row.interest_minor if k not in later or self.is_fixed else None
            self.slots[k] = Slot(row.opens_on, row.due_on, 0, row.principal_minor + share_minor, fixed_minor)

    @apply.register
    def _(self, event: ReAge, at: str) -> None:
        rows = self.rows()
        left, paid = self._principal_left(rows), self.paid(rows)
        principal_minor = sum(left)
        if not principal_minor:
            raise RequestError(at, "nothing_left")
        kept = [k for k, row in enumerate(rows) if row.due_on <= event.on or paid[k]]
        owed_minor = self._interest_owed(rows, paid, event.on)
        old = [self._closed(rows[k], left[k], paid[k], event.on) for k in kept]
        principal, interest = (split(part, event.instalments) for part in (principal_minor, owed_minor))
        dates = due_dates(event.first_due_on, event.instalments, event.every, event.unit)
        opens = (event.on, *dates[:-1])
        self.is_aged = True
        self.slots = old + [
            Slot(opens_on, due_on, 0, principal_minor, interest_minor)
            for opens_on, due_on, principal_minor, interest_minor in zip(opens, dates, principal, interest, strict=True)
        ]

    def _prepay(self, on: date, surplus_minor: int, rows: Sequence[Row], at: str) -> None:
        """Lower the balance by what comes ahead of time, with the instalment that was last due."""
        # After the last due date nothing can come ahead of time.
        index = next(k for k, row in enumerate(rows) if on <= row.due_on)
        row, slot = rows[index], self.slots[index]
        if surplus_minor > (row.balance_minor if on == row.due_on else row.balance_minor + row.principal_minor):
            raise RequestError(f"{at}.amount_minor", "more_than_owed")
        is_early = on < row.due_on
        if is_early:
            slot = replace(slot, early=(*slot.early, (on, surplus_minor)))
        if not is_early or surplus_minor >= row.due_minor:
            owed_minor = 0 if is_early else row.principal_minor
            slot = replace(slot, principal_minor=owed_minor + surplus_minor)
        self.slots[index] = slot
        rest = self.rows()
        if not rest[index].balance_minor:
            del self.slots[index + 1 :]
        elif slot.principal_minor is not None and self.recalculate is Recalculate.REDUCE_INSTALMENT:
            self._solve(index + 1, at)

    def _scale(self, first: int, rate_annual: Decimal, at: str) -> None:
        """Bring flat interest to another rate, from a slot on."""
        old, new = Fraction(self.bearing.rates[-1][1]), Fraction(rate_annual)
        if not old:
            raise RequestError(f"{at}.kind", "not_for_this_method")
        for k, slot in enumerate(self.slots[first:], first):
            scaled = (slot.interest_minor or 0) * new / old
            interest_minor = self.terms.profile.rounded(scaled.numerator, scaled.denominator)
            self.slots[k] = replace(slot, interest_minor=interest_minor)

    def _closed(self, row: Row, left_minor: int, paid_minor: int, on: date) -> Slot:
        """Return a slot that keeps only what was paid of it."""
        principal_minor = row.principal_minor - left_minor
        return Slot(min(row.opens_on, on), min(row.due_on, on), 0, principal_minor, paid_minor - principal_minor)

    def _solve(self, first: int | None, at: str) -> None:
        """Divide what is left at the opening of a slot over it and all later ones, by the method."""
        if first is None:
            raise RequestError(at, "nothing_left")
        if not self.is_aged:
            # Instalments in grace go on repaying nothing.
            first = max(first, self.terms.grace_on_principal_instalments + bool(self.terms.down_payment_minor))
        rows, profile = self.rows(), self.terms.profile
        if first >= len(rows):
            return  # repaid before
        balance_minor = rows[first - 1].balance_minor if first else self.terms.principal_minor
        part = self.slots[first:]
        if self.terms.method is Method.EQUAL_PRINCIPAL or self.is_aged:
            principals = split(balance_minor, len(part))
        elif self.terms.method is Method.INTEREST_FIRST:
            principals = (*(0 for _ in part[1:]), balance_minor)
        else:
            made = level(balance_minor, self.bearing.factors(part), profile)
            self.slots[first:] = [
                Slot(slot.opens_on, slot.due_on, sum(parts), None if parts[0] else 0)
                for slot, parts in zip(part, made, strict=True)
            ]
            return
        self.slots[first:] = [
            Slot(slot.opens_on, slot.due_on, 0, principal_minor, (slot.interest_minor or 0) if self.is_aged else None)
            for slot, principal_minor in zip(part, principals, strict=True)
        ]

    def _interest(self, slot: Slot, balance_minor: int, before: Sequence[Row]) -> int:
        if slot.interest_minor is not None:
            return slot.interest_minor
        profile, exact = self.terms.profile, []
        for start, end in pairwise(self._cuts(slot)):
            bearing_minor = balance_minor - sum(early_minor for on, early_minor in slot.early if on <= start)
            bearing_minor += self._late(slot, before, start)
            exact.append(bearing_minor * self.bearing.factor(slot, start, end))
        # With `digits`, money is rounded for each stretch and then added; without, once for the period.
        charged = exact if profile.digits is not None else [sum(exact, Fraction(0))]
        return sum(profile.rounded(part.numerator, part.denominator) for part in charged)

    def _cuts(self, slot: Slot) -> list[date]:
        """Return the days of a period on which what bears interest, or its rate, changes, its ends included."""
        days = {on for on, _ in slot.early} | {one.on for one in self.payments} | set(self.bearing.edges)
        if self.as_of is not None:
            days.add(self.as_of)
        return sorted({slot.opens_on, slot.due_on, *(on for on in days if slot.opens_on < on < slot.due_on)})

    def _late(self, slot: Slot, before: Sequence[Row], on: date) -> int:
        """Return principal that was due before a period and is still unpaid on a day of it, if that bears interest."""
        if self.as_of is None or on >= self.as_of or self.recalculate is Recalculate.NONE:
            return 0
        return sum(self._principal_left(before, on))

    def _interest_owed(self, rows: Sequence[Row], paid: Sequence[int], on: date) -> int:
        """Return unpaid interest of rows due, and that of the running period to the end of a day."""
        owed_minor, balance_minor = 0, self.terms.principal_minor
        for slot, row, paid_minor in zip(self.slots, rows, paid, strict=False):
            if row.due_on <= on:
                owed_minor += max(row.interest_minor - paid_minor, 0)
            elif row.opens_on < on:
                accrued = balance_minor * self.bearing.factor(slot, row.opens_on, on)
                if slot.interest_minor is not None:
                    accrued = Fraction(slot.interest_minor * (on - row.opens_on).days, (row.due_on - row.opens_on).days)
                accrued_minor = self.terms.profile.rounded(accrued.numerator, accrued.denominator)
                owed_minor += max(accrued_minor - paid_minor, 0)
            balance_minor = row.balance_minor
        return owed_minor

    def _received(self, until: date) -> int:
        return sum(one.amount_minor for one in self.payments if one.on <= until)

    def _principal_left(self, rows: Sequence[Row], until: date = date.max) -> list[int]:
        # Inside a row interest is paid first.
        paid = self.paid(rows, until)
        return [row.principal_minor - max(part - row.interest_minor, 0) for row, part in zip(rows, paid, strict=True)]

    def _shares(self, total_minor: int, count: int) -> list[int]:
        profile = self.terms.profile
        multiple = profile.instalment_multiple_minor
        each_minor = profile.rounded(total_minor, count * multiple) * multiple
        each_minor = min(each_minor, total_minor // max(count - 1, 1))
        return [each_minor] * (count - 1) + [total_minor - each_minor * (count - 1)]

    def _first_open(self, on: date) -> int | None:
        """Return the slot that holds a day, or the next one if that is paid."""
        rows, edge = self.rows(), self.bearing.edge(on)
        parts = enumerate(zip(rows, self.paid(rows), strict=True))
        return next((k for k, (row, paid) in parts if row.due_on > edge and not 0 < row.due_minor == paid), None)

    def _refuse_fixed(self, field: str) -> None:
        if self.is_fixed:
            raise RequestError(field, "not_for_this_method")

    def _check_calendar(self, on: date, count: int, field: str) -> None:
        if on.toordinal() + count * self.terms.every * 31 > LAST_DAY.toordinal():
            raise RequestError(field, "beyond_the_calendar")


def followed(
    terms: Terms, events: Sequence[Event], recalculate: Recalculate, as_of: date | None = None
) -> tuple[tuple[Row, ...], list[int]]:
    """Return the rows of a loan after all events, and what was paid on each.

    Raises RequestError.
    """
    course = Course(terms, recalculate, as_of=as_of)
    for index, event in enumerate(events):
        course.apply(event, f"events[{index}]")
    rows = course.rows()
    return rows, course.paid(rows)
