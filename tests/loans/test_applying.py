"""Applying: what is asked first, what the rules say, and that nobody is refused by a machine."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import Conflict, NotPermitted
from accounts.models import AuditEntry, Borrower, Lender, LenderRelation
from accounts.services import enrol_borrower
from credit.models import Consent, Inquiry
from credit.services import withdraw_consent
from loans.errors import (
    ApplicationOpen,
    ConsentMissing,
    NoRaiseYet,
    NoSecondLook,
    NotOnOffer,
    NotYetKnown,
    WishOutOfRange,
)
from loans.models import Assessment, CreditLimit, LoanApplication, Product
from loans.services import applying, offering
from tests.conftest import TODAY, person
from tests.credit.consents import give
from tests.loans.applicants import agree, make_known, offered, on_record, ready, send
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(qinghe: Lender) -> Product:
    return offered(qinghe)


@pytest.fixture
def applicant(borrower: Borrower, qinghe: Lender) -> Borrower:
    return ready(borrower, qinghe)


def codes(application: LoanApplication) -> list[str]:
    return [reason["code"] for reason in application.assessments.get().reasons]


def test_a_clean_record_and_a_budget_are_approved_at_once_at_the_lowest_rate(
    applicant: Borrower, product: Product
) -> None:
    """8,000 of income carries 4,000 a month: far more than 10,000.00 over twelve months."""
    application = send(applicant, product)
    assert application.state == "approved"
    made = application.assessments.get()
    assert (made.outcome, made.limit_minor, made.rate_annual) == ("approve", 1_000_000, Decimal("0.108"))
    assert codes(application) == ["wished", "rate_clean"]
    limit = CreditLimit.objects.get()
    assert (limit.borrower, limit.product, limit.rate_annual) == (applicant, product, Decimal("0.108"))
    assert [change.new_minor for change in limit.changes.all()] == [1_000_000]


def test_the_facts_are_frozen_and_the_look_at_the_record_is_told(applicant: Borrower, product: Product) -> None:
    application = send(applicant, product)
    inquiry = Inquiry.objects.get(borrower=applicant)
    made = application.assessments.get()
    assert (inquiry.purpose, inquiry.reference, inquiry.outcome) == ("application", application.number, "served")
    assert (made.inquiry, made.report_sha256) == (inquiry.public_id, inquiry.report_sha256)
    assert made.facts["months_on_time"] == 12
    verbs = AuditEntry.objects.filter(subject=application.number).values_list("verb", flat=True)
    assert set(verbs) == {"apply_for_limit", "assess"}
    with pytest.raises(IntegrityError), transaction.atomic():
        LoanApplication.objects.filter(pk=application.pk).update(income_minor=1)


def test_sent_twice_it_is_the_same_application(applicant: Borrower, product: Product) -> None:
    key = uuid4()
    first = send(applicant, product, key=key)
    assert send(applicant, product, key=key, wished_minor=2_000_000) == first
    assert LoanApplication.objects.count() == 1
    assert Inquiry.objects.count() == 1


def test_a_person_has_one_open_application_for_a_product(borrower: Borrower, qinghe: Lender, product: Product) -> None:
    ready(borrower, qinghe, months=0)
    first = send(borrower, product)
    assert first.state == "evidence"
    with pytest.raises(ApplicationOpen) as refused:
        send(borrower, product)
    assert refused.value.application == first
    row = LoanApplication.objects.get()
    row.pk, row.public_id, row.key, row.number = None, uuid4(), uuid4(), "A-2026-999999"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_whoever_has_no_record_is_asked_for_a_few_words_and_then_a_person_decides(
    borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe, months=0)
    application = send(borrower, product)
    assert (application.state, application.evidence_by_on) == ("evidence", TODAY + timedelta(days=14))
    assert "P06" in codes(application)
    assert not CreditLimit.objects.exists()
    applying.add_statement(application=application, statement="在学校工作。", acting_user=borrower.user)
    assert (application.state, application.decide_by_on) == ("manual", TODAY + timedelta(days=7))
    with pytest.raises(Conflict):
        applying.add_statement(application=application, statement="再说一次", acting_user=borrower.user)


@pytest.mark.parametrize(("days", "rule"), [(95, "P01"), (70, "P02"), (40, "P03")])
def test_what_speaks_against_somebody_goes_to_a_person_and_is_never_a_refusal(
    borrower: Borrower, qinghe: Lender, product: Product, days: int, rule: str
) -> None:
    ready(borrower, qinghe, months=0)
    on_record(borrower, qinghe, months=12, days_past_due=days, arrears_minor=100_000)
    application = send(borrower, product)
    assert (application.state, application.decide_by_on) == ("manual", TODAY + timedelta(days=7))
    assert rule in codes(application)
    assert not CreditLimit.objects.exists()


def test_no_way_leads_from_sent_to_not_approved(applicant: Borrower, product: Product) -> None:
    """The database knows it too: rules approve or hand over."""
    application = send(applicant, product)
    row = application
    row.pk, row.public_id, row.key, row.number, row.state = None, uuid4(), uuid4(), "A-2026-999999", "submitted"
    row.closed_at = None
    row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        LoanApplication.objects.filter(pk=row.pk).update(state="refused")


def test_too_little_room_for_the_least_amount_goes_to_a_person(applicant: Borrower, product: Product) -> None:
    """Half of 1,000 is 500, less 480 elsewhere: 20 a month repay no 1,000.00 within a year."""
    application = send(applicant, product, income_minor=100_000, other_monthly_minor=48_000)
    assert application.state == "manual"
    assert application.assessments.get().limit_minor == 0
    assert codes(application)[0] == "income"


def test_nobody_applies_before_they_are_known(borrower: Borrower, qinghe: Lender, product: Product) -> None:
    agree(borrower, qinghe)
    with pytest.raises(NotYetKnown) as refused:
        send(borrower, product)
    assert refused.value.missing == ("identity", "phone", "bank_account")
    assert not LoanApplication.objects.exists()


@pytest.mark.parametrize("given", ["query", "reporting"])
def test_both_consents_are_needed_each_by_itself(
    borrower: Borrower, qinghe: Lender, product: Product, given: str
) -> None:
    make_known(borrower)
    agree(borrower, qinghe, given)
    with pytest.raises(ConsentMissing) as refused:
        send(borrower, product)
    assert refused.value.purposes == tuple({"query", "reporting"} - {given})
    assert not Inquiry.objects.exists()


def test_a_consent_taken_back_meanwhile_stops_the_sending(borrower: Borrower, qinghe: Lender, product: Product) -> None:
    ready(borrower, qinghe, months=0)
    withdraw_consent(consent=Consent.objects.get(purpose="query"), acting_user=borrower.user)
    with pytest.raises(ConsentMissing):
        send(borrower, product)


@pytest.mark.parametrize("wished", [99_900, 5_000_100, 100_050])
def test_an_amount_out_of_range_or_not_in_hundreds_is_refused_with_the_range(
    applicant: Borrower, product: Product, wished: int
) -> None:
    with pytest.raises(WishOutOfRange) as refused:
        send(applicant, product, wished_minor=wished)
    assert (refused.value.least_minor, refused.value.most_minor) == (100_000, 5_000_000)


def test_a_product_that_was_retired_meanwhile_takes_nothing(applicant: Borrower, product: Product) -> None:
    offering.retire_product(product=product, acting_user=None)
    with pytest.raises(NotOnOffer):
        send(applicant, product)


def test_nobody_applies_for_somebody_else(applicant: Borrower, product: Product, stranger: Borrower) -> None:
    with pytest.raises(NotPermitted):
        send(applicant, product, acting_user=stranger.user)


def test_approval_makes_a_stranger_a_customer(product: Product, qinghe: Lender, jiangpan: Lender) -> None:
    """Known at Jiangpan with a year there, shared under a consent that names it."""
    user = person("new@example.org", "钱七")
    newcomer = enrol_borrower(lender=jiangpan, name="钱七", since=date(2025, 1, 1), user=user, acting_user=None)
    make_known(newcomer)
    agree(newcomer, qinghe)
    give(newcomer, qinghe, "sharing", named=jiangpan)
    on_record(newcomer, jiangpan, months=12)
    application = send(newcomer, product)
    assert application.state == "approved"
    assert application.assessments.get().facts["reported_monthly_minor"] == 100_000
    assert LenderRelation.objects.filter(borrower=newcomer, lender=qinghe).exists()


def test_words_that_do_not_come_let_it_lapse_and_one_may_apply_again(
    borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe, months=0)
    first = send(borrower, product)
    with at_noon(TODAY + timedelta(days=14)), pytest.raises(ApplicationOpen):
        send(borrower, product)
    with at_noon(TODAY + timedelta(days=15)):
        second = send(borrower, product)
    first.refresh_from_db()
    assert (first.state, second.state) == ("lapsed", "evidence")


def test_an_open_application_is_withdrawn_and_a_decided_one_is_not(
    borrower: Borrower, qinghe: Lender, product: Product
) -> None:
    ready(borrower, qinghe, months=0)
    application = send(borrower, product)
    applying.withdraw_application(application=application, acting_user=borrower.user)
    assert application.state == "withdrawn"
    assert application.closed_at is not None
    with pytest.raises(Conflict):
        applying.withdraw_application(application=application, acting_user=borrower.user)


# A second look


def test_an_approval_below_the_wish_can_be_looked_at_again_by_a_person_once(
    applicant: Borrower, product: Product
) -> None:
    """2,400 of income: half is 1,200, which carries about 13,600 over a year; 50,000 were wished for."""
    application = send(applicant, product, wished_minor=5_000_000, income_minor=240_000)
    assert application.state == "approved"
    key = uuid4()
    again = applying.ask_for_review(application=application, key=key, acting_user=applicant.user)
    assert (again.state, again.origin, again.previous) == ("manual", "again", application)
    assert again.wished_minor == 5_000_000
    assert applying.ask_for_review(application=application, key=uuid4(), acting_user=applicant.user) == again


def test_what_gave_all_that_was_wished_is_not_looked_at_again(applicant: Borrower, product: Product) -> None:
    application = send(applicant, product)
    with pytest.raises(NoSecondLook):
        applying.ask_for_review(application=application, key=uuid4(), acting_user=applicant.user)


# A higher limit


def test_more_is_asked_for_after_three_instalments_on_time(applicant: Borrower, product: Product) -> None:
    send(applicant, product)
    with pytest.raises(NoRaiseYet) as refused:
        send(applicant, product, wished_minor=2_000_000)
    assert refused.value.reason == "too_early"


def test_a_raise_must_be_above_the_limit_and_changes_it(
    borrower: Borrower, qinghe: Lender, product: Product, paid_three: Any
) -> None:
    """Three instalments are paid on time on an older loan, and a year is on record elsewhere."""
    ready(borrower, qinghe)
    send(borrower, product)
    with pytest.raises(WishOutOfRange) as refused:
        send(borrower, product, wished_minor=1_000_000)
    assert refused.value.least_minor == 1_010_000
    application = send(borrower, product, wished_minor=2_000_000)
    assert (application.origin, application.state) == ("raise", "approved")
    limit = CreditLimit.objects.get()
    assert [(change.kind, change.new_minor) for change in limit.changes.all()] == [
        ("opened", 1_000_000),
        ("raised", 2_000_000),
    ]
    # The next instalment of the loan here, 1,079.71, was counted.
    assert application.assessments.get().facts["own_monthly_minor"] == 107_971


def test_nothing_more_is_asked_for_while_something_is_overdue(
    borrower: Borrower, qinghe: Lender, product: Product, paid_three: Any
) -> None:
    ready(borrower, qinghe)
    send(borrower, product)
    with at_noon(date(2026, 5, 19)), pytest.raises(NoRaiseYet) as refused:  # due on the 15th, grace to the 18th
        send(borrower, product, wished_minor=2_000_000)
    assert refused.value.reason == "overdue"


def test_what_was_assessed_stays(applicant: Borrower, product: Product) -> None:
    send(applicant, product)
    for change in ({"limit_minor": 1}, {"reasons": []}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.update(**change)
