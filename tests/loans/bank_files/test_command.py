"""`manage.py bank_file`: there and back from a shell, dry runs, and what it says of wrong calls."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from loans.models import BankFile, Loan, Payment
from tests.loans.bank_files.conftest import DUE_ON, instruct, order_of
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import INSTALMENT

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> dict[str, Any]:
    call_command("bank_file", "--lender", "qinghe", "--json", *map(str, arguments))
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_there_and_back(loan_due: Loan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pain, camt, again = tmp_path / "pain.xml", tmp_path / "camt.xml", tmp_path / "again.xml"
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        said = run(capsys, "--write", pain, "--on", "2026-05-18")
        assert (said["reference"], said["debits"], said["total_minor"]) == ("qinghe-C000001", 1, INSTALMENT)
        assert "<ReqdColltnDt>2026-05-18</ReqdColltnDt>" in pain.read_text()
        assert pain.stat().st_mode & 0o077 == 0
        run(capsys, "--write", again, "--again", "qinghe-C000001")
        assert again.read_bytes() == pain.read_bytes()
        run(capsys, "--answer", pain, "--to", camt)
        dry = run(capsys, "--read", camt, "--dry-run")
        assert (dry["lines"], dry["known_before"]) == ({"credit_known": 1}, False)
        assert not BankFile.objects.filter(direction="in").exists()
        assert run(capsys, "--read", camt)["lines"] == {"credit_applied": 1}
        assert run(capsys, "--read", camt)["known_before"] is True
    assert Payment.objects.filter(key=order_of(loan_due).key).count() == 1


def test_nothing_to_write_leaves_no_file(loan_due: Loan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--write", tmp_path / "pain.xml") == {"debits": 0, "taken_back": 0}
    assert list(tmp_path.iterdir()) == []


def test_words_for_people(loan_due: Loan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bank_file", "--lender", "qinghe", "--write", str(tmp_path / "pain.xml"))
    assert capsys.readouterr().out == "debits: 0\ntaken back: 0\n"


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--lender", "nobody", "--read", "x"], "There is no lender 'nobody'.", 2),
        (["--lender", "qinghe", "--read", "nowhere.xml"], "nowhere.xml", 2),
        (["--lender", "qinghe", "--write", "{here}"], "is there already", 2),
        (["--lender", "qinghe", "--write", "{new}", "--again", "C9"], "No file 'C9' was written", 2),
        (["--lender", "qinghe", "--answer", "{here}"], "--answer needs --to FILE.", 2),
        (["--lender", "qinghe", "--read", "{here}"], "(not_xml: line 1)", 1),
    ],
)
def test_a_wrong_call_says_so(loan_due: Loan, tmp_path: Path, arguments: list[str], said: str, code: int) -> None:
    here = tmp_path / "here.xml"
    here.write_text("no XML")
    filled = [each.format(here=here, new=tmp_path / "new.xml") for each in arguments]
    with pytest.raises(CommandError) as refused:
        call_command("bank_file", *filled)
    assert said in str(refused.value)
    assert refused.value.returncode == code
    assert [path.name for path in tmp_path.iterdir()] == ["here.xml"]


def test_a_lender_without_files_is_told_what_to_set(loan_due: Loan, tmp_path: Path, settings: Any) -> None:
    settings.BANK_FILES = {}
    with pytest.raises(CommandError, match="set LEEWAY_BANK_FILES"):
        call_command("bank_file", "--lender", "qinghe", "--write", str(tmp_path / "pain.xml"))
