"""Mail and text messages: written with their cause, sent by the worker, tried again."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import outbox
from accounts.models import OutboxMessage
from config import clock
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


class Refusing:
    """A gateway that is down."""

    def send(self, *, to: str, body: str) -> None:
        raise ConnectionError("no route")


class Taking:
    """A gateway that remembers."""

    taken: list[tuple[str, str]] = []

    def send(self, *, to: str, body: str) -> None:
        self.taken.append((to, body))


def send(**options: Any) -> str:
    out = io.StringIO()
    call_command("send_messages", stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_a_mail_leaves_once(settings: Any) -> None:
    outbox.write_email(to="lin@example.org", subject="Good\nday", body="Hello\n")
    assert send() == "sent 1, failed 0\n"
    assert send() == ""
    assert [(one.to, one.subject, one.from_email) for one in mail.outbox] == [
        (["lin@example.org"], "Good day", settings.DEFAULT_FROM_EMAIL)
    ]
    row = OutboxMessage.objects.get()
    assert (row.sent_at, row.attempts) == (NOON, 1)


def test_a_text_message_goes_to_the_gateway_that_is_named(settings: Any) -> None:
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Taking"
    Taking.taken.clear()
    outbox.write_sms(to="+8613812345678", body="Hello")
    send()
    assert Taking.taken == [("+8613812345678", "Hello")]


def test_a_failure_is_noted_and_stops_nobody_else(settings: Any) -> None:
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Refusing"
    outbox.write_sms(to="+8613812345678", body="Hello")
    outbox.write_email(to="lin@example.org", subject="Good day", body="Hello")
    with pytest.raises(CommandError, match="1 not sent"):
        send()
    failed, sent = OutboxMessage.objects.order_by("pk")
    assert (failed.sent_at, failed.attempts, failed.last_error) == (None, 1, "ConnectionError: no route")
    assert sent.sent_at == NOON


def test_a_failed_message_waits_longer_each_time_and_then_stays(settings: Any) -> None:
    """Attempts at 0, 1, 3, 7, 15, 31, 63 and 127 minutes after it was written; then no more."""
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Refusing"
    outbox.write_sms(to="+8613812345678", body="Hello")
    tried_at = []
    for minute in range(0, 600):
        with clock.at(NOON + timedelta(minutes=minute)):
            if outbox.send_due().failed:
                tried_at.append(minute)
    assert tried_at == [0, 1, 3, 7, 15, 31, 63, 127]
    assert OutboxMessage.objects.get().attempts == 8


def test_a_message_claimed_by_another_worker_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    row = outbox.write_email(to="lin@example.org", subject="Good day", body="Hello")
    seen_before = iter([OutboxMessage.objects.get()])
    OutboxMessage.objects.filter(pk=row.pk).update(attempts=1)
    monkeypatch.setattr(outbox, "due", lambda: seen_before)
    assert outbox.send_due() == outbox.Tally(0, 0)
    assert mail.outbox == []


def test_without_a_mail_server_mail_stays_untouched(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    outbox.write_email(to="lin@example.org", subject="Good day", body="Hello")
    assert send() == ""
    assert OutboxMessage.objects.get().attempts == 0


def test_the_console_gateway_is_refused_outside_the_demonstration(settings: Any) -> None:
    with pytest.raises(RuntimeError, match="SMS_GATEWAY"):
        outbox.ConsoleGateway().send(to="+8613812345678", body="123456")
    settings.DEMO = True
    outbox.ConsoleGateway().send(to="+8613812345678", body="123456")


def test_a_pause_of_nothing_is_bad_usage() -> None:
    with pytest.raises(CommandError) as raised:
        send(loop=0)
    assert raised.value.returncode == 2


def test_the_demonstration_shows_what_went_out_and_the_real_site_does_not(client: Client, settings: Any) -> None:
    outbox.write_email(to="lin@example.org", subject="<b>Good day</b>", body="<script>x</script> 123456")
    assert client.get("/people/outbox/").status_code == 404
    settings.DEMO = True
    page = client.get("/people/outbox/").content.decode()
    assert "123456" in page
    assert "<script>x" not in page
    assert "<b>Good" not in page
