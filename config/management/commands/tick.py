"""`manage.py tick`: run what has to be done again and again, each as its time comes; see `docs/running.md`."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone

from accounts.models import ScheduledRun
from config import clock
from config.periodic import everything, run_due


def seconds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 3600:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 3600")
    return int(text)


class Command(BaseCommand):
    help = (
        "Runs every piece of periodic work whose time has come: messages, debits, reminders, relief, the close of "
        "days, months for the credit file, checks of the books. Run it every minute from cron, or keep it running with "
        "--loop; beside itself it is safe, on other machines too. Exits with 1 where something failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", type=seconds, metavar="SECONDS", help="keep running, with this pause between")
        parser.add_argument("--list", action="store_true", help="only say what is run, when, and how it went last")

    def handle(self, *args: Any, loop: int | None = None, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        failed = self._round()
        try:
            while loop is not None:
                time.sleep(loop)
                close_old_connections()  # a server that was started anew meanwhile is asked for another
                self._round()
        except KeyboardInterrupt:
            return
        if failed:
            raise CommandError(f"{failed} failed; the log says more.")

    def _round(self) -> int:
        failed = 0
        for ran in run_due():
            if ran.error:
                failed += 1
                self.stderr.write(f"{ran.name}: {ran.error}")
        return failed

    def _list(self) -> None:
        for work in everything():
            ended = ScheduledRun.objects.filter(name=work.name, ended_at__isnull=False)
            last = ended.order_by("-due_at").first()
            due = work.last_due(clock.now() + work.every)
            commands = " and ".join(" ".join(command) for command in work.commands)
            how = "never run" if last is None else (last.error or "went well")
            when = f" at {timezone.localtime(last.due_at):%Y-%m-%d %H:%M}" if last else ""
            self.stdout.write(f"{work.name}: {commands}; {how}{when}; next {timezone.localtime(due):%Y-%m-%d %H:%M}")
