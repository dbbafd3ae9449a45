"""Every text a person reads is translated, with its placeholders, into both kinds of Chinese."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command

from config.management.commands.build_messages import is_done, translations
from config.management.commands.merge_messages import key
from tests.house import sources

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)\}")
FORBIDDEN = ("征信修复", "征信洗白", "黑名单", "徵信修復", "徵信洗白", "黑名單")
ONLY_SIMPLIFIED = set("贷还缓宽额务请总为这们说时应从与进过书费级账单余")
LATIN_QUOTES = re.compile(r"[\u4e00-\u9fff][\"',.;:!?][\u4e00-\u9fff]")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(sources.ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


def living(language: str) -> list[polib.POEntry]:
    return [entry for entry in catalogue(language) if not entry.obsolete]


def placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


@pytest.mark.parametrize("language", sources.LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert [key(entry) for entry in living(language) if not is_done(entry)] == []


@pytest.mark.parametrize("language", sources.LANGUAGES)
def test_placeholders_are_the_same_as_in_the_text(language: str) -> None:
    different = []
    for entry in living(language):
        wanted = placeholders(entry.msgid_plural or entry.msgid)
        different += [key(entry) for words in translations(entry) if placeholders(words) != wanted]
    assert different == []


@pytest.mark.parametrize("language", sources.LANGUAGES)
def test_no_word_of_the_repair_trade_is_used(language: str) -> None:
    said = [words for entry in living(language) for words in translations(entry)]
    assert [words for words in said if any(word in words for word in FORBIDDEN)] == []


def test_traditional_pages_hold_no_simplified_characters() -> None:
    said = [words for entry in living("zh_Hant") for words in translations(entry)]
    assert [words for words in said if set(words) & ONLY_SIMPLIFIED] == []


@pytest.mark.parametrize("language", sources.LANGUAGES)
def test_chinese_sentences_have_chinese_punctuation(language: str) -> None:
    said = [words for entry in living(language) for words in translations(entry)]
    assert [words for words in said if LATIN_QUOTES.search(words)] == []


def collected(folder: Path) -> set[str]:
    """The texts of the code as they are now, collected into a copy."""
    for name in (*sources.APPS, "templates", "locale"):
        shutil.copytree(sources.ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    shutil.copy(sources.ROOT / "manage.py", folder)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "zh_Hans", "--no-obsolete", "--no-location"]
    subprocess.run([*command, "--no-wrap"], cwd=folder, check=True, capture_output=True)
    return {key(entry) for entry in polib.pofile(str(folder / "locale/zh_Hans/LC_MESSAGES/django.po"))}


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed, so texts cannot be collected")
def test_the_catalogues_hold_exactly_the_texts_of_the_code(tmp_path: Path) -> None:
    texts = collected(tmp_path)
    for language in sources.LANGUAGES:
        kept = {key(entry) for entry in living(language)}
        assert texts - kept == set(), f"new texts, not in {language}: run `make messages`"
        assert kept - texts == set(), f"texts of {language} that the code no longer says: run `make messages`"


@pytest.fixture
def project(tmp_path: Path, settings: object) -> Path:
    """A project with one catalogue per language, holding two texts."""
    for language in sources.LANGUAGES:
        path = tmp_path / "locale" / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        made = polib.POFile()
        made.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=1; plural=0;"}
        made.append(polib.POEntry(msgid="Loans"))
        made.append(polib.POEntry(msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: ""}))
        made.append(polib.POEntry(msgid="May", msgctxt="month", flags=["fuzzy"], msgstr="可以"))
        made.save(str(path))
    settings.LOCALE_PATHS = [tmp_path / "locale"]  # type: ignore[attr-defined]
    (tmp_path / "words").mkdir()
    return tmp_path


WORDS = '{"Loans": ["贷款", "貸款"], "%(n)s day|%(n)s days": ["%(n)s天", "%(n)s天"], "month\\u0004May": ["5月", "5月"]}'


def test_translations_are_taken_from_json_files(project: Path) -> None:
    (project / "words" / "a.json").write_text(WORDS, encoding="utf-8")
    call_command("merge_messages", str(project / "words"))
    made = polib.pofile(str(project / "locale/zh_Hant/LC_MESSAGES/django.po"))
    assert [translations(entry) for entry in made] == [["貸款"], ["%(n)s天"], ["5月"]]
    assert all(is_done(entry) for entry in made)
    call_command("build_messages", "--check")
    call_command("build_messages")
    assert (project / "locale/zh_Hans/LC_MESSAGES/django.mo").stat().st_size > 0


def test_a_text_without_translation_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "words" / "a.json").write_text('{"Loans": ["贷款", "貸款"]}', encoding="utf-8")
    with pytest.raises(CommandError, match="2 texts are not translated"):
        call_command("merge_messages", str(project / "words"))
    assert "missing: 'month\\x04May'" in capsys.readouterr().err
    with pytest.raises(CommandError, match="4 texts are not translated"):
        call_command("build_messages", "--check")


def test_two_files_may_not_translate_a_text_differently(project: Path) -> None:
    (project / "words" / "a.json").write_text('{"Loans": ["贷款", "貸款"]}', encoding="utf-8")
    (project / "words" / "b.json").write_text('{"Loans": ["借款", "借款"]}', encoding="utf-8")
    with pytest.raises(CommandError, match=r"b\.json: 'Loans' is translated otherwise"):
        call_command("merge_messages", str(project / "words"))
