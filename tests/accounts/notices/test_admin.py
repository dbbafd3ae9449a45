"""Staff see what was told and how it went out: their lender's, addresses hidden, nothing to change."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.models import Borrower, Lender, NoticeDelivery, OutboxMessage
from accounts.services import release_notices
from tests.accounts.notices.test_writing import phoned, tell
from tests.house.visits import signed_in
from tests.loans.pages.conftest import speak

__all__ = ["phoned"]
pytestmark = pytest.mark.django_db
PHONE, EMAIL = "+8613812345678", "xiaoyu@example.org"


@pytest.fixture
def sent(phoned: Borrower, qinghe: Lender, settings: Any) -> NoticeDelivery:
    """A text message that the provider refuses, repeating the number."""
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Refusing"
    notice = tell(phoned, qinghe)
    release_notices()
    outbox.send_due()
    OutboxMessage.objects.filter(channel="sms").update(last_error=f"SMSError: {PHONE} is not reachable")
    return notice.deliveries.get(channel="sms")


def desk(user: Any) -> Client:
    client = Client()
    client.cookies["session"] = signed_in(user)
    client.cookies["__Host-session"] = client.cookies["session"].value
    speak(client, "en")
    return client


def test_failures_are_listed_without_the_address(sent: NoticeDelivery, staff: SimpleNamespace) -> None:
    page = desk(staff.servicing).get(reverse("admin:accounts_noticedelivery_changelist")).content.decode()
    assert "SMSError: +86 ••• •••• 5678 is not reachable" in page
    assert "x•••@example.org" in page
    assert PHONE not in page
    assert EMAIL not in page


def test_a_notice_is_shown_with_its_deliveries(sent: NoticeDelivery, staff: SimpleNamespace) -> None:
    page = desk(staff.servicing).get(reverse("admin:accounts_notice_change", args=[sent.notice_id])).content.decode()
    assert "¥1,079.71" in page
    assert "+86 ••• •••• 5678" in page
    assert PHONE not in page
    assert 'name="_save"' not in page


def test_another_lenders_staff_see_nothing(sent: NoticeDelivery, staff: SimpleNamespace) -> None:
    client = desk(staff.other_reviewer)
    for name, pk in (("accounts_notice", sent.notice_id), ("accounts_noticedelivery", sent.pk)):
        assert "收到您的还款" not in client.get(reverse(f"admin:{name}_changelist")).content.decode()
        assert client.get(reverse(f"admin:{name}_change", args=[pk])).status_code == 404


def test_nobody_of_the_staff_sees_their_own(sent: NoticeDelivery, staff: SimpleNamespace) -> None:
    Borrower.objects.filter(pk=sent.notice.borrower_id).update(user=staff.servicing)
    client = desk(staff.servicing)
    assert client.get(reverse("admin:accounts_notice_change", args=[sent.notice_id])).status_code == 404
    assert client.get(reverse("admin:accounts_noticedelivery_change", args=[sent.pk])).status_code == 404
