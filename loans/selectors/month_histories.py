"""What months of loans are judged by, read for many loans at once: schedule versions, payments, holds.

Of the versions only those have their rows that a month asked for is judged under.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from accounts.keys import among
from credit.facts import MonthFacts
from loans.engine.calendar import month_end
from loans.engine.schedule import Row
from loans.models import Allocation, Hold, Loan, ScheduleVersion
from loans.months import Part, Span, month_after_settlement, month_facts
from loans.selectors.in_force import rows_of
from loans.selectors.month_parts import parts_of
from loans.selectors.month_windows import short

Source = ScheduleVersion.Source


@dataclass(frozen=True, slots=True)
class Version:
    """A schedule version as a month needs it."""

    adopted_on: date
    is_relief: bool
    reference: str
    paused_on: tuple[date, ...]
    rows: tuple[Row, ...]
    is_write_off: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Everything that months of one loan are judged by; versions in order."""

    loan: Loan
    versions: Sequence[Version]
    payments: Sequence[Part]
    holds: Sequence[Span]

    def facts_on_file(self, month: date) -> MonthFacts:
        """The facts of a month that the file has or waits to have, though the loan was settled before it."""
        if self.loan.settled_on is not None and month > self.loan.settled_on:
            return month_after_settlement(month, self.loan.grace_days)
        return self.facts(month)

    def facts(self, month: date) -> MonthFacts:
        """The facts of one month, under the version in force on its day of record."""
        end = month_end(month)
        known = [self.versions[place] for place in _known(self.versions, self.loan, month)]
        rows = known[-1].rows
        relief, due = None, None
        if reliefs := [version for version in reversed(known) if version.is_relief]:
            due = {row.due_on for row in rows}
            # The last relief that took a date of this month away, for good; else the last there was.
            relief = next((each for each in reliefs if _is_of(each, month, end, due)), reliefs[0])
        return month_facts(
            month=month,
            rows_in_force=rows,
            paused_on=[on for on in relief.paused_on if on not in due] if relief and due is not None else [],
            payments=self.payments,
            holds=self.holds,
            grace_days=self.loan.grace_days,
            disbursed_on=self.loan.disbursed_on,
            settled_on=self.loan.settled_on,
            written_off_on=self.loan.written_off_on,
            relief_reference=relief.reference if relief else "",
            relieved_on=relief.adopted_on if relief else None,
            grace_needs_clean_previous=self.loan.grace_needs_clean_previous,
        )


def histories_of(loans: Iterable[Loan], months: Mapping[int, Sequence[date]]) -> dict[int, History]:
    """By the loan's primary key, for the months asked of each. Up to six queries, however many loans and months.

    A loan of which one month is asked has a short history where that is enough.
    """
    by_pk = {loan.pk: loan for loan in loans}
    versions, keys = _versions(by_pk)
    holds = _holds(by_pk)
    found = {
        pk: History(by_pk[pk], [replace(versions[pk][0], rows=rows)], parts, ())
        for pk, (rows, parts) in _short(by_pk, months, versions, keys, holds).items()
    }
    long = by_pk.keys() - found.keys()
    wanted = {
        keys[pk][place] for pk in long for month in months[pk] for place in _known(versions[pk], by_pk[pk], month)[-1:]
    }
    rows = rows_of(wanted) if long else {}
    parts = parts_of(Allocation.objects.filter(loan__in=among(long))) if long else {}
    for pk in long:
        whole = [replace(version, rows=rows[key]) for version, key in zip(versions[pk], keys[pk], strict=True)]
        found[pk] = History(by_pk[pk], whole, parts[pk], holds[pk])
    return found


def _short(
    loans: Mapping[int, Loan],
    months: Mapping[int, Sequence[date]],
    versions: Mapping[int, Sequence[Version]],
    keys: Mapping[int, Sequence[int]],
    holds: Mapping[int, Sequence[Span]],
) -> dict[int, tuple[tuple[Row, ...], Sequence[Part]]]:
    """Short histories of loans of which the same month is asked as of most, where they are enough."""
    plain = [
        pk
        for pk in loans
        if len(months[pk]) == 1 and len(versions[pk]) == 1 and not versions[pk][0].is_relief and not holds[pk]
    ]
    if not plain:
        return {}
    ((month, _),) = Counter(months[pk][0] for pk in plain).most_common(1)
    asked = [loans[pk] for pk in plain if months[pk][0] == month]
    return short(asked, {loan.pk: keys[loan.pk][0] for loan in asked}, month)


def _known(versions: Sequence[Version], loan: Loan, month: date) -> list[int]:
    """The places of the versions that were adopted by the day of record and were not a mistake.

    A write-off is taken back from the day on which that is agreed, so that no penalty interest
    is charged for the days between; of the months between it asked for nothing either. Of
    several only the last one stands, and only while the loan is written off.
    """
    as_of = month_end(month) + timedelta(days=loan.grace_days)
    write_offs = [place for place, version in enumerate(versions) if version.is_write_off]
    taken_back = write_offs if loan.written_off_on is None else write_offs[:-1]
    return [place for place, version in enumerate(versions) if version.adopted_on <= as_of and place not in taken_back]


def _is_of(relief: Version, month: date, end: date, due: Collection[date]) -> bool:
    """Whether the relief took a date of the month away."""
    return any(month <= on <= end and on not in due for on in relief.paused_on)


def _versions(loans: Collection[int]) -> tuple[Mapping[int, list[Version]], Mapping[int, list[int]]]:
    """The versions of each loan in order, without their rows; and their primary keys. One query."""
    versions: dict[int, list[Version]] = defaultdict(list)
    keys: dict[int, list[int]] = defaultdict(list)
    stored = ScheduleVersion.objects.filter(loan__in=among(loans)).order_by("loan_id", "number")
    columns = ("pk", "loan_id", "adopted_on", "source", "source_reference", "paused_on")
    for pk, loan_pk, adopted_on, source, reference, paused_on in stored.values_list(*columns):
        paused = tuple(map(date.fromisoformat, paused_on))
        is_relief, is_write_off = source == Source.RELIEF, source == Source.WRITE_OFF
        versions[loan_pk].append(Version(adopted_on, is_relief, reference, paused, (), is_write_off))
        keys[loan_pk].append(pk)
    return versions, keys


def _holds(loans: Collection[int]) -> Mapping[int, list[Span]]:
    """Holds of the credit record, by loan. One query."""
    found: dict[int, list[Span]] = defaultdict(list)
    stored = Hold.objects.filter(loan__in=among(loans), kind=Hold.Kind.BUREAU).order_by("pk")
    for loan_pk, source, from_on, until_on in stored.values_list("loan_id", "source", "from_on", "until_on"):
        found[loan_pk].append(Span(source, from_on, until_on))
    return found
