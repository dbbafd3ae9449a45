"""Asks the register again about everybody it was silent about."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import services


class Command(BaseCommand):
    help = (
        "Ask the identity register again about everybody who waits for its answer and whose turn has come: after 5 "
        "minutes, then at pauses that double up to 4 hours. Running it twice asks about nobody twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.recheck_identities()
        self.stdout.write(f"{done.settled} settled, {done.waiting} still waiting")
