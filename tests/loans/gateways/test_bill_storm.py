"""The sandbox at its worst over monthly bills: collected at most once, and the books as if all had come in order.

LEEWAY_STORM_EVENTS and LEEWAY_STORM_SEED as for `test_storm`; a run of every change is shorter.
"""

from collections import Counter
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.db.models import Sum

from accounts.models import Borrower, Lender
from config import clock
from loans.books import violations
from loans.errors import LimitExceeded
from loans.gateways.interface import Outcome
from loans.gateways.sandbox import WORST, Sandbox
from loans.models import Account, AccountEntry, PaymentOrder, Posting, RevolvingAccount, SuspenseItem
from loans.services import bill_paying, billing
from tests.conftest import person
from tests.credit.consents import give
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account_of
from tests.loans.gateways.test_storm import EVENTS, SEED, Storm, at

ACCOUNTS = max(EVENTS // 60, 6)
OPENED_ON = date(2026, 1, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.once]


class BillStorm(Storm):
    """Bills made on the 1st, due on the 15th, collected in a storm that is over before the next bill."""

    def __init__(self, bills: list[RevolvingAccount], clerk: object) -> None:
        self.bills = bills
        self.lender = bills[0].lender
        self.clerk = clerk
        self.events = 0
        self.sandbox = Sandbox(SEED, replace(WORST, returned=15), today=self.lender.today)

    def buy(self, on: date) -> None:
        """Everybody buys something, unless something is overdue or the limit is drawn."""
        for number, bill in enumerate(self.bills):
            with at_noon(on):
                try:
                    monthly.buy(bill, 50_000 + 1_000 * number + on.month, f"{bill.number}-{on}")
                except LimitExceeded:
                    continue


def open_bills(lender: Lender, people: list[Borrower]) -> list[RevolvingAccount]:
    """An account each; every second one is collected by its minimum only."""
    product = monthly.billed(lender, "due_day=15", debit_times=["10:00", "20:00"])
    made = []
    for number, borrower in enumerate(people):
        limit = monthly.limit_on(borrower, product, on=OPENED_ON)
        type(limit).objects.filter(pk=limit.pk).update(number=f"LM-{number}")
        made.append(monthly.opened(limit, on=OPENED_ON))
        RevolvingAccount.objects.filter(pk=made[-1].pk).update(collected="minimum" if number % 2 else "whole")
    return made


def people_of(lender: Lender) -> list[Borrower]:
    from accounts import services as enrolling

    return [
        enrolling.enrol_borrower(
            lender=lender, name=f"客户{number}", since=OPENED_ON,
            user=person(f"{lender.code}-{number}@example.org", f"客户{number}"), acting_user=None,
        )
        for number in range(ACCOUNTS)
    ]  # fmt: skip


@pytest.fixture
def storm(qinghe: Lender, staff: SimpleNamespace) -> BillStorm:
    people = people_of(qinghe)
    with clock.at(at(OPENED_ON, 12)):
        for borrower in people:
            give(borrower, qinghe, "debit")
            account_of(borrower), account_of(borrower, "5678")
    return BillStorm(open_bills(qinghe, people), staff.servicing)


def balances(lender: Lender) -> dict[str, int]:
    """Every account of the lender but cash and suspense."""
    sums = Posting.objects.filter(lender=lender).exclude(account__in=[Account.CASH, Account.SUSPENSE])
    found = dict(sums.values_list("account").annotate(Sum("amount_minor")).order_by())
    return {key: amount for key, amount in found.items() if amount}


def test_at_its_worst_bills_are_collected_once_and_the_books_are_as_if_all_had_come_in_order(
    storm: BillStorm, jiangpan: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = 1
    while storm.events < EVENTS // 2 and month < 12:
        storm.buy(date(2026, month, 2))
        month += 1
        with at_noon(date(2026, month, 1)):
            billing.bill_all(lender=storm.lender)
        storm.month(date(2026, month, 15))
        storm.calm_down(date(2026, month, 22))
    last_on = date(2026, month, 28)

    orders = {order.key: order for order in PaymentOrder.objects.all()}
    truth = storm.sandbox.truth
    for key, order in orders.items():
        really = truth.get(key)
        assert order.state == (really.outcome.value if really else "failed"), key
        assert order.moved_minor == (really.amount_minor if really and really.outcome is Outcome.SUCCEEDED else 0)
    back = set(AccountEntry.objects.filter(kind="taken_back").values_list("about__key", flat=True))
    assert back, "nothing went back; another seed"
    # No bill was collected twice: counted where the money is, at the gateway, less what went back.
    debited = Counter(
        (orders[key].bill_account_id, orders[key].instalment_number)
        for key, report in truth.items()
        if report.outcome is Outcome.SUCCEEDED and key not in back
    )
    assert set(debited.values()) == {1}
    off = {key for key, report in truth.items() if orders[key].moved_minor not in (0, orders[key].amount_minor)}
    assert set(SuspenseItem.objects.values_list("key", flat=True)) == off
    with at_noon(last_on):
        assert list(violations([storm.lender])) == []
    in_order(storm, jiangpan, back, last_on, monkeypatch)
    assert balances(storm.lender) == balances(jiangpan)


def in_order(storm: BillStorm, lender: Lender, back: set[str], last_on: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same purchases, and the same money told at once, day by day; what went back never came."""
    monkeypatch.setattr("loans.services.bill_buying.draw_on", lambda **_: None)  # a late bounce allowed a purchase
    twins = dict(zip((bill.pk for bill in storm.bills), open_bills(lender, people_of(lender)), strict=True))
    happened = AccountEntry.objects.filter(lender=storm.lender, kind__in=["purchase", "payment"])
    for row in happened.exclude(key__in=back).order_by("value_on", "sequence"):
        twin = twins[row.account_id]
        with at_noon(row.value_on):
            if row.kind == "purchase":
                monthly.buy(twin, row.amount_minor or 0, row.key)
            else:
                bill_paying.pay_bill(
                    account=twin, amount_minor=row.amount_minor or 0, key=row.key, channel="auto_debit",
                    acting_user=None,
                )  # fmt: skip
    with at_noon(last_on):
        billing.bill_all(lender=lender)
