"""The sandbox at its worst: whatever it loses, delays, repeats or reorders, the books come out the same.

LEEWAY_STORM_EVENTS says how many events (docs/payments.md); a run of every change is shorter.
"""

import json
import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db.models import Sum

from accounts.models import Borrower, Lender
from config import clock
from loans import services
from loans.books import violations
from loans.gateways.interface import Instruction, NoAnswer, Outcome
from loans.gateways.sandbox import WORST, Plan, Sandbox, message
from loans.models import Account, GatewayEvent, Loan, Payment, PaymentCorrection, PaymentOrder, Posting, SuspenseItem
from tests.credit.consents import give
from tests.loans.conftest import PAID_OUT, product_of
from tests.loans.gateways.conftest import account_of

EVENTS = int(os.environ.get("LEEWAY_STORM_EVENTS", "400"))
SEED = int(os.environ.get("LEEWAY_STORM_SEED", "20260508"))
LOANS = max(EVENTS // 45, 8)
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of the day in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


class Storm:
    """Loans, a gateway at its worst, and staff who look at what it says."""

    def __init__(self, loans: list[Loan], clerk: object) -> None:
        self.loans = loans
        self.lender = loans[0].lender
        self.clerk = clerk
        self.events = 0
        self.sandbox = Sandbox(SEED, WORST, today=self.lender.today)

    def listen(self) -> None:
        for notice in self.sandbox.due():
            services.take_callback(lender=self.lender, body=json.dumps(message(notice)).encode())
            self.events += 1

    def hour(self, instant: datetime) -> None:
        with clock.at(instant):
            self.sandbox.step(5)
            self.listen()
            services.collect(lender=self.lender, gateway=self.sandbox)
            self.listen()

    def review(self, instant: datetime) -> None:
        with clock.at(instant):
            for event in GatewayEvent.objects.to_review():
                services.review_event(event=event, words="looked at", acting_user=self.clerk)

    def month(self, due_on: date) -> None:
        """The due date and the week after it, four times a day; staff look once a day."""
        for day in (due_on + timedelta(days=number) for number in range(7)):
            for hour in (10, 12, 20):
                self.hour(at(day, hour, 5))
            self.review(at(day, 23))

    def calm_down(self, day: date) -> None:
        """Until everything is said and every open order has been answered."""
        for hour in range(400):
            self.hour(at(day, 0) + timedelta(hours=hour))
            if self.sandbox.is_quiet and not PaymentOrder.objects.open().exists():
                return
        pytest.fail("orders are still open")


@pytest.fixture
def storm(qinghe: Lender, borrower: Borrower, staff: SimpleNamespace) -> Storm:
    product = product_of(qinghe, penalty_uplift=Decimal("0.5"))
    with clock.at(at(PAID_OUT, 12)):
        give(borrower, qinghe, "debit")
    account_of(borrower), account_of(borrower, "5678")
    return Storm([lend(qinghe, borrower, product, f"S-{number}") for number in range(LOANS)], staff.servicing)


def lend(lender: Lender, borrower: Borrower, product: object, number: str) -> Loan:
    loan = services.open_loan(
        lender=lender, borrower=borrower, product=product, principal_minor=1_200_000, instalment_count=12,
        disbursed_on=PAID_OUT, number=number, acting_user=None,
    )  # fmt: skip
    return services.disburse_loan(loan=loan, acting_user=None)


def balances(lender: Lender) -> dict[str, int]:
    """Every account of the lender but cash and suspense, and what is left of each loan."""
    sums = Posting.objects.filter(lender=lender).exclude(account__in=[Account.CASH, Account.SUSPENSE])
    found = dict(sums.values_list("account").annotate(Sum("amount_minor")).order_by())
    loans = Loan.objects.filter(lender=lender).values_list("number", "principal_left_minor")
    return {key: amount for key, amount in (found | dict(loans)).items() if amount}


def test_at_its_worst_the_books_are_as_if_everything_had_come_in_order(
    storm: Storm, jiangpan: Lender, elsewhere: Borrower
) -> None:
    month, last = 2, date(2026, 2, 15)
    while storm.events < EVENTS and month <= 12:
        last = date(2026, month, 15)
        storm.month(last)
        month += 1
    storm.calm_down(last + timedelta(days=8))
    assert storm.events >= EVENTS, "the storm was over too soon; more loans"

    orders = {order.key: order for order in PaymentOrder.objects.select_related("loan")}
    truth = storm.sandbox.truth
    # Each order ended as it really did; what the gateway never had, did not happen.
    for key, order in orders.items():
        really = truth.get(key)
        assert order.state == (really.outcome.value if really else "failed"), key
        assert order.moved_minor == (really.amount_minor if really and really.outcome is Outcome.SUCCEEDED else 0)
    assert set(truth) <= set(orders)
    # No instalment was debited twice: counted where the money is, at the gateway, less what went back.
    back = set(PaymentCorrection.objects.filter(kind="reversed").values_list("payment__key", flat=True))
    assert back, "nothing went back; another seed"
    debited = Counter(
        (orders[key].loan_id, orders[key].instalment_number)
        for key, report in truth.items()
        if report.outcome is Outcome.SUCCEEDED and key not in back
    )
    assert set(debited.values()) == {1}
    # Nothing is open, and all that contradicted or differed is listed.
    assert not PaymentOrder.objects.open().exists()
    off = {key for key, report in truth.items() if orders[key].moved_minor not in (0, orders[key].amount_minor)}
    assert set(SuspenseItem.objects.values_list("key", flat=True)) == off
    assert list(violations([storm.lender])) == []
    # The same money told in order, to a lender with the same loans; what went back is as if it had never come.
    in_order(storm, jiangpan, elsewhere, off, back)
    found = balances(storm.lender)
    assert found == balances(jiangpan)
    assert found[Account.PENALTY_INCOME] < 0, "nobody was late"


def in_order(storm: Storm, lender: Lender, borrower: Borrower, off: set[str], back: set[str]) -> None:
    product = product_of(lender, penalty_uplift=Decimal("0.5"))
    twins = {loan.pk: lend(lender, borrower, product, loan.number) for loan in storm.loans}
    paid = Payment.objects.filter(lender=storm.lender).order_by("value_on", "loan", "key")
    assert {payment.key for payment in paid} == {
        key for key, report in storm.sandbox.truth.items() if report.outcome is Outcome.SUCCEEDED
    } - off
    with clock.at(at(date(2027, 2, 1), 12)):
        for payment in paid.exclude(key__in=back):
            services.record_payment(
                loan=twins[payment.loan_id], amount_minor=payment.amount_minor, key=payment.key,
                channel="auto_debit", value_on=storm.sandbox.truth[payment.key].value_on, acting_user=None,
            )  # fmt: skip


def test_the_same_seed_is_the_same_storm() -> None:
    def told() -> list[object]:
        sandbox, said = Sandbox(7, WORST), []
        for number in range(50):
            try:
                said.append(sandbox.send_debit(
                    Instruction(key=f"k{number}", amount_minor=100, currency="CNY", account="a", purpose="p")
                ))  # fmt: skip
            except NoAnswer as error:
                said.append(str(error))
            sandbox.step()
            said += sandbox.due()
        return said

    assert told() == told()
    assert len({str(each) for each in told()}) > 50


def test_of_the_smallest_sum_never_nothing_is_collected() -> None:
    """A sum that is a cent off is another sum: a report of nothing collected could not even be read."""
    sandbox = Sandbox(7, Plan(amounts_off=100))
    said = {
        sandbox.send_debit(
            Instruction(key=f"k{number}", amount_minor=1, currency="CNY", account="a", purpose="p")
        ).amount_minor
        for number in range(20)
    }
    assert said == {2}
