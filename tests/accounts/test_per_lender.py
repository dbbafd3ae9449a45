"""Commands that go through the lenders: each has its turn, whatever breaks for another."""

import json
from collections.abc import Mapping
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from accounts.models import Lender
from accounts.per_lender import PerLender

pytestmark = pytest.mark.django_db


class Count(PerLender):
    """Counts one for a lender; breaks for those in `broken`."""

    broken: Mapping[str, Exception] = {}

    def do(self, lender: Lender) -> Mapping[str, int]:
        if lender.code in self.broken:
            raise self.broken[lender.code]
        return {"one": 1}

    def said(self, counts: Mapping[str, int]) -> str:
        return f"{counts['one']} counted"


class CountAll(Count):
    is_all_by_default = True


def run(command: Count, *args: str) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def test_every_lender_in_the_order_of_their_codes(qinghe: Lender, jiangpan: Lender) -> None:
    assert run(Count(), "--all") == "jiangpan: 1 counted.\nqinghe: 1 counted.\n"
    assert run(Count(), "--lender", "qinghe") == "qinghe: 1 counted.\n"
    assert json.loads(run(Count(), "--all", "--json")) == {"jiangpan": {"one": 1}, "qinghe": {"one": 1}}


def test_which_lender_is_asked_for_unless_it_is_all_of_them(qinghe: Lender) -> None:
    with pytest.raises(CommandError, match="one of the arguments --lender --all is required"):
        run(Count())
    assert run(CountAll()) == run(CountAll(), "--all") == "qinghe: 1 counted.\n"


def test_a_lender_that_is_not_there_is_a_wrong_call(qinghe: Lender) -> None:
    with pytest.raises(CommandError, match="There is no lender 'nobody'") as refused:
        run(Count(), "--lender", "nobody")
    assert refused.value.returncode == 2


def test_one_lenders_trouble_is_said_when_the_others_are_done(qinghe: Lender, jiangpan: Lender) -> None:
    command, out = Count(), StringIO()
    command.broken = {"jiangpan": ArithmeticError("no such month")}
    with pytest.raises(CommandError) as refused:
        call_command(command, "--all", stdout=out)
    assert out.getvalue() == "qinghe: 1 counted.\n"
    assert refused.value.returncode == 1
    said = "jiangpan: ArithmeticError('no such month'). What was done is kept; the log says more."
    assert str(refused.value) == said


def test_of_many_faults_each_is_named(qinghe: Lender) -> None:
    command = Count()
    command.broken = {"qinghe": ExceptionGroup("M-1 (no such month), M-2 (no terms)", [ValueError(), ValueError()])}
    with pytest.raises(CommandError, match=r"^qinghe: M-1 \(no such month\), M-2 \(no terms\)"):
        run(command, "--all")


def test_a_database_that_does_not_answer_ends_the_run(qinghe: Lender, jiangpan: Lender) -> None:
    command, out = Count(), StringIO()
    command.broken = {"jiangpan": OperationalError("gone")}
    with pytest.raises(OperationalError):
        call_command(command, "--all", stdout=out)
    assert out.getvalue() == ""
