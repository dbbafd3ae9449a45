"""Seals every hidden number anew under the first of LEEWAY_DATA_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.sealed_box import SealBroken


class Command(BaseCommand):
    help = (
        "Seal identity and bank account numbers anew under the first key of LEEWAY_DATA_KEYS, after a new key was "
        "put before the old ones. When it says 0, the old keys can be taken away. It may run while the site is open."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = services.reseal(tell=self._tell if options["verbosity"] > 1 else lambda text: None)
        except SealBroken as error:
            raise CommandError(f"A number cannot be opened: {error}. Nothing was lost; put its key back.") from error
        self.stdout.write(f"{done} sealed anew")

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
