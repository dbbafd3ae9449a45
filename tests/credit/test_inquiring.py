"""Looking at a record: only under a live consent, and not even its existence shows without one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.chain import digest
from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender
from credit import services
from credit.models import Inquiry, Tradeline
from credit.report import Report
from tests.conftest import TODAY
from tests.credit.consents import give

ASKED = {"purpose": "application", "reference": "A-2026-000001", "on": TODAY, "acting_user": None}


def inquire(borrower: Borrower, lender: Lender | None, **more: Any) -> Report:
    return services.inquire(borrower=borrower, lender=lender, **{**ASKED, **more})


def shown(report: Report) -> Report:
    return replace(report, inquiry="")


@pytest.fixture
def elsewhere_too(borrower: Borrower, jiangpan: Lender, furnish: Callable[..., Any]) -> Tradeline:
    """The borrower's account at Jiangpan, 31 days late in March; one at Qinghe, on time."""
    furnish(2026, 3)
    other = services.open_tradeline(
        borrower=borrower, lender=jiangpan, reference="JP-7", opened_on=date(2025, 12, 20), original_minor=600_000,
        currency="CNY", acting_user=None,
    )  # fmt: skip
    furnish(2026, 3, on=other, days_past_due=31)
    return other


def test_under_a_live_consent_the_lender_sees_what_it_reported(
    borrower: Borrower, qinghe: Lender, elsewhere_too: Tradeline
) -> None:
    consent = give(borrower, qinghe, "query")
    report = inquire(borrower, qinghe)
    assert [account.reference for account in report.accounts] == ["LN-2026-000001"]
    row = Inquiry.objects.get()
    assert (row.outcome, row.consent, row.sources) == ("served", consent, ["qinghe"])
    assert row.report_sha256 == digest(report.as_dict())
    assert {"reference", "months.days_late"} <= set(row.fields)
    assert report.inquiry == str(row.public_id)


def test_without_a_consent_the_answer_is_that_of_an_empty_file(
    borrower: Borrower, stranger: Borrower, qinghe: Lender, elsewhere_too: Tradeline, django_assert_num_queries: Any
) -> None:
    """The same words and the same work: nothing tells the two apart."""
    give(stranger, qinghe, "query")
    refused, nothing = inquire(borrower, qinghe), inquire(stranger, qinghe)
    assert shown(refused) == shown(nothing) == Report(on=TODAY)
    assert refused.sha256 == nothing.sha256
    assert [row.outcome for row in Inquiry.objects.order_by("pk")] == ["refused", "no_file"]
    row = Inquiry.objects.get(borrower=borrower)
    assert (row.refusal, row.fields, row.report_sha256) == ("no_consent", [], "")


def test_a_consent_to_another_lender_does_not_count(
    borrower: Borrower, qinghe: Lender, jiangpan: Lender, elsewhere_too: Tradeline
) -> None:
    give(borrower, jiangpan, "query")
    assert inquire(borrower, qinghe).is_empty


@pytest.mark.parametrize("purpose", ["reporting", "debit", "marketing", "sensitive_evidence"])
def test_a_consent_to_something_else_does_not_count(
    borrower: Borrower, qinghe: Lender, tradeline: Tradeline, purpose: str
) -> None:
    give(borrower, qinghe, purpose)
    assert inquire(borrower, qinghe).is_empty


@pytest.mark.parametrize("purpose", ["application", "relief_review", "account_review"])
@pytest.mark.parametrize("reference", ["", "   "])
def test_a_look_without_an_application_is_refused(
    borrower: Borrower, qinghe: Lender, tradeline: Tradeline, purpose: str, reference: str
) -> None:
    give(borrower, qinghe, "query")
    assert inquire(borrower, qinghe, purpose=purpose, reference=reference).is_empty
    assert Inquiry.objects.get().refusal == "no_reference"


def test_a_withdrawn_or_expired_consent_opens_nothing(borrower: Borrower, qinghe: Lender, tradeline: Tradeline) -> None:
    consent = give(borrower, qinghe, "query")
    assert not inquire(borrower, qinghe, on=date(2027, 5, 8)).is_empty
    assert inquire(borrower, qinghe, on=date(2027, 5, 9)).is_empty
    services.withdraw_consent(consent=consent, acting_user=borrower.user)
    assert inquire(borrower, qinghe).is_empty


def test_another_lenders_facts_come_in_only_where_a_consent_names_it(
    borrower: Borrower, qinghe: Lender, jiangpan: Lender, elsewhere_too: Tradeline
) -> None:
    give(borrower, qinghe, "query")
    assert "jiangpan" not in str(inquire(borrower, qinghe).as_dict())
    sharing = give(borrower, qinghe, "sharing", jiangpan)
    report = inquire(borrower, qinghe)
    assert [(one.lender, one.is_own) for one in report.accounts] == [("jiangpan", False), ("qinghe", True)]
    assert report.accounts[0].months[0].days_late == 31
    assert Inquiry.objects.first().sources == ["jiangpan", "qinghe"]
    services.withdraw_consent(consent=sharing, acting_user=borrower.user)
    assert inquire(borrower, qinghe).sources == ("qinghe",)


def test_a_sharing_alone_opens_nothing(
    borrower: Borrower, qinghe: Lender, jiangpan: Lender, elsewhere_too: Tradeline
) -> None:
    give(borrower, qinghe, "sharing", jiangpan)
    assert inquire(borrower, qinghe).is_empty


def test_a_sharing_works_one_way_only(
    borrower: Borrower, qinghe: Lender, jiangpan: Lender, elsewhere_too: Tradeline
) -> None:
    give(borrower, qinghe, "sharing", jiangpan)
    give(borrower, jiangpan, "query")
    assert inquire(borrower, jiangpan).sources == ("jiangpan",)


def test_relief_and_its_reasons_are_not_told(borrower: Borrower, qinghe: Lender, furnish: Callable[..., Any]) -> None:
    furnish(2026, 3, relief_kind="temporary", relief_reference="R-2026-000009", days_past_due=31, had_obligation=False)
    give(borrower, qinghe, "query")
    report = inquire(borrower, qinghe)
    assert "relief" not in str(report.as_dict())
    assert "R-2026-000009" not in str(report.as_dict())
    assert report.accounts[0].months[0].days_late == 0


def test_a_report_of_an_earlier_day_knows_no_later_fact(
    borrower: Borrower, qinghe: Lender, furnish: Callable[..., Any]
) -> None:
    furnish(2026, 2)
    furnish(2026, 3)
    give(borrower, qinghe, "query")
    services.close_tradeline(lender=qinghe, reference="LN-2026-000001", on=TODAY, acting_user=None)
    (account,) = services.inquire(
        borrower=borrower, lender=None, purpose="self", reference="", on=date(2026, 4, 2), acting_user=borrower.user
    ).accounts
    assert ([month.month for month in account.months], account.closed_on) == ([date(2026, 2, 1)], None)


def test_who_may_ask(borrower: Borrower, stranger: Borrower, qinghe: Lender, staff: SimpleNamespace) -> None:
    give(borrower, qinghe, "query")
    for user in (None, borrower.user, staff.reviewer, staff.senior, staff.servicing):
        inquire(borrower, qinghe, acting_user=user)
    for user in (stranger.user, staff.intake, staff.collections, staff.auditor, staff.other_reviewer):
        with pytest.raises(NotPermitted):
            inquire(borrower, qinghe, acting_user=user)
    assert Inquiry.objects.count() == 5


def test_staff_may_look_at_their_own_lenders_facts_with_a_reason(
    borrower: Borrower, qinghe: Lender, elsewhere_too: Tradeline, staff: SimpleNamespace
) -> None:
    give(borrower, qinghe, "query")
    give(borrower, qinghe, "sharing", elsewhere_too.lender)
    look = {"purpose": "admin", "acting_user": staff.servicing}
    assert inquire(borrower, qinghe, **look, reference="Complaint 12").sources == ("qinghe",)
    assert inquire(borrower, qinghe, **look, reference="").is_empty
    for user in (None, borrower.user):
        with pytest.raises(NotPermitted):
            inquire(borrower, qinghe, purpose="admin", acting_user=user)


def test_the_whole_file_is_for_the_person_alone(
    borrower: Borrower, qinghe: Lender, elsewhere_too: Tradeline, staff: SimpleNamespace
) -> None:
    look = {"purpose": "self", "reference": ""}
    assert inquire(borrower, None, **look, acting_user=borrower.user).sources == ("jiangpan", "qinghe")
    for lender, user in ((None, None), (None, staff.reviewer), (qinghe, borrower.user)):
        with pytest.raises(NotPermitted):
            inquire(borrower, lender, **look, acting_user=user)
    with pytest.raises(NotPermitted):
        inquire(borrower, None, acting_user=borrower.user)


def test_every_look_stands_in_the_lenders_chain(borrower: Borrower, qinghe: Lender, tradeline: Tradeline) -> None:
    inquire(borrower, qinghe)
    give(borrower, qinghe, "query")
    inquire(borrower, qinghe)
    rows = AuditEntry.objects.filter(lender=qinghe, verb="inquire").order_by("number")
    assert [row.after["outcome"] for row in rows] == ["refused", "served"]
    assert rows[1].after["sha256"] == Inquiry.objects.get(outcome="served").report_sha256


def test_the_database_keeps_a_look_and_wants_a_consent_under_it(
    borrower: Borrower, qinghe: Lender, jiangpan: Lender
) -> None:
    ours = give(borrower, qinghe, "query")
    inquire(borrower, qinghe)
    row = Inquiry.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Inquiry.objects.filter(pk=row.pk).update(asked_on=date(2026, 1, 1))
    wrong = {"borrower": borrower, "purpose": "application", "asked_on": TODAY, "report_sha256": "0" * 64}
    for stated in (
        {"lender": qinghe, "outcome": "served"},
        {"lender": jiangpan, "outcome": "served", "consent": ours},
        {"lender": qinghe, "outcome": "refused", "consent": ours},
        {"lender": None, "outcome": "served", "consent": ours},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Inquiry.objects.create(**{**wrong, **stated})
