"""`manage.py remind`: write the reminders of what is due; see `docs/notices.md`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Lender
from loans.services.bill_reminding import remind_bills
from loans.services.reminding import remind

WORDS = {
    "bills": "bills told of",
    "written": "written",
    "held": "loans on which contact stands still",
    "in_question": "loans with money on its way",
    "night": "too late in the day, the next run catches up",
}


class Command(BaseCommand):
    help = (
        "Writes that bills were made, and reminders of what is due soon, due today or late; `send_messages` sends "
        "them. Safe to run again; run it every hour. Missed days are caught up where it still helps."
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
        found = {one.code: remind(lender=one) + remind_bills(lender=one) for one in lenders}
        if options["json"]:
            report = {code: {name: counts[name] for name in WORDS} for code, counts in found.items()}
            self.stdout.write(json.dumps(report))
            return
        for code, counts in found.items():
            said = [f"{counts[name]} {words}" for name, words in WORDS.items() if counts[name] and name != "night"]
            if counts["night"]:
                said.append(WORDS["night"])
            self.stdout.write(f"{code}: {', '.join(said) or 'nothing to say'}.")
