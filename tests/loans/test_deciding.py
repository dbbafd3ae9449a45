"""A person decides on an application: one at a time, with reasons and words, inside the product."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender, Membership
from accounts.roles import Role
from config import clock
from loans.errors import DecisionRefused, NotYourApplication
from loans.models import ApplicationDecision, CreditLimit, LoanApplication, Product
from loans.services import applying, deciding
from tests.conftest import NOON
from tests.loans.applicants import offered, on_record, ready, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(qinghe: Lender) -> Product:
    return offered(qinghe)


@pytest.fixture
def waiting(borrower: Borrower, qinghe: Lender, product: Product) -> LoanApplication:
    """40 days late at the end of the last month: a person decides."""
    ready(borrower, qinghe, months=0)
    on_record(borrower, qinghe, months=12, days_past_due=40, arrears_minor=100_000)
    return send(borrower, product)


@pytest.fixture
def taken(waiting: LoanApplication, staff: SimpleNamespace) -> LoanApplication:
    return deciding.claim_application(application=waiting, acting_user=staff.reviewer)


def decide(application: LoanApplication, user: Any, **changed: Any) -> ApplicationDecision:
    answers = {
        "outcome": "approved", "reasons": ["budget_holds"], "words": "您的说明很清楚。", "limit_minor": 500_000,
        "rate_annual": Decimal("0.18"), "expected_version": application.version, "acting_user": user,
    }  # fmt: skip
    return deciding.decide_application(application=application, **(answers | changed))


REFUSAL = {"outcome": "refused", "reasons": ["late_now"], "limit_minor": None, "rate_annual": None}


def test_of_two_reviewers_one_gets_the_case(waiting: LoanApplication, staff: SimpleNamespace) -> None:
    other = LoanApplication.objects.select_related("lender", "borrower").get()
    deciding.claim_application(application=waiting, acting_user=staff.reviewer)
    with pytest.raises(NotYourApplication):
        deciding.claim_application(application=other, acting_user=staff.second_reviewer)
    assert waiting.claimed_by == staff.reviewer


def test_a_lease_that_ran_out_is_anybodys(taken: LoanApplication, staff: SimpleNamespace) -> None:
    with clock.at(NOON + timedelta(minutes=29)), pytest.raises(NotYourApplication):
        deciding.claim_application(application=taken, acting_user=staff.second_reviewer)
    with clock.at(NOON + timedelta(minutes=30)):
        deciding.claim_application(application=taken, acting_user=staff.second_reviewer)
        with pytest.raises(NotYourApplication):
            decide(taken, staff.reviewer)
    assert taken.claimed_by == staff.second_reviewer


def test_given_back_it_waits_again(taken: LoanApplication, staff: SimpleNamespace) -> None:
    deciding.release_application(application=taken, acting_user=staff.reviewer)
    assert (taken.state, taken.claimed_by) == ("manual", None)


def test_an_approval_opens_the_limit_at_the_decided_terms(taken: LoanApplication, staff: SimpleNamespace) -> None:
    decision = decide(taken, staff.reviewer)
    limit = CreditLimit.objects.get()
    assert (taken.state, limit.rate_annual) == ("approved", Decimal("0.18"))
    change = limit.changes.get()
    assert (change.new_minor, change.made_by, change.application) == (500_000, staff.reviewer, taken)
    assert decision.decided_by == staff.reviewer
    entry = AuditEntry.objects.get(subject=taken.number, verb="decide_application")
    assert (entry.actor, entry.after["outcome"]) == (staff.reviewer, "approved")


def test_a_refusal_is_a_persons_with_reasons_and_words(taken: LoanApplication, staff: SimpleNamespace) -> None:
    decision = decide(taken, staff.reviewer, **REFUSAL)
    assert (taken.state, decision.reasons, decision.limit_minor) == ("refused", ["late_now"], None)
    assert not CreditLimit.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationDecision.objects.update(words="改了")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reasons": []}, "reasons"),
        ({"reasons": ["late_now"]}, "reasons"),
        ({"reasons": ["made_up"]}, "reasons"),
        ({"words": "  "}, "words"),
        ({"limit_minor": None}, "limit"),
        ({"limit_minor": 90_000}, "limit"),
        ({"limit_minor": 1_010_000}, "limit"),  # the wish was 10,000.00
        ({"limit_minor": 500_050}, "limit"),
        ({"rate_annual": Decimal("0.107")}, "rate"),
        ({"rate_annual": Decimal("0.181")}, "rate"),
        ({"rate_annual": None}, "rate"),
        ({**REFUSAL, "reasons": ["budget_holds"]}, "reasons"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_decided(
    taken: LoanApplication, staff: SimpleNamespace, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(DecisionRefused) as refused:
        decide(taken, staff.reviewer, **changed)
    assert refused.value.field == field
    taken.refresh_from_db()
    assert taken.state == "in_review"


def test_a_case_that_moved_on_is_not_decided(taken: LoanApplication, staff: SimpleNamespace) -> None:
    seen = taken.version
    deciding.claim_application(application=taken, acting_user=staff.reviewer)
    with pytest.raises(NotYourApplication):
        decide(taken, staff.reviewer, expected_version=seen)


def test_withdrawn_while_it_was_looked_at_it_is_not_decided(
    taken: LoanApplication, staff: SimpleNamespace, borrower: Borrower
) -> None:
    stale = LoanApplication.objects.select_related("lender", "borrower", "product__lender").get()
    applying.withdraw_application(application=taken, acting_user=borrower.user)
    with pytest.raises(Exception, match=taken.number):
        decide(stale, staff.reviewer)
    assert not CreditLimit.objects.exists()


@pytest.mark.parametrize("name", ["intake", "servicing", "collections", "auditor", "other_reviewer"])
def test_only_reviewers_of_the_lender_take_and_decide(
    waiting: LoanApplication, staff: SimpleNamespace, name: str
) -> None:
    with pytest.raises(NotPermitted):
        deciding.claim_application(application=waiting, acting_user=getattr(staff, name))


def test_nobody_decides_their_own(waiting: LoanApplication, borrower: Borrower, qinghe: Lender) -> None:
    Membership.objects.create(user=borrower.user, lender=qinghe, role=Role.REVIEWER)
    with pytest.raises(NotPermitted):
        deciding.claim_application(application=waiting, acting_user=borrower.user)


def test_a_second_look_is_another_persons(taken: LoanApplication, staff: SimpleNamespace, borrower: Borrower) -> None:
    decide(taken, staff.reviewer, **REFUSAL)
    again = applying.ask_for_review(application=taken, key=uuid4(), acting_user=borrower.user)
    assert again.state == "manual"
    with pytest.raises(NotPermitted):
        deciding.claim_application(application=again, acting_user=staff.reviewer)
    deciding.claim_application(application=again, acting_user=staff.second_reviewer)
    decide(again, staff.second_reviewer)
    assert CreditLimit.objects.get().changes.get().new_minor == 500_000
