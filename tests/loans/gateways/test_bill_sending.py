"""Between an order of a monthly bill and its sending: what is looked at again, and what counts as a try."""

from collections import Counter
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import BankAccount, Borrower
from credit.selectors import live_consent
from credit.services import withdraw_consent
from loans import services
from loans.gateways.interface import NoAnswer, Report
from loans.models import Loan, PaymentOrder, RevolvingAccount
from loans.selectors.debits import did_not_go_through
from loans.services.bill_ordering import order_bill_debit
from loans.services.bill_reversing import reverse_bill_payment
from tests.loans import monthly
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


def test_a_debit_whose_consent_was_withdrawn_before_it_was_sent_is_taken_back(
    bill: RevolvingAccount, borrower: Borrower
) -> None:
    instruct(bill)
    mandate = live_consent(borrower, bill.lender, "debit", DUE)
    assert mandate is not None
    with at_noon(DUE):
        withdraw_consent(consent=mandate, acting_user=borrower.user)
        assert send(bill) == {"taken_back": 1}
        assert did_not_go_through(bill) is None, "no bank was asked, so none refused"
    assert last().reason == "no_mandate"


def test_a_debit_whose_account_was_removed_before_it_was_sent_is_taken_back(
    bill: RevolvingAccount, card: BankAccount
) -> None:
    instruct(bill)
    with at_noon(DUE):
        BankAccount.objects.filter(pk=card.pk).update(is_active=False, removed_at=last().created_at)
        assert send(bill) == {"taken_back": 1}
    assert last().reason == "account_removed"


def test_a_payment_of_ones_own_is_taken_back_where_so_much_is_not_owed_any_more(
    bill: RevolvingAccount, card: BankAccount
) -> None:
    day = date(2026, 6, 5)
    with at_noon(day):
        order_bill_debit(
            account=bill, bank_account=card, amount_minor=100_000, key="own", acting_user=bill.borrower.user
        )
    monthly.live(bill, "2026-06-05 pay 1")
    with at_noon(day):
        assert send(bill) == {"taken_back": 1}
        told = did_not_go_through(bill)
    assert told is not None
    assert told.reason == "bill_changed"
    assert last().reason == "bill_changed"


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
