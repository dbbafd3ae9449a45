"""Telling of monthly bills: as they are made, before and on the due date, and while the minimum is unpaid."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Borrower, Lender, Notice, NoticeDelivery
from accounts.services import release_notices
from config import clock
from loans.models import RevolvingAccount
from loans.services.bill_reminding import remind_bills
from tests.conftest import person
from tests.loans import monthly
from tests.loans.conftest import at_noon

BILL_ON, DUE_ON = date(2026, 6, 1), date(2026, 6, 10)


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 bought in May, billed on 1 June: 100.00 at least by 10 June."""
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe)))
    with at_noon(date(2026, 5, 20)):
        monthly.buy(made, 100_000, "shoes")
    monthly.bill_up_to(made, BILL_ON)
    return made


def at(day: date, hour: int = 9) -> Any:
    return clock.at(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8))


def told(lender: Lender, *days: date) -> list[str]:
    """What was written on those days: day of the month and event."""
    found = []
    for day in days:
        before = set(Notice.objects.values_list("pk", flat=True))
        with at(day):
            remind_bills(lender=lender)
        found += [f"{day.day} {one.event}" for one in Notice.objects.exclude(pk__in=before).order_by("pk")]
    return found


def june(*days: int) -> list[date]:
    return [date(2026, 6, day) for day in days]


def test_run_daily_a_bill_is_told_and_every_step_once(account: RevolvingAccount, qinghe: Lender) -> None:
    # T-7 is 3 June, two days after the bill was told: it would say the same.
    assert told(qinghe, *june(*range(1, 31))) == [
        "1 bill_made", "7 bill_before", "9 bill_before", "10 bill_today",
        "11 bill_late", "13 bill_late", "17 bill_late", "25 bill_late",
    ]  # fmt: skip


def test_it_says_how_much_at_least_and_until_when(account: RevolvingAccount, qinghe: Lender) -> None:
    told(qinghe, BILL_ON)
    notice = Notice.objects.get()
    text = " ".join(block["text"] for block in notice.blocks)
    assert notice.title == "2026年6月的账单出来了"
    assert "本期账单一共¥1,000.00，请在2026年6月10日 周三 24:00之前还款。" in text
    assert "至少要还¥100.00" in text
    assert "转为分期" in text
    assert "1,000" not in notice.sms
    assert account.number not in notice.sms


def test_what_was_paid_of_the_minimum_is_not_asked_for_again(account: RevolvingAccount, qinghe: Lender) -> None:
    with at_noon(date(2026, 6, 2)):
        monthly.pay(account, 4_000, "part")
    told(qinghe, date(2026, 6, 9))
    late = Notice.objects.get(event="bill_before")
    assert "还有¥960.00，其中至少要还¥60.00" in late.blocks[0]["text"]


def test_after_the_minimum_nobody_is_reminded(account: RevolvingAccount, qinghe: Lender) -> None:
    with at_noon(date(2026, 6, 2)):
        monthly.pay(account, 10_000, "minimum")
    assert told(qinghe, *june(*range(3, 31))) == ["3 bill_made"]


def test_a_bill_paid_before_it_was_told_is_not_told(account: RevolvingAccount, qinghe: Lender) -> None:
    with at_noon(BILL_ON):
        monthly.pay(account, 100_000, "whole")
    assert told(qinghe, *june(1, 2, 9, 10, 11)) == []


def test_a_reminder_that_waits_is_not_sent_after_a_payment(
    account: RevolvingAccount, qinghe: Lender, borrower: Borrower
) -> None:
    borrower.user.phone, borrower.user.phone_verified = "+8613812345678", True
    borrower.user.save()
    with at(date(2026, 6, 9), hour=7):
        remind_bills(lender=qinghe)
        monthly.pay(account, 10_000, "minimum")
    with at(date(2026, 6, 9), hour=9):
        release_notices()
    waited = NoticeDelivery.objects.filter(notice__event="bill_before", channel="sms").get()
    assert (waited.state, waited.reason) == ("suppressed", "not_needed")


def test_at_night_nothing_is_written(account: RevolvingAccount, qinghe: Lender) -> None:
    with at(BILL_ON, hour=22):
        assert remind_bills(lender=qinghe) == {"night": 1}
    assert not Notice.objects.exists()


def test_each_lender_tells_of_its_own(account: RevolvingAccount, jiangpan: Lender) -> None:
    assert told(jiangpan, *june(1, 10, 13)) == []


def test_many_are_told_in_as_many_queries_as_one(account: RevolvingAccount, qinghe: Lender) -> None:
    with at(BILL_ON), CaptureQueriesContext(connection) as one:
        remind_bills(lender=qinghe)
    for number in range(3):
        other = Borrower.objects.create(name=f"邻居{number}", user=person(f"n{number}@example.com", f"邻居{number}"))
        made = monthly.opened(monthly.limit_on(other, monthly.billed(qinghe, code=f"m{number}")))
        with at_noon(date(2026, 5, 20)):
            monthly.buy(made, 50_000, f"bought-{number}")
        monthly.bill_up_to(made, BILL_ON)
    with at(BILL_ON), CaptureQueriesContext(connection) as many:
        assert remind_bills(lender=qinghe) == {"bills": 3}
    assert len(many) == len(one)
