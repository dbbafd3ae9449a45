"""Writing notices: once each, in the borrower's language, with a delivery for every channel."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from accounts import audit
from accounts.bulk import Sheet, reserve_keys, stored
from accounts.chain import digest
from accounts.errors import Conflict, NotPermitted
from accounts.models import (
    AuditHead,
    Borrower,
    Lender,
    Notice,
    NoticeDelivery,
    NoticePreferences,
    NoticeReading,
    User,
)
from accounts.notices import quiet
from accounts.notices.catalogue import template_of
from accounts.notices.kinds import OUTWARD, Channel
from accounts.notices.template import Setting, render
from config import clock

MASTER_LANGUAGE = "zh-hans"
T = TypeVar("T")
State, Reason = NoticeDelivery.State, NoticeDelivery.Reason
_NOTICE = tuple(field.attname for field in Notice._meta.concrete_fields)
_DELIVERY = ("notice_id", "channel", "state", "reason", "send_at", "settled_at")


@dataclass(frozen=True, slots=True)
class Draft:
    """One notice to be written; `facts` as the words of `event` need them (`accounts/notices/texts`)."""

    borrower: Borrower
    event: str
    key: str
    facts: Mapping[str, Any]
    due_at: datetime | None = None
    good_until: datetime | None = None


def write_notice(
    *,
    borrower: Borrower,
    lender: Lender,
    event: str,
    key: str,
    facts: Mapping[str, Any],
    due_at: datetime | None = None,
    good_until: datetime | None = None,
    acting_user: User | None = None,
) -> Notice:
    """Tell a borrower something, once: the same key is the same notice, whatever is said the second time.

    It is written with its cause, in the transaction of whoever calls, who has also permitted it.
    Raises `FactsMissing` for an unknown event or a fact that its words need, `Conflict` if the
    key stands for another person or event.
    """
    draft = Draft(borrower, event, key, facts, due_at, good_until)
    write_notices(lender=lender, drafts=[draft], acting_user=acting_user)
    notice = Notice.objects.get(lender=lender, key=key)
    if (notice.borrower_id, notice.event) != (borrower.pk, event):
        raise Conflict(f"{key} is another notice")
    return notice


@transaction.atomic
def write_notices(*, lender: Lender, drafts: Sequence[Draft], acting_user: User | None = None) -> list[Notice]:
    """Write those whose key is new, in the order given; return them. As many queries for many as for one."""
    now = clock.now()
    new = _not_written(lender, {draft.key: draft for draft in drafts})
    if not new:
        return []
    users = _users(draft.borrower for draft in new.values())
    made = {key: _notice(lender, draft, users.get(draft.borrower.pk), now, acting_user) for key, draft in new.items()}
    # The lock that keeps two writers of one lender in line, so that no key is written twice; what takes long is done.
    AuditHead.objects.select_for_update(no_key=True).get_or_create(lender=lender)
    made = _not_written(lender, made)
    if not made:
        return []
    written = list(made.values())
    _store(lender, written, users, now)
    events = sorted({notice.event for notice in written})
    audit.record(
        lender=lender,
        verb="write_notices",
        subject=written[0].key if len(written) == 1 else f"{len(written)} notices",
        after={"events": events, "count": len(written), "hashes": [notice.sha256 for notice in written]},
        acting_user=acting_user,
    )
    return written


@transaction.atomic
def read_notice(*, notice: Notice, acting_user: User) -> None:
    """Note the first reading; a second changes nothing."""
    if notice.borrower.user_id != acting_user.pk:
        raise NotPermitted("a notice is read by whom it is for")
    NoticeReading.objects.get_or_create(notice=notice)


def _not_written(lender: Lender, by_key: Mapping[str, T]) -> dict[str, T]:
    """What has a key under which nothing is written yet. One query."""
    known = set(Notice.objects.filter(lender=lender, key__in=list(by_key)).values_list("key", flat=True))
    return {key: one for key, one in by_key.items() if key not in known}


def _users(borrowers: Iterable[Borrower]) -> dict[int, User]:
    """The account behind each borrower, with what they chose. One query."""
    pks = {borrower.pk for borrower in borrowers}
    people = User.objects.filter(borrower__in=pks, is_active=True).select_related("borrower", "notice_preferences")
    return {user.borrower.pk: user for user in people}


def _notice(lender: Lender, draft: Draft, user: User | None, now: datetime, acting_user: User | None) -> Notice:
    template = template_of(draft.event)
    language = user.language if user is not None and user.language in template.words else MASTER_LANGUAGE
    facts = {
        **draft.facts,
        "lender": lender.name_in(language),
        "complaint_line": lender.complaint_line,
        "advice_line": lender.advice_line,
    }
    text = render(template.words[language], facts, Setting(language, lender.currency, lender.time_zone))
    return Notice(
        lender=lender,
        borrower=draft.borrower,
        event=draft.event,
        kind=template.kind.value,
        key=draft.key,
        version=template.version,
        language=language,
        title=text.title,
        blocks=text.blocks,
        sms=text.sms,
        sha256=digest({"key": draft.key, "title": text.title, "blocks": text.blocks, "sms": text.sms}),
        due_at=draft.due_at or now,
        good_until=draft.good_until,
        written_at=now,
        written_by=acting_user,
    )


def _store(lender: Lender, notices: Sequence[Notice], users: Mapping[int, User], now: datetime) -> None:
    """Write them, which are given their keys, and their deliveries. Three statements, however many."""
    sheet, deliveries = Sheet(Notice, *_NOTICE), Sheet(NoticeDelivery, *_DELIVERY)
    for pk, notice in zip(reserve_keys(Notice, len(notices)), notices, strict=True):
        notice.pk = pk
        notice._state.adding = False
        sheet.add(*(stored(Notice, name, getattr(notice, name)) for name in _NOTICE))
        for channel, state, reason, send_at in _deliveries(lender, notice, users.get(notice.borrower_id), now):
            settled_at = None if state == State.QUEUED else now
            at = (stored(NoticeDelivery, "send_at", send_at), stored(NoticeDelivery, "settled_at", settled_at))
            deliveries.add(pk, channel, state, reason, *at)
    sheet.write()
    deliveries.write()


def _deliveries(
    lender: Lender, notice: Notice, user: User | None, now: datetime
) -> Iterator[tuple[str, str, str, datetime]]:
    """Channel, state, reason and earliest instant: into the inbox always; outside only where it is wanted."""
    lies = notice.due_at <= now
    yield Channel.INBOX.value, State.SENT.value if lies else State.QUEUED.value, "", notice.due_at
    chosen = preferences_of(user)
    send_at = quiet.next_open(notice.due_at, lender.time_zone, chosen.quiet_from, chosen.quiet_until)
    for channel in OUTWARD:
        reason = why_not(user, chosen, notice.kind, channel)
        yield channel.value, State.SUPPRESSED.value if reason else State.QUEUED.value, reason, send_at


def preferences_of(user: User | None) -> NoticePreferences:
    """What the person chose, or what holds for whoever chose nothing; free when selected with the user."""
    return getattr(user, "notice_preferences", None) or NoticePreferences()


def address_of(user: User | None, channel: str) -> str:
    """Where the channel reaches the person; empty if there is no confirmed address."""
    if user is None:
        return ""
    if channel == Channel.SMS:
        return user.phone or "" if user.phone_verified else ""
    return user.email or ""


def why_not(user: User | None, chosen: NoticePreferences, kind: str, channel: str) -> str:
    """Why nothing of this kind goes that way to that person; empty if it may."""
    if user is None or not user.is_active:
        return Reason.NO_ACCOUNT.value
    if not address_of(user, channel):
        return Reason.NO_ADDRESS.value
    return "" if chosen.wants(kind, channel) else Reason.UNSUBSCRIBED.value
