"""What a bureau's file says of accounts: read in slices, so that a book of any size fits in memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.identity_number import birth_date
from accounts.models import Borrower, Lender
from accounts.services import opened_identities
from accounts.wording import DIGITS
from credit.bureau.records import Account, Past, Person, Record
from credit.facts import MonthFacts, Relief, StatusEnd
from credit.models import MonthFact, Tradeline

_PAST = ("days_past_due", "had_obligation", "paid_late", "balance_minor", "first_delinquency_on")
_ACCOUNT = ("pk", "reference", "opened_on", "closed_on", "currency", "original_minor", "instalments", "portfolio")
_FACTS = tuple(MonthFacts.__dataclass_fields__)
_STATUS = {each.value: each for each in StatusEnd}
_RELIEF = {each.value: each for each in Relief}


class Picked(NamedTuple):
    """A version of a month that goes into a file."""

    fact_pk: int
    tradeline_pk: int
    is_correction: bool


def slices(rows: QuerySet, size: int, column: str = "pk") -> Iterator[list[int]]:
    """The primary keys of the rows in order, `size` at a time; each slice is a query of its own."""
    last = 0
    while keys := list(rows.filter(**{f"{column}__gt": last}).order_by(column).values_list(column, flat=True)[:size]):
        yield keys
        last = keys[-1]


def records(lender: Lender, picked: Sequence[Picked], known_at: datetime) -> Iterator[tuple[Picked, Record]]:
    """Each with what the file says of it, by what was furnished until `known_at`. Five queries, however many."""
    zone = ZoneInfo(lender.time_zone)
    columns = MonthFact.objects.filter(pk__in=[each.fact_pk for each in picked]).values_list(
        "pk", "furnished_at", *_FACTS
    )
    facts = {row[0]: (row[1], MonthFacts(**dict(zip(_FACTS, row[2:], strict=True)))) for row in columns}
    tradelines = {each.tradeline_pk for each in picked}
    months = pasts(tradelines, max((said.month for _, said in facts.values()), default=date.min), known_at)
    owners = accounts_and_people(tradelines)
    for each in picked:
        account, person = owners[each.tradeline_pk]
        furnished_at, said = facts[each.fact_pk]
        past = {month: past for month, past in months[each.tradeline_pk].items() if month < said.month}
        yield (
            each,
            Record(
                person=person,
                account=account,
                facts=said,
                past=past,
                furnished_at=furnished_at.astimezone(zone),
                is_correction=each.is_correction,
            ),
        )


def pasts(tradelines: Iterable[int], before: date, known_at: datetime) -> dict[int, dict[date, Past]]:
    """Months before a day, by tradeline and first day, in the version that was known then. One query."""
    rows = MonthFact.objects.filter(tradeline__in=tradelines, month__lt=before, furnished_at__lte=known_at)
    found: dict[int, dict[date, Past]] = defaultdict(dict)
    # a later version takes the place of an earlier one
    for tradeline_pk, month, status_end, relief, *said in rows.order_by("version").values_list(
        "tradeline", "month", "status_end", "relief_kind", *_PAST
    ):
        found[tradeline_pk][month] = Past(_STATUS[status_end], _RELIEF[relief], *said)
    return found


def accounts_and_people(tradelines: Iterable[int]) -> dict[int, tuple[Account, Person]]:
    """The accounts, and whose they are. Three queries."""
    rows = list(Tradeline.objects.filter(pk__in=tradelines).values_list("file__borrower", *_ACCOUNT))
    borrowers = {row[0] for row in rows}
    known = opened_identities(borrowers)
    people = {
        pk: _person(name, name_latin, known.get(pk))
        for pk, name, name_latin in Borrower.objects.filter(pk__in=borrowers).values_list("pk", "name", "name_latin")
    }
    return {
        pk: (
            Account(
                reference, opened_on, closed_on, currency, 10 ** DIGITS.get(currency, 2), original_minor, instalments,
                portfolio == Tradeline.Portfolio.REVOLVING,
            ),
            people[borrower_pk],
        )
        for borrower_pk, pk, reference, opened_on, closed_on, currency, original_minor, instalments, portfolio in rows
    }  # fmt: skip


def _person(name: str, name_latin: str, known: tuple[str, str] | None) -> Person:
    if known is None:
        return Person(name, name_latin)
    confirmed, number = known
    return Person(confirmed, name_latin, number, birth_date(number))
