"""`manage.py stages`: move what is overdue through the stages that the rule knows; see `docs/collection.md`."""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Lender
from loans.services.bill_staging import run_bill_stages
from loans.services.staging import run_stages
from loans.stages import Stage

WORDS = {
    Stage.NONE.value: "loans up to date again",
    Stage.EARLY.value: "loans early overdue",
    Stage.LATE.value: "loans late",
    f"bills_{Stage.NONE}": "monthly bills up to date again",
    f"bills_{Stage.EARLY}": "monthly bills early overdue",
    f"bills_{Stage.LATE}": "monthly bills late",
}


class Command(BaseCommand):
    help = (
        "Moves overdue loans and monthly bills to the early and the late stage by their days past due, and out of "
        "every stage when nothing is overdue. What goes further is for people. Safe to run again; run it every night."
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
        found = {one.code: _run(one) for one in lenders}
        if options["json"]:
            report = {code: {name: counts[name] for name in WORDS} for code, counts in found.items()}
            self.stdout.write(json.dumps(report))
            return
        for code, counts in found.items():
            said = [f"{counts[name]} {words}" for name, words in WORDS.items() if counts[name]]
            self.stdout.write(f"{code}: {', '.join(said) or 'nothing to do'}.")


def _run(lender: Lender) -> Counter[str]:
    bills = run_bill_stages(lender=lender)
    return run_stages(lender=lender) + Counter({f"bills_{name}": count for name, count in bills.items()})
