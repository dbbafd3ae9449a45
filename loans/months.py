"""What is said of a loan about one month: facts, from schedule, payments, holds and dates alone.

A month is decided at its end + the days of grace, so that a running grace is decided first;
the days past due are those of the month's end (R29):

    unpaid since 10 June, grace 3   Jun  Jul  Aug  Sep  Oct  Nov  Dec
    days past due at the end         20   51   82  112  143  173  204

While a request is pending, the days stay those of the day on which it was sent, and what
falls due meanwhile is not yet due here: days under a hold use up no grace. In the months of
a pause nothing is due; somebody who was current when they asked stays at 0, somebody who was
31 days late stays at 31 until that is paid. Nothing here gets worse under a hold.

Source: PBoC second-generation repayment status (24 months, code by days past due at the
month's end); CARES Act 4021 (an account keeps the status it had when relief was granted).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from credit.facts import MonthFacts, Relief, StatusEnd
from loans.engine.calendar import month_end
from loans.engine.schedule import Row

DAY = timedelta(days=1)


class Part(NamedTuple):
    """What one payment put to one instalment; `principal_minor` is included in the amount."""

    number: int
    value_on: date
    amount_minor: int
    principal_minor: int


@dataclass(frozen=True, slots=True)
class Span:
    """A hold of the credit record, first and last day included; without a last day it is open."""

    source: str
    from_on: date
    until_on: date | None = None

    def covers(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)

    def belongs_to(self, reference: str) -> bool:
        """Whether the request `reference`, or its arrangement (`reference/…`), opened it."""
        return self.source.split("/")[0] == reference


class _Item(NamedTuple):
    """One instalment as the record judges it at a month's end; `last_on` is the last day to pay without being late."""

    due_on: date
    due_minor: int
    left_minor: int
    paid_off_on: date | None
    last_on: date

    def is_unpaid(self, on: date) -> bool:
        return self.paid_off_on is None or self.paid_off_on > on


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything known about the loan on the day of record."""

    rows: Sequence[Row]
    parts: Sequence[Part]
    holds: Sequence[Span]
    grace_days: int
    grace_needs_clean_previous: bool
    first: date
    end: date
    as_of: date

    def items(self, due: Mapping[int, date] | None = None) -> list[_Item]:
        """The instalments in due order; `due` gives some of them, by number, the due dates they had before."""
        found: list[_Item] = []
        by_number: dict[int, list[Part]] = {}
        for part in self.parts:
            by_number.setdefault(part.number, []).append(part)
        before = due or {}
        dated = sorted((before.get(row.number, row.due_on), row.number, row.due_minor) for row in self.rows)
        is_clean = True
        for due_on, number, due_minor in dated:
            paid_minor = paid_by_end_minor = 0
            last_paid_on = None
            for part in by_number.get(number, ()):
                paid_minor += part.amount_minor
                if part.value_on <= self.end:
                    paid_by_end_minor += part.amount_minor
                if last_paid_on is None or part.value_on > last_paid_on:
                    last_paid_on = part.value_on
            paid_off_on = (last_paid_on or due_on) if paid_minor >= due_minor else None
            grace_days = self.grace_days if is_clean or not self.grace_needs_clean_previous else 0
            last_on = last_in_time(due_on, grace_days, self.holds, self.as_of)
            is_clean = (paid_off_on or self.as_of) <= last_on
            found.append(_Item(due_on, due_minor, due_minor - paid_by_end_minor, paid_off_on, last_on))
        return found

    def unpaid_numbers(self, on: date) -> list[int]:
        """Numbers of the rows on which something was still to pay at the end of a day."""
        paid: dict[int, int] = {}
        for part in self.parts:
            if part.value_on <= on:
                paid[part.number] = paid.get(part.number, 0) + part.amount_minor
        return [row.number for row in self.rows if paid.get(row.number, 0) < row.due_minor]


def last_in_time(due_on: date, grace_days: int, holds: Sequence[Span], as_of: date) -> date:
    """The last day on which what was due then is paid in time, as known on the day of record.

    Days under a hold use up no grace: what is left of it is given back after the hold. A hold
    that began after grace had run out changes nothing.

    >>> june = date(2026, 6, 10)
    >>> last_in_time(june, 3, [], date(2026, 7, 3)).day
    13
    >>> last_in_time(june, 3, [Span("R-1", date(2026, 6, 12), date(2026, 6, 16))], date(2026, 7, 3)).day
    18
    """

    def is_held(on: date) -> bool:
        return any(hold.covers(on) for hold in holds)

    if not holds:
        return due_on + grace_days * DAY
    last_on, left = due_on, grace_days
    while last_on < as_of and (left or (is_held(last_on) and is_held(last_on + DAY))):
        last_on += DAY
        left -= not is_held(last_on)
    # Of the days after the day of record nothing is known, holds included.
    return last_on if last_on < as_of else max(last_on, due_on + grace_days * DAY)


class _Late(NamedTuple):
    """What is late, and to which day its days count."""

    counted_to: date
    items: Sequence[_Item]

    @property
    def oldest_on(self) -> date | None:
        return min((item.due_on for item in self.items), default=None)

    @property
    def days(self) -> int:
        return (self.counted_to - self.oldest_on).days if self.oldest_on is not None else 0


def month_facts(
    *,
    month: date,
    rows_in_force: Sequence[Row],
    paused_on: Sequence[date],
    payments: Sequence[Part],
    holds: Sequence[Span],
    grace_days: int,
    disbursed_on: date,
    settled_on: date | None,
    written_off_on: date | None = None,
    relief_reference: str = "",
    relieved_on: date | None = None,
    grace_needs_clean_previous: bool = True,
) -> MonthFacts:
    """The facts of the month whose first day is `month`.

    `rows_in_force` is the version adopted last by the day of record, paid rows included;
    `holds` are those of the credit record. `relief_reference` is the request whose
    arrangement was adopted last, on `relieved_on`, and `paused_on` the due dates it took
    away; its holds are no longer pending. From the month of `written_off_on` on the account is
    bad debt, until it is settled. Payments after the day of record are ignored.

    Raises ValueError for a month before disbursement or after settlement.
    """
    end = month_end(month)
    as_of = end + grace_days * DAY
    if end < disbursed_on or (settled_on is not None and settled_on < month):
        raise ValueError(f"{month:%Y-%m} is outside the life of the loan")
    parts = [part for part in payments if part.value_on <= as_of]
    known = _Known(rows_in_force, parts, holds, grace_days, grace_needs_clean_previous, month, end, as_of)
    items = known.items()
    late = _late(known, items, end)
    kind, reference, judged = _judged(known, items, late, paused_on, relief_reference, relieved_on)
    in_arrears = late if kind is Relief.TEMPORARY else judged
    return MonthFacts(
        **_plain(known, items),
        arrears_minor=sum(item.left_minor for item in in_arrears.items),
        days_past_due=judged.days,
        first_delinquency_on=judged.oldest_on + DAY if judged.oldest_on is not None else None,
        status_end=_status_end(kind, settled_on, written_off_on, end),
        relief_kind=kind,
        relief_reference=reference,
        resumes_on=_resumes_on(rows_in_force, end) if kind is Relief.TEMPORARY else None,
    )


def month_after_settlement(month: date, grace_days: int) -> MonthFacts:
    """What a month on file says once it is known that the loan was settled before it: closed, nothing due or owed.

    Only for a month that was furnished before that was known; no new one is.

    >>> february = month_after_settlement(date(2027, 2, 1), 3)
    >>> str(february.status_end), february.as_of, february.days_past_due, february.balance_minor
    ('closed', datetime.date(2027, 3, 3), 0, 0)
    """
    as_of = month_end(month) + grace_days * DAY
    return MonthFacts(month=month, as_of=as_of, had_obligation=False, status_end=StatusEnd.CLOSED)


def _status_end(kind: Relief, settled_on: date | None, written_off_on: date | None, end: date) -> StatusEnd:
    """Relief of a month is not undone by a write-off in it: bad debt is said from the next month on."""
    if settled_on is not None and settled_on <= end:
        return StatusEnd.CLOSED
    is_bad_debt = written_off_on is not None and written_off_on <= end and kind is Relief.NONE
    return StatusEnd.CHARGED_OFF if is_bad_debt else StatusEnd.OPEN


def _plain(known: _Known, items: Sequence[_Item]) -> dict[str, Any]:
    """The facts that no relief colours."""
    first, end = known.first, known.end
    scheduled_minor = sum(item.due_minor for item in items if first <= item.due_on <= end)
    is_behind = any(item.due_on < first and item.is_unpaid(first - DAY) for item in items)
    return {
        "month": first,
        "as_of": known.as_of,
        "had_obligation": scheduled_minor > 0 or is_behind,
        "scheduled_minor": scheduled_minor,
        "paid_minor": sum(part.amount_minor for part in known.parts if first <= part.value_on <= end),
        "balance_minor": _balance_minor(known),
        "paid_in_grace": any(_is_paid_in_grace(item, first, end) for item in items),
        "paid_late": any(_is_paid_late(item, first, end) for item in items),
    }


def _judged(
    known: _Known,
    items: Sequence[_Item],
    late: _Late,
    paused_on: Sequence[date],
    reference: str,
    relieved_on: date | None,
) -> tuple[Relief, str, _Late]:
    """Which relief colours the month, and the lateness that is said."""
    if any(known.first <= on <= known.end for on in paused_on):
        frozen = _frozen(known, paused_on, reference, relieved_on)
        return Relief.TEMPORARY, reference, max(late, frozen, key=lambda each: each.days)
    pending = [hold for hold in known.holds if hold.covers(known.end) and not hold.belongs_to(reference)]
    if not pending:
        return Relief.NONE, "", late
    asked = min(pending, key=lambda hold: hold.from_on)
    return Relief.PENDING_HOLD, asked.source, _late_when_asked(items, asked.from_on, known.end)


def _late(known: _Known, items: Sequence[_Item], on: date) -> _Late:
    """What is past due at the end of a day and was not, or will not have been, paid within its grace."""
    return _Late(
        on,
        [
            item
            for item in items
            if item.due_on < on and item.is_unpaid(on) and (item.paid_off_on or known.as_of) > item.last_on
        ],
    )


def _late_when_asked(items: Sequence[_Item], asked_on: date, end: date) -> _Late:
    """What was late, its grace over, on the day of asking, and is still unpaid at the month's end."""
    asked_on = min(asked_on, end)
    return _Late(asked_on, [item for item in items if item.last_on < asked_on and item.is_unpaid(end)])


def _frozen(known: _Known, paused_on: Sequence[date], reference: str, relieved_on: date | None) -> _Late:
    """The lateness of the day of asking, judged by the due dates that the arrangement took away."""
    asked = [hold.from_on for hold in known.holds if hold.belongs_to(reference)]
    asked_on = min(asked, default=relieved_on or paused_on[0])
    adopted_on = relieved_on or asked_on
    unpaid = known.unpaid_numbers(adopted_on - DAY)
    # What moved is due after the adoption; an instalment paid on that very day may have stayed.
    dates = {row.number: row.due_on for row in known.rows if row.due_on > adopted_on}
    moved = [number for number in unpaid if number in dates]
    before = sorted({*paused_on, *(dates[number] for number in moved)})
    return _late_when_asked(known.items(dict(zip(moved, before, strict=False))), asked_on, known.end)


def _resumes_on(rows: Sequence[Row], end: date) -> date | None:
    """The first due date after the month; None where none is left."""
    return min((row.due_on for row in rows if row.due_on > end and row.due_minor), default=None)


def _balance_minor(known: _Known) -> int:
    lent = sum(row.principal_minor for row in known.rows)
    return lent - sum(part.principal_minor for part in known.parts if part.value_on <= known.end)


def _is_paid_in_grace(item: _Item, first: date, end: date) -> bool:
    is_due = first <= item.due_on <= end
    return is_due and item.paid_off_on is not None and item.due_on < item.paid_off_on <= item.last_on


def _is_paid_late(item: _Item, first: date, end: date) -> bool:
    return item.paid_off_on is not None and item.last_on < item.paid_off_on and first <= item.paid_off_on <= end
