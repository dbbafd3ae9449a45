"""Bank files on the staff's site: written, taken, fetched and looked at; by whom it may be."""

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from loans.bank_files import sandbox
from loans.forms import bank_file as forms
from loans.models import BankFile, Loan, Payment
from loans.views import bank_files as views
from tests.loans.bank_files.conftest import ACCOUNT, DUE_ON, instruct, order_of, told
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import inside, words

pytestmark = pytest.mark.django_db
__all__ = ["inside"]
Enter = Callable[[User], Client]


def upload(client: Client, content: bytes, name: str = "camt.xml") -> object:
    file = SimpleUploadedFile(name, content, content_type="application/xml")
    return client.post(reverse("admin:loans_bankfile_desk", args=["qinghe"]), {"file": file}, follow=True)


def test_a_clerk_writes_fetches_and_takes_a_file(inside: Enter, staff: SimpleNamespace, loan_due: Loan) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        clerk = inside(staff.servicing)
        desk = words(clerk.get(reverse("admin:loans_bankfile_desk", args=["qinghe"])))
        assert "1 debit, ¥1,079.71" in desk
        page = clerk.post(reverse("admin:loans_bankfile_write", args=["qinghe"]), follow=True)
        assert "The file is written." in words(page)
        file = BankFile.objects.get(direction="out")
        fetched = clerk.post(reverse("admin:loans_bankfile_copy", args=[file.public_id]))
        assert fetched["Content-Disposition"] == 'attachment; filename="qinghe-C000001.xml"'
        answer = told(sandbox.answer(io.BytesIO(fetched.content)))
        page = upload(clerk, answer.getvalue())
        assert "The file is taken." in words(page)
        assert "Nothing in this file needs a person." in words(page)
        assert "It has no effect a second time." in words(upload(clerk, answer.getvalue()))
    assert Payment.objects.filter(key=order_of(loan_due).key).count() == 1
    by_clerk = AuditEntry.objects.filter(actor=staff.servicing).values_list("verb", flat=True)
    assert {"write_bank_file", "copy_bank_file", "take_bank_file"} <= set(by_clerk)


def test_what_needs_a_person_is_listed(inside: Enter, staff: SimpleNamespace, loan_due: Loan) -> None:
    somebody = [sandbox.Asked(f"INV-{number}", "50.00", "CNY") for number in (1, 2)]
    answer = sandbox.Answer(account=ACCOUNT, collected=somebody[:1], returned=[(somebody[1], "AM04")])
    with at_noon(DUE_ON):
        page = words(upload(inside(staff.servicing), told(answer).getvalue()))
    assert "INV-1" in page
    assert "Money in suspense" in page
    assert "The account did not hold enough (AM04)" in page
    assert "Look at the report" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "brings a document type of its own"),
        (b"<Document/>", "not a notification of a bank"),
        (b"", "The file is empty."),
        (told(sandbox.Answer(account="GB33BUKB20201555555555", collected=[])).getvalue(), "about another account"),
    ],
    ids=["hostile", "other", "empty", "account"],
)
def test_a_file_that_is_refused_is_told_why(
    inside: Enter, staff: SimpleNamespace, loan_due: Loan, content: bytes, said: str
) -> None:
    page = upload(inside(staff.servicing), content)
    assert page.status_code == 422  # type: ignore[attr-defined]
    assert said in words(page)
    assert not BankFile.objects.exists()


def test_large_files_are_for_the_command(
    inside: Enter, staff: SimpleNamespace, loan_due: Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = inside(staff.servicing)
    two = told(sandbox.Answer(account=ACCOUNT, collected=[sandbox.Asked("A", "1.00", "CNY")] * 2)).getvalue()
    monkeypatch.setattr(views, "MOST_AT_ONCE", 1)
    assert "more transactions than this page takes" in words(upload(clerk, two))
    monkeypatch.setattr(forms, "LARGEST_UPLOAD", 100)
    assert "too large for this page" in words(upload(clerk, two))
    assert not BankFile.objects.exists()


def test_a_refused_file_stands_in_the_audit_chain(inside: Enter, staff: SimpleNamespace, loan_due: Loan) -> None:
    upload(inside(staff.servicing), b"<Document/>", "nonsense.xml")
    entry = AuditEntry.objects.get(verb="refuse_bank_file")
    assert (entry.after["name"], entry.after["reason"], entry.actor) == (
        "nonsense.xml", "wrong_message", staff.servicing,
    )  # fmt: skip


def test_who_may_only_look_sees_the_file_but_cannot_fetch_it(
    inside: Enter, staff: SimpleNamespace, loan_due: Loan
) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        inside(staff.servicing).post(reverse("admin:loans_bankfile_write", args=["qinghe"]))
        file = BankFile.objects.get()
        auditor = inside(staff.auditor)
        assert "Fetch the file" not in words(auditor.get(reverse("admin:loans_bankfile_page", args=[file.public_id])))
        assert auditor.post(reverse("admin:loans_bankfile_copy", args=[file.public_id])).status_code == 404
        other = inside(staff.other_reviewer)
        assert other.get(reverse("admin:loans_bankfile_page", args=[file.public_id])).status_code == 404
