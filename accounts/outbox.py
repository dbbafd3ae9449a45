"""What leaves by mail or text message: written with its cause, sent afterwards by a worker.

A message is a row (`OutboxMessage`) written in the transaction of what it tells about, so
neither can exist without the other. `manage.py send_messages` sends the rows: each attempt
is claimed by compare-and-set, so two workers do not send the same row at the same time. A
worker that dies between sending and noting it sends once more: at least once, never lost.

The n-th retry waits until 2**n - 1 minutes after the message was written (1, 3, 7, … 127),
then the row stays, with its last error, for a person to look at.

A text-message gateway is a class named by the setting `SMS_GATEWAY`, with one method
`send(*, to: str, body: str) -> None` that raises on failure. None ships but the console's,
which prints codes and therefore works in the demonstration only; where none is named, text
messages stay in the table.

Notices (`accounts/services/delivering.py`) leave by this door too; what came of the message is
noted on their delivery.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from accounts.models import NoticeDelivery, OutboxMessage
from config import clock

log = logging.getLogger(__name__)
ATTEMPTS = 8


class SmsGateway(Protocol):
    """What `SMS_GATEWAY` names."""

    def send(self, *, to: str, body: str) -> None: ...


class ConsoleGateway:
    """Prints text messages to the log. Refused outside the demonstration: a code is a key."""

    def send(self, *, to: str, body: str) -> None:
        if not settings.DEMO:
            raise RuntimeError("No text-message gateway is configured; see the setting SMS_GATEWAY.")
        log.info("SMS to %s: %s", to, body)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round of sending did, in messages."""

    sent: int = 0
    failed: int = 0


def write_email(*, to: str, subject: str, body: str) -> OutboxMessage:
    return _write(OutboxMessage.Channel.EMAIL, to=to, subject=" ".join(subject.split())[:200], body=body)


def write_sms(*, to: str, body: str) -> OutboxMessage:
    return _write(OutboxMessage.Channel.SMS, to=to, body=body)


def _write(channel: OutboxMessage.Channel, **fields: str) -> OutboxMessage:
    return OutboxMessage.objects.create(channel=channel, language=get_language() or settings.LANGUAGE_CODE, **fields)


def mail_leaves() -> bool:
    """Whether e-mail is configured at all; without it, mail stays in the table, untouched."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def sms_leaves() -> bool:
    """Whether a text-message gateway is named; without one, text messages stay in the table, untouched."""
    return bool(settings.SMS_GATEWAY)


def due() -> Iterator[OutboxMessage]:
    """Messages whose next attempt may be made now, oldest first. One query."""
    now = clock.now()
    ripe = Q()
    for attempts in range(ATTEMPTS):
        ripe |= Q(attempts=attempts, created_at__lte=now - timedelta(minutes=2**attempts - 1))
    waiting = OutboxMessage.objects.filter(ripe, sent_at__isnull=True)
    if not mail_leaves():
        waiting = waiting.exclude(channel=OutboxMessage.Channel.EMAIL)
    if not sms_leaves():
        waiting = waiting.exclude(channel=OutboxMessage.Channel.SMS)
    return iter(waiting.order_by("created_at", "pk")[:1000])


def send_due() -> Tally:
    """Try every due message once; a failure is noted on its row and never stops the others."""
    sent = failed = 0
    for message in due():
        claimed = OutboxMessage.objects.filter(pk=message.pk, attempts=message.attempts, sent_at__isnull=True).update(
            attempts=F("attempts") + 1
        )
        if not claimed:
            continue
        try:
            _deliver(message)
        except Exception as error:  # whatever a gateway raises, the next message still goes
            failed += 1
            OutboxMessage.objects.filter(pk=message.pk).update(last_error=f"{type(error).__name__}: {error}"[:200])
            log.warning("message %s not sent, attempt %s: %s", message.pk, message.attempts + 1, type(error).__name__)
            if message.attempts + 1 >= ATTEMPTS:
                _note(message, NoticeDelivery.State.FAILED, NoticeDelivery.Reason.REFUSED)
        else:
            sent += 1
            OutboxMessage.objects.filter(pk=message.pk).update(sent_at=clock.now(), last_error="")
            _note(message, NoticeDelivery.State.SENT)
    return Tally(sent, failed)


def _note(message: OutboxMessage, state: str, reason: str = "") -> None:
    """On the delivery of the notice that the message carries, if it carries one."""
    waiting = NoticeDelivery.objects.filter(message=message, state=NoticeDelivery.State.QUEUED)
    waiting.update(state=state, reason=reason, settled_at=clock.now())


def _deliver(message: OutboxMessage) -> None:
    if message.channel == OutboxMessage.Channel.EMAIL:
        EmailMessage(message.subject, message.body, settings.DEFAULT_FROM_EMAIL, [message.to]).send()
        return
    gateway: SmsGateway = import_string(settings.SMS_GATEWAY)()
    gateway.send(to=message.to, body=message.body)
