"""`manage.py close_services`: what time alone brings to those who leave; run it daily from cron."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Lender
from loans.services.leaving import finish_all


class Command(BaseCommand):
    help = "Closes the service for whoever asked and did not take it back within seven days. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lender", metavar="CODE", help="only this lender; otherwise all")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, lender: str | None = None, **options: Any) -> None:
        lenders = Lender.objects.order_by("code")
        if lender is not None:
            lenders = lenders.filter(code=lender)
            if not lenders:
                raise CommandError(f"There is no lender {lender!r}.", returncode=2)
        done = {one.code: finish_all(one) for one in lenders}
        if options["json"]:
            self.stdout.write(json.dumps(done))
            return
        for code, counts in done.items():
            self.stdout.write(f"{code}: {counts['closed']} closed, {counts['undone']} kept because something was open")
