"""`manage.py fleet`: one worker of the fleet; see `docs/running.md`."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


def at_once(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 16:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 16")
    return int(text)


class Command(BaseCommand):
    help = (
        "One worker of the fleet: does periodic work as its time comes, in place of `tick`, and parts of any close "
        "that runs. Start as many as there are processors, on as many machines as there are. Stops when told to "
        "(SIGTERM), after what it has begun. Needs PostgreSQL and LEEWAY_FLEET=on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at-once", type=at_once, default=2, metavar="N", help="pieces of work at a time (2)")
        parser.add_argument("--until-idle", action="store_true", help="stop when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.FLEET:
            raise CommandError("LEEWAY_FLEET is off: nothing is handed out to workers. Without a fleet run `tick`.")
        from procrastinate.contrib.django import app  # not there without the fleet

        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            app.run_worker(concurrency=options["at_once"], wait=not options["until_idle"], delete_jobs="successful")
