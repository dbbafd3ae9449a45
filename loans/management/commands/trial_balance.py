"""`manage.py trial_balance`: what every account holds at the end of a day, past or present; see `docs/export.md`."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from accounts.wording import amount_text
from loans.management.report_command import add_day_arguments, lender_and_day
from loans.models import Account
from loans.selectors.journal import balances


class Command(BaseCommand):
    help = "Prints the balance of every account of a lender at the end of a day, by what was posted until then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_day_arguments(parser)

    def handle(self, *args: Any, as_of: date | None = None, **options: Any) -> None:
        lender, on = lender_and_day(options["lender"], as_of)
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
