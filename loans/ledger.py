"""The only writer of the journal and of schedules: whole, sealed, or not at all.

An entry is written, then its postings, then its seal, and the database refuses a seal over
an entry that does not sum to zero. The seal has the entry's own id, so ids are made before
the rows are. Schedules are written the same way: version, instalments, seal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from accounts.bulk import Sheet
from accounts.models import Lender, User
from config import clock
from loans.engine.remembered import NOTHING_REMEMBERED, Remembered, version_hash
from loans.engine.schedule import Row
from loans.errors import EntryRefused, KeyTaken
from loans.models import Account, Instalment, JournalEntry, JournalSeal, Loan, Posting, ScheduleSeal, ScheduleVersion

BATCH = 500
_SHEETS: Mapping[type[models.Model], tuple[str, ...]] = {
    JournalEntry: (
        "id", "lender_id", "loan_id", "kind", "key", "posted_on", "value_on", "currency", "reverses_id", "written_at",
        "seal_id",
    ),
    Posting: ("entry_id", "lender_id", "account", "amount_minor"),
    JournalSeal: ("id",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """A journal entry before it is written; debit positive, credit negative, zero lines are dropped."""

    lender: Lender
    loan: Loan | None
    kind: str
    key: str
    lines: Mapping[Account, int]
    value_on: date
    posted_on: date
    reverses: JournalEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleDraft:
    """A schedule version before it is written."""

    loan: Loan
    number: int
    rows: Sequence[Row]
    source: str
    reference: str = ""
    paused_on: Sequence[date] = ()
    remembered: Remembered = NOTHING_REMEMBERED
    adopted_on: date
    acting_user: User | None = None


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` ids of `model` that nobody else gets; to be called inside the transaction that uses them.

    PostgreSQL takes them from the table's sequence, SQLite counts on under its one write lock.
    """
    table = model._meta.db_table
    if count == 0:
        return []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [f"{table}_ids", count])
            return [row[0] for row in cursor.fetchall()]
    last = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
    return list(range(last + 1, last + 1 + count))


def post(
    *,
    lender: Lender,
    loan: Loan | None,
    kind: str,
    key: str,
    lines: Mapping[Account, int],
    value_on: date,
    posted_on: date | None = None,
    reverses: JournalEntry | None = None,
) -> JournalEntry:
    """Write one entry. The same key with the same content gives back the entry that stands.

    `posted_on` is the lender's today unless given. Raises `EntryRefused` for lines that do
    not sum to zero, `KeyTaken` where the key stands with other content.
    """
    draft = EntryDraft(
        lender=lender,
        loan=loan,
        kind=kind,
        key=key,
        lines=lines,
        value_on=value_on,
        posted_on=posted_on or lender.today(),
        reverses=reverses,
    )
    if stored := _stored(draft):
        return stored
    try:
        return post_all([draft])[0]
    except IntegrityError:
        # Somebody wrote the same key between the look and the writing.
        stored = _stored(draft)
        if stored is None:
            raise
        return stored


def post_all(drafts: Sequence[EntryDraft]) -> list[JournalEntry]:
    """What `post_each` writes, as objects."""
    now = clock.now()
    return [_entry(draft, number, now) for draft, number in zip(drafts, post_each(drafts, now), strict=True)]


@transaction.atomic
def post_each(drafts: Sequence[EntryDraft], now: datetime | None = None) -> list[int]:
    """Write many entries, in order, and return their ids; four statements, however many lines.

    `now` is when they are written, the clock's unless given. A key that stands already is an
    `IntegrityError`, and nothing is written.
    """
    lines = [_balanced(draft) for draft in drafts]
    ids = reserve_ids(JournalEntry, len(drafts))
    written_at = JournalEntry._meta.get_field("written_at").get_db_prep_save(now or clock.now(), connection)
    heads, postings, seals = (Sheet(model, *names) for model, names in _SHEETS.items())
    for draft, number, own in zip(drafts, ids, lines, strict=True):
        heads.add(
            number,
            draft.lender.pk,
            draft.loan.pk if draft.loan else None,
            str(draft.kind),
            draft.key,
            draft.posted_on.isoformat(),
            draft.value_on.isoformat(),
            (draft.loan or draft.lender).currency,
            draft.reverses.pk if draft.reverses else None,
            written_at,
            number,
        )
        for account, amount_minor in own.items():
            postings.add(number, draft.lender.pk, account, amount_minor)
        seals.add(number)
    for sheet in (heads, postings, seals):
        sheet.write()
    return ids


def write_schedule(draft: ScheduleDraft) -> ScheduleVersion:
    """Write one schedule version with its instalments and seal."""
    return write_schedules([draft])[0]


@transaction.atomic
def write_schedules(drafts: Sequence[ScheduleDraft]) -> list[ScheduleVersion]:
    """Write many schedule versions, in order; the database refuses one that is not whole."""
    ids = reserve_ids(ScheduleVersion, len(drafts))
    versions = [_version(draft, number) for draft, number in zip(drafts, ids, strict=True)]
    instalments = [
        Instalment(version_id=version.pk, lender_id=version.lender_id, **row._asdict())
        for version, draft in zip(versions, drafts, strict=True)
        for row in draft.rows
    ]
    ScheduleVersion.objects.bulk_create(versions, batch_size=BATCH)
    Instalment.objects.bulk_create(instalments, batch_size=BATCH)
    ScheduleSeal.objects.bulk_create([ScheduleSeal(id=version.pk) for version in versions], batch_size=BATCH)
    return versions


def _balanced(draft: EntryDraft) -> dict[str, int]:
    own = {Account(account).value: amount for account, amount in draft.lines.items() if amount}
    if len(own) < 2 or sum(own.values()) != 0:
        raise EntryRefused(f"{draft.key}: {own}")
    return own


def _content(draft: EntryDraft) -> dict[str, Any]:
    """What makes an entry the same entry, beside its key."""
    return {
        "loan_id": draft.loan.pk if draft.loan else None,
        "kind": str(draft.kind),
        "value_on": draft.value_on,
        "currency": (draft.loan or draft.lender).currency,
        "reverses_id": draft.reverses.pk if draft.reverses else None,
    }


def _entry(draft: EntryDraft, number: int, now: datetime) -> JournalEntry:
    return JournalEntry(
        id=number,
        seal_id=number,
        lender=draft.lender,
        key=draft.key,
        posted_on=draft.posted_on,
        written_at=now,
        **_content(draft),
    )


def _stored(draft: EntryDraft) -> JournalEntry | None:
    entry = JournalEntry.objects.filter(lender=draft.lender, key=draft.key).first()
    if entry is None:
        return None
    same = all(getattr(entry, name) == value for name, value in _content(draft).items())
    if not same or dict(entry.postings.values_list("account", "amount_minor")) != _balanced(draft):
        raise KeyTaken(draft.key)
    return entry


def _version(draft: ScheduleDraft, number: int) -> ScheduleVersion:
    remembered = draft.remembered.as_dict()
    return ScheduleVersion(
        id=number,
        seal_id=number,
        lender_id=draft.loan.lender_id,
        loan=draft.loan,
        number=draft.number,
        source=draft.source,
        source_reference=draft.reference,
        adopted_on=draft.adopted_on,
        adopted_by=draft.acting_user,
        instalment_count=len(draft.rows),
        principal_minor=sum(row.principal_minor for row in draft.rows),
        paused_on=[on.isoformat() for on in draft.paused_on],
        remembered=remembered,
        hash=version_hash(draft.rows, remembered),
    )
