"""Claiming and deciding: one person, a lease, reasons that rest on facts."""

import threading
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import Conflict, NotPermitted
from accounts.models import Lender, User
from accounts.roles import Role
from accounts.services import appoint
from config import clock
from deferrals import services
from deferrals.errors import (
    AboveYourLimit,
    ClaimLost,
    NothingToClaim,
    NothingToPause,
    NotYourCase,
    ReasonsNeeded,
    TooManyClaims,
)
from deferrals.models import Decision, Offer, ReliefRequest
from deferrals.states import RequestState
from loans.models import Loan
from loans.services import record_payment
from tests.conftest import NOON
from tests.deferrals.conftest import ask


def decide(request: ReliefRequest, user: User, **changes: object) -> Offer:
    terms = {"reason_codes": ["A01"], "words": "可以恢复。", "expected_version": request.version, **changes}
    return services.approve(request=request, acting_user=user, **terms)


def test_the_second_who_claims_is_told_who_was_first(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    stale = ReliefRequest.objects.get(pk=request.pk)
    services.claim(request=request, acting_user=staff.reviewer)
    with pytest.raises(ClaimLost) as lost:
        services.claim(request=stale, acting_user=staff.second_reviewer)
    assert lost.value.winner == staff.reviewer.name
    request.refresh_from_db()
    assert request.claimed_by == staff.reviewer


def test_a_lease_that_ran_out_frees_the_case(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    with clock.at(NOON + timedelta(minutes=61)):
        services.claim(request=request, acting_user=staff.second_reviewer)
        with pytest.raises(NotYourCase):
            decide(request, staff.reviewer)
    assert request.claimed_by == staff.second_reviewer
    assert not Decision.objects.exists()


def test_a_case_that_is_given_back_is_free(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    services.release(request=request, acting_user=staff.reviewer)
    assert request.state == RequestState.READY
    assert services.claim_next(acting_user=staff.second_reviewer) == request


def test_nobody_decides_a_case_they_do_not_hold(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    with pytest.raises(NotYourCase):
        decide(request, staff.second_reviewer)


def test_a_case_that_changed_since_it_was_opened_is_not_decided(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    with pytest.raises(Conflict):
        decide(request, staff.reviewer, expected_version=request.version - 1)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["intake", "collections", "auditor", "servicing", "appeal_reviewer", "other_reviewer"])
def test_only_reviewers_of_the_lender_claim(loan: Loan, staff: SimpleNamespace, who: str) -> None:
    with pytest.raises(NotPermitted):
        services.claim(request=ask(loan), acting_user=getattr(staff, who))


def test_a_superuser_without_a_post_decides_nothing(loan: Loan) -> None:
    root = User.objects.create_superuser(email="root@example.org", password="x" * 20)
    with pytest.raises(NotPermitted):
        services.claim(request=ask(loan), acting_user=root)


def test_nobody_reviews_their_own_request(loan: Loan, qinghe: Lender) -> None:
    appoint(user=loan.borrower.user, lender=qinghe, role=Role.REVIEWER, acting_user=None)
    with pytest.raises(NotPermitted):
        services.claim(request=ask(loan), acting_user=loan.borrower.user)
    with pytest.raises(NothingToClaim):
        services.claim_next(acting_user=loan.borrower.user)


def test_above_the_limit_a_senior_decides(qinghe: Lender, loan: Loan, staff: SimpleNamespace) -> None:
    services.publish_policy(
        lender=qinghe,
        code="CN-2026.2",
        terms={"reviewer_limit_minor": 900_000},
        effective_from=date(2026, 5, 1),
        acting_user=None,
    )
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    with pytest.raises(AboveYourLimit):
        decide(request, staff.reviewer)
    services.release(request=request, acting_user=staff.reviewer)
    services.claim(request=request, acting_user=staff.senior)
    assert decide(request, staff.senior).projection["cost_to_borrower_minor"] == 32_973


@pytest.mark.parametrize("codes", [[], ["R05"], ["A01", "nonsense"], ["综合评分不足"]])
def test_reasons_must_rest_on_facts_of_the_case(loan: Loan, staff: SimpleNamespace, codes: list[str]) -> None:
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    with pytest.raises(ReasonsNeeded):
        decide(request, staff.reviewer, reason_codes=codes)
    assert not Decision.objects.exists()


def test_a_decision_needs_words_to_the_borrower(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    with pytest.raises(ReasonsNeeded):
        decide(request, staff.reviewer, words="  ")


def test_five_cases_at_a_time_are_enough(loan: Loan, qinghe: Lender, staff: SimpleNamespace) -> None:
    services.publish_policy(
        lender=qinghe, code="CN-2026.2", terms={"open_claims": 0}, effective_from=date(2026, 5, 1), acting_user=None
    )
    with pytest.raises(TooManyClaims) as refused:
        services.claim(request=ask(loan), acting_user=staff.reviewer)
    assert refused.value.most == 0


def test_the_database_refuses_a_move_that_is_not_in_the_table(loan: Loan) -> None:
    request = ask(loan)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReliefRequest.objects.filter(pk=request.pk).update(state=RequestState.ACTIVE)


def test_a_decision_is_never_changed(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    decide(request, staff.reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(words="otherwise")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_deciding_at_once_exactly_one_wins(loan: Loan, staff: SimpleNamespace) -> None:
    """Real threads with a connection each: both hold the case as they saw it, and both decide."""
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    start, told = threading.Barrier(2), []

    def decide_now() -> None:
        try:
            seen = ReliefRequest.objects.get(pk=request.pk)
            start.wait(timeout=20)
            decide(seen, staff.reviewer)
            told.append("won")
        except Conflict as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide_now) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) in (["conflict", "won"], ["not_your_case", "won"])
    assert Decision.objects.count() == Offer.objects.count() == 1


def test_the_next_case_is_one_that_this_person_may_decide(loan: Loan, qinghe: Lender, staff: SimpleNamespace) -> None:
    services.publish_policy(
        lender=qinghe,
        code="CN-2026.2",
        terms={"reviewer_limit_minor": 900_000},
        effective_from=date(2026, 5, 1),
        acting_user=None,
    )
    request = ask(loan)
    with pytest.raises(NothingToClaim):
        services.claim_next(acting_user=staff.reviewer)
    assert services.claim_next(acting_user=staff.senior) == request


def test_an_auditor_here_who_reviews_elsewhere_is_given_nothing_here(
    loan: Loan, jiangpan: Lender, staff: SimpleNamespace
) -> None:
    appoint(user=staff.auditor, lender=jiangpan, role=Role.REVIEWER, acting_user=None)
    ask(loan)
    with pytest.raises(NothingToClaim):
        services.claim_next(acting_user=staff.auditor)


def test_a_loan_paid_off_meanwhile_closes_the_request(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    record_payment(loan=loan, amount_minor=971_732, key="all", channel="borrower", acting_user=loan.borrower.user)
    with pytest.raises(NothingToPause):
        decide(request, staff.reviewer)
    assert services.tick(lender=loan.lender)["settled"] == 1
    assert services.tick(lender=loan.lender)["settled"] == 0
    request.refresh_from_db()
    assert request.state == RequestState.ENDED_EARLY
    assert request.letters.latest("pk").kind == "settled"
