"""`manage.py relief_tick`: what time alone brings to relief; run it hourly from cron."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Lender
from deferrals.services import tick


class Command(BaseCommand):
    help = "Closes offers whose last day has passed and completes pauses that are over. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lender", metavar="CODE", help="Only this lender; otherwise all.")
        parser.add_argument("--json", action="store_true", help="One JSON object on standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        lenders = Lender.objects.order_by("code")
        if options["lender"]:
            lenders = lenders.filter(code=options["lender"])
            if not lenders:
                raise CommandError(f"There is no lender with the code {options['lender']!r}.")
        done = {lender.code: tick(lender=lender) for lender in lenders}
        if options["json"]:
            self.stdout.write(json.dumps(done))
            return
        for code, counts in done.items():
            self.stdout.write(
                f"{code}: {counts['offers_lapsed']} offers lapsed, {counts['pauses_ended']} pauses ended, "
                f"{counts['settled']} closed because the loan is settled"
            )
