"""Send what waits in the outbox, once or for ever."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import outbox, services
from accounts.models import OutboxMessage


class Command(BaseCommand):
    help = (
        "Hands over the notices whose time has come, and sends waiting mail and text messages. "
        "Run it every minute, or keep it running with --loop."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", type=int, metavar="SECONDS", help="keep running, with this pause between rounds")

    def handle(self, *args: Any, loop: int | None = None, **options: Any) -> None:
        if loop is not None and loop < 1:
            raise CommandError("--loop needs at least 1 second.", returncode=2)
        waiting = OutboxMessage.objects.filter(sent_at__isnull=True)
        if not outbox.mail_leaves() and (mail := waiting.filter(channel="email").count()):
            self.stderr.write(f"EMAIL_URL is not set: mail stays in the outbox ({mail} waiting).")
        if not outbox.sms_leaves() and (texts := waiting.filter(channel="sms").count()):
            self.stderr.write(f"SMS_GATEWAY is not set: text messages stay in the outbox ({texts} waiting).")
        failed = self.round()
        try:
            while loop is not None:
                time.sleep(loop)
                self.round()
        except KeyboardInterrupt:
            return
        if failed:
            raise CommandError(f"{failed} not sent; they will be tried again.")

    def round(self) -> int:
        services.release_notices()
        tally = outbox.send_due()
        if tally.sent or tally.failed:
            self.stdout.write(f"sent {tally.sent}, failed {tally.failed}")
        return tally.failed
