"""`manage.py collect`: collect what is due and ask about what is open; see `docs/payments.md`."""

import json
import logging
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.per_lender import lenders_of
from loans.errors import NoGateway
from loans.services.collecting import collect

WORDS = {
    "ordered": "debits ordered",
    "sent": "sent",
    "taken_back": "taken back before they were sent",
    "unanswered": "without an answer",
    "answered": "answered when asked",
    "pending": "pending when asked",
    "not_received": "not received when asked",
    "not_yet": "not their time",
    "waiting": "waiting for an answer",
    "in_question": "with money or a report for staff to look at",
    "held": "held",
    "no_mandate": "without a mandate",
    "no_account": "without an account",
    "barred": "refused by the bank for good",
    "tried": "tried on every account",
    "open": "orders open",
    "to_review": "reports to review",
    "in_suspense": "sums in suspense",
    "failed": "failed, see the log",
}
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Asks the payment gateway about open orders, orders the debits whose time has come and sends them. "
        "Safe to run again; run it every ten minutes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--lender", metavar="CODE", help="this lender")
        which.add_argument("--all", action="store_true", help="every lender that has a gateway")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, lender: str | None = None, **options: Any) -> None:
        lenders = lenders_of(lender)
        found: dict[str, Counter[str]] = {}
        for one in lenders:
            try:
                found[one.code] = collect(lender=one)
            except NoGateway as error:
                if lender is not None:
                    raise CommandError(f"The lender {lender!r} has no payment gateway.") from error
            except Exception:  # whatever breaks here, the other lenders' money does not wait for it
                log.exception("collecting for %s broke", one.code)
                found[one.code] = Counter(failed=1)
        self._say(found, as_json=options["json"])
        if failed := [code for code, counts in found.items() if counts["failed"]]:
            raise CommandError(f"Not everything could be done for {', '.join(failed)}; the log says what.")

    def _say(self, found: dict[str, Counter[str]], *, as_json: bool) -> None:
        if as_json:
            report = {code: {name: counts[name] for name in WORDS} for code, counts in found.items()}
            self.stdout.write(json.dumps(report))
            return
        for code, counts in found.items():
            said = [f"{counts[name]} {words}" for name, words in WORDS.items() if counts[name]]
            self.stdout.write(f"{code}: {', '.join(said) or 'nothing to do'}.")
