"""What a borrower is told of a debit: once that it came, once a day that it did not, and not if it came after all."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Notice
from accounts.services import release_notices
from config import clock
from loans import services
from loans.models import PaymentOrder
from tests.conftest import NOON
from tests.loans.gateways.conftest import INSTALMENT, Tell, words

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("event", flat=True))


def test_a_debit_that_came_is_told_once(tell: Tell, order: PaymentOrder, client: Client) -> None:
    for _ in range(3):
        tell(words())
    notice = Notice.objects.get()
    assert notice.event == "payment_received"
    # the fourth of 15 May is paid; the fifth is due on 15 June
    assert [block["text"] for block in notice.blocks][:2] == [
        f"青禾消费金融收到您2026年5月8日的还款¥1,079.71，记在贷款{order.loan.number}上。",
        "下一期在2026年6月15日到期，应还¥1,079.71。",
    ]


def test_the_last_debit_says_that_the_loan_is_settled(tell: Tell, order: PaymentOrder) -> None:
    # nine instalments are open; the last is a few cents smaller, so eight and one are enough
    services.record_payment(
        loan=order.loan, amount_minor=8 * INSTALMENT, key="rest", channel="staff", acting_user=None
    )  # fmt: skip
    tell(words())
    assert "这笔贷款已经结清" in str(Notice.objects.get(event="payment_received").blocks)


def test_money_that_waits_in_suspense_is_not_told_as_received(tell: Tell, order: PaymentOrder) -> None:
    tell(words(amount_minor=INSTALMENT - 1))
    assert told() == []


def fail(order: PaymentOrder, tell: Tell, number: int) -> None:
    """The auto-debit of the fourth instalment from one account, sent and refused."""
    PaymentOrder.objects.create(
        lender=order.lender, loan=order.loan, direction="debit", instalment_number=4, currency="CNY",
        bank_account=order.bank_account, amount_minor=INSTALMENT, key=f"auto-{number}", gateway="callback",
        state="sent", ordered_on=order.lender.today(), sent_at=clock.now(),
    )  # fmt: skip
    said = words(order=f"auto-{number}", event_id=f"auto-{number}", outcome="failed", reason="insufficient_funds")
    assert tell(said).status_code == 200


def test_a_failure_is_told_an_hour_later_and_once_a_day(tell: Tell, order: PaymentOrder) -> None:
    with clock.at(NOON + timedelta(days=7)):  # the due date
        for number in (1, 2):  # one account after the other
            fail(order, tell, number)
        assert told() == ["debit_failed"]
        notice = Notice.objects.get()
        assert notice.due_at == NOON + timedelta(days=7, hours=1)
        assert "账户没有被扣钱" in str(notice.blocks)
    with clock.at(NOON + timedelta(days=7, minutes=59)):
        release_notices()
        assert notice.deliveries.get(channel="inbox").state == "queued"
    with clock.at(NOON + timedelta(days=7, hours=1)):
        assert release_notices()["sent"] == 1
    with clock.at(NOON + timedelta(days=8)):
        fail(order, tell, 3)
        assert told() == ["debit_failed", "debit_failed"]


def test_a_failure_that_another_account_made_good_is_never_told(tell: Tell, order: PaymentOrder) -> None:
    with clock.at(NOON + timedelta(days=7)):
        fail(order, tell, 1)
        assert told() == ["debit_failed"]
        services.record_payment(
            loan=order.loan, amount_minor=INSTALMENT, key="other", channel="staff", acting_user=None
        )  # fmt: skip
    with clock.at(NOON + timedelta(days=7, hours=1)):
        assert "handed" not in release_notices()
        assert not Notice.objects.of(order.loan.borrower.user).exists()


def test_a_payment_of_ones_own_that_failed_is_told_by_its_page(tell: Tell, order: PaymentOrder) -> None:
    tell(words(outcome="failed"))
    assert told() == []


def test_what_the_bank_took_back_is_told_with_its_reason(tell: Tell, order: PaymentOrder) -> None:
    tell(words())
    for event in ("ev-2", "ev-3"):
        tell(words(event_id=event, outcome="returned", reason="AM04"))
    assert told() == ["payment_received", "payment_taken_back"]
    said = str(Notice.objects.get(event="payment_taken_back").blocks)
    assert "银行已退回" in said
    assert "AM04" in said


def test_what_we_took_back_ourselves_is_not_laid_on_the_bank(tell: Tell, order: PaymentOrder) -> None:
    tell(words())
    services.reverse_payment(payment=order.loan.payments.get(key="order-1"), reason="error", acting_user=None)
    said = str(Notice.objects.get(event="payment_taken_back").blocks)
    assert "青禾消费金融已撤销" in said
    assert "银行已退回" not in said
