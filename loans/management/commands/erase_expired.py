"""`manage.py erase_expired`: forgets the hidden numbers of people whose ten years are over; run it weekly from cron."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from loans.services.erasing import erase_expired


class Command(BaseCommand):
    help = (
        "Erases identity numbers ten years after the last relation or transaction, and numbers of removed bank "
        "accounts ten years after the last payment over them. Safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what would be erased")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = erase_expired(is_dry=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps(dict(counts)))
            return
        verb = "would be erased" if options["dry_run"] else "erased"
        self.stdout.write(f"{counts['people']} people and {counts['accounts']} removed bank accounts {verb}")
