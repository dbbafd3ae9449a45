"""Which versions of which months go into a bureau's file.

    the month itself     the version that stands, of every account that has one
    earlier months       whose own file was made: a version that no file of another month has had,
                         be it a correction or a month that was held back then

A row that was never in a file of this format needs the borrower's consent to reporting, given by
now, not taken back, and reaching the month's end (or the account's). One that was there may be
put right without: what was furnished lawfully stays, and must be true.
A file that is made anew says what it said before and what has changed since.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from accounts.models import Lender
from credit.bureau.records import last_day
from credit.consent_terms import covers
from credit.models import BureauFile, BureauFileHeld, BureauFileLine, MonthFact, Tradeline
from credit.models.consent import Purpose
from credit.selectors.bureau_records import Picked, slices
from credit.selectors.standing import terms_among

SLICE = 1000


class Held(NamedTuple):
    """A month that is not in the file, and why."""

    reference: str
    month: date
    reason: str


class _Version(NamedTuple):
    pk: int
    month: date


class _Account(NamedTuple):
    pk: int
    reference: str
    closed_on: date | None
    borrower_pk: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a slice of accounts gives: rows in the order of account and month."""

    picked: list[Picked]
    held: list[Held]
    missing_count: int


@dataclass(frozen=True, slots=True)
class Question:
    """The file that is to be made. `before` is the key of a file that is made once more: it and later ones
    have corrected nothing yet."""

    lender: Lender
    format: str
    month: date
    before: int | None = None


class _Sent(NamedTuple):
    """What files of this format have had: versions in files of other months, and versions in any earlier file."""

    elsewhere: Collection[int]
    earlier: Collection[int]
    ever: Collection[int]


def choose(question: Question, on: date) -> Iterator[Chosen]:
    """Slice by slice, in the order of the accounts' keys. Six queries a slice."""
    files = BureauFile.objects.filter(lender=question.lender, format=question.format, month__lt=question.month)
    filed = set(files.values_list("month", flat=True))
    for keys in slices(_accounts(question, files), SLICE):
        yield _choose(question, keys, filed, on)


def _accounts(question: Question, files: QuerySet[BureauFile]) -> QuerySet[Tradeline]:
    """Accounts that were open in the month, and those of which something became known since earlier files."""
    opened = Tradeline.objects.filter(lender=question.lender, opened_on__lte=last_day(question.month))
    alive = Q(closed_on__isnull=True) | Q(closed_on__gte=question.month)
    first = files.aggregate(at=Min("made_at"))["at"]
    if first is None:
        return opened.filter(alive)
    news = MonthFact.objects.filter(tradeline=OuterRef("pk"), month__lt=question.month, furnished_at__gt=first)
    return opened.filter(alive | Exists(news))


def _choose(question: Question, keys: Sequence[int], filed: Collection[date], on: date) -> Chosen:
    rows = Tradeline.objects.filter(pk__in=keys).order_by("pk")
    accounts = [_Account(*row) for row in rows.values_list("pk", "reference", "closed_on", "file__borrower")]
    terms = terms_among({account.borrower_pk for account in accounts}, question.lender, Purpose.REPORTING)
    sent, by_account = _sent(question, keys), _versions(keys, question.month)
    chosen = Chosen([], [], 0)
    missing = 0
    for account in accounts:
        versions = by_account[account.pk]
        stands = {each.month: each for each in versions}
        missing += question.month not in stands and (account.closed_on is None or account.closed_on >= question.month)
        for each in stands.values():
            if each.month != question.month and (each.month not in filed or each.pk in sent.elsewhere):
                continue
            of_month = [other for other in versions if other.month == each.month]
            through = min(last_day(each.month), account.closed_on or date.max)
            is_known = any(other.pk in sent.ever for other in of_month)
            if is_known or covers(terms.get(account.borrower_pk, ()), through, on):
                is_correction = any(other.pk in sent.earlier and other.pk != each.pk for other in of_month)
                chosen.picked.append(Picked(each.pk, account.pk, is_correction))
            else:
                chosen.held.append(Held(account.reference, each.month, BureauFileHeld.Why.NO_CONSENT.value))
    return replace(chosen, missing_count=missing)


def _versions(keys: Sequence[int], through: date) -> dict[int, list[_Version]]:
    """By account, every version of every month up to one; months in order, later versions later. One query."""
    rows = MonthFact.objects.filter(tradeline__in=keys, month__lte=through).order_by("month", "version")
    versions: dict[int, list[_Version]] = defaultdict(list)
    for account_pk, pk, month in rows.values_list("tradeline", "pk", "month"):
        versions[account_pk].append(_Version(pk, month))
    return versions


def _sent(question: Question, keys: Sequence[int]) -> _Sent:
    lines = BureauFileLine.objects.filter(fact__tradeline__in=keys, file__format=question.format)
    elsewhere, earlier, ever = set(), set(), set()
    for fact_pk, file_pk, month in lines.values_list("fact", "file", "file__month"):
        ever.add(fact_pk)
        if month != question.month:
            elsewhere.add(fact_pk)
        if question.before is None or file_pk < question.before:
            earlier.add(fact_pk)
    return _Sent(elsewhere, earlier, ever)
