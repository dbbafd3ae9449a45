"""`manage.py project_relief`: JSON in, JSON out, no database, and a sentence for every refusal."""

import io
import json
import re
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from loans.engine import components
from loans.engine.components import ReliefError
from loans.engine.relief_request import project_request
from loans.engine.request import RequestError
from loans.management.commands import project_relief
from tests.loans.engine.test_relief_request import PAUSE, request


def test_every_code_of_impossible_relief_has_words():
    raised = set()
    for module in Path(components.__file__).parent.glob("*.py"):
        raised |= set(re.findall(r'ReliefError\(\s*"(\w+)"', module.read_text(encoding="utf-8")))
    without_words = {"paid_unknown_row", "paid_out_of_order", "paid_more_than_due", "hash_mismatch"}
    assert raised - without_words == set(project_relief.RELIEF_REASONS)


@pytest.mark.parametrize("code", sorted(project_relief.RELIEF_REASONS))
def test_what_is_said_ends_with_the_code(code):
    assert project_relief.said(ReliefError(code, 4)) == f"{project_relief.RELIEF_REASONS[code]}: 4 ({code})."
    assert project_relief.said(ReliefError(code)) == f"{project_relief.RELIEF_REASONS[code]} ({code})."


@pytest.mark.parametrize("code", sorted(project_relief.REASONS))
def test_what_is_said_of_a_request_begins_with_its_field(code):
    assert project_relief.said(RequestError("as_of", code)) == f"as_of {project_relief.REASONS[code]} ({code})."


def run(monkeypatch, text: str, *arguments: str) -> str:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    call_command("project_relief", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_answers_one_request_without_a_database(monkeypatch):
    found = json.loads(run(monkeypatch, json.dumps(request(PAUSE))))
    assert found == project_request(request(PAUSE))


def test_the_command_says_in_one_line_what_is_wrong(monkeypatch):
    for text, words in (
        ("{", "request is not JSON (not_json)."),
        (json.dumps(request(PAUSE, colour=1)), "colour is not a known key (unknown_key)."),
        (json.dumps(request(PAUSE, PAUSE)), "A kind of component stands twice (repeated_kind)."),
    ):
        with pytest.raises(CommandError) as refused:
            run(monkeypatch, text)
        assert (str(refused.value), refused.value.returncode) == (words, 1)


def test_each_line_has_its_answer_and_a_bad_one_does_not_stop_the_rest(monkeypatch):
    said = io.StringIO()
    lines = [json.dumps(request(PAUSE)), json.dumps(request({"kind": "HOLD", "days": 0})), "{", json.dumps(request())]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    with pytest.raises(CommandError, match="2 of 4"):
        call_command("project_relief", "--lines", stdout=said)
    first, second, third, fourth = map(json.loads, said.getvalue().splitlines())
    assert first["resume_minor"] == 111635
    assert (second["error"]["field"], second["error"]["code"]) == ("components", "n_out_of_range")
    assert third["error"]["code"] == "not_json"
    assert fourth["before"] == fourth["after"]
