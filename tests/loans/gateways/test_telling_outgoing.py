"""What a borrower is told of money that was to go to them: once that it went, or why it did not; no more than is so."""

from typing import Any

import pytest

from accounts.models import BankAccount, Borrower, Lender, Notice
from accounts.wording import day_text, money_text
from loans import services
from loans.gateways.interface import Outcome, Report
from loans.models import Instalment, Loan, PaymentOrder, RevolvingAccount
from loans.services.bill_reversing import reverse_bill_payment
from loans.services.cancelling import cancel_contract
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account_of, sent
from tests.loans.gateways.test_bill_refunding import JULY, JUNE, LATER, bill, order, said
from tests.loans.test_cancelling import limit, signed, tell

__all__ = ["bill", "limit", "signed"]


@pytest.fixture(autouse=True)
def gateways(settings: Any) -> None:
    settings.GATEWAY_URLS = {"qinghe": "https://pay.example/v1"}
    settings.GATEWAY_HOSTS = ("pay.example",)
    settings.GATEWAY_KEYS = {"qinghe": ("a key of qinghe that nobody else knows",)}


@pytest.fixture
def card(borrower: Borrower) -> BankAccount:
    return account_of(borrower)


def told(event: str) -> list[str]:
    """The lines of the one notice of this event, as they were written."""
    return [block["text"] for block in Notice.objects.get(event=event).blocks]


def test_a_refund_that_went_is_told_once(bill: RevolvingAccount, card: BankAccount) -> None:
    made = order(bill, card)
    assert not Notice.objects.filter(event__startswith="refund").exists(), "nothing has moved yet"
    for event in ("ev-1", "ev-1", "ev-2"):
        said(made, event=event)
    assert told("refund_sent")[0] == (
        f"2026年6月5日，青禾消费金融把您在月付账户{bill.number}上多付的¥200.00转回了您的银行账户。"
    )
    assert not any("多转了" in line for line in told("refund_sent"))


def test_a_refund_that_did_not_go_is_told_with_its_reason(bill: RevolvingAccount, card: BankAccount) -> None:
    said(order(bill, card), "failed", reason="AC04")
    lines = told("refund_failed")
    assert lines[0] == f"2026年6月5日，青禾消费金融没能把您在月付账户{bill.number}上多付的¥200.00转给您。"
    assert lines[1].startswith("原因：")
    assert "仍然是您的" in lines[2]


def test_a_reason_that_we_have_no_words_for_is_left_out(bill: RevolvingAccount, card: BankAccount) -> None:
    said(order(bill, card), "failed", reason="XX99")
    assert not any(line.startswith("原因") for line in told("refund_failed"))


def test_a_refund_that_a_bill_used_before_it_could_be_sent_is_told(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    class Bank:
        name, calls_out = "callback", False

    gateway: Any = Bank()
    monthly.live(bill, "2026-06-10 buy 30000")
    order(bill, card, on=LATER)
    with at_noon(JULY):
        services.send_orders(lender=qinghe, gateway=gateway)
        services.send_orders(lender=qinghe, gateway=gateway)
    lines = told("refund_failed")
    assert lines[0].startswith("2026年7月2日")
    assert "没有用掉的钱仍然是您的" in lines[2]
    sms = Notice.objects.get(event="refund_failed").sms
    assert "您的" not in sms, "the bill has it: it is the borrower's no longer"


def test_a_refund_that_went_though_the_money_was_used_says_so(bill: RevolvingAccount, card: BankAccount) -> None:
    made = sent(order(bill, card))
    with at_noon(JUNE):
        reverse_bill_payment(entry=bill.entries.get(kind="payment"), reason="AM04", acting_user=None)
    said(made)
    assert any("多转了" in line for line in told("refund_sent"))


@pytest.fixture
def overpaid(paid_three: Loan) -> Loan:
    services.record_payment(loan=paid_three, amount_minor=2_000_000, key="too much", channel="staff", acting_user=None)
    return paid_three


def test_of_a_loan_too(overpaid: Loan, card: BankAccount) -> None:
    made = sent(services.order_refund(loan=overpaid, bank_account=card, amount_minor=100, acting_user=None))
    report = Report(key=made.key, outcome=Outcome.SUCCEEDED, amount_minor=100, currency="CNY")
    services.take_report(lender=made.lender, gateway="callback", event_id="e", report=report)
    assert told("refund_sent")[0].startswith(f"2026年5月8日，青禾消费金融把您在贷款{overpaid.number}上多付的¥1.00")


def test_a_refund_of_a_loan_is_not_sent_while_it_is_not_clear_whether_an_earlier_one_went(
    overpaid: Loan, card: BankAccount, qinghe: Lender
) -> None:
    """The first was given up after its hour; the second is written; then the bank says that the first went."""

    class Bank:
        name, calls_out = "callback", False

    gateway: Any = Bank()
    first = sent(services.order_refund(loan=overpaid, bank_account=card, amount_minor=100, acting_user=None))
    report = {"key": first.key, "amount_minor": 100, "currency": "CNY"}
    lost = Report(**report, outcome=Outcome.FAILED, reason="not_received")
    services.take_report(lender=qinghe, gateway="callback", event_id="lost", report=lost)
    second = services.order_refund(loan=overpaid, bank_account=card, amount_minor=100, acting_user=None)
    late = Report(**report, outcome=Outcome.SUCCEEDED)
    assert services.take_report(lender=qinghe, gateway="callback", event_id="late", report=late).answer == "conflict"
    assert services.send_orders(lender=qinghe, gateway=gateway) == {"taken_back": 1}
    second.refresh_from_db()
    assert (second.state, second.reason) == ("failed", "in_question")
    reasons = [str(notice.blocks) for notice in Notice.objects.filter(event="refund_failed").order_by("pk")]
    assert ["指令没有送达银行" in text for text in reasons] == [True, False]
    assert ["可以随时要回" in text for text in reasons] == [True, False]
    assert ["工作人员正在查这笔钱是否已经转出" in text for text in reasons] == [False, True]


# payouts


def test_a_loan_that_was_paid_out_is_told_with_its_first_instalment(signed: Loan) -> None:
    sent(signed.orders.get())
    for event in ("ev-1", "ev-2"):
        tell(signed, Outcome.SUCCEEDED, event)
    first = Instalment.objects.get(version__loan=signed, version__number=1, number=1)
    lines = told("loan_paid_out")
    assert lines[2] == "如果改变主意，2026年5月8日24:00前可以把钱退回：只付一天的利息，没有手续费。"
    assert lines[0] == f"2026年5月8日，青禾消费金融把贷款{signed.number}的¥1,000.00转到了您的银行账户。"
    assert lines[1].startswith(
        f"第一期在{day_text(first.due_on, 'zh-hans')}到期，应还{money_text(first.due_minor, 'CNY')}。"
    )


def test_a_loan_that_was_paid_out_on_an_earlier_day_offers_nothing_that_is_over(
    pending: Loan, card: BankAccount
) -> None:
    """Without a contract of ours it runs from its own day, which was over when the bank said that it had paid."""
    made = sent(services.order_payout(loan=pending, bank_account=card, acting_user=None))
    report = Report(key=made.key, outcome=Outcome.SUCCEEDED, amount_minor=made.amount_minor, currency="CNY")
    services.take_report(lender=made.lender, gateway="callback", event_id="e", report=report)
    pending.refresh_from_db()
    assert pending.disbursed_on < pending.lender.today()
    lines = told("loan_paid_out")
    assert len(lines) == 2
    assert not any("退回" in line for line in lines)


def test_a_payout_that_is_too_late_says_what_is_left_to_do(signed: Loan) -> None:
    class Bank:
        name, calls_out = "callback", False

    gateway: Any = Bank()
    assert signed.first_due_on is not None
    with at_noon(signed.first_due_on):
        assert services.send_orders(lender=signed.lender, gateway=gateway) == {"taken_back": 1}
    lines = told("payout_failed")
    assert not any("换一个账户" in line for line in lines)
    assert "可以重新借款" in lines[2]


def test_a_payout_that_failed_is_told_with_its_reason(signed: Loan) -> None:
    sent(signed.orders.get())
    tell(signed, Outcome.FAILED, reason="AC04")
    lines = told("payout_failed")
    assert signed.contract.number in lines[0]
    assert "您不欠任何钱" in lines[0]
    assert "已销户或被冻结" in lines[1]
    assert "换一个账户" in lines[2]


def test_of_money_for_a_contract_that_was_given_up_nothing_untrue_is_told(signed: Loan) -> None:
    """It failed, the contract was cancelled, then the bank said that the money had gone: staff look at it."""
    sent(signed.orders.get())
    tell(signed, Outcome.FAILED, reason="AC04")
    cancel_contract(loan=signed, acting_user=signed.borrower.user)
    tell(signed, Outcome.SUCCEEDED, "late")
    assert not Notice.objects.filter(event="loan_paid_out").exists()
    assert PaymentOrder.objects.get().state == "failed"
