"""Look whether the books are whole; see `loans/books.py`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.per_lender import lenders_of
from loans.books import CHECKS, violations


class Command(BaseCommand):
    help = (
        "Derives every balance, schedule and cached column anew and compares; names the checks that found something. "
        "Exit 1 on any violation."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lender", metavar="CODE", help="only this lender")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, lender: str | None = None, **options: Any) -> None:
        lenders = lenders_of(lender)
        found = list(violations(lenders))
        if options["json"]:
            report = {
                "lenders": [one.code for one in lenders],
                "checks": ["guards", *CHECKS],
                "violations": [violation._asdict() for violation in found],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for violation in found:
                self.stdout.write(f"{violation.check}: {violation.subject}: {violation.detail}")
        if found:
            raise CommandError(f"Violations: {len(found)}.")
        if not options["json"]:
            self.stdout.write(f"Lenders: {len(lenders)}, checks: {len(CHECKS) + 1}, violations: 0.")
