"""Files for credit bureaus on the staff's site: who looks, who fetches, and what a page says that is not whole."""

import io
import json
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Borrower, Lender, User
from credit.models import BureauFile
from credit.selectors.bureau_choice import Held
from credit.services import write_bureau_file
from loans import services
from loans.models import Loan
from tests.loans.reporting import reportable

APRIL = date(2026, 4, 1)


@pytest.fixture
def desk(client: Client, settings: Any) -> Callable[[User], Client]:
    """The staff's site as somebody who came in by the demonstration's door, which stands for a second factor."""
    settings.DEMO = True

    def as_(user: User) -> Client:
        client.force_login(user)
        session = client.session
        session["demo_entrance"] = True
        session.save()
        return client

    return as_


@pytest.fixture
def file(loan: Loan, qinghe: Lender) -> BureauFile:
    reportable(loan)
    services.furnish_months(loan=loan, through=APRIL, acting_user=None)
    held = [Held("LN-2025-009999", APRIL, "not_told")]
    written = write_bureau_file(
        lender=qinghe, format="pboc", month=APRIL, sink=io.BytesIO(), held=held, acting_user=None
    )
    return written.file


def page(file: BureauFile, name: str = "page") -> str:
    return reverse(f"admin:credit_bureaufile_{name}", args=[file.public_id])


def test_the_page_says_what_was_sent_and_what_was_held_back(
    desk: Callable[[User], Client], staff: SimpleNamespace, file: BureauFile, loan: Loan
) -> None:
    seen = desk(staff.auditor).get(page(file), headers={"accept-language": "en"}).content.decode()
    assert file.sha256 in seen
    assert "LN-2025-009999" in seen
    assert "qinghe-2026-04-1-pboc.jsonl" in seen
    # an auditor looks and fetches nothing
    assert page(file, "copy") not in seen
    assert page(file, "copy") in desk(staff.servicing).get(page(file)).content.decode()


def test_the_file_is_fetched_as_it_was_sent_and_that_is_recorded(
    desk: Callable[[User], Client], staff: SimpleNamespace, file: BureauFile, loan: Loan
) -> None:
    answer = desk(staff.servicing).post(page(file, "copy"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="qinghe-2026-04-1-pboc.jsonl"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.content.splitlines()[1])["account"] == loan.number
    entry = AuditEntry.objects.get(verb="copy_bureau_file")
    assert (entry.actor, entry.subject, entry.after["sha256"]) == (staff.servicing, "pboc 2026-04 1", file.sha256)


def test_what_cannot_be_made_again_is_said_and_not_given(
    desk: Callable[[User], Client], staff: SimpleNamespace, file: BureauFile, borrower: Borrower
) -> None:
    Borrower.objects.filter(pk=borrower.pk).update(name="王小雨")
    answer = desk(staff.servicing).post(page(file, "copy"))
    assert (answer.status_code, answer.headers["Location"]) == (302, page(file))


def test_a_large_file_is_not_made_by_a_page(
    desk: Callable[[User], Client], staff: SimpleNamespace, file: BureauFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loans.selectors.bureau_files.MOST_AT_ONCE", 0)
    assert desk(staff.servicing).post(page(file, "copy")).status_code == 302
    assert page(file, "copy") not in desk(staff.servicing).get(page(file)).content.decode()
    assert not AuditEntry.objects.filter(verb="copy_bureau_file").exists()


def test_staff_of_another_lender_find_nothing(
    desk: Callable[[User], Client], staff: SimpleNamespace, file: BureauFile
) -> None:
    there = desk(staff.other_reviewer)
    assert there.get(page(file)).status_code == 404
    assert there.post(page(file, "copy")).status_code == 404
    assert "2026-04 / 1" not in there.get(reverse("admin:credit_bureaufile_changelist")).content.decode()
