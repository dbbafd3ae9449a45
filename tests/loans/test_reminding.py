"""Reminding from the books: once each, one notice a day, holds first, nothing for what is paid."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import BankAccount, Borrower, Lender, Notice, NoticeDelivery
from accounts.services import enrol_borrower, release_notices
from config import clock
from loans import services
from loans.engine.schedule import Row
from loans.models import Loan, PaymentOrder
from loans.services.reminding import remind
from tests.conftest import person
from tests.loans.conftest import at_noon, product_of

pytestmark = pytest.mark.django_db
DUE = date(2026, 5, 15)  # the fourth instalment of `paid_three`, 1,079.71


@pytest.fixture
def phoned(borrower: Borrower) -> Borrower:
    borrower.user.phone, borrower.user.phone_verified = "+8613812345678", True
    borrower.user.save()
    return borrower


def at(day: date, hour: int = 12) -> Any:
    """Stand at that hour in Shanghai."""
    return clock.at(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8))


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def told(lender: Lender, *days: int, hour: int = 9) -> list[tuple[str, str]]:
    """The step and event of what was written on those days, counted from the due date."""
    before = set(Notice.objects.values_list("pk", flat=True))
    for day in days:
        with at(after(day), hour):
            remind(lender=lender)
    new = Notice.objects.exclude(pk__in=before).order_by("pk")
    return [(notice.key.rpartition("/")[2], notice.event) for notice in new]


def pay(loan: Loan, amount_minor: int, key: str) -> None:
    services.record_payment(loan=loan, amount_minor=amount_minor, key=key, channel="staff", acting_user=None)


def test_run_daily_every_step_is_told_once(paid_three: Loan, qinghe: Lender) -> None:
    assert told(qinghe, *range(-10, 32)) == [
        ("-7", "reminder_before"),
        ("-3", "reminder_before"),
        ("-1", "reminder_before"),
        ("0", "reminder_today"),
        ("1", "reminder_grace"),
        ("3", "reminder_grace"),
        ("7", "reminder_late"),
        ("15", "reminder_late"),
        ("30", "reminder_late"),
    ]


def test_running_it_again_says_nothing_twice(paid_three: Loan, qinghe: Lender) -> None:
    assert told(qinghe, -7, -7, -6, -5) == [("-7", "reminder_before")]


def test_it_says_what_is_due_and_when(paid_three: Loan, qinghe: Lender) -> None:
    told(qinghe, -3)
    notice = Notice.objects.get()
    assert notice.title == "2026年5月15日有还款到期"
    assert notice.blocks[0]["text"] == "2026年5月15日 周五，您在青禾消费金融应还¥1,079.71。"
    assert notice.blocks[1]["items"] == [f"贷款{paid_three.number}，第4期：¥1,079.71"]
    assert notice.sms == "【青禾消费金融】您有还款在5月15日到期，登录可查看。还不上可以先申请缓还。"


def test_what_is_paid_in_part_is_asked_for_in_part(paid_three: Loan, qinghe: Lender) -> None:
    pay(paid_three, 100_000, "part")
    told(qinghe, -1)
    assert "¥79.71" in Notice.objects.get().blocks[0]["text"]


def test_nothing_is_said_of_what_is_paid(paid_three: Loan, qinghe: Lender) -> None:
    pay(paid_three, 107_971, "early")
    assert told(qinghe, *range(-7, 4)) == []


def test_grace_says_until_when(paid_three: Loan, qinghe: Lender) -> None:
    told(qinghe, 1)
    notice = Notice.objects.get()
    assert notice.title == "还在宽限期内，到2026年5月18日为止"
    assert "2026年5月18日 周一 24:00之前还清：不收罚息，也不记逾期。" in str(notice.blocks)


def test_late_says_everything_that_is_late_and_its_penalty(borrower: Borrower, qinghe: Lender) -> None:
    """Two instalments of 1,079.71 are late on 14 June + 3; penalty interest stands beside them."""
    product = product_of(qinghe, penalty_uplift=Decimal("0.5"))
    loan = services.open_loan(
        lender=qinghe, borrower=borrower, product=product, principal_minor=1_200_000, instalment_count=12,
        disbursed_on=date(2026, 4, 15), acting_user=None,
    )  # fmt: skip
    services.disburse_loan(loan=loan, acting_user=None)
    with at(date(2026, 6, 18)):
        remind(lender=qinghe)
    assert not Notice.objects.exists()  # 34 days late: every step is over
    with at(date(2026, 6, 14)):
        remind(lender=qinghe)
    notice = Notice.objects.get()
    assert notice.event == "reminder_late"
    assert "其中罚息¥" in str(notice.blocks)


def test_several_loans_due_on_one_day_are_one_notice(
    paid_three: Loan, make_loan: Callable[..., Loan], qinghe: Lender
) -> None:
    # 600.00 without interest worth speaking of would be another figure; the sum is of both loans' own.
    other = services.disburse_loan(
        loan=make_loan(principal_minor=600_000, disbursed_on=date(2026, 4, 15)), acting_user=None
    )
    left = other.schedules.get().instalments.get(number=1).due_minor
    told(qinghe, -3)
    notice = Notice.objects.get()
    assert len(notice.blocks[1]["items"]) == 2
    assert f"¥{(107_971 + left) // 100:,}.{(107_971 + left) % 100:02d}" in notice.blocks[0]["text"]


def test_two_lenders_remind_each_of_their_own(
    paid_three: Loan, borrower: Borrower, jiangpan: Lender, qinghe: Lender
) -> None:
    enrol_borrower(lender=jiangpan, name="王晓雨", since=date(2026, 1, 10), user=borrower.user, acting_user=None)
    theirs = services.open_loan(
        lender=jiangpan, borrower=borrower, product=product_of(jiangpan), principal_minor=500_000,
        instalment_count=10, disbursed_on=date(2026, 4, 15), acting_user=None,
    )  # fmt: skip
    services.disburse_loan(loan=theirs, acting_user=None)
    told(qinghe, -3)
    assert [notice.lender for notice in Notice.objects.all()] == [qinghe]
    assert theirs.number == paid_three.number  # each lender counts for itself
    assert len(Notice.objects.get().blocks[1]["items"]) == 1
    told(jiangpan, -3)
    assert Notice.objects.filter(lender=jiangpan).count() == 1


def test_a_request_under_decision_silences_every_reminder(paid_three: Loan, qinghe: Lender) -> None:
    services.open_holds(
        loan=paid_three, kinds=["contact"], source="R-2026-000001", from_on=date(2026, 5, 8), acting_user=None
    )
    assert told(qinghe, *range(-7, 31)) == []
    with at(after(-7)):
        assert remind(lender=qinghe) == {"held": 1}


def test_when_the_hold_ends_the_reminders_go_on(paid_three: Loan, qinghe: Lender) -> None:
    services.open_holds(loan=paid_three, kinds=["contact"], source="R-1", from_on=date(2026, 5, 8), acting_user=None)
    services.end_holds(loan=paid_three, source="R-1", until_on=after(0), acting_user=None)
    assert told(qinghe, *range(-7, 8)) == [("1", "reminder_grace"), ("3", "reminder_grace"), ("7", "reminder_late")]


def test_a_hold_of_another_kind_silences_nothing(paid_three: Loan, qinghe: Lender) -> None:
    services.open_holds(loan=paid_three, kinds=["legal"], source="R-1", from_on=date(2026, 5, 8), acting_user=None)
    assert told(qinghe, -7) == [("-7", "reminder_before")]


def arrange(loan: Loan) -> None:
    """An arrangement that moves everything by three months: the next due date is 15 August, held to the 14th."""
    version = loan.schedules.get(number=1)
    moved = []
    for row in version.instalments.order_by("number"):
        values = {name: getattr(row, name) for name in Row._fields}
        if row.number > 3:
            month = row.due_on.month + 3
            values["due_on"] = row.due_on.replace(year=row.due_on.year + (month - 1) // 12, month=(month - 1) % 12 + 1)
        moved.append(Row(**values))
    services.adopt_schedule(
        loan=loan, rows=moved, source="relief", reference="R-2026-000001",
        paused_on=[DUE, date(2026, 6, 15), date(2026, 7, 15)], expected_version=1,
        adopted_on=date(2026, 5, 8), acting_user=None,
    )  # fmt: skip
    source = "R-2026-000001/plan"
    services.open_holds(loan=loan, kinds=["contact"], source=source, from_on=date(2026, 5, 8), acting_user=None)
    services.end_holds(loan=loan, source=source, until_on=date(2026, 8, 14), acting_user=None)


def test_an_arrangement_in_force_reminds_only_of_its_new_dates(paid_three: Loan, qinghe: Lender) -> None:
    arrange(paid_three)
    assert told(qinghe, *range(-7, 80)) == []
    resumes = (date(2026, 8, 15) - DUE).days
    assert told(qinghe, *range(resumes - 7, resumes + 1)) == [
        ("-7", "reminder_resume"),
        ("-3", "reminder_resume"),
        ("-1", "reminder_resume"),
        ("0", "reminder_today"),
    ]
    first = Notice.objects.filter(event="reminder_resume").latest("pk")
    assert first.title == "2026年8月15日恢复还款"


def test_another_hold_beside_the_arrangement_silences_that_too(paid_three: Loan, qinghe: Lender) -> None:
    arrange(paid_three)
    services.open_holds(
        loan=paid_three, kinds=["contact"], source="R-2026-000002", from_on=date(2026, 8, 1), acting_user=None
    )
    resumes = (date(2026, 8, 15) - DUE).days
    assert told(qinghe, resumes - 7) == []


def test_nobody_is_told_that_money_is_missing_which_is_on_its_way(paid_three: Loan, qinghe: Lender) -> None:
    account = BankAccount.objects.create(
        borrower=paid_three.borrower, bank_code="ICBC", bank_name="", holder="王晓雨", last4="0000", position=1
    )
    order = PaymentOrder.objects.create(
        lender=qinghe, loan=paid_three, direction="debit", instalment_number=4, bank_account=account,
        amount_minor=107_971, currency="CNY", key="o1", gateway="callback", state="sent", ordered_on=DUE,
        sent_at=clock.now(),
    )  # fmt: skip
    assert told(qinghe, -1, 1, 2) == [("-1", "reminder_before")]
    PaymentOrder.objects.filter(pk=order.pk).update(state="failed", ended_at=clock.now(), reason="AM04")
    assert told(qinghe, 2) == [("1", "reminder_grace")]


def test_a_payment_in_the_night_takes_the_morning_reminder_back(
    paid_three: Loan, phoned: Borrower, qinghe: Lender, settings: Any
) -> None:
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Taking"
    told(qinghe, -1, hour=1)
    with at(after(-1), 7):
        pay(paid_three, 107_971, "night")
    with at(after(-1), 8):
        assert release_notices() == {"suppressed": 2}
    assert set(NoticeDelivery.objects.exclude(channel="inbox").values_list("reason", flat=True)) == {"not_needed"}


def test_a_request_in_the_night_takes_it_back_too(paid_three: Loan, phoned: Borrower, qinghe: Lender) -> None:
    told(qinghe, -1, hour=1)
    services.open_holds(loan=paid_three, kinds=["contact"], source="R-1", from_on=after(-1), acting_user=None)
    with at(after(-1), 8):
        assert release_notices() == {"suppressed": 2}


def test_what_is_still_due_leaves_in_the_morning(
    paid_three: Loan, phoned: Borrower, qinghe: Lender, settings: Any
) -> None:
    settings.SMS_GATEWAY = "tests.accounts.test_outbox.Taking"
    told(qinghe, -1, hour=1)
    with at(after(-1), 7):
        assert release_notices() == {}
    with at(after(-1), 8):
        assert release_notices() == {"handed": 2}


def test_a_reminder_of_before_never_leaves_on_the_day(paid_three: Loan, phoned: Borrower, qinghe: Lender) -> None:
    told(qinghe, -3, hour=9)
    with at(DUE, 9):
        assert release_notices() == {"suppressed": 2}
    assert NoticeDelivery.objects.get(channel="sms").reason == "too_late"


def test_late_in_the_day_nothing_is_written_and_the_next_run_catches_up(paid_three: Loan, qinghe: Lender) -> None:
    with at(after(-3), 22):
        assert remind(lender=qinghe) == {"night": 1}
    assert told(qinghe, -2) == [("-3", "reminder_before")]


def test_a_settled_loan_is_left_alone(paid_three: Loan, qinghe: Lender) -> None:
    services.settle_early(loan=paid_three, key="all", acting_user=None)
    assert told(qinghe, *range(-7, 31)) == []


def test_the_products_own_steps_count(qinghe: Lender, make_loan: Callable[..., Loan]) -> None:
    own = product_of(qinghe, code="own", reminder_days=[-5, 2])
    services.disburse_loan(loan=make_loan(product=own, disbursed_on=date(2026, 4, 15)), acting_user=None)
    assert told(qinghe, *range(-7, 31)) == [("-5", "reminder_before"), ("2", "reminder_grace")]


def test_it_asks_as_much_for_many_as_for_few(
    make_loan: Callable[..., Loan], qinghe: Lender, paid_three: Loan, django_assert_num_queries: Any
) -> None:
    def people(count: int, name: str) -> None:
        for number in range(count):
            user = person(f"{name}{number}@example.org", f"客户{number}")
            who = enrol_borrower(lender=qinghe, name=user.name, since=date(2026, 1, 10), user=user, acting_user=None)
            services.disburse_loan(loan=make_loan(borrower=who, disbursed_on=date(2026, 4, 15)), acting_user=None)

    def queries() -> int:
        with at(after(-3)), CaptureQueriesContext(connection) as asked:
            remind(lender=qinghe)
        return len(asked)

    told(qinghe, -7)
    people(2, "a")
    few = queries()
    people(9, "b")
    assert queries() == few <= 30
    # Two that find the loans, three that see that all is told, two of the transaction.
    with at_noon(after(-3)), django_assert_num_queries(7):
        assert remind(lender=qinghe) == {}


# the command


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("remind", *options, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did(paid_three: Loan, qinghe: Lender, jiangpan: Lender) -> None:
    assert run("--all") == "jiangpan: nothing to say.\nqinghe: 1 written.\n"
    assert run("--lender", "qinghe") == "qinghe: nothing to say.\n"
    with at(after(0), 23):
        assert run("--lender", "qinghe") == "qinghe: too late in the day, the next run catches up.\n"


def test_the_command_says_it_to_machines(paid_three: Loan, qinghe: Lender) -> None:
    assert json.loads(run("--all", "--json")) == {
        "qinghe": {"bills": 0, "written": 1, "held": 0, "in_question": 0, "night": 0}
    }


def test_an_unknown_lender_is_bad_usage(db: None) -> None:
    with pytest.raises(CommandError) as raised:
        run("--lender", "nobody")
    assert raised.value.returncode == 2
