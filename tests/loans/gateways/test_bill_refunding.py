"""What no bill asks for goes back through the gateway: never more than there is, never twice, always in the books."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, BankAccount, Borrower, Lender, Notice
from config import clock
from loans import services
from loans.books import violations
from loans.errors import AccountRefused, AmountRefused, BillRefused, OrderOpen, StillOpen
from loans.gateways.interface import Outcome, Report
from loans.models import Loan, PaymentOrder, RefundWish, RevolvingAccount, SuspenseItem
from loans.selectors.bill_reminders import bill_turns
from loans.selectors.debits import is_in_question
from loans.selectors.refunds import refund_of
from loans.services import bill_closing, bill_paying
from loans.services.bill_ordering import order_bill_debit
from loans.services.bill_refunding import order_bill_refund, wish_bill_refund
from loans.services.bill_reversing import reverse_bill_payment
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account, account_of, sent

JUNE = date(2026, 6, 5)
SIXTH = date(2026, 6, 6)
LATER = date(2026, 6, 28)
JULY = date(2026, 7, 2)
OWED = 20_000


@pytest.fixture
def bill(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 were billed on 1 June, 1,200.00 were paid on the 5th: 200.00 are kept for the borrower."""
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe)))
    monthly.live(made, "2026-05-20 buy 100000")
    monthly.bill_up_to(made, date(2026, 6, 1))
    monthly.live(made, "2026-06-05 pay 120000")
    return made


def order(bill: RevolvingAccount, card: BankAccount, on: date = JUNE, **more: Any) -> PaymentOrder:
    with at_noon(on):
        return order_bill_refund(account=bill, bank_account=card, **({"acting_user": None} | more))


def said(made: PaymentOrder, outcome: str = "succeeded", event: str = "ev-1", on: date = JUNE, **more: Any) -> Any:
    """The gateway reports; the order was sent."""
    if made.state == "created":
        sent(made)
    report = {"amount_minor": made.amount_minor, "currency": "CNY"} | more
    with at_noon(on):
        return services.take_report(
            lender=made.lender,
            gateway=made.gateway,
            event_id=event,
            report=Report(key=made.key, outcome=Outcome(outcome), **report),
        )


def found(lender: Lender, on: date = JUNE) -> list[Any]:
    with at_noon(on):
        return list(violations([lender]))


def gone(bill: RevolvingAccount) -> list[tuple[int | None, date]]:
    rows = bill.entries.filter(kind="credit_returned").order_by("sequence")
    return list(rows.values_list("amount_minor", "value_on"))


def test_what_went_back_is_booked_once_whatever_the_gateway_says_again(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    made = order(bill, card)
    assert (made.direction, made.amount_minor, made.debt, made.loan) == ("refund", OWED, bill, None)
    assert gone(bill) == [], "nothing has moved yet"
    assert said(made).answer == "applied"
    assert said(made).is_replay
    assert said(made, event="ev-2").answer == "noted"
    assert gone(bill) == [(OWED, JUNE)]
    # 1,200.00 came, 200.00 went
    assert (account(qinghe, "cash"), account(qinghe, "borrower_credit")) == (100_000, 0)
    assert found(qinghe) == []
    assert not Notice.objects.filter(event="bill_paid").exists(), "a refund is no payment"
    verbs = set(AuditEntry.objects.filter(subject=bill.number).values_list("verb", flat=True))
    assert {"order_refund", "end_order", "return_credit"} <= verbs


def test_one_refund_at_a_time_and_after_a_failure_another(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    first = order(bill, card, amount_minor=5_000)
    with pytest.raises(OrderOpen):
        order(bill, card)
    copy = PaymentOrder.objects.get(pk=first.pk)
    copy.pk, copy.public_id, copy.key = None, clock.now().strftime("%f" * 5 + "00"), "x"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)
    said(first, "failed", reason="AC04")
    assert gone(bill) == []
    with at_noon(JUNE):
        page = refund_of(bill)
    assert (page.owed_minor, page.is_open) == (OWED, True)
    assert page.order is not None
    with translation.override("en"):
        assert page.order.why_not[0].startswith("The bank says that this account cannot be used")
    assert order(bill, card).key.endswith(":2")
    assert said(first, event="ev-2").answer == "conflict"
    assert found(qinghe) == []


@pytest.mark.parametrize("amount_minor", [OWED + 1, 0, -1])
def test_never_more_than_is_kept(bill: RevolvingAccount, card: BankAccount, amount_minor: int) -> None:
    with pytest.raises(AmountRefused):
        order(bill, card, amount_minor=amount_minor)


def test_neither_by_somebody_who_may_not_nor_to_a_strangers_account(
    bill: RevolvingAccount, card: BankAccount, stranger: Borrower, staff: SimpleNamespace
) -> None:
    for user in (staff.intake, bill.borrower.user):
        with pytest.raises(NotPermitted):
            order(bill, card, acting_user=user)
    with pytest.raises(AccountRefused):
        order(bill, account_of(stranger, "7777"))
    assert not PaymentOrder.objects.exists()


def test_a_part_of_what_was_bought_since_stays(bill: RevolvingAccount, card: BankAccount, qinghe: Lender) -> None:
    """150.00 go back; the other 50.00 pay ahead for the bill of July."""
    said(order(bill, card, amount_minor=15_000))
    monthly.live(bill, "2026-06-20 buy 8000")
    monthly.bill_up_to(bill, date(2026, 7, 1))
    july = bill.bills.latest("bill_on")
    assert (july.balance_minor, july.advance_minor) == (8_000, 5_000)
    assert found(qinghe, JULY) == []


def test_what_a_bill_has_used_is_not_sent_any_more(bill: RevolvingAccount, card: BankAccount, qinghe: Lender) -> None:
    """Written on 28 June; the bill of 1 July asks for 300.00 and takes the 200.00 first."""

    class Bank:
        name, calls_out = "callback", False

    gateway: Any = Bank()
    monthly.live(bill, "2026-06-10 buy 30000")
    made = order(bill, card, on=LATER)
    with at_noon(JULY):
        assert services.send_orders(lender=qinghe, gateway=gateway) == {"taken_back": 1}
    made.refresh_from_db()
    assert (made.state, made.reason) == ("failed", "credit_used")
    with translation.override("en"):
        assert made.why_not[0] == "A bill had used the money before it could be sent."


def test_what_went_after_a_bill_had_used_it_lies_in_suspense_until_it_is_back(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    monthly.live(bill, "2026-06-10 buy 30000")
    made = sent(order(bill, card, on=LATER))
    monthly.bill_up_to(bill, date(2026, 7, 1))
    assert said(made, on=JULY, value_on=date(2026, 6, 30)).answer == "suspense"
    item = SuspenseItem.objects.get()
    assert (item.reason, item.is_outgoing, item.bill_account, item.amount_minor) == ("credit_used", True, bill, OWED)
    assert gone(bill) == []
    assert bill.bills.latest("bill_on").advance_minor == OWED
    assert found(qinghe, JULY) == []
    with at_noon(JULY):
        services.return_suspense(item=item, words="The borrower sent it.", acting_user=staff.servicing)
    assert account(qinghe, "cash") == 120_000
    assert found(qinghe, JULY) == []


def test_what_is_known_after_the_next_bill_counts_from_that_bills_day(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    made = order(bill, card, on=LATER)
    assert said(made, on=JULY, value_on=date(2026, 6, 30)).answer == "applied"
    assert gone(bill) == [(OWED, date(2026, 7, 1))]
    assert found(qinghe, JULY) == []


def test_it_counts_on_the_day_it_moved(bill: RevolvingAccount, card: BankAccount, qinghe: Lender) -> None:
    made = order(bill, card)
    said(made, on=date(2026, 6, 9), value_on=date(2026, 6, 8))
    assert gone(bill) == [(OWED, date(2026, 6, 8))]
    assert found(qinghe, date(2026, 6, 9)) == []


def test_what_was_owed_on_another_day_only_counts_from_today(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    """Moved on the 7th, when the payment had bounced; on the 9th somebody paid 1,300.00: 300.00 are kept."""
    made = sent(order(bill, card))
    with at_noon(date(2026, 6, 6)):
        reverse_bill_payment(entry=bill.entries.get(kind="payment"), reason="AM04", acting_user=None)
    monthly.live(bill, "2026-06-09 pay 130000")
    assert said(made, on=date(2026, 6, 9), value_on=date(2026, 6, 7)).answer == "applied"
    assert gone(bill) == [(OWED, date(2026, 6, 9))]
    assert account(qinghe, "borrower_credit") == -10_000
    assert found(qinghe, date(2026, 6, 9)) == []


def test_if_the_payment_bounced_meanwhile_what_went_is_to_come_back(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    made = sent(order(bill, card))
    with at_noon(JUNE):
        reverse_bill_payment(entry=bill.entries.get(kind="payment"), reason="AM04", acting_user=None)
    assert said(made).answer == "suspense"
    assert (gone(bill), SuspenseItem.objects.get().reason) == ([], "credit_used")
    assert found(qinghe) == []


def test_another_sum_or_money_that_comes_back_is_for_a_person(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    made = order(bill, card)
    assert said(made, amount_minor=OWED - 1).answer == "conflict"
    assert said(made, event="ev-2").answer == "applied"
    assert said(made, "returned", event="ev-3").answer == "review"
    assert gone(bill) == [(OWED, JUNE)]
    assert found(qinghe) == []


def test_money_that_a_person_found_to_have_gone_after_all_lies_in_suspense(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    made = order(bill, card)
    said(made, "failed")
    said(made, event="ev-2")
    with at_noon(JUNE):
        services.review_event(
            event=made.events.get(event_id="ev-2"), words="Statement.", has_come=True, acting_user=staff.servicing
        )
    item = SuspenseItem.objects.get()
    assert (item.is_outgoing, item.reason) == (True, "found_in_review")
    assert found(qinghe) == []


def test_meanwhile_it_is_not_given_back_by_hand_settled_or_closed_but_paid(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    """With 500.00 bought on the 6th, 300.00 pay for everything: as long as the 200.00 stay."""
    monthly.live(bill, "2026-06-06 buy 50000")
    order(bill, card, on=SIXTH)
    debit: dict[str, Any] = {
        "account": bill, "bank_account": card, "amount_minor": 30_000, "acting_user": bill.borrower.user
    }  # fmt: skip
    with at_noon(SIXTH):
        with pytest.raises(OrderOpen):
            bill_paying.return_credit(account=bill, amount_minor=1, key="c", acting_user=staff.servicing)
        with pytest.raises(OrderOpen):
            order_bill_debit(key="all", aim="settle", **debit)
        with pytest.raises(StillOpen, match="under_way"):
            bill_closing.close_account(account=bill, acting_user=bill.borrower.user)
        assert order_bill_debit(key="some", **debit).state == "created"
    assert found(qinghe, SIXTH) == []


def test_while_everything_is_paid_off_its_credit_goes_nowhere(
    bill: RevolvingAccount, card: BankAccount, staff: SimpleNamespace
) -> None:
    """With 500.00 bought on the 6th, 300.00 pay for everything, the 200.00 counted in."""
    monthly.live(bill, "2026-06-06 buy 50000")
    with at_noon(SIXTH):
        settling = order_bill_debit(
            account=bill, bank_account=card, amount_minor=30_000, key="all", aim="settle",
            acting_user=bill.borrower.user,
        )  # fmt: skip
        with pytest.raises(OrderOpen):
            bill_paying.return_credit(account=bill, amount_minor=1, key="c", acting_user=staff.servicing)
    with pytest.raises(OrderOpen):
        order(bill, card, on=SIXTH)
    said(settling, "failed", on=SIXTH)
    assert order(bill, card, on=SIXTH).amount_minor == OWED


def test_money_that_went_out_stops_neither_reminders_nor_debits(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    """3,000.00 are billed on 1 July: of the 300.00 that must be paid, the bill took 200.00, which went out too."""
    monthly.live(bill, "2026-06-10 buy 300000")
    made = sent(order(bill, card, on=LATER))
    monthly.bill_up_to(bill, date(2026, 7, 1))
    due_on = date(2026, 7, 10)
    assert said(made, on=JULY, value_on=date(2026, 6, 30)).answer == "suspense"
    assert said(made, "returned", event="ev-2", on=JULY).answer == "review"
    bill.refresh_from_db()
    assert bill.oldest_unpaid_due_on == due_on
    assert not is_in_question(bill)
    assert [turn.account for turn in bill_turns(qinghe, due_on) if turn.step == 0] == [bill.pk]


def test_a_refund_that_is_not_in_the_books_is_found(bill: RevolvingAccount, card: BankAccount, qinghe: Lender) -> None:
    made = sent(order(bill, card))
    PaymentOrder.objects.filter(pk=made.pk).update(
        state="succeeded", moved_minor=OWED, value_on=JUNE, ended_at=clock.now()
    )
    assert any("moved 20000, booked 0" in str(one) for one in found(qinghe))


# What the borrower asks for.


def wish(bill: RevolvingAccount, card: BankAccount, on: date = JUNE, **more: Any) -> RefundWish:
    with at_noon(on):
        return wish_bill_refund(account=bill, bank_account=card, **({"acting_user": bill.borrower.user} | more))


def test_asked_for_twice_it_is_one_wish_until_the_money_went(
    bill: RevolvingAccount, card: BankAccount, staff: SimpleNamespace
) -> None:
    first = wish(bill, card)
    assert (first.amount_minor, first.bill_account, first.loan, str(first)) == (OWED, bill, None, bill.number)
    assert wish(bill, card) == first
    with at_noon(date(2026, 6, 6)):
        bill_paying.return_credit(account=bill, amount_minor=5_000, key="c", acting_user=staff.servicing)
        assert refund_of(bill).wish is None
    assert wish(bill, card, on=date(2026, 6, 7)) != first
    order(bill, card, on=date(2026, 6, 8))
    with pytest.raises(OrderOpen):
        wish(bill, card, on=date(2026, 6, 8))


def test_only_ones_own_money_to_ones_own_account_is_asked_for(
    bill: RevolvingAccount, card: BankAccount, stranger: Borrower, staff: SimpleNamespace
) -> None:
    for user in (stranger.user, staff.servicing):
        with pytest.raises(NotPermitted):
            wish(bill, card, acting_user=user)
    with pytest.raises(AccountRefused):
        wish(bill, account_of(stranger, "7777"))
    said(order(bill, card))
    with pytest.raises(AmountRefused):
        wish(bill, card)
    with at_noon(JUNE):
        bill_closing.close_account(account=bill, acting_user=bill.borrower.user)
    for ask in (wish, order):
        with pytest.raises(BillRefused):
            ask(bill, card)


def test_a_wish_stands_for_a_loan_or_a_monthly_bill_and_for_one_only(
    bill: RevolvingAccount, card: BankAccount, paid_three: Loan, jiangpan: Lender
) -> None:
    given: dict[str, Any] = {
        "lender": bill.lender, "borrower": bill.borrower, "bank_account": card, "amount_minor": 1,
        "wished_by": bill.borrower.user,
    }  # fmt: skip
    for wrong in ({}, {"loan": paid_three, "bill_account": bill}):
        with pytest.raises(IntegrityError, match="loans_refund_wish_of_one"), transaction.atomic():
            RefundWish.objects.create(**given, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundWish.objects.create(**given | {"lender": jiangpan}, bill_account=bill)
