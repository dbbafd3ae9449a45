"""Print what relief would do to a schedule; `docs/relief-kinds.md` describes request and answer."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loans.engine.components import ReliefError
from loans.engine.relief_request import project_request
from loans.engine.request import RequestError
from loans.management.commands.quote import REASONS as TERMS_REASONS
from loans.management.commands.quote import read

# What a code means to somebody who sent it; what it is about stands before it.
REASONS = TERMS_REASONS | {
    "not_with_relief": "cannot stand beside relief; send the terms that hold now",
    "no_annual_rate": "come to instalments that no annual rate up to 10,000 % explains",
}
RELIEF_REASONS = {
    "unknown_kind": "This is not a kind of component",
    "unknown_key": "This key is not one of the component's",
    "missing_key": "The component lacks this key",
    "unknown_value": "The component has no such value for this key",
    "n_out_of_range": "This is not a possible number of periods, days, parts or instalments",
    "amount_out_of_range": "This is not a possible amount",
    "repeated_kind": "A kind of component stands twice",
    "cannot_combine": "These cannot stand together",
    "exactly_one": "Exactly one of these is needed",
    "nothing_to_pay": "No instalment is unpaid",
    "nothing_overdue": "No instalment is overdue",
    "resume_not_after_as_of": "The first instalment after relief would already be due",
    "rate_not_lower": "This rate is above that of the contract",
    "amount_not_smaller": "This amount is no less than what is due",
    "never_repays": "This instalment would never repay the loan",
    "unknown_number": "This is not the number of an unpaid instalment",
    "balloon_is_last": "The last instalment cannot move into itself",
    "due_day_needs_months": "Only a loan paid by months has a due day",
    "interest_free_part": "Part of what is owed bears no interest, so instalments can be moved but not cut anew",
    "beyond_the_calendar": "It would end after the year 9999",
    "method_unsupported": "This method of repayment cannot be cut anew",
}


class Command(BaseCommand):
    help = (
        "Read a schedule and components of relief as JSON from standard input, write what relief makes of it as JSON "
        "(see docs/relief-kinds.md). Exit 1 where a request cannot be followed. Touches no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lines", action="store_true", help="one request per line, one answer per line")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lines"]:
            self._answer_lines()
            return
        try:
            self.stdout.write(_text(project_request(read(sys.stdin.buffer.read()))))
        except (RequestError, ReliefError) as error:
            raise CommandError(said(error)) from None

    def _answer_lines(self) -> None:
        """Answer each line as it comes; a request that cannot be followed is answered with its error."""
        answered = refused = 0
        for line in sys.stdin.buffer:
            answered += 1
            try:
                answer = project_request(read(line))
            except (RequestError, ReliefError) as error:
                refused += 1
                field = error.field if isinstance(error, RequestError) else "components"
                answer = {"error": {"field": field, "code": error.code, "message": said(error)}}
            self.stdout.write(_text(answer))
        if refused:
            raise CommandError(f"{refused} of {answered} requests cannot be followed.")


def said(error: RequestError | ReliefError) -> str:
    """Return one clear line: what, and why."""
    if isinstance(error, RequestError):
        return f"{error.field} {REASONS[error.code]} ({error.code})."
    about = "" if error.detail is None else f": {error.detail}"
    return f"{RELIEF_REASONS[error.code]}{about} ({error.code})."


def _text(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)
