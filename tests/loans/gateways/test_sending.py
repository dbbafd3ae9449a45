"""Three phases: told once, then only asked; and what is not needed any more is not told."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import BankAccount
from config import clock
from loans import services
from loans.errors import NoGateway
from loans.gateways.interface import Instruction, NoAnswer, NotReceived, Outcome, Report
from loans.models import GatewayEvent, Loan, Payment, PaymentOrder, SuspenseItem
from tests.conftest import NOON
from tests.loans.gateways.conftest import INSTALMENT

MINUTES = timedelta(minutes=1)


class Scripted:
    """A gateway that answers as it is told, and notes what it was asked."""

    name = "callback"
    calls_out = False

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.told: list[str] = []
        self.asked: list[str] = []

    def send_debit(self, instruction: Instruction) -> Report:
        self.told.append(instruction.key)
        return self._answer(instruction.key, instruction.amount_minor)

    def send_payout(self, instruction: Instruction) -> Report:
        self.told.append(f"payout {instruction.key}")
        return self._answer(instruction.key, instruction.amount_minor)

    def query(self, key: str) -> Report:
        self.asked.append(key)
        return self._answer(key, INSTALMENT)

    def _answer(self, key: str, amount_minor: int) -> Report:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Report(key=key, outcome=Outcome(answer), amount_minor=amount_minor, currency="CNY")


@pytest.fixture
def written(paid_three: Loan, card: BankAccount) -> PaymentOrder:
    return services.order_debit(
        loan=paid_three, bank_account=card, amount_minor=INSTALMENT, key="order-1", acting_user=None
    )


def send(order: PaymentOrder, gateway: Scripted) -> dict[str, int]:
    counts = services.send_orders(lender=order.lender, gateway=gateway)
    order.refresh_from_db()
    return counts


def ask(order: PaymentOrder, gateway: Scripted, minutes: int) -> dict[str, int]:
    with clock.at(NOON + minutes * MINUTES):
        counts = services.query_unknown(lender=order.lender, gateway=gateway)
    order.refresh_from_db()
    return counts


@pytest.mark.parametrize("answer, state", [("pending", "sent"), ("succeeded", "succeeded"), ("failed", "failed")])
def test_an_answer_at_once_is_taken_at_once(written: PaymentOrder, answer: str, state: str) -> None:
    assert send(written, Scripted(answer)) == {"sent": 1}
    assert written.state == state
    assert Payment.objects.filter(key="order-1").exists() == (state == "succeeded")


def test_without_an_answer_the_order_is_never_told_again(written: PaymentOrder) -> None:
    gateway = Scripted(NoAnswer("time-out"))
    assert send(written, gateway) == {"unanswered": 1}
    assert written.state == "unknown"
    assert send(written, gateway) == {}
    assert gateway.told == ["order-1"]


def test_an_order_is_told_after_it_is_committed_and_marked(written: PaymentOrder) -> None:
    class Looks(Scripted):
        def send_debit(self, instruction: Instruction) -> Report:
            self.told.append(PaymentOrder.objects.get(key=instruction.key).state)
            raise NoAnswer("crash")

    gateway = Looks()
    send(written, gateway)
    assert gateway.told == ["sent"]


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_is_called_outside_is_not_called_inside_a_transaction(written: PaymentOrder) -> None:
    class Outside(Scripted):
        calls_out = True

        def send_debit(self, instruction: Instruction) -> Report:
            assert not connection.in_atomic_block
            return super().send_debit(instruction)

    assert send(written, Outside("succeeded")) == {"sent": 1}
    assert written.state == "succeeded"


def test_a_process_that_died_in_the_call_leaves_an_order_that_is_asked_about(written: PaymentOrder) -> None:
    class Dies(Scripted):
        def send_debit(self, instruction: Instruction) -> Report:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.send_orders(lender=written.lender, gateway=Dies())
    gateway = Scripted("succeeded")
    assert services.send_orders(lender=written.lender, gateway=gateway) == {}
    assert ask(written, gateway, 5) == {"answered": 1}
    assert (written.state, gateway.told, gateway.asked) == ("succeeded", [], ["order-1"])


def test_an_open_order_is_asked_about_every_five_minutes(written: PaymentOrder) -> None:
    send(written, Scripted("pending"))
    assert ask(written, Scripted(), 4) == {}
    assert ask(written, Scripted("pending"), 5) == {"pending": 1}
    assert ask(written, Scripted(), 9) == {}
    assert ask(written, Scripted(NoAnswer("silence")), 10) == {"unanswered": 1}
    assert written.state == "unknown"
    assert ask(written, Scripted("failed"), 15) == {"answered": 1}
    assert written.state == "failed"


def test_an_order_that_never_arrived_has_failed_only_after_an_hour(written: PaymentOrder) -> None:
    send(written, Scripted(NoAnswer("lost")))
    assert ask(written, Scripted(NotReceived("order-1")), 59) == {"not_received": 1}
    assert written.state == "unknown"
    assert ask(written, Scripted(NotReceived("order-1")), 64) == {"answered": 1}
    assert (written.state, written.reason) == ("failed", "not_received")


def test_a_message_that_overtakes_the_answer_is_booked_once(written: PaymentOrder) -> None:
    class Overtaken(Scripted):
        def send_debit(self, instruction: Instruction) -> Report:
            report = self._answer(instruction.key, instruction.amount_minor)
            services.take_report(lender=written.lender, gateway="callback", event_id="ev-1", report=report)
            return report

    assert send(written, Overtaken("succeeded")) == {"sent": 1}
    assert Payment.objects.filter(key="order-1").count() == 1
    assert sorted(GatewayEvent.objects.values_list("answer", flat=True)) == ["applied", "noted"]


def test_a_message_that_overtakes_a_lost_answer_stands(written: PaymentOrder) -> None:
    class Overtaken(Scripted):
        def send_debit(self, instruction: Instruction) -> Report:
            report = self._answer(instruction.key, instruction.amount_minor)
            services.take_report(lender=written.lender, gateway="callback", event_id="ev-1", report=report)
            raise NoAnswer("lost")

    assert send(written, Overtaken("failed")) == {"unanswered": 1}
    assert written.state == "failed"


def test_what_is_held_or_paid_meanwhile_is_taken_back(paid_three: Loan, card: BankAccount) -> None:
    order = PaymentOrder.objects.create(
        lender=paid_three.lender, loan=paid_three, direction="debit", instalment_number=4, bank_account=card,
        amount_minor=INSTALMENT, currency="CNY", key="d4", gateway="callback", ordered_on="2026-05-08",
    )  # fmt: skip
    gateway = Scripted()
    assert send(order, gateway) == {"taken_back": 1}  # not due before 15 May
    assert (order.state, order.reason, gateway.told) == ("failed", "not_due", [])


def test_an_order_for_a_loan_that_was_settled_meanwhile_is_taken_back(written: PaymentOrder) -> None:
    services.settle_early(loan=written.loan, key="settled", acting_user=None)
    gateway = Scripted()
    assert send(written, gateway) == {"taken_back": 1}
    assert (written.state, written.reason, gateway.told) == ("failed", "loan_closed", [])
    assert not SuspenseItem.objects.exists()


def test_orders_of_another_gateway_are_left_alone(written: PaymentOrder) -> None:
    gateway = Scripted()
    gateway.name = "bank-file"
    assert send(written, gateway) == {}
    assert written.state == "created"


def test_only_the_orders_asked_for_are_sent(written: PaymentOrder, card: BankAccount) -> None:
    second = services.order_debit(
        loan=written.loan, bank_account=card, amount_minor=100, key="order-2", acting_user=None
    )
    services.send_orders(lender=written.lender, gateway=Scripted("pending"), orders=[second])
    written.refresh_from_db()
    assert written.state == "created"


def test_without_a_gateway_nothing_can_be_sent_or_asked(written: PaymentOrder, settings: object) -> None:
    settings.GATEWAY_URLS = {}  # type: ignore[attr-defined]
    with pytest.raises(NoGateway):
        services.send_orders(lender=written.lender)
    with pytest.raises(NoGateway):
        services.query_unknown(lender=written.lender)
