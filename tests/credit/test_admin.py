"""The credit file in the staff's site: read only, and one's own lender's part of it."""

import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower, Lender, User
from credit import services
from credit.models import CreditFile, MonthFact, Tradeline


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
def everything(tradeline: Tradeline, borrower: Borrower, jiangpan: Lender, furnish: Callable[..., MonthFact]) -> Any:
    """The borrower's account at Qinghe, an older one at Jiangpan, and a month on each."""
    other = services.open_tradeline(
        borrower=borrower, lender=jiangpan, reference="JP-7", opened_on=date(2025, 12, 20), original_minor=600_000,
        currency="CNY", acting_user=None,
    )  # fmt: skip
    own_month, other_month = furnish(2026, 3), furnish(2026, 3, on=other)
    return SimpleNamespace(own=tradeline, other=other, own_month=own_month, other_month=other_month)


def listing(model: str) -> str:
    return reverse(f"admin:credit_{model}_changelist")


def detail(row: Any) -> str:
    return reverse(f"admin:credit_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("model", ["tradeline", "monthfact"])
def test_a_list_holds_only_what_ones_own_lender_furnished(
    desk: Callable[[User], Client], staff: SimpleNamespace, everything: Any, model: str
) -> None:
    seen = desk(staff.reviewer).get(listing(model)).content.decode()
    assert "LN-2026-000001" in seen
    assert "JP-7" not in seen
    seen = desk(staff.other_reviewer).get(listing(model)).content.decode()
    assert "JP-7" in seen
    assert "LN-2026-000001" not in seen


def test_a_row_of_another_lender_is_not_there(
    desk: Callable[[User], Client], staff: SimpleNamespace, everything: Any
) -> None:
    client = desk(staff.reviewer)
    assert client.get(detail(everything.own)).status_code == 200
    assert client.get(detail(everything.own_month)).status_code == 200
    assert client.get(detail(everything.other)).status_code == 404
    assert client.get(detail(everything.other_month)).status_code == 404


def test_a_credit_file_does_not_say_that_there_are_other_lenders(
    desk: Callable[[User], Client], staff: SimpleNamespace, everything: Any
) -> None:
    """Nor since when the person borrows elsewhere: the file was opened with the older account."""
    file = CreditFile.objects.get()
    CreditFile.objects.filter(pk=file.pk).update(opened_on=date(2025, 12, 20))
    seen = desk(staff.reviewer).get(detail(file)).content.decode()
    assert "LN-2026-000001" in seen
    for elsewhere in ("JP-7", "江畔", "2025年12月", "2025-12"):
        assert elsewhere not in seen


def test_a_file_without_an_account_at_ones_own_lender_is_not_there(
    desk: Callable[[User], Client], staff: SimpleNamespace, tradeline: Tradeline
) -> None:
    assert desk(staff.other_reviewer).get(detail(tradeline.file)).status_code == 404


@pytest.mark.parametrize("who", ["collections", "appeal_reviewer"])
def test_roles_that_may_not_look_at_loans_find_no_credit_file(
    desk: Callable[[User], Client], staff: SimpleNamespace, everything: Any, who: str
) -> None:
    client = desk(getattr(staff, who))
    assert client.get(listing("tradeline")).status_code == 403
    assert client.get(detail(everything.own)).status_code in (403, 404)


def test_nothing_is_added_changed_or_deleted_here(
    desk: Callable[[User], Client], staff: SimpleNamespace, everything: Any
) -> None:
    client = desk(staff.servicing)
    for model in ("creditfile", "tradeline", "monthfact"):
        assert client.get(reverse(f"admin:credit_{model}_add")).status_code == 403
    assert client.post(detail(everything.own), {"reference": "LN-9"}).status_code == 403
    assert client.post(reverse("admin:credit_tradeline_delete", args=[everything.own.pk])).status_code == 403
    everything.own.refresh_from_db()
    assert everything.own.reference == "LN-2026-000001"


def test_an_account_shows_its_months_with_their_codes(
    desk: Callable[[User], Client], staff: SimpleNamespace, tradeline: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    furnish(2026, 2, days_past_due=31)
    furnish(2026, 2, days_past_due=61, reason="late_payment_reversed")
    seen = desk(staff.auditor).get(detail(tradeline)).content.decode()
    assert "late_payment_reversed" in seen
    codes = re.findall(r'class="field-code">\s*<p>(.)</p>', seen)
    assert codes == ["2", "3"]
