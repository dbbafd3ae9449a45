"""Where it is not clear whether an earlier refund went, nothing more goes, and nothing is closed."""

from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import BankAccount, Lender
from loans import services
from loans.errors import InQuestion, StillOpen
from loans.models import PaymentOrder, RevolvingAccount, SuspenseItem
from loans.selectors.bills import account_page
from loans.selectors.refunds import refund_of
from loans.services import bill_closing, bill_paying
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account, sent
from tests.loans.gateways.test_bill_refunding import JULY, JUNE, LATER, OWED, bill, found, order, said, wish

__all__ = ["bill"]


def late_success(bill: RevolvingAccount, card: BankAccount) -> PaymentOrder:
    """A refund that was given up after its hour, and of which the bank then says that it went."""
    first = order(bill, card)
    assert said(first, "failed", reason="not_received").answer == "applied"
    assert said(first, event="late").answer == "conflict"
    return first


def nothing_goes(bill: RevolvingAccount, card: BankAccount, staff: SimpleNamespace) -> None:
    for ask in (order, wish):
        with pytest.raises(InQuestion):
            ask(bill, card)
    with at_noon(JUNE):
        with pytest.raises(InQuestion):
            bill_paying.return_credit(account=bill, amount_minor=1, key="c", acting_user=staff.servicing)
        assert not refund_of(bill).is_open
    assert PaymentOrder.objects.filter(direction="refund").count() == 1


def test_nothing_goes_while_it_is_not_clear_whether_it_went_already(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    first = late_success(bill, card)
    nothing_goes(bill, card, staff)
    with at_noon(JUNE):
        services.review_event(
            event=first.events.get(event_id="late"), words="Statement.", has_come=True, acting_user=staff.servicing
        )
    nothing_goes(bill, card, staff)
    with at_noon(JUNE):
        services.return_suspense(item=SuspenseItem.objects.get(), words="It came back.", acting_user=staff.servicing)
    assert said(order(bill, card), event="ev-9").answer == "applied"
    # 1,200.00 came, 200.00 went and came back, 200.00 went
    assert (account(qinghe, "cash"), account(qinghe, "borrower_credit")) == (100_000, 0)
    assert found(qinghe) == []


def test_a_report_that_turned_out_to_be_wrong_is_in_nobodys_way(
    bill: RevolvingAccount, card: BankAccount, staff: SimpleNamespace
) -> None:
    first = late_success(bill, card)
    with at_noon(JUNE):
        services.review_event(event=first.events.get(event_id="late"), words="Their slip.", acting_user=staff.servicing)
    assert order(bill, card).amount_minor == OWED


def test_one_that_was_written_before_the_news_came_is_not_sent(bill: RevolvingAccount, card: BankAccount) -> None:
    class Bank:
        name, calls_out = "callback", False

    gateway: Any = Bank()
    first = order(bill, card)
    said(first, "failed", reason="not_received")
    second = order(bill, card)
    said(first, event="late")
    with at_noon(JUNE):
        assert services.send_orders(lender=bill.lender, gateway=gateway) == {"taken_back": 1}
    second.refresh_from_db()
    assert (second.state, second.reason) == ("failed", "in_question")


def test_nothing_is_closed_while_money_of_it_is_to_come_back(
    bill: RevolvingAccount, card: BankAccount, staff: SimpleNamespace
) -> None:
    """The bill of 1 July took the 200.00, which went out too."""
    made = sent(order(bill, card, on=LATER))
    monthly.live(bill, "2026-06-28 buy 20000")
    monthly.bill_up_to(bill, JULY.replace(day=1))
    assert said(made, on=JULY).answer == "suspense"
    with at_noon(JULY):
        assert account_page(bill).open_reasons == ("in_question",)
        with pytest.raises(StillOpen, match="in_question"):
            bill_closing.close_account(account=bill, acting_user=bill.borrower.user)
        services.return_suspense(item=SuspenseItem.objects.get(), words="It came back.", acting_user=staff.servicing)
        closed = bill_closing.close_account(account=bill, acting_user=bill.borrower.user)
    assert closed.state == "closed"


def test_nothing_is_closed_while_a_report_waits_for_a_person(bill: RevolvingAccount, card: BankAccount) -> None:
    """It came back, the bank says, after it had gone."""
    made = order(bill, card)
    assert said(made).answer == "applied"
    assert said(made, "returned", event="ev-2").answer == "review"
    with at_noon(JUNE), pytest.raises(StillOpen, match="in_question"):
        bill_closing.close_account(account=bill, acting_user=bill.borrower.user)
