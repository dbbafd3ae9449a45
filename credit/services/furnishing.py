"""What can be done to a credit file: open it, open and close an account on it, furnish its months.

The furnisher is the system (`acting_user` None) or staff who may furnish at that lender; a
borrower never is, so what follows from a borrower's payment is furnished by the system.
Opening, closing and first furnishing are one effect of a larger event (a disbursement, a
settlement, a monthly run), and the caller records that event in the audit chain. A
correction is an event of its own and is recorded here, old facts beside new.
"""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.bulk import Sheet
from accounts.errors import Conflict, NotPermitted
from accounts.models import Borrower, Lender, Membership, User
from accounts.roles import Verb
from accounts.services import require
from credit.errors import MonthNotOver, OutsideTheAccount, ReasonNeeded, TradelineDiffers, TradelineNotFound
from credit.facts import MonthFacts, StatusEnd
from credit.models import CreditFile, MonthFact, Tradeline

BATCH = 500
NAMES = tuple(field.name for field in fields(MonthFacts))
_values = attrgetter(*NAMES)


@transaction.atomic
def open_file(*, borrower: Borrower, on: date, acting_user: User | None) -> CreditFile:
    """The borrower's credit file, opened on `on` if there was none."""
    if acting_user is not None:
        at = Membership.objects.allowing(Verb.FURNISH).filter(user=acting_user, lender__relations__borrower=borrower)
        if not at.exists():
            raise NotPermitted(f"{acting_user} furnishes at no lender of this borrower")
    file, _ = CreditFile.objects.get_or_create(borrower=borrower, defaults={"opened_on": on})
    return file


@transaction.atomic
def open_tradeline(
    *,
    borrower: Borrower,
    lender: Lender,
    reference: str,
    opened_on: date,
    original_minor: int,
    currency: str,
    portfolio: str = Tradeline.Portfolio.INSTALMENT,
    instalments: int | None = None,
    acting_user: User | None,
) -> Tradeline:
    """The account `reference` of `lender` on the borrower's file; the file is opened if it was not.

    Called again with the same facts it changes nothing; with others it raises `TradelineDiffers`.
    """
    _may_furnish(lender, acting_user)
    file, _ = CreditFile.objects.get_or_create(borrower=borrower, defaults={"opened_on": opened_on})
    stated = {
        "file_id": file.pk,
        "portfolio": str(portfolio),
        "opened_on": opened_on,
        "original_minor": original_minor,
        "currency": currency,
        "instalments": instalments,
    }
    tradeline, made = Tradeline.objects.get_or_create(lender=lender, reference=reference, defaults=stated)
    if not made and any(getattr(tradeline, name) != value for name, value in stated.items()):
        raise TradelineDiffers(f"{lender.code} {reference} was opened with other facts")
    return tradeline


@transaction.atomic
def close_tradeline(*, lender: Lender, reference: str, on: date, acting_user: User | None) -> Tradeline:
    """The account, settled on `on`. Closing it again on the same day changes nothing."""
    tradeline = Tradeline.objects.filter(lender=lender, reference=reference).first()
    _may_furnish(lender, acting_user)
    if tradeline is None:
        raise TradelineNotFound(f"{lender.code} has no tradeline {reference}")
    if on < tradeline.opened_on:
        raise OutsideTheAccount(f"{reference} was opened on {tradeline.opened_on}, after {on}")
    if tradeline.closed_on is None:
        closed = Tradeline.objects.filter(pk=tradeline.pk, closed_on__isnull=True).update(closed_on=on)
        tradeline.refresh_from_db(fields=["closed_on"])
        if not closed and tradeline.closed_on != on:
            raise Conflict(f"{reference} was closed by somebody else")
    if tradeline.closed_on != on:
        raise TradelineDiffers(f"{reference} was closed on {tradeline.closed_on}")
    return tradeline


@transaction.atomic
def reopen_tradeline(*, lender: Lender, reference: str, acting_user: User | None) -> Tradeline:
    """The account, open again because its last payment was taken back. An open one is left as it is."""
    tradeline = Tradeline.objects.filter(lender=lender, reference=reference).first()
    _may_furnish(lender, acting_user)
    if tradeline is None:
        raise TradelineNotFound(f"{lender.code} has no tradeline {reference}")
    Tradeline.objects.filter(pk=tradeline.pk, closed_on__isnull=False).update(closed_on=None)
    tradeline.closed_on = None
    return tradeline


@transaction.atomic
def furnish_month(*, tradeline: Tradeline, facts: MonthFacts, reason: str = "", acting_user: User | None) -> MonthFact:
    """The stored month that says `facts`; a month already said otherwise gets a new version, with its reason.

    Raises `ReasonNeeded` where other facts stand and no reason is given, `Conflict` where
    somebody else furnished the same version first.
    """
    at_month = MonthFact.objects.current().filter(tradeline=tradeline, month=facts.month)
    current: MonthFact | None = at_month.first()
    _may_furnish(tradeline.lender, acting_user)
    check_fits(tradeline, [facts], tradeline.lender.today(), on_file=[] if current is None else [facts.month])
    if current is not None and MonthFacts.of(current) == facts:
        return current
    if current is not None and not reason:
        raise ReasonNeeded(f"{tradeline.reference} {facts.month:%Y-%m} was furnished with other facts")
    row = _row(tradeline, facts, supersedes=current, reason=reason)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"{tradeline.reference} {facts.month:%Y-%m} v{row.version} was furnished already") from error
    if current is not None:
        audit.record(
            lender=tradeline.lender,
            verb="correct_month",
            subject=f"{tradeline.reference} {facts.month:%Y-%m}",
            before={"version": current.version, **MonthFacts.of(current).as_dict()},
            after={"version": row.version, "reason": reason, **facts.as_dict()},
            acting_user=acting_user,
        )
    return row


@transaction.atomic
def furnish_months(*, tradeline: Tradeline, facts: Sequence[MonthFacts], acting_user: User | None) -> list[MonthFact]:
    """The stored months that say `facts`, in that order. Two queries, however many months.

    Months that stand with the same facts are left alone; this never corrects: a month that
    stands with others raises `ReasonNeeded`, and nothing is written.
    """
    _may_furnish(tradeline.lender, acting_user)
    check_fits(tradeline, facts, tradeline.lender.today())
    months = [each.month for each in facts]
    if len(set(months)) != len(months):
        raise Conflict(f"{tradeline.reference}: a month is given twice")
    stored = {row.month: row for row in MonthFact.objects.current().filter(tradeline=tradeline, month__in=months)}
    for each in facts:
        if each.month in stored and MonthFacts.of(stored[each.month]) != each:
            raise ReasonNeeded(f"{tradeline.reference} {each.month:%Y-%m} was furnished with other facts")
    new = [_row(tradeline, each) for each in facts if each.month not in stored]
    try:
        with transaction.atomic():
            stored |= {row.month: row for row in MonthFact.objects.bulk_create(new, batch_size=BATCH)}
    except IntegrityError as error:
        raise Conflict(f"{tradeline.reference}: a month was furnished meanwhile") from error
    return [stored[month] for month in months]


@transaction.atomic
def furnish_new_months(
    *, lender: Lender, months: Sequence[tuple[Tradeline, MonthFacts]], acting_user: User | None
) -> int:
    """Store months that the file does not have yet, of as many accounts of the lender as there are; return how many.

    One COPY on PostgreSQL, one prepared statement on SQLite. A month that stands already, with
    whatever facts, is a `Conflict`, and nothing is written.
    """
    _may_furnish(lender, acting_user)
    today = lender.today()
    sheet = Sheet(MonthFact, "tradeline_id", "lender_id", *NAMES)
    for tradeline, facts in months:
        if tradeline.lender_id != lender.pk:
            raise TradelineNotFound(f"{lender.code} has no tradeline {tradeline.reference}")
        check_fits(tradeline, [facts], today)
        sheet.add(tradeline.pk, lender.pk, *map(_written, _values(facts)))
    try:
        with transaction.atomic():
            return sheet.write()
    except IntegrityError as error:
        raise Conflict(f"{lender.code}: a month was furnished meanwhile") from error


def check_fits(
    tradeline: Tradeline, facts: Collection[MonthFacts], today: date, *, on_file: Collection[date] = ()
) -> None:
    """Raise unless every month lies within the account's life and its day of record has come.

    One that was `on_file` before it was known that the account is closed may say just that.
    """
    opened, closed = tradeline.opened_on.replace(day=1), tradeline.closed_on
    for each in facts:
        is_after = closed is not None and each.month > closed
        is_put_right = each.month in on_file and each.status_end is StatusEnd.CLOSED
        if each.month < opened or (is_after and not is_put_right):
            raise OutsideTheAccount(f"{tradeline.reference} was not open in {each.month:%Y-%m}")
        if each.as_of > today:
            raise MonthNotOver(f"{tradeline.reference} {each.month:%Y-%m} is recorded on {each.as_of}")


def _may_furnish(lender: Lender, acting_user: User | None) -> None:
    if acting_user is not None:
        require(lender=lender, verb=Verb.FURNISH, user=acting_user)


def _written(value: Any) -> Any:
    """A fact as rows by the thousand take it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _row(
    tradeline: Tradeline, facts: MonthFacts, *, supersedes: MonthFact | None = None, reason: str = ""
) -> MonthFact:
    return MonthFact(
        tradeline=tradeline,
        lender_id=tradeline.lender_id,
        version=supersedes.version + 1 if supersedes is not None else 1,
        supersedes=supersedes,
        reason=reason,
        **facts.columns(),
    )
