"""Writing the month's file for a credit bureau, and making one again to the byte.

The file is described by its lines, its counts and its hash, in the transaction that makes its
bytes; who made it stands in the audit chain. The bytes hold identity numbers in full and are
not kept here. Made again while nothing has changed, it is the same file.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.roles import Verb
from accounts.services import require
from config import clock
from credit.bureau import SUFFIXES, WRITERS
from credit.bureau.records import CannotBeSaid, Head, Writer, last_day
from credit.errors import FileDiffers, MonthNotOver
from credit.models import BureauFile, BureauFileHeld, BureauFileLine
from credit.selectors.bureau_choice import SLICE, Chosen, Held, Question, choose
from credit.selectors.bureau_records import Picked, records, slices

BATCH = 500
REPORTER_LANGUAGE = {"pboc": "zh-hans", "metro2": "en", "au": "en"}


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """The file, whether it had been made before, and what is not in it."""

    file: BureauFile
    is_repeat: bool
    held: tuple[Held, ...]


class _Hashed:
    """Passes bytes on and knows their hash and number."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> None:
        self._sink.write(data)
        self.hash.update(data)
        self.size += len(data)


@dataclass(slots=True)
class _Made:
    """What went into the bytes. Keys stand in arrays: a hundred thousand of them are a megabyte."""

    sha256: str = ""
    size: int = 0
    facts: "array[int]" = field(default_factory=lambda: array("q"))
    corrections: "array[int]" = field(default_factory=lambda: array("b"))
    held: dict[tuple[str, date], Held] = field(default_factory=dict)
    late_count: int = 0
    missing_count: int = 0
    unidentified_count: int = 0


@transaction.atomic
def write_bureau_file(
    *, lender: Lender, format: str, month: date, sink: BinaryIO, held: Iterable[Held] = (), acting_user: User | None
) -> WrittenFile:
    """Write the file of the month whose first day is `month` to `sink`, which can be rewound.

    `held` are months that the books held back; they are kept with the file. Where the last file of
    this month would be the same, it is written once more instead of a new one. Raises `MonthNotOver`,
    `NotPermitted`, `Conflict` where somebody else makes the same file at this moment.
    """
    if acting_user is not None:
        require(lender=lender, verb=Verb.FURNISH, user=acting_user)
    if last_day(month) >= lender.today():
        raise MonthNotOver(f"{month:%Y-%m}")
    now = clock.now()
    last = BureauFile.objects.filter(lender=lender, format=format, month=month).order_by("-number").first()
    own_held = {(each.reference, each.month): each for each in held}
    if last is not None:
        question = Question(lender, format, month, before=last.pk)
        made = _make(_head(last), question, sink, known_at=now)
        if made.sha256 == last.sha256:
            _record("copy_bureau_file", last, acting_user)
            return WrittenFile(last, True, _in_order(made.held | own_held))
        sink.seek(0)
        sink.truncate()
    file = BureauFile(lender=lender, format=format, month=month, made_at=now, made_by=acting_user)
    file.number = last.number + 1 if last is not None else 1
    made = _make(_head(file), Question(lender, format, month), sink, known_at=now)
    made.held |= own_held
    _store(file, made)
    _record("write_bureau_file", file, acting_user)
    return WrittenFile(file, False, _in_order(made.held))


@transaction.atomic
def copy_bureau_file(*, file: BureauFile, sink: BinaryIO, acting_user: User | None) -> None:
    """Make a file again, to the byte. Raises `FileDiffers` where that cannot be done any more, `NotPermitted`."""
    if acting_user is not None:
        require(lender=file.lender, verb=Verb.FURNISH, user=acting_user)
    hashed = _Hashed(sink)
    writer = WRITERS[file.format](hashed, _head(file))
    for picked in _stored(file):
        for _picked, record in records(file.lender, picked, file.made_at):
            writer.add(record)
    writer.end()
    if hashed.hash.hexdigest() != file.sha256:
        raise FileDiffers(str(file))
    _record("copy_bureau_file", file, acting_user)


def name_of(file: BureauFile) -> str:
    """What the file is called where somebody fetches it."""
    return f"{file.lender.code}-{file.month:%Y-%m}-{file.number}-{file.format}.{SUFFIXES[file.format]}"


def _make(head: Head, question: Question, sink: BinaryIO, *, known_at: datetime) -> _Made:
    """Write the bytes; what the format has no place for is held back."""
    hashed, made = _Hashed(sink), _Made()
    writer = WRITERS[question.format](hashed, head)
    for chosen in choose(question, question.lender.today()):
        _add(writer, chosen, made, question.lender, known_at)
    writer.end()
    made.sha256, made.size = hashed.hash.hexdigest(), hashed.size
    return made


def _add(writer: Writer, chosen: Chosen, made: _Made, lender: Lender, known_at: datetime) -> None:
    made.missing_count += chosen.missing_count
    made.held |= {(each.reference, each.month): each for each in chosen.held}
    for picked, record in records(lender, chosen.picked, known_at):
        try:
            is_identified = writer.add(record)
        except CannotBeSaid:
            reference, month = record.account.reference, record.facts.month
            made.held[reference, month] = Held(reference, month, BureauFileHeld.Why.UNFIT.value)
            continue
        made.facts.append(picked.fact_pk)
        made.corrections.append(picked.is_correction)
        made.late_count += record.facts.month != writer.head.month and not picked.is_correction
        made.unidentified_count += not is_identified


def _head(file: BureauFile) -> Head:
    lender = file.lender
    name = lender.name_in(REPORTER_LANGUAGE[file.format])
    return Head(lender.code, name, file.month, file.number, file.made_at.astimezone(ZoneInfo(lender.time_zone)))


def _store(file: BureauFile, made: _Made) -> None:
    file.sha256, file.size = made.sha256, made.size
    file.row_count, file.correction_count = len(made.facts), sum(made.corrections)
    file.late_count, file.held_count, file.missing_count = made.late_count, len(made.held), made.missing_count
    file.unidentified_count = made.unidentified_count
    try:
        with transaction.atomic():
            file.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"{file} was made by somebody else") from error
    lines = (
        BureauFileLine(file=file, lender_id=file.lender_id, fact_id=fact_pk, is_correction=bool(is_correction))
        for fact_pk, is_correction in zip(made.facts, made.corrections, strict=True)
    )
    while some := list(islice(lines, BATCH * 10)):
        BureauFileLine.objects.bulk_create(some, batch_size=BATCH)
    BureauFileHeld.objects.bulk_create(
        [BureauFileHeld(file=file, lender_id=file.lender_id, **each._asdict()) for each in made.held.values()],
        batch_size=BATCH,
    )


def _stored(file: BureauFile) -> Iterator[Sequence[Picked]]:
    """The lines of a file in the order of its rows, slice by slice."""
    lines = BureauFileLine.objects.filter(file=file)
    columns = ("fact", "fact__tradeline", "is_correction")
    for keys in slices(lines, SLICE):
        yield [Picked(*row) for row in lines.filter(pk__in=keys).order_by("pk").values_list(*columns)]


def _record(verb: str, file: BureauFile, acting_user: User | None) -> None:
    audit.record(
        lender=file.lender,
        verb=verb,
        subject=str(file),
        after={
            "sha256": file.sha256,
            "rows": file.row_count,
            "corrections": file.correction_count,
            "held": file.held_count,
        },
        acting_user=acting_user,
    )


def _in_order(held: dict[tuple[str, date], Held]) -> tuple[Held, ...]:
    return tuple(held[key] for key in sorted(held))
