"""Print the schedule that follows from terms; `docs/quote.md` and `docs/bills.md` describe request and answer."""

import json
import sys
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loans.engine.request import RequestError
from loans.engine.revolving.request import quote

# What a code means to somebody who sent it; the field stands before it.
REASONS = {
    "unknown_key": "is not a known key",
    "missing": "is missing",
    "repeated": "is given twice",
    "both": "cannot stand beside the other field that says the same",
    "not_json": "is not JSON",
    "not_a_date": "is not a date like 2026-01-15",
    "not_a_number": "is not a number",
    "wrong_kind": "is of the wrong kind",
    "unknown": "is not a known name or value",
    "unknown_profile": "is not the name of a profile",
    "too_small": "is too small",
    "too_large": "is too large",
    "too_precise": "has too many decimals",
    "not_after_disbursement": "must be after the day of disbursement",
    "before_disbursement": "is before the day of disbursement",
    "beyond_the_calendar": "goes beyond the calendar, which is from 1900 to 9998",
    "out_of_order": "is out of order",
    "no_such_instalment": "is not an instalment still to come",
    "more_than_owed": "is more than is owed",
    "nothing_left": "comes when nothing is left to pay",
    "not_for_this_method": "is not possible with this method, whose interest does not follow the balance",
}


class Command(BaseCommand):
    help = (
        "Read the terms of a loan as JSON from standard input, write its schedule and annual rates as JSON "
        "(see docs/quote.md). Exit 1 where a request cannot be followed. Touches no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lines", action="store_true", help="one request per line, one answer per line")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lines"]:
            self._answer_lines()
            return
        try:
            self.stdout.write(_text(quote(read(sys.stdin.buffer.read()))))
        except RequestError as error:
            raise CommandError(said(error)) from None

    def _answer_lines(self) -> None:
        """Answer each line as it comes; a request that cannot be followed is answered with its error."""
        answered = refused = 0
        for line in sys.stdin.buffer:
            answered += 1
            try:
                answer = quote(read(line))
            except RequestError as error:
                refused += 1
                answer = {"error": {"field": error.field, "code": error.code, "message": said(error)}}
            self.stdout.write(_text(answer))
        if refused:
            raise CommandError(f"{refused} of {answered} requests cannot be followed.")


def read(text: bytes) -> Any:
    """Return the JSON value of a text, numbers exact and no key twice. Raises RequestError."""
    try:
        return json.loads(text.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise RequestError("request", "not_json") from None
    except ValueError as error:
        # int() refuses very long numbers.
        raise error if isinstance(error, RequestError) else RequestError("request", "not_json") from None


def said(error: RequestError) -> str:
    """Return one clear line: which field, and why."""
    return f"{error.field} {REASONS[error.code]} ({error.code})."


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise RequestError(key, "repeated")
        found[key] = value
    return found


def _refuse(name: str) -> None:
    raise RequestError(name, "not_a_number")


def _text(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)
