"""`manage.py bill`: make the bills whose day has come, and furnish the months that are over; run it daily from cron."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Lender
from loans.services.bill_furnishing import furnish_all
from loans.services.billing import bill_all


class Command(BaseCommand):
    help = (
        "Makes every monthly bill whose day has come and that was not made yet, also of days gone by, and gives the "
        "months that are over to the credit file. Safe to run again; run it daily, shortly after midnight."
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
        found = {one.code: bill_all(lender=one) | {"months": furnish_all(lender=one)} for one in lenders}
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for code, counts in found.items():
            said = f"{counts['bills']} bills made on {counts['accounts']} accounts, {counts['months']} months furnished"
            self.stdout.write(f"{code}: {said}.")
