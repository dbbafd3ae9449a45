"""Compiles the catalogues in `locale/` without gettext, or says what is wrong with them.

`.po` files are kept in the repository, `.mo` files are built by `make setup`; polib does it
in well under a second, so a newcomer needs no gettext. English needs no catalogue: the
texts in the code are English.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


def catalogues() -> list[Path]:
    """Every `.po` file of the project, in order."""
    return sorted(path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po"))


def translations(entry: polib.POEntry) -> list[str]:
    """The translated text of an entry: one, or one per plural form."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def is_done(entry: polib.POEntry) -> bool:
    return not entry.fuzzy and all(translations(entry)) and bool(translations(entry))


def unfinished(catalogue: polib.POFile) -> Iterator[str]:
    """The texts that are untranslated or only guessed ("fuzzy"), as one line each."""
    for entry in catalogue:
        if not entry.obsolete and not is_done(entry):
            yield f"{'fuzzy' if entry.fuzzy else 'untranslated'}: {entry.msgid!r}"


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po into .mo files; with --check only say what is not translated."
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 if a text is untranslated or fuzzy"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        faults = 0
        for path in catalogues():
            catalogue = polib.pofile(str(path))
            if check:
                for line in unfinished(catalogue):
                    faults += 1
                    self.stderr.write(f"{path.parent.parent.name}: {line}")
            else:
                catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        if faults:
            raise CommandError(f"{faults} texts are not translated.")
