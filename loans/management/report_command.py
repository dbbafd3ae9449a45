"""What the commands that print a report of a day have in common: whose, of which day, in words or as JSON."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Lender
from accounts.wording import amount_text
from loans.selectors.sheets import FIRST_DAY, SHEETS
from loans.sheet import Cell, Sheet


class ReportCommand(BaseCommand):
    """Prints the sheet `report`. Exit 0 printed, 2 wrong call."""

    report = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_day_arguments(parser)

    def handle(self, *args: Any, as_of: date | None = None, **options: Any) -> None:
        lender, on = lender_and_day(options["lender"], as_of)
        sheet = SHEETS[self.report](lender, on)
        if options["json"]:
            head = {"lender": lender.code, "as_of": on.isoformat(), "currency": lender.currency}
            self.stdout.write(json.dumps({**head, "rows": sheet.as_dicts(), **sheet.facts}))
            return
        self.stdout.write(f"{lender.code}, end of {on}, {lender.currency}")
        for line in in_columns(sheet, lender.currency):
            self.stdout.write(line)


def add_day_arguments(parser: ArgumentParser) -> None:
    """Of which lender, as of which day, and in which form."""
    parser.add_argument("--lender", metavar="CODE", required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DAY", help="the day; today unless given")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")


def lender_and_day(code: str, as_of: date | None) -> tuple[Lender, date]:
    """The lender, and the day, today unless given; a wrong call ends with 2."""
    lender = Lender.objects.filter(code=code).first()
    if lender is None:
        raise CommandError(f"There is no lender {code!r}.", returncode=2)
    on = as_of or lender.today()
    if not FIRST_DAY <= on <= lender.today():
        raise CommandError(f"{on} is not between {FIRST_DAY} and today, {lender.today()}.", returncode=2)
    return lender, on


def in_columns(sheet: Sheet, currency: str) -> list[str]:
    """The table as text, numbers to the right, sums with their decimals.

    >>> sheet = Sheet(("month", "total_minor"), (("2026-01", 14400), ("2026-02", 5)), {"par30": "0.100000"})
    >>> in_columns(sheet, "CNY")
    ['month     total', '2026-01  144.00', '2026-02    0.05', 'par30 0.100000']
    """
    shown = [[_text(name, cell, currency) for name, cell in zip(sheet.head, each, strict=True)] for each in sheet.rows]
    table = [[name.removesuffix("_minor") for name in sheet.head], *shown]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    is_number = [any(isinstance(each[place], int) for each in sheet.rows) for place in range(len(sheet.head))]
    lines = []
    for texts in table:
        cells = zip(texts, widths, is_number, strict=True)
        lines.append("  ".join(f"{text:>{wide}}" if right else f"{text:<{wide}}" for text, wide, right in cells))
    said = [f"{name} {'-' if value is None else value}" for name, value in sheet.facts.items()]
    return [line.rstrip() for line in lines] + said


def _text(name: str, cell: Cell, currency: str) -> str:
    return amount_text(cell, currency) if name.endswith("_minor") and isinstance(cell, int) else str(cell)
