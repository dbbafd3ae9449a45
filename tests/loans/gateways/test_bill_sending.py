"""Between an order of a monthly bill and its sending: what is looked at again, and what counts as a try."""

from collections import Counter
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from loans import services
from loans.gateways.interface import NoAnswer, Report
from loans.models import Loan, PaymentOrder, RevolvingAccount
from loans.services.bill_reversing import reverse_bill_payment
from tests.loans.conftest import at_noon
from tests.loans.gateways import test_bill_instructing
from tests.loans.gateways.test_bill_instructing import DUE, choose, end, instruct, last

bill = test_bill_instructing.bill


class Bank:
    """Takes what it is told, and says nothing."""

    name, calls_out = "callback", False

    def send_debit(self, instruction: Any) -> Report:
        raise NoAnswer


def send(bill: RevolvingAccount) -> Counter[str]:
    gateway: Any = Bank()
    return services.send_orders(lender=bill.lender, gateway=gateway)


def test_an_order_that_was_taken_back_before_it_left_tried_nothing(bill: RevolvingAccount) -> None:
    """At 10:00 the whole bill was ordered; the choice of the minimum takes it back, and 100.00 are ordered instead."""
    instruct(bill)
    with at_noon(DUE):
        choose(bill, "minimum")
        assert send(bill) == {"taken_back": 1}
    assert instruct(bill) == {"ordered": 1}
    assert instruct(bill) == {"waiting": 1}
    made = last()
    assert (made.amount_minor, made.key.rpartition("-")[2], len(made.key)) == (10_000, "1", 43)
    end(made)
    assert instruct(bill) == {"tried": 1}
    assert PaymentOrder.objects.count() == 2


def test_a_payment_that_staff_took_back_as_disputed_bars_the_account(
    bill: RevolvingAccount, staff: SimpleNamespace
) -> None:
    instruct(bill)
    end(last(), "succeeded")
    entry = bill.entries.get(kind="payment")
    with at_noon(date(2026, 6, 11)):
        reverse_bill_payment(entry=entry, reason="MD06 the customer called", acting_user=staff.servicing)
    assert instruct(bill, date(2026, 6, 12)) == {"barred": 1}


def test_one_order_that_breaks_does_not_keep_the_others_from_their_turn(
    bill: RevolvingAccount, paid_three: Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway: Any = Bank()
    monkeypatch.setattr(
        "loans.services.collecting.instruct_debits", lambda **_: (_ for _ in ()).throw(RuntimeError("broken"))
    )
    with at_noon(DUE):
        counts = services.collect(lender=bill.lender, gateway=gateway)
        assert (counts["failed"], counts["ordered"], counts["unanswered"]) == (1, 1, 1)
    with at_noon(date(2026, 6, 11)):
        gateway.query = lambda key: (_ for _ in ()).throw(RuntimeError("broken"))
        counts = services.collect(lender=bill.lender, gateway=gateway)
    assert (counts["failed"], counts["open"]) == (2, 1)
