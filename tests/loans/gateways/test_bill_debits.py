"""A monthly bill through the gateway: a payment of one's own, what the gateway says of it, and what staff do."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, BankAccount, Borrower, Lender, Notice
from config import clock
from loans import services
from loans.books import violations
from loans.errors import AccountRefused, AmountRefused, BillRefused, FiguresChanged, KeyTaken, OrderOpen, StillOpen
from loans.gateways.interface import Instruction, NoAnswer, NotReceived, Outcome, Report
from loans.models import AccountEntry, BillPlan, PaymentOrder, RevolvingAccount, SuspenseItem
from loans.services import bill_closing, bill_paying, bill_planning
from loans.services.bill_ordering import order_bill_debit
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account, account_of, sent

JUNE = date(2026, 6, 5)
DUE = date(2026, 6, 10)


@pytest.fixture
def bill(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 bought on 20 May, billed on 1 June, due on the 10th; at least 100.00."""
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe)))
    monthly.live(made, "2026-05-20 buy 100000")
    monthly.bill_up_to(made, date(2026, 6, 1))
    return made


def order(bill: RevolvingAccount, card: BankAccount, amount_minor: int = 100_000, **more: Any) -> PaymentOrder:
    given = {"key": "b-1", "acting_user": bill.borrower.user} | more
    with at_noon(JUNE):
        return order_bill_debit(account=bill, bank_account=card, amount_minor=amount_minor, **given)


def said(order: PaymentOrder, outcome: str = "succeeded", event: str = "ev-1", on: date = JUNE, **more: Any) -> Any:
    """The gateway reports; the order was sent."""
    if order.state == "created":
        with at_noon(JUNE):
            sent(order)
    report = {"amount_minor": order.amount_minor, "currency": "CNY"} | more
    with at_noon(on):
        return services.take_report(
            lender=order.lender,
            gateway=order.gateway,
            event_id=event,
            report=Report(key=order.key, outcome=Outcome(outcome), **report),
        )


def paid(bill: RevolvingAccount) -> list[tuple[str, int | None, date]]:
    rows = bill.entries.filter(kind__in=["payment", "taken_back"]).order_by("sequence")
    return list(rows.values_list("kind", "amount_minor", "value_on"))


def test_an_order_stands_for_a_loan_or_a_monthly_bill_and_for_one_only(
    bill: RevolvingAccount, card: BankAccount, paid_three: Any
) -> None:
    made = order(bill, card)
    assert (made.debt, made.loan, made.direction, made.instalment_number) == (bill, None, "debit", None)
    for wrong in ({"loan": paid_three}, {"bill_account": None}, {"direction": "payout"}, {"aim": "repay_count"}):
        copy = PaymentOrder.objects.get(pk=made.pk)
        copy.pk, copy.public_id, copy.key, copy.state = None, clock.now().strftime("%f" * 5 + "00"), "x", "failed"
        copy.ended_at = clock.now()
        for name, value in wrong.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError, match=r"loans_order_of_one|loans_order_early"), transaction.atomic():
            copy.save(force_insert=True)


def test_what_the_bank_paid_is_booked_once_whatever_it_says_again(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    made = order(bill, card)
    assert said(made).answer == "applied"
    assert said(made).is_replay
    assert said(made, event="ev-2").answer == "noted"
    assert paid(bill) == [("payment", 100_000, JUNE)]
    entry = AccountEntry.objects.get(key="b-1")
    assert (entry.channel, entry.recorded_by) == ("borrower", None)
    assert account(qinghe, "cash") == 100_000
    with at_noon(JUNE):
        assert list(violations([qinghe])) == []
    notice = Notice.objects.get(event="bill_paid")
    assert notice.borrower == bill.borrower


def test_the_verbs_are_in_the_audit_chain_under_the_number_of_the_account(
    bill: RevolvingAccount, card: BankAccount
) -> None:
    said(order(bill, card))
    verbs = set(AuditEntry.objects.filter(subject=bill.number).values_list("verb", flat=True))
    assert {"order_debit", "end_order", "pay_bill"} <= verbs


def test_a_failure_leaves_the_bill_as_it_was(bill: RevolvingAccount, card: BankAccount, qinghe: Lender) -> None:
    made = order(bill, card)
    said(made, "failed", reason="AM04")
    made.refresh_from_db()
    assert (made.state, made.reason) == ("failed", "AM04")
    assert paid(bill) == []
    assert not Notice.objects.filter(event="bill_debit_failed").exists(), "of a payment of one's own the page tells"
    assert said(made, "succeeded", event="ev-2").answer == "conflict"
    with at_noon(JUNE):
        assert list(violations([qinghe])) == []


def test_another_sum_goes_into_suspense_and_can_be_placed_on_the_bill(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    made = order(bill, card)
    assert said(made, amount_minor=99_999).answer == "suspense"
    item = SuspenseItem.objects.get()
    assert (item.reason, item.bill_account, item.loan) == ("amount_differs", bill, None)
    assert paid(bill) == []
    with at_noon(date(2026, 6, 8)):
        assert list(violations([qinghe])) == []
        entry = services.match_suspense_to_bill(
            item=item, account=bill, words="the bank's statement", acting_user=staff.servicing
        )
        assert list(violations([qinghe])) == []
    assert item.resolution.account_entry == entry
    assert paid(bill) == [("payment", 99_999, JUNE)]
    assert account(qinghe, "suspense") == 0


def test_only_one_debit_of_a_bill_is_open(bill: RevolvingAccount, card: BankAccount) -> None:
    first = order(bill, card, 10_000)
    assert order(bill, card, 10_000) == first
    with pytest.raises(OrderOpen):
        order(bill, card, 20_000, key="b-2")
    with pytest.raises(KeyTaken):
        order(bill, card, 20_000)
    said(first, "failed")
    assert order(bill, card, 20_000, key="b-2").state == "created"


def test_nobody_pays_more_than_is_owed_or_from_a_strangers_account(
    bill: RevolvingAccount, card: BankAccount, stranger: Borrower
) -> None:
    with pytest.raises(AmountRefused):
        order(bill, card, 100_001)
    with pytest.raises(AccountRefused):
        order(bill, account_of(stranger, "7777"))


def test_without_an_answer_it_is_only_asked_about(bill: RevolvingAccount, card: BankAccount) -> None:
    class Silent:
        name, calls_out = "callback", False
        sent = 0

        def send_debit(self, instruction: Instruction) -> Report:
            assert instruction.purpose == bill.number
            self.sent += 1
            raise NoAnswer("time-out")

        def query(self, key: str) -> Report:
            if self.sent < 2:
                self.sent = 2
                raise NotReceived(key)
            return Report(key=key, outcome=Outcome.SUCCEEDED, amount_minor=100_000, currency="CNY")

    gateway: Any = Silent()
    made = order(bill, card)
    noon = clock.now()
    with at_noon(JUNE):
        noon = clock.now()
        assert services.send_orders(lender=bill.lender, gateway=gateway) == {"unanswered": 1}
        assert services.send_orders(lender=bill.lender, gateway=gateway) == {}
    for minutes, found in ((6, "not_received"), (12, "answered")):
        with clock.at(noon + timedelta(minutes=minutes)):
            assert services.query_unknown(lender=bill.lender, gateway=gateway) == {found: 1}
    made.refresh_from_db()
    assert (made.state, gateway.sent) == ("succeeded", 2)
    assert paid(bill) == [("payment", 100_000, JUNE)]


def test_money_that_is_known_after_the_next_bill_counts_from_that_bills_day(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    made = order(bill, card)
    said(made, on=date(2026, 7, 2), value_on=date(2026, 6, 30))
    assert paid(bill) == [("payment", 100_000, date(2026, 7, 1))]
    with at_noon(date(2026, 7, 2)):
        assert list(violations([qinghe])) == []


def test_money_for_an_account_that_was_closed_waits_in_suspense(
    bill: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    """It cannot be closed while an order is open; an order that was forgotten is not lost all the same."""
    made = order(bill, card)
    monthly.live(bill, "2026-06-05 pay 100000")
    with at_noon(JUNE), pytest.raises(StillOpen, match="under_way"):
        bill_closing.close_account(account=bill, acting_user=bill.borrower.user)
    with at_noon(JUNE):
        sent(made)
        RevolvingAccount.objects.filter(pk=bill.pk).update(
            state="closed", closed_on=JUNE, principal_left_minor=0, oldest_unpaid_due_on=None
        )
    assert said(made).answer == "suspense"
    assert SuspenseItem.objects.get().reason == "bill_closed"


@pytest.fixture
def planned(bill: RevolvingAccount) -> RevolvingAccount:
    """600.00 of the bill in three instalments; 400.00 are left of it."""
    monthly.live(bill, "2026-06-03 split 60000 3")
    return bill


def test_the_sum_for_everything_ends_the_instalments_as_of_its_day(
    planned: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    """Answered a week later: the sum of 5 June was 1,000.00 and the fee of two days of thirty."""
    with at_noon(JUNE):
        payoff_minor = bill_paying.followed(
            bill_paying.terms_of(planned), bill_paying.entries_of(planned), JUNE
        ).payoff_minor
    with pytest.raises(FiguresChanged):
        order(planned, card, payoff_minor - 1, aim="settle")
    made = order(planned, card, payoff_minor, aim="settle")
    assert said(made, on=date(2026, 6, 12), value_on=date(2026, 6, 11)).answer == "applied"
    assert paid(planned) == [("payment", payoff_minor, JUNE)]
    ended = planned.entries.get(kind="plan_ended")
    assert ended.value_on == JUNE
    planned.refresh_from_db()
    with at_noon(date(2026, 6, 12)):
        assert list(violations([qinghe])) == []
    monthly.bill_up_to(planned, date(2026, 7, 1))
    assert planned.principal_left_minor == 0
    assert planned.bills.latest("bill_on").to_pay_minor == 0


def test_if_something_was_bought_meanwhile_the_money_is_a_payment_like_any_other(
    planned: RevolvingAccount, card: BankAccount, qinghe: Lender
) -> None:
    with at_noon(JUNE):
        state = bill_paying.followed(bill_paying.terms_of(planned), bill_paying.entries_of(planned), JUNE)
    made = order(planned, card, state.payoff_minor, aim="settle")
    monthly.live(planned, "2026-06-05 buy 5000")
    assert said(made).answer == "applied"
    assert paid(planned) == [("payment", state.payoff_minor, JUNE)]
    assert not planned.entries.filter(kind="plan_ended").exists()
    assert BillPlan.objects.get().state == "agreed"
    with at_noon(JUNE):
        assert list(violations([qinghe])) == []


def test_a_settlement_that_was_not_sent_on_its_day_is_taken_back(planned: RevolvingAccount, card: BankAccount) -> None:
    class Bank:
        name, calls_out = "callback", False

    gateway: Any = Bank()
    with at_noon(JUNE):
        payoff_minor = bill_paying.followed(
            bill_paying.terms_of(planned), bill_paying.entries_of(planned), JUNE
        ).payoff_minor
    made = order(planned, card, payoff_minor, aim="settle")
    with at_noon(JUNE + timedelta(days=1)):
        assert services.send_orders(lender=planned.lender, gateway=gateway) == {"taken_back": 1}
    made.refresh_from_db()
    assert made.reason == "quote_over"


def test_a_closed_account_takes_no_order(bill: RevolvingAccount, card: BankAccount) -> None:
    monthly.live(bill, "2026-06-05 pay 100000")
    with at_noon(JUNE):
        bill_closing.close_account(account=bill, acting_user=bill.borrower.user)
    with pytest.raises(BillRefused):
        order(bill, card, 1)


def test_nothing_becomes_instalments_while_a_payment_is_under_way(bill: RevolvingAccount, card: BankAccount) -> None:
    user = bill.borrower.user
    with at_noon(JUNE):
        plan = bill_planning.offer_plan(account=bill, amount_minor=80_000, parts=3, acting_user=user)
    made = order(bill, card)
    with at_noon(JUNE), pytest.raises(OrderOpen):
        bill_planning.offer_plan(account=bill, amount_minor=80_000, parts=3, acting_user=user)
    with at_noon(date(2026, 6, 6)), pytest.raises(OrderOpen):
        bill_planning.plan_bill(plan=plan, shown_hash=plan.rows_hash, acting_user=user)
    said(made, "failed")
    with at_noon(date(2026, 6, 6)):
        agreed = bill_planning.plan_bill(plan=plan, shown_hash=plan.rows_hash, acting_user=user)
    assert agreed.state == "agreed"


@pytest.fixture
def overtaken(
    bill: RevolvingAccount, card: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., PaymentOrder]:
    """A payment of all 1,000.00 is with the bank since 5 June; on the 6th 800.00 became instalments all the same."""

    def make(**more: Any) -> PaymentOrder:
        made = order(bill, card, **more)
        with at_noon(JUNE):
            sent(made)
        monkeypatch.setattr(bill_planning, "_check_nothing_comes", lambda account: None)
        monthly.live(bill, "2026-06-06 split 80000 3")
        return made

    return make


@pytest.mark.parametrize("aim, value_on", [("pay", JUNE), ("settle", None), ("settle", JUNE)])
def test_money_from_before_instalments_that_it_would_have_paid_counts_from_their_day(
    overtaken: Callable[..., PaymentOrder], bill: RevolvingAccount, qinghe: Lender, aim: str, value_on: date | None
) -> None:
    """On 5 June it paid for all that was billed; then nothing would have been left to become instalments."""
    made = overtaken(aim=aim)
    assert said(made, on=date(2026, 6, 12), value_on=value_on).answer == "applied"
    assert paid(bill) == [("payment", 100_000, date(2026, 6, 6))]
    made.refresh_from_db()
    assert made.state == "succeeded"
    with at_noon(date(2026, 6, 12)):
        assert list(violations([qinghe])) == []


def test_money_that_went_back_before_it_was_known_is_taken_back_all_the_same(
    overtaken: Callable[..., PaymentOrder], bill: RevolvingAccount, qinghe: Lender
) -> None:
    made = overtaken()
    assert said(made, "returned", on=date(2026, 6, 8), value_on=JUNE, reason="AM04").answer == "applied"
    assert [row[:2] for row in paid(bill)] == [("payment", 100_000), ("taken_back", 100_000)]
    with at_noon(date(2026, 6, 8)):
        assert list(violations([qinghe])) == []


@pytest.mark.parametrize("outcome, answer", [("succeeded", "suspense"), ("returned", "review")])
def test_money_for_which_the_bill_has_no_place_on_any_day_lies_in_suspense(
    bill: RevolvingAccount,
    card: BankAccount,
    qinghe: Lender,
    monkeypatch: pytest.MonkeyPatch,
    outcome: str,
    answer: str,
) -> None:
    monkeypatch.setattr("loans.services.bill_ordering.payment_counts_on", lambda *_: None)
    assert said(order(bill, card), outcome).answer == answer
    assert SuspenseItem.objects.get().amount_minor == 100_000
    assert (paid(bill), account(qinghe, "suspense")) == ([], -100_000)
    assert PaymentOrder.objects.get().state == "succeeded"
    with at_noon(JUNE):
        assert list(violations([qinghe])) == []
