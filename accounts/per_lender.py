"""Commands that do the same for one lender or for every one: one lender's trouble keeps no other from its turn."""

import json
import logging
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from accounts.models import Lender

WRONG_CALL = 2
log = logging.getLogger(__name__)


class PerLender(BaseCommand):
    """What time alone brings, done lender by lender in the order of their codes, and said of each.

    A command says in `do` what is done for one lender, which returns counts, and in `said` how
    they read. Whatever breaks for one lender is logged and named at the end, with the exit code
    1, when the others are done; a database that does not answer ends the run at once.
    """

    is_all_by_default: ClassVar[bool] = False

    def do(self, lender: Lender) -> Mapping[str, int]:
        raise NotImplementedError

    def said(self, counts: Mapping[str, int]) -> str:
        raise NotImplementedError

    def reported(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        """The counts as `--json` gives them: whoever reads them can rely on the names."""
        return counts

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=not self.is_all_by_default)
        which.add_argument("--lender", metavar="CODE", help="this lender")
        said = "every lender, as without it" if self.is_all_by_default else "every lender"
        which.add_argument("--all", action="store_true", help=said)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, lender: str | None = None, **options: Any) -> None:
        found: dict[str, Mapping[str, int]] = {}
        broken: dict[str, Exception] = {}
        for one in lenders_of(lender):
            try:
                found[one.code] = self.do(one)
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:  # whatever breaks here, the other lenders do not wait for it
                log.exception("%s for %s", self.__module__.rpartition(".")[2], one.code)
                broken[one.code] = error
        if options["json"]:
            self.stdout.write(json.dumps({code: self.reported(counts) for code, counts in found.items()}))
        else:
            for code, counts in found.items():
                self.stdout.write(f"{code}: {self.said(counts)}.")
        if broken:
            raise CommandError("\n".join(_line(code, error) for code, error in broken.items()))


def lenders_of(code: str | None) -> list[Lender]:
    """The lender with this code, or all of them. Raises `CommandError` where there is none."""
    if code is None:
        return list(Lender.objects.order_by("code"))
    lender = Lender.objects.filter(code=code).first()
    if lender is None:
        raise CommandError(f"There is no lender {code!r}.", returncode=WRONG_CALL)
    return [lender]


def counted(words: Mapping[str, str], counts: Mapping[str, int], nothing: str) -> str:
    """What was counted, in words, or that it was nothing.

    >>> counted({"sent": "sent", "held": "held"}, {"sent": 3, "held": 0}, "nothing to do")
    '3 sent'
    """
    return ", ".join(f"{counts[name]} {text}" for name, text in words.items() if counts[name]) or nothing


def _line(code: str, error: Exception) -> str:
    # A group says itself whose errors they are.
    what = str(error) if isinstance(error, ExceptionGroup) else repr(error)
    return f"{code}: {what}. What was done is kept; the log says more."
