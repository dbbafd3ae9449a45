"""The commands that quote and project answer about bills, too."""

import json
from io import BytesIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command

PLAN = {"amount_minor": 1200000, "parts": 12, "fee_rate": "0.088", "due_on": "2026-06-10"}
BILL = {"rate_daily": "0.0005", "due_on": "2026-06-10", "principal_minor": 100000}
RELIEF = {"bill": BILL, "as_of": "2026-06-05", "components": [{"kind": "PAUSE", "n": 1}]}


def run(monkeypatch, command, *requests, lines=False):
    text = "\n".join(json.dumps(request) for request in requests)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
    call_command(command, lines=lines)


@pytest.mark.parametrize(
    ("command", "request_", "key", "amount_minor"),
    [("quote", {"bill_plan": PLAN}, "total_fee_minor", 105600), ("project_relief", RELIEF, "resume_minor", 101500)],
)
def test_a_bill_is_answered_about(monkeypatch, capsys, command, request_, key, amount_minor):
    run(monkeypatch, command, request_)
    assert json.loads(capsys.readouterr().out)[key] == amount_minor


@pytest.mark.parametrize(
    ("command", "request_", "said"),
    [
        ("quote", {"bill_plan": {**PLAN, "parts": 61}}, "bill_plan.parts is too large (too_large)."),
        ("project_relief", {**RELIEF, "bill": {**BILL, "due_on": "2026-06-04"}}, "bill.due_on is out of order"),
        ("project_relief", {**RELIEF, "components": [{"kind": "APPEND", "numbers": [1]}]}, "(method_unsupported)"),
    ],
)
def test_what_is_wrong_with_a_bill_is_said_in_one_line(monkeypatch, command, request_, said):
    with pytest.raises(CommandError) as refused:
        run(monkeypatch, command, request_)
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_loans_and_bills_may_stand_in_one_stream(monkeypatch, capsys):
    loan = {
        "principal_minor": 100000,
        "rate_annual": "0.12",
        "method": "bullet",
        "instalments": 1,
        "disbursed_on": "2026-01-15",
    }
    run(monkeypatch, "quote", loan, {"bill_plan": PLAN}, lines=True)
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["total_fee_minor" in answer for answer in answers] == [False, True]
