"""`manage.py furnish`: tell who is late, give decided months to the credit file, write the bureau's file of a month."""

import json
import os
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import BufferedRandom
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from accounts.errors import Conflict
from accounts.models import Lender
from accounts.per_lender import WRONG_CALL, PerLender, counted, lenders_of
from credit.bureau import WRITERS
from credit.errors import FileDiffers, MonthNotOver
from credit.models import BureauFile
from credit.selectors.bureau_choice import Held
from credit.services import copy_bureau_file, write_bureau_file
from credit.services.bureau_files import WrittenFile
from loans.selectors.held_months import waiting_months
from loans.services.month_run import run_months

NOT_WRITTEN = 1
WORDS = {
    "told": "borrowers told of a late month",
    "furnished": "months furnished",
    "held": "months held back",
    "changed": "loans changed meanwhile",
}
FILE_WORDS = {
    "rows": "accounts and months",
    "corrections": "corrections",
    "late": "earlier months sent late",
    "held": "months held back",
    "missing": "accounts without this month on file",
    "unidentified": "rows without what tells the person apart",
}
WHY = {
    "no_consent": "no consent to reporting",
    "not_told": "the borrower was not told yet",
    "just_told": "told, the days of notice run",
    "unfit": "the format has no place for it",
}
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month(text: str) -> date:
    found = _MONTH.fullmatch(text)
    if found is None or found[1] == "0000":
        raise ArgumentTypeError(f"{text!r} is not a month; write it as 2026-05")
    return date(int(found[1]), int(found[2]), 1)


class Command(PerLender):
    help = (
        "Tells every borrower whose days of grace are over, and furnishes every month that is decided and may be "
        "reported. Safe to run again; run it once a day. With --month, --format and --output it does none of that, "
        "and writes the file of that month for a credit bureau from what is on file; written again while nothing "
        "has changed, it is the same file. Exit codes: 0 done, 1 not written, 2 wrong call."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--month", type=month, metavar="YYYY-MM", help="with --format: the month of the file")
        parser.add_argument("--format", choices=sorted(WRITERS), help="write a file for a credit bureau")
        parser.add_argument("--output", type=Path, metavar="FILE", help="with --format: the new file")
        parser.add_argument(
            "--again", type=int, metavar="NUMBER", help="with --format: make this earlier file of the month once more"
        )

    def handle(self, *args: Any, lender: str | None = None, **options: Any) -> None:
        wanted = {name: options[name] for name in ("month", "format", "output")}
        if options["again"] is not None or any(wanted.values()):
            if lender is None or not all(wanted.values()):
                text = "A file needs --lender, --month, --format and --output."
                raise CommandError(text, returncode=WRONG_CALL)
            self._write_file(lenders_of(lender)[0], **wanted, again=options["again"], is_json=options["json"])
        else:
            super().handle(*args, lender=lender, **options)

    def do(self, lender: Lender) -> Mapping[str, int]:
        return run_months(lender=lender)

    def reported(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        return {name: counts[name] for name in WORDS}

    def said(self, counts: Mapping[str, int]) -> str:
        return counted(WORDS, counts, "nothing to do")

    def _write_file(
        self, lender: Lender, *, month: date, format: str, output: Path, again: int | None, is_json: bool
    ) -> None:
        try:
            with _new(output) as sink:
                if again is None:
                    written = _written(lender, month, format, sink)
                else:
                    written = _again(lender, month, format, again, sink)
        except MonthNotOver as error:
            raise CommandError(f"The month {month:%Y-%m} is not over.", returncode=WRONG_CALL) from error
        except Conflict as error:
            raise CommandError("Somebody else makes this file just now.", returncode=NOT_WRITTEN) from error
        except FileDiffers as error:
            raise CommandError("The file cannot be made again as it was.", returncode=NOT_WRITTEN) from error
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.", returncode=WRONG_CALL) from error
        said = _said(written)
        if is_json:
            self.stdout.write(json.dumps(said))
            return
        for each in written.held:
            self.stderr.write(f"held back: {each.reference} {each.month:%Y-%m}, {WHY[each.reason]}")
        counted = [f"{said[name]} {words}" for name, words in FILE_WORDS.items() if said[name] or name == "rows"]
        before = " (as made before)" if written.is_repeat else ""
        self.stdout.write(f"{said['file']}{before}: {', '.join(counted)}.")


def _written(lender: Lender, month: date, format: str, sink: BufferedRandom) -> WrittenFile:
    held = [Held(*each) for each in waiting_months(lender, month)]
    return write_bureau_file(lender=lender, format=format, month=month, sink=sink, held=held, acting_user=None)


def _again(lender: Lender, month: date, format: str, number: int, sink: BufferedRandom) -> WrittenFile:
    files = BureauFile.objects.filter(lender=lender, format=format, month=month, number=number)
    file = files.select_related("lender").first()
    if file is None:
        raise CommandError(f"There is no file number {number} of that month.", returncode=WRONG_CALL)
    copy_bureau_file(file=file, sink=sink, acting_user=None)
    held = tuple(Held(*row) for row in file.held.values_list("reference", "month", "reason"))
    return WrittenFile(file, True, held)


def _said(written: WrittenFile) -> dict[str, Any]:
    file = written.file
    return {
        "file": str(file),
        "number": file.number,
        "is_repeat": written.is_repeat,
        "rows": file.row_count,
        "corrections": file.correction_count,
        "late": file.late_count,
        "held": len(written.held),
        "missing": file.missing_count,
        "unidentified": file.unidentified_count,
        "size": file.size,
        "sha256": file.sha256,
        "held_back": [
            {"account": each.reference, "month": f"{each.month:%Y-%m}", "reason": each.reason} for each in written.held
        ],
    }


@contextmanager
def _new(path: Path) -> Iterator[BufferedRandom]:
    """A file that only its owner may read, and that is there only once it is whole; never over another one."""
    if path.exists():
        raise CommandError(f"{path} is there already.", returncode=WRONG_CALL)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as sink:
        try:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        except BaseException:
            beside.unlink()
            raise
        beside.rename(path)
