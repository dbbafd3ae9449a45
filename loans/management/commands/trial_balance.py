"""`manage.py trial_balance`: what every account holds at the end of a day, past or present; see `docs/export.md`."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Lender
from accounts.wording import amount_text
from loans.models import Account
from loans.selectors.journal import balances


class Command(BaseCommand):
    help = "Prints the balance of every account of a lender at the end of a day, by what was posted until then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lender", metavar="CODE", required=True)
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DAY", help="the day; today unless given")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, as_of: date | None = None, **options: Any) -> None:
        lender = Lender.objects.filter(code=options["lender"]).first()
        if lender is None:
            raise CommandError(f"There is no lender {options['lender']!r}.", returncode=2)
        on = as_of or lender.today()
        held = balances(lender, on)
        if options["json"]:
            report = {"lender": lender.code, "as_of": on.isoformat(), "currency": lender.currency, "balances": held}
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(f"{lender.code}, end of {on}, {lender.currency}")
        self.stdout.write(f"{'account':<20}{'debit':>20}{'credit':>20}")
        for account in Account.values:
            amount = held.get(account, 0)
            debit, credit = (
                amount_text(max(side, 0), lender.currency) if side > 0 else "" for side in (amount, -amount)
            )
            self.stdout.write(f"{account:<20}{debit:>20}{credit:>20}".rstrip())
        total = amount_text(sum(amount for amount in held.values() if amount > 0), lender.currency)
        self.stdout.write(f"{'together':<20}{total:>20}{total:>20}")
