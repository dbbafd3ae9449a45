"""Asking: what is refused, and that nothing is written then."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotPermitted
from accounts.models import Borrower
from config import clock
from deferrals import services
from deferrals.errors import AlreadyOpen, NothingToPause, PauseOutOfRange, PauseTooShort, ReliefRunning
from deferrals.models import Letter, ReliefRequest, RequestLoan
from loans.models import Hold, Loan
from loans.services import record_payment
from tests.deferrals.conftest import ask, fixture_loan, noon, signed
from tests.deferrals.test_story import approve


def nothing_written() -> bool:
    return not (ReliefRequest.objects.exists() or Hold.objects.exists() or Letter.objects.exists())


@pytest.mark.parametrize("count", [0, -1, 4, 99])
def test_a_pause_of_0_or_99_instalments_is_refused_and_says_how_many_there_may_be(loan: Loan, count: int) -> None:
    with pytest.raises(PauseOutOfRange) as refused:
        ask(loan, count=count)
    assert refused.value.most == 3
    assert nothing_written()


def test_somebody_elses_loan_cannot_be_paused(loan: Loan, stranger: Borrower) -> None:
    with pytest.raises(NotPermitted):
        services.submit_request(
            loan=loan,
            pause_count=1,
            ground="illness",
            affordable_minor=0,
            auto_debit="keep",
            key="x",
            language="en",
            acting_user=stranger.user,
        )
    assert nothing_written()


def test_a_double_click_is_one_request(loan: Loan) -> None:
    first, second = ask(loan, key="same"), ask(loan, key="same")
    assert first == second
    assert ReliefRequest.objects.count() == 1
    assert Letter.objects.count() == 1


def test_a_second_tab_is_shown_the_request_of_the_first(loan: Loan) -> None:
    first = ask(loan, key="one")
    with pytest.raises(AlreadyOpen) as refused:
        ask(loan, key="two")
    assert refused.value.request == first
    assert ReliefRequest.objects.count() == 1


def test_the_database_holds_one_open_request_per_loan(loan: Loan) -> None:
    request = ask(loan)
    twin = ReliefRequest.objects.get(pk=request.pk)
    twin.pk, twin.number, twin.key, twin.public_id = (
        None,
        "R-2026-999999",
        "twin",
        "00000000-0000-4000-8000-000000000000",
    )
    twin.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestLoan.objects.create(request=twin, lender=loan.lender, loan=loan, components=[])


def test_a_settled_loan_has_nothing_to_pause(loan: Loan) -> None:
    record_payment(loan=loan, amount_minor=971_732, key="all", channel="borrower", acting_user=loan.borrower.user)
    loan.refresh_from_db()
    with pytest.raises(NothingToPause):
        ask(loan)
    assert nothing_written()


def test_a_pause_that_would_already_be_over_is_refused(qinghe, borrower, policy) -> None:  # type: ignore[no-untyped-def]
    """Instalment 4 was due on 15 May; on 20 June a pause of one month would end on 15 June."""
    late = fixture_loan(qinghe, borrower)
    with clock.at(noon(date(2026, 6, 20))):
        with pytest.raises(PauseTooShort):
            ask(late, count=1)
        assert ask(late, count=2).facts["days_past_due"] == 36


def test_a_loan_on_arrangement_is_not_paused_twice(loan: Loan, staff) -> None:  # type: ignore[no-untyped-def]
    offer = approve(ask(loan), staff.reviewer)
    services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user)
    with pytest.raises(ReliefRunning):
        ask(loan, key="again")


def test_facts_are_frozen_as_they_were(loan: Loan) -> None:
    request = ask(loan)
    record_payment(loan=loan, amount_minor=50_000, key="part", channel="borrower", acting_user=loan.borrower.user)
    request.refresh_from_db()
    assert request.facts["principal_left_minor"] == 915_905
    assert (request.facts["paid_count"], request.facts["next_due_on"]) == (3, "2026-05-15")


def test_the_same_ground_soon_after_a_denial_is_heard_but_holds_nothing(loan: Loan, staff) -> None:  # type: ignore[no-untyped-def]
    request = ask(loan)
    services.claim(request=request, acting_user=staff.reviewer)
    services.deny(
        request=request, reason_codes=["R06"], words="…", expected_version=request.version, acting_user=staff.reviewer
    )
    again = ask(loan, key="again")
    assert not Hold.objects.filter(source=again.number).exists()
    other = ReliefRequest.objects.get(pk=again.pk)
    services.withdraw(request=other, acting_user=loan.borrower.user)
    third = ask(loan, key="third", ground="job_loss")
    assert Hold.objects.filter(source=third.number).exists()
