"""Where it is not clear whether an earlier refund went, nothing more goes, and nothing is closed."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import NotPermitted
from accounts.models import BankAccount, Lender, Notice
from accounts.wording import money_text
from loans import services
from loans.books import violations
from loans.errors import AlreadyResolved, AmountRefused, InQuestion, StillOpen, WordsNeeded
from loans.gateways.interface import Outcome, Report
from loans.models import Loan, PaymentOrder, RevolvingAccount, SuspenseItem
from loans.selectors.bills import account_page
from loans.selectors.refunds import credit_minor, refund_of
from loans.services import bill_closing, bill_paying
from loans.services.bill_reversing import reverse_bill_payment
from tests.house.visits import signed_in
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account, sent
from tests.loans.gateways.test_bill_refunding import JULY, JUNE, LATER, OWED, bill, found, gone, order, said, wish
from tests.loans.pages.conftest import words

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


def reviewed(bill: RevolvingAccount, card: BankAccount, staff: SimpleNamespace) -> SuspenseItem:
    """The bank's statement shows that the refund went after all."""
    first = late_success(bill, card)
    event = first.events.get(event_id="late")
    with at_noon(JUNE):
        services.review_event(event=event, words="Statement.", has_come=True, acting_user=staff.servicing)
    return SuspenseItem.objects.get()


def test_what_went_after_all_is_taken_as_the_refund_it_was(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    item = reviewed(bill, card, staff)
    with at_noon(JUNE):
        made = services.take_as_refund(item=item, words="The borrower has it.", acting_user=staff.servicing)
        with pytest.raises(AlreadyResolved):
            services.take_as_refund(item=item, words="Again.", acting_user=staff.servicing)
    assert (made.outcome, made.payment) == ("refunded", None)
    assert gone(bill) == [(OWED, JUNE)]
    assert (account(qinghe, "cash"), account(qinghe, "borrower_credit"), account(qinghe, "suspense")) == (100_000, 0, 0)
    assert found(qinghe) == []
    assert set(Notice.objects.filter(event__startswith="refund").values_list("event", flat=True)) == {
        "refund_failed", "refund_sent",
    }  # fmt: skip
    with pytest.raises(AmountRefused):
        order(bill, card)


def test_what_is_not_owed_back_any_more_has_to_come_back(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    item = reviewed(bill, card, staff)
    with at_noon(JUNE):
        reverse_bill_payment(entry=bill.entries.get(kind="payment"), reason="AM04", acting_user=None)
        with pytest.raises(AmountRefused):
            services.take_as_refund(item=item, words="It went.", acting_user=staff.servicing)
        assert SuspenseItem.objects.open().get() == item
    assert (gone(bill), found(qinghe)) == ([], [])


def test_only_whoever_places_money_says_so_and_of_a_refund_only(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    item = reviewed(bill, card, staff)
    with at_noon(JUNE):
        for user in (staff.reviewer, staff.intake):
            with pytest.raises(NotPermitted):
                services.take_as_refund(item=item, words="It went.", acting_user=user)
        with pytest.raises(WordsNeeded):
            services.take_as_refund(item=item, words=" ", acting_user=staff.servicing)
        unknown = services.open_suspense(
            lender=qinghe, amount_minor=100, reason="unknown_order", key="x", value_on=JUNE
        )
        with pytest.raises(NotPermitted):
            services.take_as_refund(item=unknown, words="It went.", acting_user=staff.servicing)


@pytest.mark.parametrize("is_owed", [True, False], ids=["owed", "not owed any more"])
def test_the_page_offers_it_for_money_of_a_refund(
    bill: RevolvingAccount,
    card: BankAccount,
    staff: SimpleNamespace,
    client: Client,
    settings: Any,
    is_owed: bool,
) -> None:
    item = reviewed(bill, card, staff)
    path = reverse("admin:loans_suspenseitem_place", args=[item.public_id])
    with at_noon(JUNE):
        client.cookies[settings.SESSION_COOKIE_NAME] = signed_in(staff.servicing)
        client.cookies["language"] = "en"
        page = words(client.get(path))
        assert "It was the refund that is owed, and stays with the borrower" in page
        assert "It belongs to a loan" not in page
        if not is_owed:
            reverse_bill_payment(entry=bill.entries.get(kind="payment"), reason="AM04", acting_user=None)
        answer = words(client.post(path, {"outcome": "refunded", "words": "On the statement."}, follow=True))
        said_so = "¥200.00 is recorded as refunded." if is_owed else "So much is not owed back any more"
        assert said_so in answer
    assert SuspenseItem.objects.open().exists() is not is_owed


def test_of_a_loan_too(
    paid_three: Loan, card: BankAccount, qinghe: Lender, staff: SimpleNamespace, settings: Any
) -> None:
    settings.GATEWAY_URLS = {"qinghe": "https://pay.example/v1"}
    settings.GATEWAY_HOSTS = ("pay.example",)
    settings.GATEWAY_KEYS = {"qinghe": ("a key of qinghe that nobody else knows",)}
    services.record_payment(loan=paid_three, amount_minor=2_000_000, key="more", channel="staff", acting_user=None)
    owed_minor = credit_minor(paid_three)
    first = sent(services.order_refund(loan=paid_three, bank_account=card, amount_minor=owed_minor, acting_user=None))
    for name, outcome in (("e", Outcome.FAILED), ("late", Outcome.SUCCEEDED)):
        report = Report(key=first.key, outcome=outcome, amount_minor=owed_minor, currency="CNY", reason="not_received")
        services.take_report(lender=qinghe, gateway="callback", event_id=name, report=report)
    event = first.events.get(event_id="late")
    services.review_event(event=event, words="Statement.", has_come=True, acting_user=staff.servicing)
    item = SuspenseItem.objects.get()
    services.take_as_refund(item=item, words="The borrower has it.", acting_user=staff.servicing)
    assert (credit_minor(paid_three), account(qinghe, "suspense")) == (0, 0)
    assert money_text(owed_minor) in Notice.objects.get(event="refund_sent").blocks[0]["text"]
    assert list(violations([qinghe])) == []
