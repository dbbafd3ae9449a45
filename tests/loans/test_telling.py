"""What a borrower is told of an application and of a limit."""

from types import SimpleNamespace

import pytest

from accounts.models import Borrower, Notice
from loans.models import CreditLimit, LoanApplication
from tests.loans.test_deciding import decide, product, taken, waiting
from tests.loans.test_limiting import cut, limit

__all__ = ["limit", "product", "taken", "waiting"]
pytestmark = pytest.mark.django_db


def test_an_approval_by_the_rules_is_told_with_its_limit(limit: CreditLimit) -> None:
    notice = Notice.objects.get()
    assert (notice.event, notice.borrower) == ("application_approved", limit.borrower)
    assert "额度是¥20,000.00" in notice.blocks[0]["text"]
    assert notice.sms == "【青禾消费金融】您的申请有结果了，登录可查看。"


def test_nothing_is_told_before_there_is_an_answer(waiting: LoanApplication) -> None:
    assert not Notice.objects.exists()


def test_an_approval_by_a_person_is_told(taken: LoanApplication, staff: SimpleNamespace) -> None:
    decide(taken, staff.reviewer)
    assert "¥5,000.00" in Notice.objects.get(event="application_approved").blocks[0]["text"]


def test_a_refusal_says_where_the_reasons_are_and_in_a_text_message_nothing(
    taken: LoanApplication, staff: SimpleNamespace
) -> None:
    decide(taken, staff.reviewer, outcome="refused", reasons=["late_now"], limit_minor=None, rate_annual=None)
    notice = Notice.objects.get()
    assert notice.event == "application_declined"
    assert taken.number in notice.blocks[0]["text"]
    assert "未通过" not in notice.sms


def test_a_cut_is_told_with_both_sums_the_day_and_the_reason(limit: CreditLimit, borrower: Borrower) -> None:
    borrower.user.language = "en"
    borrower.user.save()
    change = cut(limit, 1_000_000)
    notice = Notice.objects.get(event="limit_cut")
    said = [block["text"] for block in notice.blocks]
    assert "from ¥20,000.00 to ¥10,000.00" in said[0]
    assert f"On {change.effective_on.day} " in said[0]
    assert said[1] == "The reason: What is on the credit record has changed."
