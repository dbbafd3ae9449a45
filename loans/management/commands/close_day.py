"""`manage.py close_day`: end business days; see `docs/close.md`."""

import json
import logging
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from accounts.models import Lender
from accounts.per_lender import lenders_of
from loans.close_words import in_order
from loans.closing.errors import BooksWrong, CloseRunning, DayNotOver
from loans.models import BusinessDay
from loans.services.closing_day import close_days

RUNNING = 3
WRONG = 4
log = logging.getLogger(__name__)


def iso_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a date (2026-05-31)") from error


def process_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 64")
    return int(text)


class Command(BaseCommand):
    help = (
        "Closes the business days that are over, in order, up to a day: interest and penalty interest as earned, steps "
        "of collection, months, bills, relief, and what the day that begins needs. Safe to run again; one that was "
        "interrupted goes on. Run it every night after midnight of the lender. Exits with 3 where a close is "
        "running, with 4 where the books of a closed day do not add up."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--lender", metavar="CODE", help="this lender")
        which.add_argument("--all", action="store_true", help="every lender")
        parser.add_argument("--date", metavar="DAY", type=iso_day, help="up to this day; yesterday unless given")
        parser.add_argument("--workers", metavar="N", type=process_count, default=1, help="processes (PostgreSQL)")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, lender: str | None = None, **options: Any) -> None:
        lenders = lenders_of(lender)
        self.is_telling = not options["json"]
        found: dict[str, list[BusinessDay]] = {}
        refused: list[CommandError] = []
        for one in lenders:
            try:
                found[one.code] = self._close(one, options["date"], options["workers"])
            except CommandError as error:  # one lender's trouble keeps no other from its close
                refused.append(error)
        if options["json"]:
            self.stdout.write(json.dumps({code: [_facts(row) for row in rows] for code, rows in found.items()}))
        else:
            self._say_all(found)
        if refused:
            raise CommandError("\n".join(map(str, refused)), returncode=max(error.returncode for error in refused))
        if set_aside := sum(row.set_aside for rows in found.values() for row in rows):
            raise CommandError(f"The days are closed, but {set_aside} set aside; the next close tries them again.")

    def _say_all(self, found: dict[str, list[BusinessDay]]) -> None:
        for code, rows in found.items():
            for row in rows:
                self._say(code, row)
            if not rows:
                self.stdout.write(f"{code}: nothing to close.")

    def _close(self, lender: Lender, through: date | None, workers: int) -> list[BusinessDay]:
        try:
            return close_days(lender=lender, through=through, workers=workers, tell=self._tell)
        except DayNotOver as error:
            raise CommandError(
                f"{lender.code}: {through} is not over; the last day that is: {error.last_on}.", returncode=2
            ) from error
        except CloseRunning as error:
            raise CommandError(f"{lender.code}: a close is running already.", returncode=RUNNING) from error
        except BooksWrong as error:
            raise CommandError(
                f"{lender.code}: the books do not add up, so no later day is closed. {error}. verify_books says more.",
                returncode=WRONG,
            ) from error
        except (OperationalError, InterfaceError) as error:
            raise CommandError(
                f"{lender.code}: the database does not answer ({error}). What was done is kept; run it again."
            ) from error
        except Exception as error:  # whatever is wrong with this lender's close, the others' go on
            log.exception("close of %s", lender.code)
            raise CommandError(f"{lender.code}: {error!r}. What was done is kept; the log says more.") from error

    def _tell(self, row: BusinessDay, step: str) -> None:
        if self.is_telling:
            self.stderr.write(f"{row.lender.code} {row.day}: {step} ...")

    def _say(self, code: str, row: BusinessDay) -> None:
        took = sum(row.milliseconds.values())
        self.stdout.write(f"{code} {row.day}: closed in {took // 1000}.{took % 1000 // 100} s.")
        for step, counts in in_order(row.counts):
            said = ", ".join(f"{count} {kind}" for kind, count in counts)
            self.stdout.write(f"  {step}: {said} ({row.milliseconds.get(step, 0)} ms)")
        if row.set_aside:
            self.stdout.write(f"  set aside: {row.set_aside}")


def _facts(row: BusinessDay) -> dict[str, Any]:
    return {
        "day": row.day.isoformat(),
        "counts": row.counts,
        "milliseconds": row.milliseconds,
        "set_aside": row.set_aside,
    }
