"""What the pages of the credit file show, in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import wording
from credit import grid
from credit.codes import Mark, mark, pboc
from credit.facts import MonthFacts
from credit.grid import Marked
from credit.models import MonthFact, Tradeline
from credit.querysets import TradelineQuerySet
from credit.words import NAMES, correction_reason, label, words

Months = Mapping[date, Marked]

ON_TIME = frozenset({Mark.PAID, Mark.GRACE})
RELIEF = frozenset({Mark.RELIEF, Mark.RELIEF_LATE})


@dataclass(frozen=True, slots=True)
class Glyph:
    """A mark as the look draws it, and what it says."""

    state: str
    label: str

    @property
    def text(self) -> str:
        """The same words, under the name a legend reads them by."""
        return self.label


@dataclass(frozen=True, slots=True)
class Year:
    """A row of the grid: twelve cells, each a glyph, "nil", or None where it is blank."""

    year: int
    cells: tuple[Glyph | Literal["nil"] | None, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """One account, with the grid of its last 24 months."""

    lender_name: str
    lender_code: str
    complaint_line: str
    reference: str
    currency: str
    currency_sign: str
    original_minor: int
    opened_on: date
    closed_on: date | None
    caption: str
    years: tuple[Year, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of the months shown were what, over all accounts.

    Relief is never counted as late, not even where it froze a lateness; a month counts as
    both when one account was late while another was on arrangement.
    """

    on_time: int
    late: int
    relief: int


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A person's whole record; `years` is the grid of all accounts together. `as_of` is the latest day of record."""

    accounts: tuple[Account, ...]
    years: tuple[Year, ...]
    legend: tuple[Glyph, ...]
    counts: Counts
    first: date
    last: date
    as_of: date | None
    complaint_lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A month as it was furnished once; `stands` until a later version supersedes it."""

    number: int
    stands: bool
    glyph: Glyph
    code: str
    facts: MonthFacts
    reason: str
    furnished_at: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """A month with all its versions, the first first; `now` is the one that stands."""

    month: date
    name: str
    now: Version
    versions: tuple[Version, ...]

    @property
    def is_corrected(self) -> bool:
        return len(self.versions) > 1


@dataclass(frozen=True, slots=True)
class TradelinePage:
    """One account: its grid, every month on record (the latest first), and what was corrected."""

    account: Account
    legend: tuple[Glyph, ...]
    months: tuple[Month, ...]
    corrected: tuple[Month, ...]
    as_of: date | None

    @property
    def complaint_lines(self) -> tuple[tuple[str, str], ...]:
        return ((self.account.lender_name, self.account.complaint_line),)


def own_tradelines(user: Any) -> TradelineQuerySet:
    """The accounts in the person's own file, the latest first; staff own none of their customers'."""
    own = Tradeline.objects.filter(file__borrower__user=user).select_related("lender")
    return own.order_by("-opened_on", "reference")


def months_for(tradelines: Iterable[Tradeline], *, since: date | None = None) -> dict[int, list[MonthFact]]:
    """The months that stand, by tradeline key, the earliest first; from `since` on if given. One query."""
    found: dict[int, list[MonthFact]] = {tradeline.pk: [] for tradeline in tradelines}
    rows = MonthFact.objects.current().filter(tradeline__in=list(found))
    if since is not None:
        rows = rows.filter(month__gte=since)
    for row in rows.order_by("month"):
        found[row.tradeline_id].append(row)
    return found


def record_page(user: Any, today: date) -> RecordPage:
    """The person's own record as of `today`. Two queries, however many accounts."""
    tradelines = list(own_tradelines(user))
    stored = months_for(tradelines, since=grid.shift(today.replace(day=1), -grid.MONTHS_SHOWN))
    rows = [row for several in stored.values() for row in several]
    first, last = grid.window(today, max((row.month for row in rows), default=None))
    marked = {key: _marked(row for row in several if row.month >= first) for key, several in stored.items()}
    together = grid.together(marked.values())
    return RecordPage(
        accounts=tuple(_account(each, marked[each.pk], first, last) for each in tradelines),
        years=_years(grid.rows(together, first=first, last=last)),
        legend=_legend([together, *marked.values()]),
        counts=_counts(together, marked.values()),
        first=first,
        last=last,
        as_of=max((row.as_of for row in rows), default=None),
        complaint_lines=tuple(sorted({(each.lender.name, each.lender.complaint_line) for each in tradelines})),
    )


def tradeline_page(tradeline: Tradeline, today: date) -> TradelinePage:
    """Every month of an account with its versions; the caller has seen to who may look. One query."""
    by_month: dict[date, list[MonthFact]] = {}
    for row in MonthFact.objects.filter(tradeline=tradeline).order_by("-month", "version"):
        by_month.setdefault(row.month, []).append(row)
    months = tuple(_month(rows) for rows in by_month.values())
    marked = _marked(rows[-1] for rows in by_month.values())
    first, last = grid.window(today, max(marked, default=None))
    return TradelinePage(
        account=_account(tradeline, marked, first, last),
        legend=_legend([marked]),
        months=months,
        corrected=tuple(month for month in months if month.is_corrected),
        as_of=max((month.now.facts.as_of for month in months), default=None),
    )


def _marked(rows: Iterable[MonthFact]) -> dict[date, Marked]:
    return {row.month: Marked(mark(MonthFacts.of(row)), row.days_past_due) for row in rows}


def _years(rows: Sequence[grid.Row]) -> tuple[Year, ...]:
    def glyph(cell: grid.Cell) -> Glyph | Literal["nil"] | None:
        if cell.marked is not None:
            return Glyph(cell.marked.mark, label(cell))
        return "nil" if cell.is_nil else None

    return tuple(Year(row.year, tuple(glyph(cell) for cell in row.cells)) for row in rows)


def _account(tradeline: Tradeline, months: Months, first: date, last: date) -> Account:
    named = {
        "lender": tradeline.lender.name,
        "amount": wording.money_text(tradeline.original_minor, tradeline.currency),
    }
    closed = tradeline.closed_on is not None
    caption = _("%(lender)s, %(amount)s, settled") if closed else _("%(lender)s, %(amount)s")
    rows = grid.rows(months, first=first, last=last, opened_on=tradeline.opened_on, closed_on=tradeline.closed_on)
    return Account(
        lender_name=tradeline.lender.name,
        lender_code=tradeline.lender.code,
        complaint_line=tradeline.lender.complaint_line,
        reference=tradeline.reference,
        currency=tradeline.currency,
        currency_sign=wording.sign_of(tradeline.currency).strip(),
        original_minor=tradeline.original_minor,
        opened_on=tradeline.opened_on,
        closed_on=tradeline.closed_on,
        caption=caption % named,
        years=_years(rows),
    )


def _legend(grids: Iterable[Months]) -> tuple[Glyph, ...]:
    """Only the marks that occur, in their usual order."""
    found = {each.mark for months in grids for each in months.values()}
    return tuple(Glyph(each, str(NAMES[each])) for each in Mark if each in found)


def _counts(together: Months, accounts: Iterable[Months]) -> Counts:
    marks = {(month, each.mark) for months in accounts for month, each in months.items()}
    return Counts(
        on_time=sum(each.mark in ON_TIME for each in together.values()),
        late=len({month for month, each in marks if each is Mark.LATE}),
        relief=len({month for month, each in marks if each in RELIEF}),
    )


def _month(rows: Sequence[MonthFact]) -> Month:
    versions = tuple(_version(row, stands=row is rows[-1]) for row in rows)
    name = wording.month_text(rows[-1].month, get_language() or "zh-hans")
    return Month(rows[-1].month, name, versions[-1], versions)


def _version(row: MonthFact, *, stands: bool) -> Version:
    facts = MonthFacts.of(row)
    glyph = Glyph(mark(facts), words(Marked(mark(facts), facts.days_past_due)))
    return Version(row.version, stands, glyph, pboc(facts), facts, correction_reason(row.reason), row.furnished_at)
