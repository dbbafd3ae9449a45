"""`manage.py make_demo` fills an empty database of the demonstration, and no other."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Lender
from config.demonstration.stage import Stage
from config.management.commands import make_demo

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """The demonstration is on; what would be built is only noted."""
    settings.DEMO = True
    calls: list[str] = []

    def build(tell: Any) -> Stage:
        calls.append("built")
        return Stage(today=date(2026, 5, 8))

    monkeypatch.setattr(make_demo, "build", build)
    return calls


def run(**options: Any) -> str:
    out = StringIO()
    call_command("make_demo", stdout=out, **options)
    return out.getvalue()


def test_an_empty_database_is_filled(built: list[str]) -> None:
    assert run().endswith("as of 2026-05-08.\n")
    assert built == ["built"]


def test_without_the_demonstration_nothing_is_made(built: list[str], settings: Any) -> None:
    settings.DEMO = False
    for options in ({}, {"if_empty": True}, {"people": True}):
        with pytest.raises(CommandError, match="LEEWAY_DEMO=on"):
            run(**options)
    assert built == []


def test_a_database_with_somebody_in_it_is_left_alone(built: list[str], qinghe: Lender) -> None:
    with pytest.raises(CommandError, match="not empty"):
        run()
    assert run(if_empty=True) == ""
    assert built == []


def test_who_can_sign_in_is_said_with_the_password(built: list[str]) -> None:
    assert "leeway-demo-2026" in run(people=True)
    assert built == []
