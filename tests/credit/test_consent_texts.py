"""The words of the consents: complete in three languages, and never changed under a version."""

import string

import pytest

from credit.consent_texts import LANGUAGES, VERSIONS, consent_text, latest_version
from credit.models.consent import Purpose
from tests.house.test_messages import FORBIDDEN, ONLY_SIMPLIFIED

EVERY = [(purpose, version) for purpose, versions in VERSIONS.items() for version, _words in versions]
# What somebody may have agreed to. A new text is a new version, with a line of its own here.
FROZEN = {
    ("query", "2026-11", "zh-hans"): "6ddd5bc4119bd97c",
    ("query", "2026-11", "zh-hant"): "3f4294396213f51d",
    ("query", "2026-11", "en"): "d898cf7dc26c9c04",
    ("reporting", "2026-11", "zh-hans"): "cf3c862b6d42da8f",
    ("reporting", "2026-11", "zh-hant"): "f8115041806fc7df",
    ("reporting", "2026-11", "en"): "cfc726476d17e327",
    ("debit", "2026-11", "zh-hans"): "1b9d0f3ae1ec6327",
    ("debit", "2026-11", "zh-hant"): "5b9da9f6c399e703",
    ("debit", "2026-11", "en"): "163764f514166253",
    ("sharing", "2026-11", "zh-hans"): "fddf8315d262487e",
    ("sharing", "2026-11", "zh-hant"): "56dec764fdf9215f",
    ("sharing", "2026-11", "en"): "2d9d09ea7f4659a2",
    ("sensitive_evidence", "2026-11", "zh-hans"): "d7a68abfa3ff4b5f",
    ("sensitive_evidence", "2026-11", "zh-hant"): "95e4e0c8b0ce272f",
    ("sensitive_evidence", "2026-11", "en"): "d394eebed3901b8a",
    ("marketing", "2026-11", "zh-hans"): "1938492d183ea11a",
    ("marketing", "2026-11", "zh-hant"): "6b473476b229d6af",
    ("marketing", "2026-11", "en"): "fc782757f9e262fb",
}


def words(purpose: str, version: str, language: str) -> tuple[str, ...]:
    return dict(VERSIONS[purpose])[version][language]


def test_every_purpose_has_a_text() -> None:
    assert set(VERSIONS) == set(Purpose.values)


@pytest.mark.parametrize("purpose, version", EVERY)
def test_a_text_says_everything_in_every_language(purpose: str, version: str) -> None:
    for language in LANGUAGES:
        said = words(purpose, version, language)
        assert len(said) == 6
        assert all(text.strip() == text and text[-1] in "。." for text in said)
        assert "{lender}" in said[0]
        assert ("{other}" in said[0]) is (purpose == "sharing")


@pytest.mark.parametrize("purpose, version", EVERY)
def test_the_names_stand_in_the_same_texts_in_every_language(purpose: str, version: str) -> None:
    def names(language: str) -> set[str]:
        return {
            name
            for text in words(purpose, version, language)
            for _a, name, _b, _c in string.Formatter().parse(text)
            if name
        }

    assert names("zh-hans") == names("zh-hant") == names("en") <= {"lender", "other"}


@pytest.mark.parametrize("purpose, version", EVERY)
def test_traditional_texts_are_traditional_and_no_repair_is_promised(purpose: str, version: str) -> None:
    assert not set("".join(words(purpose, version, "zh-hant"))) & ONLY_SIMPLIFIED
    for language in LANGUAGES:
        assert not any(word in "".join(words(purpose, version, language)) for word in FORBIDDEN)


@pytest.mark.parametrize("purpose, version", EVERY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_could_be_agreed_to_never_changes(purpose: str, version: str, language: str) -> None:
    text = consent_text(purpose, language, lender="L", other="O", version=version)
    assert text.sha256[:16] == FROZEN[purpose, version, language]


def test_an_unknown_language_gets_the_master() -> None:
    assert consent_text("query", "de", lender="L").language == "zh-hans"


def test_the_latest_version_is_asked_for() -> None:
    assert latest_version("query") == consent_text("query", "en", lender="L").version
