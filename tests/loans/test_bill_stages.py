"""Stages of overdue monthly bills: early and late by the rule, and out with the payment."""

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts import audit
from accounts.models import AuditEntry, Borrower, Lender, Notice
from loans.books import violations
from loans.close_steps import register_steps
from loans.closing.steps import WholeStep, registered
from loans.models import CreditLimit, Loan, RevolvingAccount, StageStep
from loans.services.bill_buying import refund_purchase
from loans.services.bill_reversing import reverse_bill_payment
from loans.services.bill_staging import run_bill_stages
from loans.services.staging import run_stages
from tests.loans import monthly
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db
DUE_ON = date(2026, 6, 10)
EARLY_ON = date(2026, 6, 14)  # three days of grace are over
LATE_ON = date(2026, 7, 11)  # 31 days past due


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 bought in May, three days of grace; of June's bill nothing is paid."""
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe, "grace_days=3")))
    monthly.live(made, "2026-05-20 buy 100000")
    monthly.bill_up_to(made, date(2026, 6, 1))
    return made


def run(account: RevolvingAccount, on: date) -> dict[str, int]:
    monthly.bill_up_to(account, on)
    with at_noon(on):
        found = run_bill_stages(lender=account.lender)
    account.refresh_from_db()
    return dict(found)


def steps(account: RevolvingAccount) -> list[tuple[str, int, date]]:
    return list(account.stage_steps.order_by("pk").values_list("to_stage", "days_past_due", "taken_on"))


def faults(account: RevolvingAccount, on: date) -> list[tuple[str, str]]:
    with at_noon(on):
        return [(found.check, found.subject) for found in violations([account.lender])]


# By rule


def test_a_bill_is_early_once_its_grace_is_over_and_late_from_day_31(account: RevolvingAccount) -> None:
    assert run(account, date(2026, 6, 13)) == {}
    assert run(account, EARLY_ON) == {"early": 1}
    assert run(account, LATE_ON - timedelta(days=1)) == {}
    assert run(account, LATE_ON) == {"late": 1}
    assert steps(account) == [("early", 4, EARLY_ON), ("late", 31, LATE_ON)]
    assert account.stage == "late"
    last = account.stage_steps.latest("pk")
    assert (last.loan, last.debt, last.reason, last.taken_by) == (None, account, "rule", None)
    with translation.override("en"):
        assert str(last) == f"{account.number}: Late"
    assert faults(account, LATE_ON) == []


def test_a_run_that_was_left_out_is_made_up_for_and_a_second_one_changes_nothing(account: RevolvingAccount) -> None:
    assert run(account, LATE_ON) == {"late": 1}
    assert [stage for stage, _, _ in steps(account)] == ["early", "late"]
    assert run(account, LATE_ON) == {}
    entries = AuditEntry.objects.filter(verb="step_stage", subject=account.number).order_by("number")
    assert [entry.after["stage"] for entry in entries] == ["early", "late"]
    assert audit.first_break(account.lender) is None


def test_the_rule_goes_no_further_than_late(account: RevolvingAccount) -> None:
    run(account, LATE_ON)
    assert run(account, date(2026, 10, 20)) == {}
    assert account.stage == "late"


def test_a_run_costs_as_many_queries_for_three_accounts_as_for_one(
    account: RevolvingAccount, stranger: Borrower, qinghe: Lender
) -> None:
    with at_noon(EARLY_ON), CaptureQueriesContext(connection) as one:
        assert run_bill_stages(lender=qinghe) == {"early": 1}
    for number in (1, 2):
        product = monthly.billed(qinghe, "grace_days=3", code=f"more-{number}")
        more = monthly.opened(monthly.limit_on(stranger, product))
        monthly.live(more, "2026-05-20 buy 100000")
        monthly.bill_up_to(more, date(2026, 6, 1))
    with at_noon(EARLY_ON), CaptureQueriesContext(connection) as two:
        assert run_bill_stages(lender=qinghe) == {"early": 2}
    assert len(two) == len(one)


def test_a_run_looks_at_its_own_lender_only(account: RevolvingAccount, jiangpan: Lender) -> None:
    with at_noon(EARLY_ON):
        assert run_bill_stages(lender=jiangpan) == {}
    account.refresh_from_db()
    assert account.stage == "none"


def test_the_command_and_the_close_move_bills_too(account: RevolvingAccount) -> None:
    out = io.StringIO()
    with at_noon(EARLY_ON):
        call_command("stages", "--lender", "qinghe", stdout=out)
        assert out.getvalue() == "qinghe: 1 monthly bills early overdue.\n"
    register_steps()
    bills = next(step for step in registered() if step.name == "bill_stages")
    assert isinstance(bills, WholeStep)
    with at_noon(LATE_ON):
        assert bills.run(account.lender, LATE_ON - timedelta(days=1))["late"] == 1
        out = io.StringIO()
        call_command("stages", "--all", "--json", stdout=out)
    assert set(json.loads(out.getvalue())["qinghe"].values()) == {0}


# Out of it


def test_whoever_pays_the_overdue_minimum_is_out_with_the_payment(account: RevolvingAccount) -> None:
    run(account, EARLY_ON)
    with at_noon(date(2026, 6, 15)):
        monthly.pay(account, 9_999, "a cent too little")
        account.refresh_from_db()
        assert account.stage == "early"
        monthly.pay(account, 1, "the cent")
    account.refresh_from_db()
    assert account.stage == "none"
    assert steps(account)[1:] == [("none", 0, date(2026, 6, 15))]
    assert account.stage_steps.latest("pk").reason == "current"
    assert run(account, date(2026, 6, 16)) == {}
    assert faults(account, date(2026, 6, 16)) == []


def test_a_refund_that_leaves_no_minimum_ends_the_stage(account: RevolvingAccount) -> None:
    run(account, EARLY_ON)
    bought = account.entries.get(kind="purchase")
    with at_noon(EARLY_ON):
        refund_purchase(bought=bought, amount_minor=100_000, key="all of it", acting_user=None)
    account.refresh_from_db()
    assert account.stage == "none"


def test_a_payment_that_is_taken_back_leads_in_again(account: RevolvingAccount) -> None:
    run(account, EARLY_ON)
    with at_noon(EARLY_ON):
        paid = monthly.pay(account, 10_000, "paid")
        reverse_bill_payment(entry=paid, reason="AM04", acting_user=None)
    assert run(account, date(2026, 6, 15)) == {"early": 1}
    assert [stage for stage, _, _ in steps(account)] == ["early", "none", "early"]


# What the borrower is told


def test_a_limit_that_rests_and_the_end_are_told_in_words_for_bills(account: RevolvingAccount) -> None:
    run(account, EARLY_ON)
    limit = CreditLimit.objects.get(pk=account.limit_id)
    rests = Notice.objects.get(event="bill_limit_frozen")
    assert rests.borrower == account.borrower
    assert account.number in str(rests.blocks)
    assert limit.number in str(rests.blocks)
    with at_noon(date(2026, 6, 15)):
        monthly.pay(account, 10_000, "paid")
    ended = Notice.objects.get(event="bill_stage_ended")
    assert account.number in ended.title
    assert not Notice.objects.filter(event__in=["stage_ended", "limit_frozen"]).exists()


# What the database holds


def row(account: RevolvingAccount, old: str, new: str, **more: Any) -> StageStep:
    terms = {"reason": "rule", "days_past_due": 4, "taken_on": EARLY_ON, "bill_account": account} | more
    return StageStep(lender=account.lender, from_stage=old, to_stage=new, **terms)


def test_a_step_starts_where_the_last_one_of_the_account_ended(account: RevolvingAccount, loan: Loan) -> None:
    run_stages(lender=loan.lender)  # the loan is late; that is not the account's way
    with pytest.raises(IntegrityError), transaction.atomic():
        row(account, "early", "late").save()
    row(account, "none", "early").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        row(account, "none", "early").save()
    row(account, "early", "late").save()


@pytest.mark.parametrize("other", ["both", "neither"])
def test_a_step_is_of_a_loan_or_of_a_bill(account: RevolvingAccount, loan: Loan, other: str) -> None:
    more: dict[str, Any] = {"loan": loan} if other == "both" else {"bill_account": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        row(account, "none", "early", **more).save()


def test_a_step_stands_with_the_lender_of_its_account(account: RevolvingAccount, jiangpan: Lender) -> None:
    step = row(account, "none", "early")
    step.lender = jiangpan
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save()


def test_no_person_takes_a_step_on_a_bill(account: RevolvingAccount, staff: Any) -> None:
    run(account, LATE_ON)
    person = {"reason": "person", "words": "两次电话。", "taken_by": staff.collections}
    with pytest.raises(IntegrityError), transaction.atomic():
        row(account, "late", "pre_legal", **person).save()


def test_a_stage_that_no_step_led_to_is_found(account: RevolvingAccount) -> None:
    RevolvingAccount.objects.filter(pk=account.pk).update(stage="late")
    assert faults(account, date(2026, 6, 2)) == [("stages_follow_steps", f"qinghe {account.number}")]
