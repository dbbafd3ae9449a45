"""Writing and checking the audit chain of a lender.

One entry per business event, in the same transaction as the event. The head row is locked
first, so entries of one lender stand in line; those of different lenders do not wait for
each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts import chain
from accounts.models import AuditEntry, AuditHead, Lender, User
from config import clock

BATCH = 500


def record(
    *,
    lender: Lender,
    verb: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    acting_user: User | None,
) -> AuditEntry:
    """Append one entry; `before` and `after` hold JSON values only (money as integers)."""
    fact = Fact(verb=verb, subject=subject, before=before or {}, after=after or {})
    return record_all(lender=lender, facts=[fact], acting_user=acting_user)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One business event, before it is an entry; JSON values only."""

    verb: str
    subject: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def record_all(*, lender: Lender, facts: Sequence[Fact], acting_user: User | None) -> list[AuditEntry]:
    """Append an entry for each fact, in order; as many statements for many as for one."""
    head, _ = AuditHead.objects.select_for_update(no_key=True).get_or_create(lender=lender)
    entries: list[AuditEntry] = []
    for number, fact in enumerate(facts, start=head.number + 1):
        entry = AuditEntry(
            lender=lender,
            number=number,
            at=clock.now(),
            actor=acting_user,
            verb=fact.verb,
            subject=fact.subject,
            before=dict(fact.before),
            after=dict(fact.after),
            previous_hash=entries[-1].hash if entries else head.hash,
        )
        entry.hash = chain.link(entry.previous_hash, content(entry))
        entries.append(entry)
    if entries:
        AuditEntry.objects.bulk_create(entries, batch_size=BATCH)
        AuditHead.objects.filter(pk=head.pk).update(number=entries[-1].number, hash=entries[-1].hash)
    return entries


def content(entry: AuditEntry) -> dict[str, Any]:
    """What of an entry the hash covers: everything but the hashes."""
    return {
        "lender": entry.lender_id,
        "number": entry.number,
        "at": entry.at.isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "verb": entry.verb,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
    }


def first_break(lender: Lender) -> int | None:
    """The number of the first entry of the lender's chain that does not fit, or None.

    A chain whose end was cut off is found too: its head says how many entries there were.
    """
    entries = AuditEntry.objects.filter(lender=lender).order_by("number").iterator(chunk_size=1000)
    last, end = 0, chain.START

    def rows() -> Any:
        nonlocal last, end
        for entry in entries:
            last, end = entry.number, entry.hash
            yield entry.number, entry.previous_hash, entry.hash, content(entry)

    broken = chain.first_break(rows())
    if broken is not None:
        return broken
    head = AuditHead.objects.filter(lender=lender).first()
    expected = (head.number, head.hash) if head is not None else (0, chain.START)
    return None if expected == (last, end) else last + 1
