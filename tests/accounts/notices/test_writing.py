"""Writing a notice: once per key, in the person's language, with a delivery for every channel."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.errors import Conflict, NotPermitted
from accounts.models import AuditEntry, Borrower, Lender, Notice, NoticeDelivery, NoticePreferences
from accounts.notices.template import FactsMissing
from accounts.services import Draft, enrol_borrower, read_notice, write_notice, write_notices
from config import clock
from tests.accounts.notices.facts import LOAN, said
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def phoned(borrower: Borrower) -> Borrower:
    """王晓雨, with an e-mail and a confirmed phone."""
    user = borrower.user
    user.phone, user.phone_verified = "+8613812345678", True
    user.save()
    return borrower


def tell(borrower: Borrower, lender: Lender, key: str = "p1", **changed: Any) -> Notice:
    given = {"event": "payment_received", "facts": said(), **changed}
    return write_notice(borrower=borrower, lender=lender, key=key, **given)


def deliveries(notice: Notice) -> dict[str, tuple[str, str]]:
    return {one.channel: (one.state, one.reason) for one in notice.deliveries.all()}


def test_a_notice_says_its_facts_in_the_persons_language(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe, facts=said(next_on=date(2026, 6, 15), next_minor=107971))
    assert (notice.kind, notice.version, notice.language, notice.title) == ("payment", 1, "zh-hans", "收到您的还款")
    assert [block["text"] for block in notice.blocks][:2] == [
        f"青禾消费金融收到您2026年5月8日的还款¥1,079.71，记在贷款{LOAN}上。",
        "下一期在2026年6月15日到期，应还¥1,079.71。",
    ]
    assert notice.sms == "【青禾消费金融】收到您5月8日的还款，登录可查看明细。"
    assert (notice.due_at, notice.written_at) == (NOON, NOON)


def test_an_english_reader_reads_english(phoned: Borrower, qinghe: Lender) -> None:
    phoned.user.language = "en"
    phoned.user.save()
    notice = tell(phoned, qinghe)
    assert notice.title == "We have your payment"
    assert notice.sms == ("Qinghe Consumer Finance: we have your payment of 8 May. Sign in to see what it was put to.")


def test_the_same_key_is_the_same_notice(phoned: Borrower, qinghe: Lender) -> None:
    first = tell(phoned, qinghe)
    again = tell(phoned, qinghe, facts=said(sum_minor=5))
    assert again == first
    assert Notice.objects.count() == 1
    assert NoticeDelivery.objects.count() == 3
    assert AuditEntry.objects.filter(verb="write_notices").count() == 1


def test_a_key_that_stands_for_another_event_is_a_conflict(phoned: Borrower, qinghe: Lender) -> None:
    tell(phoned, qinghe)
    with pytest.raises(Conflict):
        tell(phoned, qinghe, event="payment_taken_back")


def test_two_lenders_may_use_the_same_key(phoned: Borrower, qinghe: Lender, jiangpan: Lender) -> None:
    assert tell(phoned, qinghe) != tell(phoned, jiangpan)


def test_it_goes_to_the_inbox_at_once_and_waits_for_the_other_channels(phoned: Borrower, qinghe: Lender) -> None:
    assert deliveries(tell(phoned, qinghe)) == {
        "inbox": ("sent", ""),
        "email": ("queued", ""),
        "sms": ("queued", ""),
    }


def test_only_confirmed_addresses_are_used(borrower: Borrower, qinghe: Lender) -> None:
    borrower.user.phone = "+8613812345678"
    borrower.user.save()
    assert deliveries(tell(borrower, qinghe))["sms"] == ("suppressed", "no_address")


def test_somebody_without_an_account_finds_it_later_in_the_inbox(qinghe: Lender) -> None:
    known = enrol_borrower(lender=qinghe, name="赵一", since=date(2026, 1, 1), acting_user=None)
    assert deliveries(tell(known, qinghe)) == {
        "inbox": ("sent", ""),
        "email": ("suppressed", "no_account"),
        "sms": ("suppressed", "no_account"),
    }


def test_what_somebody_does_not_want_is_not_sent(phoned: Borrower, qinghe: Lender) -> None:
    NoticePreferences.objects.create(user=phoned.user, payment_by_sms=False)
    assert deliveries(tell(phoned, qinghe)) == {
        "inbox": ("sent", ""),
        "email": ("queued", ""),
        "sms": ("suppressed", "unsubscribed"),
    }


def test_what_the_law_demands_is_sent_all_the_same(phoned: Borrower, qinghe: Lender) -> None:
    names = [f"{kind}_by_{channel}" for kind in ("reminder", "payment", "service") for channel in ("email", "sms")]
    NoticePreferences.objects.create(user=phoned.user, **dict.fromkeys(names, False))
    facts = {"loan": LOAN, "due_on": "2026-05-01", "report_from_on": "2026-06-08"}
    legal = tell(phoned, qinghe, event="adverse_information", facts=facts)
    assert deliveries(legal) == {"inbox": ("sent", ""), "email": ("queued", ""), "sms": ("queued", "")}


@pytest.mark.parametrize("hour, waits_until", [(13, 13), (22, 32), (23, 32), (3, 8)])
def test_at_night_it_is_queued_to_the_morning(phoned: Borrower, qinghe: Lender, hour: int, waits_until: int) -> None:
    midnight = NOON - timedelta(hours=12)
    with clock.at(midnight + timedelta(hours=hour)):
        notice = tell(phoned, qinghe)
    assert notice.deliveries.get(channel="sms").send_at == midnight + timedelta(hours=waits_until)
    assert notice.deliveries.get(channel="inbox").state == "sent"


def test_a_notice_for_later_is_not_in_the_inbox_before(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe, due_at=NOON + timedelta(days=1))
    assert deliveries(notice)["inbox"] == ("queued", "")
    assert list(Notice.objects.of(phoned.user)) == []
    with clock.at(NOON + timedelta(days=1)):
        assert list(Notice.objects.of(phoned.user)) == [notice]


def test_nobody_elses_notices_are_ones_own(phoned: Borrower, stranger: Borrower, qinghe: Lender) -> None:
    tell(phoned, qinghe)
    assert list(Notice.objects.of(stranger.user)) == []


def test_a_missing_fact_writes_nothing(phoned: Borrower, qinghe: Lender) -> None:
    with pytest.raises(FactsMissing, match="paid_on"):
        tell(phoned, qinghe, facts={"loan": LOAN, "sum_minor": 1})
    assert not Notice.objects.exists()


def test_many_are_written_in_as_many_queries_as_few(phoned: Borrower, stranger: Borrower, qinghe: Lender) -> None:
    def queries(count: int, name: str) -> int:
        drafts = [
            Draft((phoned, stranger)[number % 2], "payment_received", f"{name}{number}", said())
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as asked:
            assert len(write_notices(lender=qinghe, drafts=drafts)) == count
        return len(asked)

    queries(1, "warm")
    assert queries(2, "few") == queries(30, "many") <= 14


def test_the_chain_says_what_was_written_by_its_hash(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe, acting_user=None)
    entry = AuditEntry.objects.get(verb="write_notices")
    assert entry.after == {"events": ["payment_received"], "count": 1, "hashes": [notice.sha256]}
    assert entry.subject == "p1"


def test_the_database_keeps_a_notice_as_it_was_written(phoned: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(title="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.deliveries.filter(channel="inbox").update(state="queued", settled_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.deliveries.filter(channel="sms").update(state="suppressed", settled_at=NOON)  # without a reason


def test_quiet_hours_cannot_be_made_shorter_in_the_database(phoned: Borrower) -> None:
    for hours in ({"quiet_from": 23}, {"quiet_until": 7}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NoticePreferences.objects.create(user=phoned.user, **hours)


def test_only_the_person_marks_it_read_and_only_once(phoned: Borrower, stranger: Borrower, qinghe: Lender) -> None:
    notice = tell(phoned, qinghe)
    with pytest.raises(NotPermitted):
        read_notice(notice=notice, acting_user=stranger.user)
    read_notice(notice=notice, acting_user=phoned.user)
    with clock.at(datetime.fromisoformat("2026-06-01T00:00:00+00:00")):
        read_notice(notice=notice, acting_user=phoned.user)
    assert Notice.objects.get().reading.read_at == NOON
