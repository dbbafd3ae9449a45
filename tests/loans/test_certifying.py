"""The settlement certificate: once, for a settled loan, in words that never change and can be checked."""

import hashlib
import json
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import guards
from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower
from loans import services
from loans.errors import NotSettled
from loans.models import Loan, Payment, SettlementCertificate
from loans.papers import plain_text
from loans.selectors.certificates import certificate_of, is_right
from loans.services.certifying import issue_certificate
from tests.loans.conftest import at_noon


@pytest.fixture
def settled(paid_three: Loan) -> Loan:
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    paid_three.refresh_from_db()
    return paid_three


def issue(loan: Loan, language: str = "zh-hans", acting_user: object = None) -> SettlementCertificate:
    return issue_certificate(loan=loan, language=language, acting_user=acting_user)  # type: ignore[arg-type]


def test_it_says_that_nothing_is_owed(settled: Loan) -> None:
    made = issue(settled)
    text = plain_text(made.title, made.blocks)
    assert made.number == "SC-2026-000001"
    for words in (settled.number, "¥12,000.00", "2026年1月15日", "2026年5月8日"):
        assert words in text
    assert (made.governing_blocks, made.governing_title) == ([], "")


def test_in_english_the_governing_text_stands_below(settled: Loan) -> None:
    made = issue(settled, "en")
    text = plain_text(made.title, made.blocks)
    assert made.title == "Settlement certificate"
    assert "You borrowed ¥12,000.00 from Qinghe Consumer Finance on 15 January 2026" in text
    assert "This loan was settled on 8 May 2026. Nothing is owed on it" in text
    assert "Wang Xiaoyu" in text
    assert "The Chinese text below governs" in text
    assert "青禾消费金融" in plain_text(made.governing_title, made.governing_blocks)


def test_the_hash_is_of_everything_on_the_paper(settled: Loan) -> None:
    made = issue(settled, "zh-hant")
    content = {
        "number": made.number, "title": made.title, "blocks": made.blocks,
        "governing_title": made.governing_title, "governing_blocks": made.governing_blocks,
    }  # fmt: skip
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert made.sha256 == hashlib.sha256(plain.encode()).hexdigest()
    assert made.check_code.replace(" ", "").lower() == made.sha256[:16]


def test_it_is_issued_once(settled: Loan) -> None:
    first = issue(settled)
    assert issue(settled, "en") == first
    assert SettlementCertificate.objects.count() == 1
    assert AuditEntry.objects.filter(verb="issue_certificate").count() == 1


@pytest.mark.parametrize("state", ["pending", "running"])
def test_a_loan_that_is_not_settled_gets_none(pending: Loan, state: str) -> None:
    loan = services.disburse_loan(loan=pending, acting_user=None) if state == "running" else pending
    with pytest.raises(NotSettled):
        issue(loan)


def test_who_may_have_it_issued(settled: Loan, stranger: Borrower, staff: SimpleNamespace) -> None:
    for user in (stranger.user, staff.reviewer, staff.auditor, staff.other_reviewer):
        with pytest.raises(NotPermitted):
            issue(settled, acting_user=user)
    assert issue(settled, acting_user=staff.servicing) == issue(settled, acting_user=settled.borrower.user)


def test_the_database_keeps_it_as_it_is(settled: Loan) -> None:
    made = issue(settled)
    for change in ({"blocks": []}, {"sha256": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SettlementCertificate.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


def test_a_paper_is_right_by_its_number_and_code(settled: Loan) -> None:
    made = issue(settled)
    assert is_right(made.number, made.check_code) is True
    assert is_right(f" {made.number.lower()} ", made.check_code.lower().replace(" ", "")) is True
    wrong = "0" if made.sha256[15] != "0" else "1"
    assert is_right(made.number, made.sha256[:15] + wrong) is None
    assert is_right("SC-2026-000002", made.check_code) is None
    assert is_right(made.number, made.sha256[:15]) is None
    assert is_right(made.number, "") is None


def test_a_row_changed_behind_the_databases_back_is_not_ours(settled: Loan) -> None:
    made = issue(settled)
    with guards.lifted(connection):
        SettlementCertificate.objects.filter(pk=made.pk).update(title="x")
    assert is_right(made.number, made.check_code) is None


def test_after_the_last_payment_is_taken_back_it_is_no_longer_in_force(settled: Loan, staff: SimpleNamespace) -> None:
    made = issue(settled)
    payment = Payment.objects.get(key="end")
    services.reverse_payment(payment=payment, reason="bounced", acting_user=staff.servicing)
    settled.refresh_from_db()
    assert settled.state == "active"
    assert is_right(made.number, made.check_code) is False
    assert certificate_of(settled) is None
    with at_noon(date(2026, 5, 20)):
        services.settle_early(loan=settled, key="end again", acting_user=None)
        settled.refresh_from_db()
        again = issue(settled)
    assert again.number == "SC-2026-000002"
    assert is_right(made.number, made.check_code) is False
    assert is_right(again.number, again.check_code) is True
