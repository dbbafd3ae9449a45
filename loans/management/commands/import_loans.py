"""Take over the loans of a tape; `docs/loan-tape.md` describes the file."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from accounts.models import Lender
from loans.services.importing import ImportReport, fingerprint_of, import_tape
from loans.tape import TapeError, amount_text, read_tape

WHOLE_FILE = {
    "not_utf8": "The file is not UTF-8 ({detail}). Save it as UTF-8; Excel calls it “CSV UTF-8”.",
    "empty": "The file is empty.",
    "missing_columns": "The header lacks: {detail}. See docs/loan-tape.md.",
    "unknown_columns": "The header has unknown columns: {detail}. Remove or rename them; see docs/loan-tape.md.",
    "repeated_columns": "The header names a column twice: {detail}.",
    "broken_csv": "The file is not well-formed CSV ({detail}).",
    "too_many_rows": "The file has more than {detail} rows. Split it.",
}


class Command(BaseCommand):
    help = (
        "Import a loan tape (CSV, see docs/loan-tape.md). Every bad row is reported with line, column and what to do; "
        "a file with any bad row changes nothing unless --skip-bad. Exit 1 where nothing could be written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv")
        parser.add_argument("--lender", metavar="CODE", required=True, help="the lender that takes the loans over")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="write the good rows, leave the bad ones out")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        lender = Lender.objects.filter(code=options["lender"]).first()
        if lender is None:
            raise CommandError(f"There is no lender {options['lender']!r}.", returncode=2)
        path = Path(options["file"])
        try:
            content = path.read_bytes()
            tape = read_tape(content)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
        except TapeError as error:
            raise CommandError(WHOLE_FILE[error.reason].format(detail=error.detail)) from error
        try:
            report = import_tape(
                lender=lender,
                tape=tape,
                source=f"{path.name} {fingerprint_of(content)}",
                is_dry_run=options["dry_run"],
                is_skipping_bad=options["skip_bad"],
                acting_user=None,
            )
        except IntegrityError as error:
            raise CommandError(f"Somebody wrote to the book meanwhile; nothing was imported. {error}") from error
        self._say(report, lender, options)

    def _say(self, report: ImportReport, lender: Lender, options: dict[str, Any]) -> None:
        if options["json"]:
            faults = [asdict(fault) | {"advice": str(fault)} for fault in report.faults]
            self.stdout.write(json.dumps(asdict(report) | {"faults": faults}, ensure_ascii=False))
        else:
            for fault in report.faults:
                self.stderr.write(str(fault))
            self.stdout.write(_totals(report, lender))
        bad = len({fault.line for fault in report.faults})
        if bad and not options["skip_bad"]:
            raise CommandError(f"{bad} of {report.row_count} rows are bad; nothing was written.")
        if not report.loans:
            raise CommandError("There is no row to import; nothing was written.")


def _totals(report: ImportReport, lender: Lender) -> str:
    """What the good rows come to, in the lender's currency."""
    verb = "imported" if report.is_written else "could be imported"
    return (
        f"{report.loans:,} of {report.row_count:,} loans {verb} for {lender.code}, {report.settled:,} of them settled; "
        f"{report.new_borrowers:,} new customers.\n"
        f"Paid out {amount_text(report.principal_minor)}, repaid {amount_text(report.paid_minor)}, "
        f"principal left {amount_text(report.principal_left_minor)} {lender.currency}."
    )
