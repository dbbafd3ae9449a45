"""The pages of the settlement certificate: getting it, reading it, keeping it, and checking somebody's paper."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower
from loans import services
from loans.models import Loan, Payment, SettlementCertificate
from loans.services.certifying import issue_certificate
from tests.loans.pages.conftest import speak, words

CHECK = "/loans/certificates/check/"


@pytest.fixture
def settled(paid_three: Loan) -> Loan:
    services.settle_early(loan=paid_three, key="end", acting_user=None)
    paid_three.refresh_from_db()
    return paid_three


def certify(loan: Loan) -> str:
    return reverse("loans:certify", args=[loan.public_id])


def test_a_settled_loan_offers_its_certificate_and_then_leads_to_it(page: Any, at: Client, settled: Loan) -> None:
    assert "Get the certificate" in words(page("detail", settled))
    answer = at.post(certify(settled))
    made = SettlementCertificate.objects.get()
    assert answer["Location"] == f"/loans/certificates/{made.public_id}/"
    assert made.language == "en"
    again = words(page("detail", settled))
    assert "Certificate SC-2026-000001 , issued on 8 May 2026 ." in again
    assert "Get the certificate" not in again
    assert at.post(certify(settled))["Location"] == answer["Location"]


def test_a_running_loan_offers_none(page: Any, at: Client, paid_three: Loan) -> None:
    assert "certificate" not in words(page("detail", paid_three)).lower()
    answer = at.post(certify(paid_three), follow=True)
    assert "not settled yet" in words(answer)
    assert not SettlementCertificate.objects.exists()


def test_it_is_read_in_the_language_it_was_written_in(at: Client, settled: Loan) -> None:
    made = issue_certificate(loan=settled, language="zh-hant", acting_user=None)
    answer = at.get(f"/loans/certificates/{made.public_id}/")
    text = answer.content.decode()
    assert '<article class="letter" lang="zh-Hant">' in text
    assert '<div lang="zh-Hans">' in text
    for said in (made.number, made.check_code, made.title):
        assert said in text


def test_it_can_be_kept_as_a_file(at: Client, settled: Loan) -> None:
    made = issue_certificate(loan=settled, language="en", acting_user=None)
    answer = at.get(f"/loans/certificates/{made.public_id}/text/")
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="SC-2026-000001.txt"'
    assert text.startswith("Qinghe Consumer Finance  SC-2026-000001\n\n\nSettlement certificate\n")
    assert "青禾消费金融" in text
    assert f"SHA-256 {made.sha256}" in text


def test_it_is_the_owners_alone(client: Client, settled: Loan, stranger: Borrower, staff: Any) -> None:
    made = issue_certificate(loan=settled, language="en", acting_user=None)
    for user in (stranger.user, staff.servicing, staff.other_reviewer):
        client.force_login(user)
        for path in (f"/loans/certificates/{made.public_id}/", f"/loans/certificates/{made.public_id}/text/"):
            assert client.get(path).status_code == 404
        assert client.post(certify(settled)).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_anybody_can_check_a_paper_and_learns_nothing_else(client: Client, settled: Loan, language: str) -> None:
    made = issue_certificate(loan=settled, language=language, acting_user=None)
    speak(client, "en")
    right = words(client.get(CHECK, {"number": made.number, "code": made.check_code}))
    assert "The certificate is ours, unchanged, and in force." in right
    wrong = words(client.get(CHECK, {"number": made.number, "code": "0000 0000 0000 0000"}))
    assert "We did not issue a certificate with this number and code." in wrong
    missing = words(client.get(CHECK, {"number": "SC-2026-000999", "code": made.check_code}))
    assert wrong == missing
    for text in (right, wrong):
        for private in ("王晓雨", "Wang", settled.number, "12,000", "Qinghe", "青禾"):
            assert private not in text


def test_a_paper_of_a_loan_that_is_open_again_says_so(client: Client, at: Client, settled: Loan, staff: Any) -> None:
    made = issue_certificate(loan=settled, language="en", acting_user=None)
    services.reverse_payment(payment=Payment.objects.get(key="end"), reason="bounced", acting_user=staff.servicing)
    said = words(client.get(CHECK, {"number": made.number, "code": made.check_code}))
    assert "ours and unchanged, but no longer in force" in said
    assert "This certificate is no longer in force" in words(at.get(f"/loans/certificates/{made.public_id}/"))


def test_an_empty_form_says_what_is_missing(client: Client, db: None) -> None:
    speak(client, "en")
    assert "Enter the number of the certificate." in words(client.get(CHECK, {"number": "", "code": ""}))
    assert client.post(CHECK).status_code == 405


def test_checking_too_often_is_told_to_wait(client: Client, db: None) -> None:
    cache.clear()
    answers = [client.get(CHECK, {"number": "SC-2026-000001", "code": "0" * 16}).status_code for _ in range(62)]
    assert answers[:60] == [200] * 60
    assert 429 in answers[60:]
    assert client.get(CHECK).status_code == 200
    cache.clear()
