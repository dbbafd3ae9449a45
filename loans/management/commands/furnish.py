"""`manage.py furnish`: tell who is late, and give the months that are decided to the credit file."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Lender
from loans.services.month_run import run_months

WORDS = {
    "told": "borrowers told of a late month",
    "furnished": "months furnished",
    "held": "months held back",
    "changed": "loans changed meanwhile",
}


class Command(BaseCommand):
    help = (
        "Tells every borrower whose days of grace are over, and furnishes every month that is decided and may be "
        "reported. Safe to run again; run it once a day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--lender", metavar="CODE", help="this lender")
        which.add_argument("--all", action="store_true", help="every lender")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, lender: str | None = None, **options: Any) -> None:
        lenders = Lender.objects.order_by("code")
        if lender is not None:
            lenders = lenders.filter(code=lender)
            if not lenders:
                raise CommandError(f"There is no lender {lender!r}.", returncode=2)
        found = {one.code: run_months(lender=one) for one in lenders}
        if options["json"]:
            report = {code: {name: counts[name] for name in WORDS} for code, counts in found.items()}
            self.stdout.write(json.dumps(report))
            return
        for code, counts in found.items():
            said = [f"{counts[name]} {words}" for name, words in WORDS.items() if counts[name]]
            self.stdout.write(f"{code}: {', '.join(said) or 'nothing to do'}.")
