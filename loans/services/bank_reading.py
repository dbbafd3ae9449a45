"""What a bank's file says, taken once: matched to our orders, booked, or kept where people see it.

The file is read twice: once to see that it is whole and does not contradict itself, before
anything is written; then its lines are written with it. They are answered afterwards, batch by
batch: what came in first, then what came back, so that a debit that came and went in one file
is booked and taken back, in that order. Cut off, it goes on where it stopped when the file is
read again; a line is answered once.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Lender, User
from accounts.roles import Verb
from accounts.services import require
from accounts.wording import DIGITS
from loans.bank_file_errors import NoBankFiles
from loans.bank_files.camt054 import Moved, Reader, Summary
from loans.bank_files.camt054 import check as summary_of
from loans.bank_files.pain008 import Creditor
from loans.bank_files.stream import FileRefused
from loans.gateways.bank_file import BANK_FILE, creditor_for, public_id_of
from loans.gateways.interface import Outcome, Report
from loans.models import BankFile, BankFileLine, PaymentOrder
from loans.selectors.bank_files import event_id
from loans.services.reporting_many import take_reports

SLICE = 500
LineKind, LineAnswer = BankFileLine.Kind, BankFileLine.Answer


class Seekable(Protocol):
    """A file that can be read from its beginning more than once."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, place: int, /) -> object: ...


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What became of a file: the row (none on a dry run), whether it was known, and lines by kind and answer.

    On a dry run the counts say `known` for references of ours and `unknown` for others.
    """

    file: BankFile | None
    summary: Summary
    is_known: bool
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)


class _Hashing:
    """Passes bytes on and knows their hash and number."""

    def __init__(self, source: Seekable) -> None:
        source.seek(0)
        self._source = source
        self.hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self.hash.update(data)
        self.size += len(data)
        return data


def take_file(
    *,
    lender: Lender,
    source: Seekable,
    name: str = "",
    most: int | None = None,
    is_dry_run: bool = False,
    acting_user: User | None,
) -> TakenFile:
    """Take a camt.054 (of at most `most` transactions): every line has its effect once, the same file again none.

    Raises `FileRefused` for a file that cannot be taken as a whole (nothing of it is booked, and
    the refusal is in the audit chain), `NoBankFiles`, `NotPermitted`.
    """
    if acting_user is not None:
        require(lender=lender, verb=Verb.HANDLE_BANK_FILES, user=acting_user)
    creditor = creditor_for(lender.code, lender.name_in("en"))
    if creditor is None:
        raise NoBankFiles(lender.code)
    try:
        summary, sha256, size = _checked(source, creditor, most)
    except FileRefused as error:
        if not is_dry_run:
            after = {"name": name[-120:], "reason": error.reason, "where": error.where}
            audit.record(
                lender=lender, verb="refuse_bank_file", subject=name[-80:], after=after, acting_user=acting_user
            )
        raise
    known = BankFile.objects.filter(lender=lender, direction=BankFile.Direction.IN, sha256=sha256).first()
    if is_dry_run:
        return TakenFile(known, summary, known is not None, _would_be(lender, source))
    file = known or _stored(lender, source, summary, (sha256, size, name), acting_user)
    _answer(file)
    return TakenFile(file, summary, known is not None, counts_of(file))


def counts_of(file: BankFile) -> Counter[tuple[str, str]]:
    """Lines of a file by kind and answer. One query."""
    return Counter(file.lines.values_list("kind", "answer"))


def _checked(source: Seekable, creditor: Creditor, most: int | None) -> tuple[Summary, str, int]:
    """Whether the file is whole and of our account; with its hash and size."""
    hashing = _Hashing(source)
    summary = summary_of(hashing, _digits)
    if summary.accounts != {creditor.account}:
        raise FileRefused("other_account", f"{len(summary.accounts)} accounts")
    if most is not None and summary.count > most:
        raise FileRefused("too_many", str(summary.count))
    return summary, hashing.hash.hexdigest(), hashing.size


def _digits(currency: str) -> int:
    return DIGITS.get(currency, 2)


def _would_be(lender: Lender, source: Seekable) -> Counter[tuple[str, str]]:
    """What a file is about, without taking it."""
    counts: Counter[tuple[str, str]] = Counter()
    source.seek(0)
    for some in _slices(Reader(source, _digits)):
        orders = _orders(lender, some)
        counts.update((moved.kind.value, "known" if moved.key.lower() in orders else "unknown") for moved in some)
    return counts


@transaction.atomic
def _stored(
    lender: Lender, source: Seekable, summary: Summary, known_by: tuple[str, int, str], acting_user: User | None
) -> BankFile:
    """The file and its lines. Where somebody else took it a moment ago, theirs."""
    sha256, size, name = known_by
    rows = BankFile.objects.filter(lender=lender, direction=BankFile.Direction.IN, sha256=sha256)
    try:
        with transaction.atomic():
            file = BankFile.objects.create(
                lender=lender,
                direction=BankFile.Direction.IN,
                message=summary.message,
                message_id=summary.message_id,
                name=name[-120:],
                sha256=sha256,
                size=size,
                currency=lender.currency,
                line_count=summary.count,
                total_minor=summary.credited_minor,
                returned_minor=summary.returned_minor,
                made_by=acting_user,
            )
    except IntegrityError:
        return rows.get()
    hashing = _Hashing(source)
    for some in _slices(Reader(hashing, _digits)):
        orders = _orders(lender, some)
        lines = [_line(file, moved, orders.get(moved.key.lower())) for moved in some]
        BankFileLine.objects.bulk_create(lines, batch_size=SLICE)
    if hashing.hash.hexdigest() != sha256:
        raise FileRefused("changed", "while it was read")
    after = {"name": name[-120:], "sha256": sha256, "lines": file.line_count, "total_minor": file.total_minor}
    audit.record(lender=lender, verb="take_bank_file", subject=file.message_id, after=after, acting_user=acting_user)
    return file


def _orders(lender: Lender, some: Sequence[Moved]) -> dict[str, PaymentOrder]:
    """The orders that the references name, by the reference."""
    public_ids = [found for moved in some if (found := public_id_of(moved.key)) is not None]
    orders = PaymentOrder.objects.filter(lender=lender, gateway=BANK_FILE, public_id__in=public_ids)
    return {order.public_id.hex: order for order in orders}


def _line(file: BankFile, moved: Moved, order: PaymentOrder | None) -> BankFileLine:
    return BankFileLine(
        file=file,
        lender=file.lender,
        number=moved.number,
        kind=moved.kind.value,
        key=moved.key,
        amount_minor=moved.amount_minor,
        currency=moved.currency,
        value_on=moved.value_on,
        reason=moved.reason,
        reference=moved.reference,
        entry=moved.entry,
        is_booked=moved.is_booked,
        order=order,
    )


def _answer(file: BankFile) -> None:
    """Answer every line that has no answer yet; each batch is a transaction of its own."""
    _settle_quiet(file)
    for kind in (LineKind.CREDIT, LineKind.RETURNED):
        while _answer_some(file, kind):
            pass


@transaction.atomic
def _settle_quiet(file: BankFile) -> None:
    """What has no effect: announced only, or nothing that we asked for."""
    to_do = BankFileLine.objects.filter(file=file, answer="")
    to_do.filter(is_booked=False).update(answer=LineAnswer.PENDING)
    to_do.filter(kind=LineKind.OTHER).update(answer=LineAnswer.OUTSIDE)
    to_do.filter(amount_minor=0).update(answer=LineAnswer.NOTED)


@transaction.atomic
def _answer_some(file: BankFile, kind: str) -> int:
    rows = BankFileLine.objects.filter(file=file, kind=kind, answer="").order_by("number")
    lines = list(rows.select_for_update(of=("self",), no_key=True).select_related("order__loan")[:SLICE])
    repeated = _repeated(file, [line for line in lines if line.order is None and line.reference])
    fresh = {event_id(file, line.number): line for line in lines if line.pk not in repeated}
    outcome = Outcome.SUCCEEDED if kind == LineKind.CREDIT else Outcome.RETURNED
    reports = {name: _report(line, outcome) for name, line in fresh.items()}
    answers: dict[str, list[int]] = {LineAnswer.NOTED: sorted(repeated)}
    for name, taken in take_reports(lender=file.lender, gateway=BANK_FILE, reports=reports).items():
        answers.setdefault(taken.answer.value, []).append(fresh[name].pk)
    for answer, pks in answers.items():
        BankFileLine.objects.filter(pk__in=pks, answer="").update(answer=answer)
    return len(lines)


def _repeated(file: BankFile, lines: Sequence[BankFileLine]) -> set[int]:
    """Of lines that name no order of ours: those that an earlier file has reported, by the bank's own reference."""
    if not lines:
        return set()
    earlier = (
        BankFileLine.objects.filter(lender=file.lender, reference__in={line.reference for line in lines}, order=None)
        .exclude(file=file)
        .exclude(answer__in=["", LineAnswer.PENDING])
    )
    names = ("kind", "reference", "key", "amount_minor", "currency", "value_on")
    known = set(earlier.values_list(*names))
    return {line.pk for line in lines if tuple(getattr(line, name) for name in names) in known}


def _report(line: BankFileLine, outcome: Outcome) -> Report:
    """The line as any gateway would report it; a reference that is not ours keeps its own name."""
    key = line.order.key if line.order else f"bank:{line.key or line.reference or line.pk}"[:64]
    return Report(
        key=key,
        outcome=outcome,
        amount_minor=line.amount_minor,
        currency=line.currency,
        reason=line.reason,
        reference=line.reference,
        value_on=line.value_on,
    )


def _slices(moved: Reader) -> Iterator[list[Moved]]:
    some: list[Moved] = []
    for each in moved:
        some.append(each)
        if len(some) == SLICE:
            yield some
            some = []
    if some:
        yield some
