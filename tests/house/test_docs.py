"""What the documents tell a reader to run or to open is really there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.house import sources

TARGET = re.compile(r"\bmake ([a-z][a-z-]*)(?![a-z-])")
COMMAND = re.compile(r"\bmanage\.py ([a-z_]+)")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`|^ {4}.*$", re.DOTALL | re.MULTILINE)


def code(path: Path) -> str:
    """The parts of a document set as code, where commands are written."""
    return "\n".join(CODE.findall(path.read_text(encoding="utf-8")))


def targets() -> set[str]:
    text = (sources.ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


@pytest.mark.parametrize("page", sources.pages(), ids=sources.named)
def test_every_make_target_named_in_a_document_exists(page: Path) -> None:
    assert set(TARGET.findall(code(page))) - targets() == set()


@pytest.mark.parametrize("page", sources.pages(), ids=sources.named)
def test_every_command_named_in_a_document_exists(page: Path) -> None:
    assert set(COMMAND.findall(code(page))) - set(get_commands()) - {"help"} == set()


@pytest.mark.parametrize("page", sources.pages(), ids=sources.named)
def test_every_link_between_documents_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_makefile_explains_each_target_that_a_person_calls() -> None:
    text = (sources.ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r'@echo "make ([a-z-]+) ', text))
    assert targets() - explained - {"help", "setup", "setup-dev", "setup-e2e"} == set()


@pytest.mark.parametrize("name", sorted(name for name, app in get_commands().items() if app in sources.APPS))
def test_every_command_of_ours_says_what_it_does(name: str) -> None:
    from django.core.management import load_command_class

    command = load_command_class(get_commands()[name], name)
    assert command.help.strip().endswith(".")
