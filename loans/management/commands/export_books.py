"""`manage.py export_books`: the journal for another program to add up; see `docs/export.md`."""

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Lender
from loans.book_formats import FORMATS, Book
from loans.selectors.journal import balances, entries, first_day


class Command(BaseCommand):
    help = (
        "Writes the journal of a lender in whole minor units, with the balances of every month's end, "
        "for bean-check, hledger or a spreadsheet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lender", metavar="CODE", required=True)
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--from", dest="from_on", type=date.fromisoformat, metavar="DAY", help="the first day")
        parser.add_argument("--to", dest="to_on", type=date.fromisoformat, metavar="DAY", help="the last day")
        parser.add_argument("--output", type=Path, metavar="FILE", help="a file instead of standard output")

    def handle(
        self,
        *args: Any,
        from_on: date | None = None,
        to_on: date | None = None,
        output: Path | None = None,
        **options: Any,
    ) -> None:
        lender = Lender.objects.filter(code=options["lender"]).first()
        if lender is None:
            raise CommandError(f"There is no lender {options['lender']!r}.", returncode=2)
        to_on = to_on or lender.today()
        from_on = from_on or first_day(lender) or to_on
        if from_on > to_on:
            raise CommandError(f"The first day {from_on} is after the last day {to_on}.", returncode=2)
        book = Book(lender.code, lender.currency, from_on, to_on, balances(lender, from_on - timedelta(days=1)))
        text = FORMATS[options["format"]](book, entries(lender, from_on, to_on))
        if output is None:
            self.stdout.writelines(text)
            return
        try:
            _write(output, text)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error


def _write(output: Path, text: Iterable[str]) -> None:
    """Write beside and move into place, so that a file that is there is whole."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=output.parent, delete=False) as out:
        try:
            out.writelines(text)
        except BaseException:
            os.unlink(out.name)
            raise
    os.replace(out.name, output)
