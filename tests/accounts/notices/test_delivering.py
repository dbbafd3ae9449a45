"""Handing notices over: by day, not too many, not what no longer helps; sent once, tried again, never lost."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts import outbox, still_needed
from accounts.models import Borrower, Lender, Notice, NoticeDelivery, NoticePreferences, OutboxMessage
from accounts.services import delivering, release_notices
from config import clock
from tests.accounts.notices.facts import LOAN
from tests.accounts.notices.test_writing import deliveries, phoned, tell
from tests.accounts.test_outbox import Taking
from tests.conftest import NOON

__all__ = ["phoned"]
pytestmark = pytest.mark.django_db
MIDNIGHT = NOON - timedelta(hours=12)


@pytest.fixture(autouse=True)
def gateway(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Taking"
    Taking.taken.clear()
    monkeypatch.setattr(still_needed, "_questions", {})


def hour(number: int) -> Any:
    """Stand at that hour of 8 May in Shanghai; 24 and more are the next day."""
    return clock.at(MIDNIGHT + timedelta(hours=number))


def legal(borrower: Borrower, lender: Lender, key: str) -> Notice:
    facts = {"loan": LOAN, "due_on": "2026-05-01", "report_from_on": "2026-06-08"}
    return tell(borrower, lender, key, event="adverse_information", facts=facts)


def sms_of(notice: Notice) -> NoticeDelivery:
    return notice.deliveries.get(channel="sms")


def test_a_notice_is_sent_once_by_mail_and_by_text_message(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe)
    for _ in range(3):
        call_command("send_messages", stdout=io.StringIO(), stderr=io.StringIO())
    assert Taking.taken == [("+8613812345678", notice.sms)]
    assert [(one.to, one.subject) for one in mail.outbox] == [(["xiaoyu@example.org"], notice.title)]
    assert "¥1,079.71" in mail.outbox[0].body
    assert mail.outbox[0].body.endswith("青禾消费金融\n")
    assert deliveries(notice) == dict.fromkeys(("inbox", "email", "sms"), ("sent", ""))
    assert sms_of(notice).settled_at == NOON


def test_what_was_written_at_night_leaves_in_the_morning(phoned: Borrower, qinghe: Lender) -> None:
    with hour(23):
        tell(phoned, qinghe)
        assert release_notices() == {}
    with hour(31):
        assert release_notices() == {}
    with hour(32):
        assert release_notices() == {"handed": 2}


def test_a_worker_that_wakes_at_night_sends_nothing_then(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe)
    with hour(22):
        assert release_notices() == {"later": 2}
    assert sms_of(notice).send_at == MIDNIGHT + timedelta(hours=32)
    assert not OutboxMessage.objects.exists()


def test_longer_quiet_hours_are_kept(phoned: Borrower, qinghe: Lender) -> None:
    NoticePreferences.objects.create(user=phoned.user, quiet_from=18, quiet_until=10)
    with hour(19):
        notice = tell(phoned, qinghe)
    assert sms_of(notice).send_at == MIDNIGHT + timedelta(hours=34)


def test_too_many_a_day_go_on_the_next_morning(phoned: Borrower, qinghe: Lender, settings: Any) -> None:
    settings.NOTICES_PER_DAY = 2
    notices = [tell(phoned, qinghe, f"p{number}") for number in range(3)]
    assert release_notices() == {"handed": 4, "later": 2}
    last = sms_of(notices[2])
    assert (last.state, last.reason, last.send_at) == ("queued", "daily_cap", MIDNIGHT + timedelta(hours=32))
    with hour(32):
        assert release_notices() == {"handed": 2}
    assert sms_of(notices[2]).reason == ""


def test_the_cap_counts_over_rounds_and_by_borrower_and_lender(
    phoned: Borrower, stranger: Borrower, qinghe: Lender, jiangpan: Lender, settings: Any
) -> None:
    settings.NOTICES_PER_DAY = 1
    tell(phoned, qinghe, "p1")
    assert release_notices() == {"handed": 2}
    tell(phoned, qinghe, "p2")
    tell(phoned, jiangpan, "p3")
    tell(stranger, qinghe, "p4")  # has no phone
    assert release_notices() == {"later": 2, "handed": 3}


def test_the_cap_never_keeps_back_what_the_law_demands(phoned: Borrower, qinghe: Lender, settings: Any) -> None:
    settings.NOTICES_PER_DAY = 1
    tell(phoned, qinghe, "p1")
    release_notices()
    legal(phoned, qinghe, "law")
    assert release_notices() == {"handed": 2}


def test_what_the_cap_makes_useless_is_not_sent(phoned: Borrower, qinghe: Lender, settings: Any) -> None:
    settings.NOTICES_PER_DAY = 0
    notice = tell(phoned, qinghe, good_until=NOON + timedelta(hours=11))
    assert release_notices() == {"suppressed": 2}
    assert deliveries(notice)["sms"] == ("suppressed", "daily_cap")


def test_what_comes_too_late_is_not_sent(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe, good_until=NOON + timedelta(hours=2))
    with hour(15):
        assert release_notices() == {"suppressed": 2}
    assert deliveries(notice) == {
        "inbox": ("sent", ""),
        "email": ("suppressed", "too_late"),
        "sms": ("suppressed", "too_late"),
    }


def test_what_is_not_needed_any_more_is_not_sent(phoned: Borrower, qinghe: Lender) -> None:
    kept, paid = tell(phoned, qinghe, "p1"), tell(phoned, qinghe, "p2")
    asked: list[tuple[Any, list[int]]] = []

    def question(lender: Any, notices: Any) -> set[int]:
        asked.append((lender, sorted(notice.pk for notice in notices)))
        return {paid.pk}

    still_needed.register("test", question)
    assert release_notices() == {"handed": 2, "suppressed": 2}
    assert asked == [(qinghe, [kept.pk, paid.pk])]
    assert deliveries(paid)["email"] == ("suppressed", "not_needed")


def test_a_notice_that_was_withdrawn_before_its_day_is_not_in_the_inbox(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe, due_at=NOON + timedelta(hours=1))
    still_needed.register("test", lambda lender, notices: {notice.pk})
    with hour(14):
        assert release_notices() == {"suppressed": 3}
        assert list(Notice.objects.of(phoned.user)) == []


def test_nobody_is_asked_about_what_the_law_demands(phoned: Borrower, qinghe: Lender) -> None:
    notice = legal(phoned, qinghe, "law")
    still_needed.register("test", lambda lender, notices: {one.pk for one in notices} | {0})
    assert release_notices() == {"handed": 2}
    assert deliveries(notice)["sms"] == ("queued", "")


def test_who_has_changed_their_mind_since_is_heard(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe)
    NoticePreferences.objects.create(user=phoned.user, payment_by_email=False)
    phoned.user.phone_verified = False
    phoned.user.save()
    assert release_notices() == {"suppressed": 2}
    assert deliveries(notice)["email"] == ("suppressed", "unsubscribed")
    assert deliveries(notice)["sms"] == ("suppressed", "no_address")


def test_without_a_gateway_nothing_piles_up(phoned: Borrower, qinghe: Lender, settings: Any) -> None:
    settings.SMS_GATEWAY = ""
    notice = tell(phoned, qinghe)
    assert release_notices() == {"handed": 1, "suppressed": 1}
    assert deliveries(notice)["sms"] == ("suppressed", "no_channel")


def test_codes_without_a_gateway_stay_in_the_outbox(settings: Any) -> None:
    settings.SMS_GATEWAY = ""
    outbox.write_sms(to="+8613812345678", body="123456")
    said = io.StringIO()
    call_command("send_messages", stdout=io.StringIO(), stderr=said)
    assert OutboxMessage.objects.get().attempts == 0
    assert "SMS_GATEWAY is not set: text messages stay in the outbox (1 waiting)." in said.getvalue()


def test_a_failure_is_tried_again_and_then_said(phoned: Borrower, qinghe: Lender, settings: Any) -> None:
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Refusing"
    notice = tell(phoned, qinghe)
    with pytest.raises(CommandError, match="1 not sent"):
        call_command("send_messages", stdout=io.StringIO(), stderr=io.StringIO())
    assert deliveries(notice)["sms"] == ("queued", "")
    for minutes in (1, 3, 7, 15, 31, 63, 127):
        with clock.at(NOON + timedelta(minutes=minutes)):
            release_notices()
            assert outbox.send_due().failed == 1
    assert deliveries(notice) == {"inbox": ("sent", ""), "email": ("sent", ""), "sms": ("failed", "refused")}
    assert OutboxMessage.objects.filter(channel="sms").count() == 1


def test_a_failure_that_passes_is_sent_once(phoned: Borrower, qinghe: Lender, settings: Any) -> None:
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Refusing"
    notice = tell(phoned, qinghe)
    release_notices()
    outbox.send_due()
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Taking"
    with clock.at(NOON + timedelta(minutes=2)):
        release_notices()
        outbox.send_due()
    assert deliveries(notice)["sms"] == ("sent", "")
    assert len(Taking.taken) == 1


def test_two_workers_hand_it_over_once(phoned: Borrower, qinghe: Lender) -> None:
    delivery = sms_of(tell(phoned, qinghe))
    seen_before = NoticeDelivery.objects.select_related("notice__lender").get(pk=delivery.pk)
    release_notices()
    assert delivering._hand_over(seen_before, "+8613812345678", NOON) == "taken"
    assert OutboxMessage.objects.filter(channel="sms").count() == 1


def test_the_day_of_the_cap_is_the_lenders(phoned: Borrower, qinghe: Lender, settings: Any) -> None:
    settings.NOTICES_PER_DAY = 1
    with clock.at(datetime.fromisoformat("2026-05-08T21:00:00+08:00")):
        tell(phoned, qinghe, "p1")
        assert release_notices() == {"handed": 2}
    with clock.at(datetime.fromisoformat("2026-05-09T08:00:00+08:00")):
        tell(phoned, qinghe, "p2")
        assert release_notices() == {"handed": 2}


def test_a_round_asks_as_much_for_many_as_for_few(
    phoned: Borrower, qinghe: Lender, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.NOTICES_PER_DAY = 0
    for number in range(20):
        tell(phoned, qinghe, f"p{number}")
    with django_assert_max_num_queries(2 + 40):  # what waits, what went today; one write for each that is put off
        assert release_notices() == {"later": 40}
