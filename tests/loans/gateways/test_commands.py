"""`collect` and `gateway_sandbox` from a shell."""

import io
import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import BankAccount, Borrower
from loans.gateways.sandbox import Sandbox
from loans.models import Loan
from tests.credit.consents import give
from tests.loans.conftest import at_noon


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Qinghe has a calm gateway in this process, Jiangpan has none."""
    found = Sandbox()
    for module in ("ordering", "sending", "collecting"):
        monkeypatch.setattr(f"loans.services.{module}.gateway_for", lambda code: found if code == "qinghe" else None)
    return found


def said(*arguments: str) -> str:
    out = io.StringIO()
    with at_noon(date(2026, 5, 15)):
        call_command("collect", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_what_it_did(calm: Sandbox, paid_three: Loan, borrower: Borrower, card: BankAccount) -> None:
    assert said("--lender", "qinghe") == "qinghe: 1 without a mandate.\n"
    give(borrower, paid_three.lender, "debit")
    assert said("--lender", "qinghe") == "qinghe: 1 debits ordered, 1 sent.\n"
    assert said("--lender", "qinghe") == "qinghe: nothing to do.\n"


def test_all_leaves_out_lenders_without_a_gateway(calm: Sandbox, paid_three: Loan, jiangpan: Any) -> None:
    assert list(json.loads(said("--all", "--json"))) == ["qinghe"]
    report = json.loads(said("--lender", "qinghe", "--json"))["qinghe"]
    assert (report["no_mandate"], report["ordered"], report["open"]) == (1, 0, 0)


def test_it_says_what_is_wrong(calm: Sandbox, qinghe: Any, jiangpan: Any) -> None:
    for arguments, code in ((["--lender", "nobody"], 2), (["--lender", "jiangpan"], 1)):
        with pytest.raises(CommandError) as refused:
            said(*arguments)
        assert refused.value.returncode == code


def test_the_sandbox_runs_only_in_the_demonstration(settings: Any, db: None) -> None:
    arguments = ("gateway_sandbox", "--lender", "nobody", "--callback", "http://127.0.0.1:9/")
    with pytest.raises(CommandError, match="LEEWAY_DEMO"):
        call_command(*arguments)
    settings.DEMO = True
    with pytest.raises(CommandError, match="no key"):
        call_command(*arguments)


def test_a_lender_for_whom_it_breaks_is_said_at_the_end_and_the_others_go_on(
    calm: Sandbox, qinghe: Any, jiangpan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collect(*, lender: Any) -> Counter[str]:
        if lender == jiangpan:
            raise RuntimeError("broken")
        return Counter(ordered=1)

    monkeypatch.setattr("loans.management.commands.collect.collect", collect)
    out = io.StringIO()
    with pytest.raises(CommandError, match="jiangpan") as refused:
        call_command("collect", "--all", stdout=out)
    assert refused.value.returncode == 1
    assert out.getvalue() == "jiangpan: 1 failed, see the log.\nqinghe: 1 debits ordered.\n"
