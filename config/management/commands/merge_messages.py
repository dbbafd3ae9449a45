"""Takes translations from JSON files into the catalogues. For developers.

A file maps a text to its two translations, simplified and traditional Chinese:

    {"Loans": ["贷款", "貸款"],
     "%(days)s day|%(days)s days": ["%(days)s天", "%(days)s天"],
     "month\\u0004May": ["5月", "5月"]}

A plural is written `one|many`, a context stands before the text with U+0004 between them.
Run `make messages` first, so that the catalogues hold every text of the code.
"""

import json
from pathlib import Path
from typing import Any

import polib
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.management.commands.build_messages import catalogues, is_done

COLUMNS = {"zh_Hans": 0, "zh_Hant": 1}

Translations = dict[str, list[str]]


def key(entry: polib.POEntry) -> str:
    """How the entry is named in a JSON file."""
    text = f"{entry.msgid}|{entry.msgid_plural}" if entry.msgid_plural else entry.msgid
    return f"{entry.msgctxt}\u0004{text}" if entry.msgctxt else text


def read(folder: Path) -> Translations:
    """All translations of a folder; a text translated in two ways is an error that names it."""
    found: Translations = {}
    for path in sorted(folder.glob("*.json")):
        try:
            pairs: Translations = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise CommandError(f"{path.name} is not JSON: {error}") from error
        for text, words in pairs.items():
            if len(words) != len(COLUMNS) or not all(words):
                raise CommandError(f"{path.name}: {text!r} needs two translations.")
            if found.setdefault(text, words) != words:
                raise CommandError(f"{path.name}: {text!r} is translated otherwise in another file: {found[text]}")
    return found


def fill(entry: polib.POEntry, words: str) -> None:
    """Write one translation into the entry; Chinese has one plural form."""
    if entry.msgid_plural:
        entry.msgstr_plural = {0: words}
    else:
        entry.msgstr = words
    entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    entry.previous_msgid = entry.previous_msgctxt = entry.previous_msgid_plural = None


class Command(BaseCommand):
    help = "Fill the catalogues in locale/ from JSON files of translations, and say what is still missing or unused."
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="folder of *.json files")
        parser.add_argument("--replace", action="store_true", help="also change texts that are translated already")

    def handle(self, *args: Any, folder: Path, replace: bool, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        found = read(folder)
        used: set[str] = set()
        missing: set[str] = set()
        for path in catalogues():
            column = COLUMNS[path.parent.parent.name]
            catalogue = polib.pofile(str(path), wrapwidth=0)
            for entry in (entry for entry in catalogue if not entry.obsolete):
                words = found.get(key(entry))
                used.add(key(entry))
                if words and (replace or not is_done(entry)):
                    fill(entry, words[column])
                if not is_done(entry):
                    missing.add(key(entry))
            catalogue.save()
        for text in sorted(set(found) - used):
            self.stdout.write(f"unused: {text!r}")
        for text in sorted(missing):
            self.stderr.write(f"missing: {text!r}")
        if missing:
            raise CommandError(f"{len(missing)} texts are not translated.")
