"""Commands that only calculate, and the help of every command, run where no site is set up."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import manage
from tests.house import sources

TERMS = {
    "principal_minor": 1200000,
    "rate_annual": "0.144",
    "method": "level",
    "instalments": 12,
    "disbursed_on": "2026-01-15",
    "profile": "30-360",
}
PAUSE = {"terms": TERMS, "paid_instalments": 3, "as_of": "2026-05-08", "components": [{"kind": "PAUSE", "n": 3}]}


def run(*arguments: str, said: object = None, folder: Path = sources.ROOT) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` with nothing of Leeway's in the environment."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return subprocess.run(
        [sys.executable, str(sources.ROOT / "manage.py"), *arguments],
        cwd=folder,
        env=inherited,
        input=json.dumps(said),
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("command", "asked", "key", "expected"),
    [("quote", TERMS, "total_interest_minor", 95645), ("project_relief", PAUSE, "cost_to_borrower_minor", 32973)],
)
def test_a_pure_command_answers_with_nothing_set(command, asked, key, expected, tmp_path):
    answered = run(command, said=asked, folder=tmp_path)
    assert (answered.returncode, answered.stderr) == (0, "")
    assert json.loads(answered.stdout)[key] == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("help",), ("relief_tick", "--help"), ("help", "import_loans")], ids=" ".join)
def test_help_is_there_with_nothing_set(arguments):
    answered = run(*arguments)
    assert (answered.returncode, answered.stderr) == (0, "")
    assert "manage.py" in answered.stdout


def test_wrong_use_of_a_pure_command_is_exit_code_2():
    assert run("quote", "--line-by-line").returncode == 2


def test_a_command_that_reads_rows_still_asks_for_a_key():
    answered = run("verify_books")
    assert answered.returncode == 1
    assert "LEEWAY_SECRET_KEY is not set" in answered.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["quote", "--lines"], True),
        (["project_relief"], True),
        (["make_demo", "-h"], True),
        (["--version"], True),
        (["migrate"], False),
        (["import_loans", "quote"], False),
    ],
)
def test_only_what_signs_nothing_is_self_contained(arguments, expected):
    assert manage.is_self_contained(arguments) is expected
