"""`manage.py bank_file`: write what a bank shall collect, take what it reports; see `docs/bank-files.md`."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BufferedWriter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.models import Lender
from loans.bank_file_errors import FileDiffers, NoBankFiles
from loans.bank_file_words import REFUSED
from loans.bank_files import sandbox
from loans.bank_files.stream import FileRefused
from loans.models import BankFile
from loans.services.bank_reading import TakenFile, take_file
from loans.services.bank_writing import write_again, write_collections

REFUSED_FILE = 1
WRONG_CALL = 2


class Command(BaseCommand):
    help = (
        "Writes the debits that wait into a file for the bank (ISO 20022 pain.008), or takes a file of the bank's "
        "(camt.054). The same file taken again has no effect. Exit codes: 0 done, 1 the file was refused, 2 wrong call."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lender", metavar="CODE", required=True, help="the lender")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--write", metavar="FILE", type=Path, help="write what waits to this new file")
        what.add_argument("--read", metavar="FILE", type=Path, help="take this file of the bank's")
        what.add_argument("--answer", metavar="FILE", type=Path, help="play the bank: answer this file, for trying out")
        parser.add_argument("--on", metavar="DAY", type=date.fromisoformat, help="with --write: the day to collect on")
        parser.add_argument("--again", metavar="REFERENCE", help="with --write: make this earlier file once more")
        parser.add_argument("--dry-run", action="store_true", help="with --read: look at the file and book nothing")
        parser.add_argument("--to", metavar="FILE", type=Path, help="with --answer: the new file of the answer")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, lender: str, **options: Any) -> None:
        found = Lender.objects.filter(code=lender).first()
        if found is None:
            raise CommandError(f"There is no lender {lender!r}.", returncode=WRONG_CALL)
        act = next(act for name, act in self._acts().items() if options[name])
        try:
            with translation.override("en"):
                said = act(found, options)
        except NoBankFiles as error:
            text = f"The lender {lender!r} does not collect by bank files; set LEEWAY_BANK_FILES."
            raise CommandError(text, returncode=WRONG_CALL) from error
        except FileRefused as refused:
            raise CommandError(f"{REFUSED[refused.reason]} ({refused})", returncode=REFUSED_FILE) from refused
        except OSError as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error
        self.stdout.write(json.dumps(said) if options["json"] else _in_words(said))

    def _acts(self) -> dict[str, Any]:
        return {"write": self._write, "read": self._read, "answer": self._answer}

    def _write(self, lender: Lender, options: dict[str, Any]) -> dict[str, Any]:
        with _new(options["write"]) as (sink, keep):
            if options["again"]:
                return self._again(lender, options["again"], sink, keep)
            written = write_collections(lender=lender, sink=sink, collect_on=options["on"], acting_user=None)
            if written.file is None:
                return {"debits": 0, "taken_back": written.taken_back}
            keep()
        return _said(written.file) | {"taken_back": written.taken_back}

    def _again(self, lender: Lender, reference: str, sink: BufferedWriter, keep: Any) -> dict[str, Any]:
        files = BankFile.objects.filter(lender=lender, direction=BankFile.Direction.OUT, message_id=reference)
        file = files.select_related("lender").first()
        if file is None:
            raise CommandError(f"No file {reference!r} was written for this lender.", returncode=WRONG_CALL)
        try:
            write_again(file=file, sink=sink, acting_user=None)
        except FileDiffers as error:
            raise CommandError("The file cannot be made again as it was.", returncode=REFUSED_FILE) from error
        keep()
        return _said(file)

    def _read(self, lender: Lender, options: dict[str, Any]) -> dict[str, Any]:
        path = options["read"]
        with path.open("rb") as source:
            taken = take_file(
                lender=lender, source=source, name=path.name, is_dry_run=options["dry_run"], acting_user=None
            )
        return _taken(taken)

    def _answer(self, lender: Lender, options: dict[str, Any]) -> dict[str, Any]:
        if options["to"] is None:
            raise CommandError("--answer needs --to FILE.", returncode=WRONG_CALL)
        with options["answer"].open("rb") as source:
            told = sandbox.answer(source, sandbox.Plan(returned=3, unknown=1), seed=1)
        with _new(options["to"]) as (sink, keep):
            sandbox.write(sink, told, on=lender.today())
            keep()
        return {"collected": len(told.collected), "came_back": len(told.returned)}


@contextmanager
def _new(path: Path) -> Iterator[tuple[BufferedWriter, Any]]:
    """A file that only its owner may read, and that is there only if it was kept; never over another one."""
    if path.exists():
        raise CommandError(f"{path} is there already.", returncode=WRONG_CALL)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    kept: list[bool] = []
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
        try:
            yield sink, lambda: kept.append(True)
            sink.flush()
            os.fsync(sink.fileno())
        finally:
            if kept:
                beside.rename(path)
            else:
                beside.unlink()


def _said(file: BankFile) -> dict[str, Any]:
    return {
        "reference": file.message_id,
        "debits": file.line_count,
        "total_minor": file.total_minor,
        "sha256": file.sha256,
    }


def _taken(taken: TakenFile) -> dict[str, Any]:
    return {
        "reference": taken.summary.message_id,
        "transactions": taken.summary.count,
        "credited_minor": taken.summary.credited_minor,
        "returned_minor": taken.summary.returned_minor,
        "known_before": taken.is_known,
        "lines": {f"{kind}_{answer or 'open'}": count for (kind, answer), count in sorted(taken.counts.items())},
    }


def _in_words(said: dict[str, Any]) -> str:
    rows = {**said, **said.get("lines", {})}
    rows.pop("lines", None)
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in rows.items())
