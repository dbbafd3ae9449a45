"""Handing notices over to the outbox: never at night, never too many a day, never what no longer helps (R17, R41)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import translation

from accounts import outbox, still_needed
from accounts.models import Lender, NoticeDelivery, OutboxMessage
from accounts.notices import quiet
from accounts.notices.kinds import Channel, Kind
from accounts.notices.template import plain
from accounts.services.noticing import address_of, preferences_of, why_not
from config import clock

AT_ONCE = 1000
State, Reason = NoticeDelivery.State, NoticeDelivery.Reason


def release_notices() -> Counter[str]:
    """Decide on every delivery whose time has come; counts of `sent`, `handed`, `later`, `suppressed`.

    Sent once: a delivery is claimed by compare-and-set in the transaction that writes its message
    into the outbox, which does the sending and the trying again.
    """
    now = clock.now()
    waiting = (
        NoticeDelivery.objects.filter(state=State.QUEUED, message__isnull=True, send_at__lte=now)
        .select_related("notice__lender", "notice__borrower__user__notice_preferences")
        .order_by("notice__lender_id", "send_at", "pk")[:AT_ONCE]
    )
    counts: Counter[str] = Counter()
    for _pk, group in groupby(waiting, key=lambda delivery: delivery.notice.lender_id):
        counts += _release(list(group), now)
    return counts


def _release(waiting: Sequence[NoticeDelivery], now: datetime) -> Counter[str]:
    """All of one lender."""
    lender = waiting[0].notice.lender
    unneeded = still_needed.unneeded(lender, list({each.notice_id: each.notice for each in waiting}.values()))
    handed = _handed_today(lender, waiting, now)
    counts: Counter[str] = Counter()
    for delivery in waiting:
        counts[_decide(delivery, delivery.notice_id in unneeded, handed, now)] += 1
    return counts


def _decide(delivery: NoticeDelivery, is_unneeded: bool, handed: Counter[tuple[int, str]], now: datetime) -> str:
    notice = delivery.notice
    lender, user = notice.lender, notice.borrower.user
    if is_unneeded:
        return _suppress(delivery, Reason.NOT_NEEDED, now)
    if delivery.channel == Channel.INBOX:
        return _settle(delivery, State.SENT, "", now)
    if notice.good_until is not None and now > notice.good_until:
        return _suppress(delivery, delivery.reason or Reason.TOO_LATE, now)
    chosen = preferences_of(user)
    if reason := why_not(user, chosen, notice.kind, delivery.channel) or _closed(delivery.channel):
        return _suppress(delivery, reason, now)
    open_at = quiet.next_open(now, lender.time_zone, chosen.quiet_from, chosen.quiet_until)
    if open_at > now:
        return _later(delivery, open_at, delivery.reason)
    mark = (notice.borrower_id, delivery.channel)
    if notice.kind != Kind.LEGAL and handed[mark] >= settings.NOTICES_PER_DAY:
        morning = quiet.next_morning(now, lender.time_zone, chosen.quiet_until)
        if notice.good_until is not None and morning > notice.good_until:
            return _suppress(delivery, Reason.DAILY_CAP, now)
        return _later(delivery, morning, Reason.DAILY_CAP)
    handed[mark] += 1
    return _hand_over(delivery, address_of(user, delivery.channel), now)


def _closed(channel: str) -> str:
    """Why the channel itself takes nothing; the demonstration shows its outbox instead of sending."""
    is_open = outbox.sms_leaves() if channel == Channel.SMS else outbox.mail_leaves()
    return "" if is_open or settings.DEMO else Reason.NO_CHANNEL.value


def _handed_today(lender: Lender, waiting: Iterable[NoticeDelivery], now: datetime) -> Counter[tuple[int, str]]:
    """How many went to each borrower by each channel on this day of the lender. One query."""
    start = quiet.day_start(now, lender.time_zone)
    rows = (
        NoticeDelivery.objects.filter(
            notice__lender=lender,
            notice__borrower__in={each.notice.borrower_id for each in waiting},
            handed_at__gte=start,
            handed_at__lt=start + timedelta(days=1),
        )
        .values_list("notice__borrower_id", "channel")
        .annotate(count=Count("pk"))
    )
    return Counter({(borrower, channel): count for borrower, channel, count in rows})


@transaction.atomic
def _hand_over(delivery: NoticeDelivery, to: str, now: datetime) -> str:
    if not _open(delivery).update(handed_at=now, reason=""):
        return "taken"
    NoticeDelivery.objects.filter(pk=delivery.pk).update(message=_message(delivery, to))
    return "handed"


def _message(delivery: NoticeDelivery, to: str) -> OutboxMessage:
    notice = delivery.notice
    with translation.override(notice.language):
        if delivery.channel == Channel.SMS:
            return outbox.write_sms(to=to, body=notice.sms)
        body = f"{plain(notice.blocks)}\n\n{notice.lender.name_in(notice.language)}\n"
        return outbox.write_email(to=to, subject=notice.title, body=body)


def _open(delivery: NoticeDelivery) -> Any:
    return NoticeDelivery.objects.filter(pk=delivery.pk, state=State.QUEUED, handed_at__isnull=True)


def _later(delivery: NoticeDelivery, send_at: datetime, reason: str) -> str:
    _open(delivery).update(send_at=send_at, reason=reason)
    return "later"


def _suppress(delivery: NoticeDelivery, reason: str, now: datetime) -> str:
    return _settle(delivery, State.SUPPRESSED, reason, now)


def _settle(delivery: NoticeDelivery, state: str, reason: str, now: datetime) -> str:
    _open(delivery).update(state=state, reason=reason, settled_at=now)
    return "sent" if state == State.SENT else "suppressed"
