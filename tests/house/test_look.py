"""The look holds together: one flat sheet, no inline script or style, every place leads somewhere."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config.management.commands import build_styles
from tests.house import sources

CSS = sources.ROOT / "static" / "css"
TEMPLATES = [path for path in sources.templates() if path.suffix == ".html"]
COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "a style element": re.compile(r"<style\b"),
    "a script of its own": re.compile(r"<script\b(?![^>]*\bsrc=)"),
    "a script in a link": re.compile(r"(?:href|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
}
PLACES = (
    "home",
    "loans:list",
    "relief:list",
    "credit:record",
    "relief:inbox",
    "relief:start",
    "accounts:home",
    "set_language",
)


def test_the_served_sheet_is_every_source_in_order() -> None:
    sheet = build_styles.flat_sheet()
    names = ["reset.css", "tokens.css", "base.css", "layout.css", "components.css", "pages.css", "print.css"]
    assert build_styles.source_names() == names
    at = [sheet.index((CSS / name).read_text(encoding="utf-8").strip()) for name in names]
    assert at == sorted(at)
    assert sorted(path.name for path in CSS.glob("*.css")) == sorted([*names, "leeway.css", "admin.css"])


def test_the_served_sheet_needs_neither_imports_nor_layers() -> None:
    rules = re.sub(r"/\*.*?\*/", "", build_styles.flat_sheet(), flags=re.DOTALL)
    assert "@import" not in rules
    assert "@layer" not in rules
    assert "!important" not in rules
    assert rules.count("{") == rules.count("}")


def test_the_command_writes_what_the_sources_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_styles, "SERVED", tmp_path / "build" / "leeway.css")
    call_command("build_styles", stdout=io.StringIO())
    assert (tmp_path / "build" / "leeway.css").read_text(encoding="utf-8") == build_styles.flat_sheet()


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_every_role_that_is_used_is_defined(path: Path) -> None:
    defined = set(re.findall(r"(--[\w-]+)\s*:", build_styles.flat_sheet() + path.read_text(encoding="utf-8")))
    used = set(re.findall(r"var\((--[\w-]+)", path.read_text(encoding="utf-8")))
    assert used - defined == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=sources.named)
def test_no_template_carries_a_script_or_style_of_its_own(path: Path) -> None:
    source = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert [what for what, pattern in INLINE.items() if pattern.search(source)] == []


@pytest.mark.parametrize(
    "source",
    ['<p style="x">', "<a onclick=x>", "<style>", "<script>", '<a href="javascript:x">', '<form\n onsubmit="x">'],
)
def test_what_is_inline_would_be_found(source: str) -> None:
    assert any(pattern.search(source) for pattern in INLINE.values())


@pytest.mark.parametrize("name", PLACES)
def test_every_place_of_the_skeleton_leads_somewhere(name: str) -> None:
    assert reverse(name).startswith("/")


@pytest.fixture
def plain_files(settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.mark.parametrize("language, tag", [("en", "en"), ("zh-hans", "zh-Hans"), ("zh-hant", "zh-Hant")])
def test_the_living_page_needs_no_database(plain_files: None, language: str, tag: str) -> None:
    response = Client(headers={"cookie": f"language={language}"}).get("/style/")
    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{tag}">' in page
    assert "<title>" in page
    assert 'role="img"' in page


def test_the_living_page_shows_every_component(plain_files: None) -> None:
    source = (sources.ROOT / "templates" / "style.html").read_text(encoding="utf-8")
    by_tag = {"section", "notice", "how", "table", "chart_balance", "chart_schedules", "chart_columns", "calendar"}
    by_base = {"brand", "foot", "languages", "messages", "places", "ribbon", "sprite"}
    by_another = {"field_words", "glyph", "facts"}
    names = {path.stem for path in (sources.ROOT / "templates" / "components").glob("*.html")}
    unseen = {name for name in names - by_tag - by_base - by_another if f"components/{name}.html" not in source}
    assert unseen == set()


@pytest.mark.parametrize("demo", [True, False])
def test_the_demonstration_says_so_on_every_page(plain_files: None, demo: bool) -> None:
    with translation.override("en"):
        for skeleton in ("base.html", "desk.html"):
            assert ("Everyone here is made up" in render_to_string(skeleton, {"demo": demo})) is demo


def test_the_workbench_shows_where_one_is(plain_files: None) -> None:
    places = [("Relief", "", None, False), ("Queue", "/q/", 14, True), ("Appeals", "/a/", None, False)]
    with translation.override("en"):
        page = render_to_string(
            "desk.html", {"places": places, "lender_name": "Qinghe", "staff_name": "Li Na", "role_name": "reviewer"}
        )
        bare = render_to_string("desk.html", {})
    assert "<h2>Relief</h2>" in page
    assert '<a href="/q/" aria-current="page">Queue <span>14</span></a>' in page
    assert '<a href="/a/">Appeals</a>' in page
    assert "Li Na, reviewer" in page
    assert "frame--wide" not in page
    assert "frame--wide" in bare
