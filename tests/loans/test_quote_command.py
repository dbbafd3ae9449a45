"""`manage.py quote`: JSON in, JSON out, and no database (these tests may touch none)."""

import io
import json
import re
import sys

import pytest
from django.core.management import CommandError, call_command

from loans.engine import request, terms
from loans.management.commands.quote import REASONS

ASKED = {
    "principal_minor": 1200000,
    "rate_annual": "0.144",
    "method": "level",
    "instalments": 12,
    "disbursed_on": "2026-01-15",
    "profile": "30-360",
}


@pytest.fixture
def run(monkeypatch):
    """Return what the command writes for a text on standard input."""

    def answered(text: str | bytes, *options: str) -> tuple[str, str | None]:
        content = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        out, said = io.StringIO(), None
        try:
            call_command("quote", *options, stdout=out)
        except CommandError as error:
            said = f"{error}" if error.returncode == 1 else f"exit {error.returncode}"
        return out.getvalue(), said

    return answered


def test_a_request_is_answered_with_one_object(run):
    written, error = run(json.dumps(ASKED, indent=2))
    assert error is None
    assert json.loads(written)["instalments"][11]["due_minor"] == 107964


def test_each_line_is_answered_by_one_line_in_order(run):
    lines = [json.dumps({**ASKED, "instalments": count}) for count in (3, 1, 2)]
    written, error = run("\n".join(lines) + "\n", "--lines")
    assert error is None
    assert [len(json.loads(line)["instalments"]) for line in written.splitlines()] == [3, 1, 2]


def test_a_bad_line_is_answered_in_its_place_and_the_others_all_the_same(run):
    lines = [json.dumps(ASKED), json.dumps({**ASKED, "principle_minor": 1}), "", json.dumps(ASKED)]
    written, error = run("\n".join(lines), "--lines")
    answers = [json.loads(line) for line in written.splitlines()]
    assert [list(answer) == ["error"] for answer in answers] == [False, True, True, False]
    assert answers[1]["error"]["field"] == "principle_minor"
    assert answers[2]["error"]["code"] == "not_json"
    assert error == "2 of 4 requests cannot be followed."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps({**ASKED, "colour": "red"}), "colour is not a known key (unknown_key)."),
        (json.dumps({**ASKED, "principal_minor": 0}), "principal_minor is too small (too_small)."),
        (json.dumps(ASKED).replace('"0.144"', "NaN"), "NaN is not a number (not_a_number)."),
        ('{"method": "level", "method": "flat"}', "method is given twice (repeated)."),
        ("{", "request is not JSON (not_json)."),
        ("", "request is not JSON (not_json)."),
        (b"\xff", "request is not JSON (not_json)."),
        ("[" * 100_000, "request is not JSON (not_json)."),
        (json.dumps(ASKED).replace("1200000", "9" * 5000), "request is not JSON (not_json)."),
    ],
)
def test_a_bad_request_is_one_clear_line_and_no_answer(run, text, said):
    assert run(text) == ("", said)


def test_a_rate_written_as_a_number_is_taken_exactly(run):
    as_number, _ = run(json.dumps(ASKED).replace('"0.144"', "0.144"))
    as_text, _ = run(json.dumps(ASKED))
    assert as_number == as_text


def test_every_code_has_words():
    told = f"{request.RequestError.__doc__} {terms.TermsError.__doc__}"
    codes = set(re.findall(r"`([a-z_]+)`", told)) - {"field", "code"}
    assert codes == set(REASONS)
