"""Fill a lender with a made-up book, for benchmarks and load tests; `docs/performance.md` says how long it takes."""

import json
import multiprocessing
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

import django
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.models import Lender
from loans.book_errors import BookNotEmpty, DaysClosed
from loans.errors import DateRefused
from loans.services.making_book import MadeBook, Runner, make_book

NAMES = {"name_zh_hans": "测试账簿", "name_zh_hant": "測試帳簿", "name_en": "Made-up book"}


class Command(BaseCommand):
    help = (
        "Makes a book of any size with loans of every age, arrears and relief; the same seed and day make the same "
        "journal. Needs LEEWAY_DEMO=on. Exit 1 where the lender has loans already and --add is not given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loans", type=int, required=True, metavar="N", help="how many loans")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, another book (1)")
        parser.add_argument("--lender", default="book", metavar="CODE", help="whose loans; made if new (book)")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="DATE", help="as it stands that evening (today)"
        )
        parser.add_argument("--with-months", action="store_true", help="decided months on the credit file, too")
        parser.add_argument("--add", action="store_true", help="add to the loans that the lender has")
        parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes, on PostgreSQL (1)")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("A made-up book is made only with LEEWAY_DEMO=on.")
        if options["loans"] < 1 or not 0 <= options["seed"] <= 9_999 or options["workers"] < 1:
            raise CommandError("--loans and --workers are at least 1, --seed is 0 to 9999.", returncode=2)
        if options["workers"] > 1 and connection.vendor != "postgresql":
            raise CommandError("SQLite has one writer: --workers needs PostgreSQL.", returncode=2)
        lender, _ = Lender.objects.get_or_create(code=options["lender"], defaults=NAMES)
        try:
            with _runner(options["workers"]) as runner:
                made = make_book(
                    lender=lender,
                    loans=options["loans"],
                    seed=options["seed"],
                    on=options["as_of"] or lender.today(),
                    with_months=options["with_months"],
                    is_adding=options["add"],
                    told=self._told,
                    runner=runner,
                )
        except BookNotEmpty as error:
            raise CommandError(f"Lender {lender.code} has loans already; --add adds to them.") from error
        except DaysClosed as error:
            raise CommandError(f"Lender {lender.code} has closed days, in which nothing is posted any more.") from error
        except DateRefused as error:
            raise CommandError("--as-of is a day to come.", returncode=2) from error
        self.stdout.write(json.dumps(asdict(made)) if options["json"] else _words(made, lender))

    def _told(self, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"  {done:,} loans", ending="\r")


@contextmanager
def _runner(workers: int) -> Iterator[Runner]:
    """Who does the jobs: this process, or so many new ones."""
    if workers == 1:
        yield map
        return
    # New processes know nothing of this one's connections; each sets Django up for itself.
    with multiprocessing.get_context("spawn").Pool(workers, initializer=django.setup) as pool:
        yield pool.imap_unordered


def _words(made: MadeBook, lender: Lender) -> str:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(made.kinds.items()))
    return (
        f"Made {made.loans:,} loans for {lender.code} in {made.seconds} s ({kinds}); {sum(made.rows.values()):,} rows."
    )
