"""Stages in the books: moved by rule at once for all, by a person with a reason, and out with the payment."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Lender, Notice
from loans import services
from loans.books import violations
from loans.errors import AlreadySettled, WordsNeeded
from loans.models import Loan, StageStep
from loans.overdue_errors import StepRefused
from loans.services.staging import run_stages, take_step, write_letter
from tests.conftest import TODAY
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db
WORDS = "两次电话，一封信，没有回音。"
JULY = date(2026, 7, 20)  # 155 days past due of 15 February


def steps(loan: Loan) -> list[str]:
    return list(loan.stage_steps.order_by("pk").values_list("to_stage", flat=True))


def stage_of(loan: Loan) -> str:
    return str(Loan.objects.get(pk=loan.pk).stage)


def pay(loan: Loan, amount_minor: int, key: str = "p") -> None:
    services.record_payment(loan=loan, amount_minor=amount_minor, key=key, channel="staff", acting_user=None)


@pytest.fixture
def pre_legal(loan: Loan, staff: SimpleNamespace) -> Loan:
    """82 days late on 8 May: the demand is written, and the step taken on 22 May."""
    run_stages(lender=loan.lender)
    write_letter(loan=loan, letter="demand", acting_user=staff.collections)
    with at_noon(date(2026, 5, 22)):
        take_step(loan=loan, into="pre_legal", words=WORDS, acting_user=staff.collections)
    return loan


# By rule


def test_a_loan_82_days_late_goes_through_early_to_late_in_one_run(loan: Loan) -> None:
    assert run_stages(lender=loan.lender) == {"late": 1}
    assert steps(loan) == ["early", "late"]
    assert stage_of(loan) == "late"
    last = loan.stage_steps.latest("pk")
    assert (last.days_past_due, last.reason, last.taken_by) == (82, "rule", None)
    assert [entry.after["stage"] for entry in AuditEntry.objects.filter(verb="step_stage").order_by("number")] == [
        "early",
        "late",
    ]
    assert audit.first_break(loan.lender) is None
    assert list(violations([loan.lender])) == []


def test_a_second_run_changes_nothing(loan: Loan) -> None:
    run_stages(lender=loan.lender)
    assert run_stages(lender=loan.lender) == {}
    assert StageStep.objects.count() == 2


def test_grace_is_let_run_out_first(paid_three: Loan) -> None:
    for day, stage in ((18, "none"), (19, "early")):
        with at_noon(date(2026, 5, day)):
            run_stages(lender=paid_three.lender)
        assert stage_of(paid_three) == stage


def test_a_hold_of_contacts_is_asked_first(loan: Loan) -> None:
    services.open_holds(loan=loan, kinds=["contact"], source="R-1", from_on=TODAY, acting_user=None)
    assert run_stages(lender=loan.lender) == {}
    services.end_holds(loan=loan, source="R-1", until_on=TODAY, acting_user=None)
    with at_noon(date(2026, 5, 9)):
        assert run_stages(lender=loan.lender) == {"late": 1}


def test_the_payment_that_brings_a_loan_up_to_date_ends_the_stage_at_once(pre_legal: Loan) -> None:
    with at_noon(date(2026, 5, 25)):
        pay(pre_legal, 3 * 107_971, "most")
        assert stage_of(pre_legal) == "pre_legal"
        pay(pre_legal, 107_971, "rest")
    assert stage_of(pre_legal) == "none"
    last = pre_legal.stage_steps.latest("pk")
    assert (last.reason, last.taken_by, last.days_past_due) == ("current", None, 0)
    assert list(Notice.objects.order_by("pk").values_list("event", flat=True)) == [
        "stage_demand",
        "stage_entered",
        "stage_ended",
    ]
    assert list(violations([pre_legal.lender])) == []


def test_settling_ends_the_stage_too(loan: Loan) -> None:
    run_stages(lender=loan.lender)
    services.settle_early(loan=loan, key="s", acting_user=None)
    assert (stage_of(loan), steps(loan)) == ("none", ["early", "late", "none"])


def test_a_loan_that_is_late_again_begins_again(loan: Loan) -> None:
    run_stages(lender=loan.lender)
    pay(loan, 3 * 107_971)
    with at_noon(date(2026, 5, 19)):
        assert run_stages(lender=loan.lender) == {"early": 1}
    assert steps(loan) == ["early", "late", "none", "early"]


def test_a_run_costs_as_many_queries_for_nine_loans_as_for_one(loan: Loan, make_loan: Callable[..., Loan]) -> None:
    with CaptureQueriesContext(connection) as one:
        assert run_stages(lender=loan.lender) == {"late": 1}
    for _ in range(9):
        services.disburse_loan(loan=make_loan(), acting_user=None)
    with CaptureQueriesContext(connection) as nine:
        assert run_stages(lender=loan.lender) == {"late": 9}
    assert len(nine) == len(one)
    assert StageStep.objects.count() == 20


def test_a_run_looks_at_its_own_lender_only(loan: Loan, jiangpan: Lender) -> None:
    assert run_stages(lender=jiangpan) == {}
    assert stage_of(loan) == "none"


def test_the_command_says_what_it_moved(loan: Loan) -> None:
    out = StringIO()
    call_command("stages", "--all", "--json", stdout=out)
    bills = {"bills_none": 0, "bills_early": 0, "bills_late": 0}
    assert json.loads(out.getvalue()) == {"qinghe": {"none": 0, "early": 0, "late": 1, **bills}}
    out = StringIO()
    call_command("stages", "--lender", "qinghe", stdout=out)
    assert out.getvalue() == "qinghe: nothing to do.\n"
    with pytest.raises(CommandError):
        call_command("stages", "--lender", "nobody")


# By a person


def test_a_person_takes_the_step_with_a_reason(pre_legal: Loan, staff: SimpleNamespace) -> None:
    last = pre_legal.stage_steps.latest("pk")
    assert (last.to_stage, last.reason, last.words, last.taken_by) == (
        "pre_legal",
        "person",
        WORDS,
        staff.collections,
    )
    assert AuditEntry.objects.filter(verb="step_stage").latest("pk").actor == staff.collections
    assert run_stages(lender=pre_legal.lender) == {}


def test_legal_follows_its_own_letter(pre_legal: Loan, staff: SimpleNamespace) -> None:
    with at_noon(date(2026, 6, 10)):
        with pytest.raises(StepRefused) as refused:
            take_step(loan=pre_legal, into="legal", words=WORDS, acting_user=staff.servicing)
        assert refused.value.missing == ("no_letter",)
        write_letter(loan=pre_legal, letter="suit", acting_user=staff.servicing)
    with at_noon(date(2026, 6, 24)):
        take_step(loan=pre_legal, into="legal", words=WORDS, acting_user=staff.servicing)
    assert stage_of(pre_legal) == "legal"


@pytest.mark.parametrize("words", ["", "   ", "x" * 301])
def test_no_step_without_words(loan: Loan, staff: SimpleNamespace, words: str) -> None:
    with pytest.raises(WordsNeeded):
        take_step(loan=loan, into="pre_legal", words=words, acting_user=staff.collections)


@pytest.mark.parametrize("into", ["late", "early", "legal", "none", "nonsense"])
def test_only_the_next_step_that_is_a_persons(loan: Loan, staff: SimpleNamespace, into: str) -> None:
    run_stages(lender=loan.lender)
    with pytest.raises(StepRefused) as refused:
        take_step(loan=loan, into=into, words=WORDS, acting_user=staff.collections)
    assert refused.value.missing == ()


@pytest.mark.parametrize("kind", ["contact", "legal"])
def test_no_legal_step_while_a_hold_stands(pre_legal: Loan, staff: SimpleNamespace, kind: str) -> None:
    services.open_holds(loan=pre_legal, kinds=[kind], source="R-9", from_on=JULY, acting_user=None)
    with at_noon(JULY):
        for call in (
            lambda: write_letter(loan=pre_legal, letter="suit", acting_user=staff.collections),
            lambda: take_step(loan=pre_legal, into="legal", words=WORDS, acting_user=staff.collections),
        ):
            with pytest.raises(StepRefused) as refused:
                call()
            assert refused.value.missing[0] == f"{kind}_held"


def test_nobody_without_the_verb_takes_steps(loan: Loan, staff: SimpleNamespace) -> None:
    assert loan.borrower.user is not None
    for user in (staff.reviewer, staff.senior, staff.auditor, staff.other_reviewer, loan.borrower.user):
        with pytest.raises(NotPermitted):
            take_step(loan=loan, into="pre_legal", words=WORDS, acting_user=user)
        with pytest.raises(NotPermitted):
            write_letter(loan=loan, letter="demand", acting_user=user)


def test_a_letter_is_written_once_a_day(loan: Loan, staff: SimpleNamespace) -> None:
    run_stages(lender=loan.lender)
    first = write_letter(loan=loan, letter="demand", acting_user=staff.collections)
    assert write_letter(loan=loan, letter="demand", acting_user=staff.collections) == first
    assert (first.kind, first.about_on, first.told_by) == ("demand", date(2026, 2, 15), staff.collections)


def test_a_settled_loan_takes_no_step(loan: Loan, staff: SimpleNamespace) -> None:
    services.settle_early(loan=loan, key="s", acting_user=None)
    with pytest.raises(AlreadySettled):
        take_step(loan=loan, into="pre_legal", words=WORDS, acting_user=staff.collections)


# What the database holds


def row(loan: Loan, old: str, new: str, **more: Any) -> StageStep:
    terms = {"reason": "rule", "days_past_due": 100, "taken_on": TODAY} | more
    return StageStep(lender=loan.lender, loan=loan, from_stage=old, to_stage=new, **terms)


@pytest.mark.parametrize("old, new", [("none", "late"), ("none", "none"), ("early", "late"), ("none", "pre_legal")])
def test_the_database_refuses_a_jump(loan: Loan, old: str, new: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row(loan, old, new).save()


def test_the_database_refuses_a_legal_step_by_nobody_or_under_a_hold(loan: Loan, staff: SimpleNamespace) -> None:
    run_stages(lender=loan.lender)
    with pytest.raises(IntegrityError), transaction.atomic():
        row(loan, "late", "pre_legal").save()
    person = {"reason": "person", "words": WORDS, "taken_by": staff.collections}
    services.open_holds(loan=loan, kinds=["legal"], source="R-1", from_on=TODAY, acting_user=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        row(loan, "late", "pre_legal", **person).save()
    services.end_holds(loan=loan, source="R-1", until_on=TODAY, acting_user=None)
    row(loan, "late", "pre_legal", taken_on=date(2026, 5, 9), **person).save()


def test_a_stage_that_no_step_led_to_is_found(loan: Loan) -> None:
    Loan.objects.filter(pk=loan.pk).update(stage="legal")
    assert [found.check for found in violations([loan.lender])] == ["stages_follow_steps"]
