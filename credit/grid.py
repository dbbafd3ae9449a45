"""Months as a grid: a row per calendar year, twelve cells, one mark each.

    window      the 24 months that end with the last complete one, or with the latest month
                on record if that is later (an account settled this month)
    before      a month before the account was opened, or outside the window, stays blank
    after       a month after it was closed is nil: there was nothing to record
    between     a month of the account's life that no one furnished is nil too
    together    all accounts in one grid: a month shows the worst lateness of any account,
                and relief wherever there was some, so that neither hides the other; bad debt
                of any account comes before both

Years without any mark at the start and at the end are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from credit.codes import Mark

MONTHS_SHOWN = 24

# What stands for a month when accounts differ and none was late or on relief: the first that occurs.
_QUIET = (Mark.PENDING, Mark.VARIED, Mark.GRACE, Mark.PAID, Mark.CLOSED, Mark.NONE)
_LATE = frozenset({Mark.LATE, Mark.RELIEF_LATE})
_RELIEF = frozenset({Mark.RELIEF, Mark.RELIEF_LATE})


@dataclass(frozen=True, slots=True)
class Marked:
    """The mark of a month, and how many days late it stood at when it ended."""

    mark: Mark
    days_late: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One month: marked, nil (nothing recorded, nothing expected) or blank (outside what is shown)."""

    month: date
    marked: Marked | None = None
    is_nil: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A calendar year; twelve cells, January first."""

    year: int
    cells: tuple[Cell, ...]


def shift(month: date, by: int) -> date:
    """The first day of the month `by` months away.

    >>> shift(date(2026, 5, 1), -23), shift(date(2026, 12, 1), 1)
    (datetime.date(2024, 6, 1), datetime.date(2027, 1, 1))
    """
    years, index = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, index + 1, 1)


def window(today: date, latest: date | None = None) -> tuple[date, date]:
    """The first and the last month shown on `today`, both included, when `latest` is the latest on record.

    >>> window(date(2026, 6, 16)) == (date(2024, 6, 1), date(2026, 5, 1))
    True
    """
    last = shift(today.replace(day=1), -1)
    last = max(last, latest) if latest is not None else last
    return shift(last, 1 - MONTHS_SHOWN), last


def rows(
    months: Mapping[date, Marked],
    *,
    first: date,
    last: date,
    opened_on: date | None = None,
    closed_on: date | None = None,
) -> tuple[Row, ...]:
    """The grid of `months` (by first day) from `first` to `last`; an account's life makes the gaps nil."""
    shown = sorted(month for month in months if first <= month <= last)
    if not shown:
        return ()
    begin = max(first, opened_on.replace(day=1)) if opened_on is not None else shown[0]
    end = last if closed_on is not None else shown[-1]

    def cell(month: date) -> Cell:
        marked = months.get(month) if first <= month <= last else None
        return Cell(month, marked, is_nil=marked is None and begin <= month <= end)

    return tuple(
        Row(year, tuple(cell(date(year, number, 1)) for number in range(1, 13)))
        for year in range(shown[0].year, shown[-1].year + 1)
    )


def together(accounts: Iterable[Mapping[date, Marked]]) -> dict[date, Marked]:
    """All accounts' months in one: the worst lateness of each month, relief shown beside it.

    >>> may = date(2026, 5, 1)
    >>> together([{may: Marked(Mark.RELIEF)}, {may: Marked(Mark.LATE, 5)}])[may]
    Marked(mark=<Mark.RELIEF_LATE: 'relief_late'>, days_late=5)
    """
    by_month: dict[date, list[Marked]] = {}
    for months in accounts:
        for month, marked in months.items():
            by_month.setdefault(month, []).append(marked)
    return {month: _worst(by_month[month]) for month in sorted(by_month)}


def _worst(several: Sequence[Marked]) -> Marked:
    marks = {each.mark for each in several}
    days = max(each.days_late for each in several)
    if Mark.BAD_DEBT in marks:
        return Marked(Mark.BAD_DEBT, days)
    late, relief = marks & _LATE, marks & _RELIEF
    if late and relief:
        return Marked(Mark.RELIEF_LATE, days)
    if late:
        return Marked(Mark.LATE, days)
    if relief:
        return Marked(Mark.RELIEF, days)
    return Marked(next(mark for mark in _QUIET if mark in marks), days)
