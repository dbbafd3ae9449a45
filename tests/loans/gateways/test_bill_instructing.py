"""Collecting a monthly bill on its due day: how much, when, from where, and what keeps it from being ordered."""

from collections import Counter
from datetime import date, time
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, BankAccount, Borrower, Lender, Notice
from credit.selectors import live_consent
from credit.services import withdraw_consent
from loans import services
from loans.books import violations
from loans.errors import BillRefused
from loans.gateways.interface import Outcome, Report
from loans.models import Hold, Loan, PaymentOrder, RevolvingAccount
from loans.selectors.bills import account_page, statement_page
from loans.services import bill_closing
from loans.services.bill_holding import place_holds
from loans.services.bill_instructing import choose_collected, instruct_bill_debits
from loans.services.bill_reversing import reverse_bill_payment
from tests.credit.consents import give
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account_of

DUE = date(2026, 6, 10)
TEN = time(10, 0)


@pytest.fixture
def bill(borrower: Borrower, qinghe: Lender, card: BankAccount) -> RevolvingAccount:
    """1,000.00 on the bill of 1 June, due on the 10th, at least 100.00; a mandate and an account."""
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe, debit_times=["10:00", "20:00"])))
    monthly.live(made, "2026-05-20 buy 100000")
    monthly.bill_up_to(made, date(2026, 6, 1))
    give(borrower, qinghe, "debit")
    return made


def instruct(bill: RevolvingAccount, on: date = DUE, at: time = TEN) -> Counter[str]:
    with at_noon(on):
        return instruct_bill_debits(lender=bill.lender, on=on, at=at)


def end(order: PaymentOrder, outcome: str = "failed", reason: str = "", on: date | None = None) -> None:
    """The order was sent, and this is the gateway's last word."""
    PaymentOrder.objects.filter(pk=order.pk, state="created").update(state="sent", sent_at=order.created_at)
    report = Report(
        key=order.key,
        outcome=Outcome(outcome),
        amount_minor=order.amount_minor,
        currency="CNY",
        reason=reason,
    )
    with at_noon(on or order.ordered_on):
        services.take_report(
            lender=order.lender, gateway=order.gateway, event_id=f"{order.key}-{outcome}", report=report
        )


def choose(bill: RevolvingAccount, collected: str) -> None:
    choose_collected(account=bill, collected=collected, acting_user=bill.borrower.user)


def last() -> PaymentOrder:
    return PaymentOrder.objects.latest("pk")


def test_the_whole_bill_is_collected_on_its_due_day_unless_the_minimum_was_chosen(
    bill: RevolvingAccount, card: BankAccount
) -> None:
    assert instruct(bill) == {"ordered": 1}
    order = last()
    assert (order.amount_minor, order.instalment_number, order.bank_account) == (100_000, 1, card)
    assert (order.bill_account, order.ordered_on, order.ordered_by) == (bill, DUE, None)
    end(order)
    choose(bill, "minimum")
    assert instruct(bill, at=time(20)) == {"ordered": 1}
    assert last().amount_minor == 10_000


def test_what_came_is_booked_as_collected_by_the_system(bill: RevolvingAccount, qinghe: Lender) -> None:
    instruct(bill)
    end(last(), "succeeded")
    entry = bill.entries.get(kind="payment")
    assert (entry.channel, entry.value_on, entry.amount_minor) == ("auto_debit", DUE, 100_000)
    assert instruct(bill, at=time(20)) == {"not_yet": 1}
    with at_noon(DUE):
        assert list(violations([qinghe])) == []


def test_before_the_day_and_the_time_and_twice_nothing_is_ordered(bill: RevolvingAccount) -> None:
    assert instruct(bill, date(2026, 6, 9), time(23)) == {}
    assert instruct(bill, at=time(9, 59)) == {"not_yet": 1}
    assert instruct(bill) == {"ordered": 1}
    assert instruct(bill) == {"waiting": 1}
    end(last())
    assert instruct(bill) == {"tried": 1}
    assert PaymentOrder.objects.count() == 1


def test_after_the_due_day_only_an_unpaid_minimum_is_collected(bill: RevolvingAccount) -> None:
    """Unpaid, it is tried again; with the minimum paid by hand the rest was carried over, and nobody collects it."""
    assert instruct(bill, date(2026, 6, 12)) == {"ordered": 1}
    assert last().amount_minor == 100_000
    end(last())
    monthly.live(bill, "2026-06-12 pay 10000")
    assert instruct(bill, date(2026, 6, 13)) == {}
    assert instruct(bill, date(2026, 7, 10)) == {}  # no bill of July yet


def test_on_the_due_day_the_rest_is_collected_of_who_paid_a_part_before(bill: RevolvingAccount) -> None:
    monthly.live(bill, "2026-06-04 pay 30000")
    instruct(bill)
    assert last().amount_minor == 70_000


def test_who_chose_the_minimum_and_paid_it_is_left_alone(bill: RevolvingAccount) -> None:
    choose(bill, "minimum")
    monthly.live(bill, "2026-06-04 pay 10000")
    assert instruct(bill) == {"not_yet": 1}


def test_the_next_bill_brings_what_was_carried_over_along(bill: RevolvingAccount) -> None:
    """900.00 carried over; 0.05 % a day from 11 to 30 June is 9.00 of interest; 500.00 bought in June."""
    monthly.live(bill, "2026-06-10 pay 10000; 2026-06-15 buy 50000")
    monthly.bill_up_to(bill, date(2026, 7, 1))
    instruct(bill, date(2026, 7, 10))
    assert (last().amount_minor, last().instalment_number) == (90_000 + 900 + 50_000, 2)


def test_accounts_are_tried_in_the_borrowers_order(bill: RevolvingAccount, borrower: Borrower) -> None:
    second = account_of(borrower, "5678")
    instruct(bill)
    end(last(), reason="AM04")
    assert instruct(bill) == {"ordered": 1}
    assert last().bank_account == second


def test_an_account_whose_bank_refused_for_good_is_left_alone(bill: RevolvingAccount, borrower: Borrower) -> None:
    instruct(bill)
    end(last(), reason="AC04")
    assert instruct(bill, at=time(20)) == {"barred": 1}
    account_of(borrower, "5678")
    assert instruct(bill, at=time(20)) == {"ordered": 1}


def test_a_debit_that_came_and_was_disputed_bars_the_account_too(bill: RevolvingAccount) -> None:
    instruct(bill)
    end(last(), "succeeded")
    end(last(), "returned", "MD06", on=date(2026, 6, 11))
    assert instruct(bill, date(2026, 6, 12)) == {"barred": 1}


def test_without_a_mandate_nothing_is_collected(bill: RevolvingAccount, borrower: Borrower) -> None:
    mandate = live_consent(borrower, bill.lender, "debit", DUE)
    assert mandate is not None
    withdraw_consent(consent=mandate, acting_user=borrower.user)
    assert instruct(bill) == {"no_mandate": 1}


def test_while_a_report_waits_for_a_person_nothing_is_ordered(bill: RevolvingAccount) -> None:
    instruct(bill)
    end(last())
    end(last(), "succeeded")  # after the failure: a conflict
    assert instruct(bill, at=time(20)) == {"in_question": 1}


def test_a_choice_changed_before_it_was_sent_takes_the_order_back(bill: RevolvingAccount) -> None:
    class Bank:
        name, calls_out = "callback", False

    gateway: Any = Bank()
    instruct(bill)
    with at_noon(DUE):
        choose(bill, "minimum")
        assert services.send_orders(lender=bill.lender, gateway=gateway) == {"taken_back": 1}
    assert last().reason == "bill_changed"


def test_one_round_collects_loans_and_bills_alike(bill: RevolvingAccount, paid_three: Loan) -> None:
    class Bank:
        """Says yes to everything at once."""

        name, calls_out = "callback", False

        def send_debit(self, instruction: Any) -> Report:
            return Report(
                key=instruction.key, outcome=Outcome.SUCCEEDED, amount_minor=instruction.amount_minor, currency="CNY"
            )

    gateway: Any = Bank()
    with at_noon(DUE):
        counts = services.collect(lender=bill.lender, gateway=gateway)
        assert (counts["ordered"], counts["sent"], counts["open"]) == (2, 2, 0)
        assert list(violations([bill.lender])) == []
    assert paid_three.payments.filter(channel="auto_debit", value_on=DUE).count() == 1
    assert bill.entries.filter(kind="payment", channel="auto_debit").count() == 1


def test_a_hold_on_a_loan_of_the_same_person_leaves_the_bill_alone(bill: RevolvingAccount, paid_three: Loan) -> None:
    services.open_holds(
        loan=paid_three, kinds=[Hold.Kind.AUTO_DEBIT], source="R-1", from_on=date(2026, 5, 8), acting_user=None
    )
    assert instruct(bill) == {"ordered": 1}


def test_a_hold_on_the_bill_takes_back_what_was_ordered_and_the_database_takes_no_other(
    bill: RevolvingAccount, staff: SimpleNamespace
) -> None:
    class Bank:
        name, calls_out = "callback", False

    gateway: Any = Bank()
    assert instruct(bill) == {"ordered": 1}
    with at_noon(DUE):
        place_holds(account=bill, kinds=["auto_debit"], words="争议。", acting_user=staff.servicing)
        assert services.send_orders(lender=bill.lender, gateway=gateway) == {"taken_back": 1}
    made = last()
    assert (made.state, made.reason) == ("failed", "held")
    assert instruct(bill, at=time(20)) == {"held": 1}
    made.pk, made.public_id, made.key, made.state, made.reason = None, uuid4(), "another", "created", ""
    made.ended_at = None
    with pytest.raises(IntegrityError, match="stands still"), transaction.atomic():
        made.save(force_insert=True)


def test_the_borrower_alone_chooses_and_the_choice_stands_in_the_audit_chain(
    bill: RevolvingAccount, stranger: Borrower, staff: SimpleNamespace
) -> None:
    for somebody in (stranger.user, staff.servicing):
        with pytest.raises(NotPermitted):
            choose_collected(account=bill, collected="minimum", acting_user=somebody)
    choose(bill, "minimum")
    choose(bill, "minimum")
    entry = AuditEntry.objects.get(verb="choose_collected")
    assert (entry.before, entry.after) == ({"collected": "whole"}, {"collected": "minimum"})
    monthly.live(bill, "2026-06-05 pay 100000")
    with at_noon(DUE):
        bill_closing.close_account(account=bill, acting_user=bill.borrower.user)
        with pytest.raises(BillRefused):
            choose(bill, "whole")


def test_a_debit_that_failed_is_told_once_a_day(bill: RevolvingAccount, borrower: Borrower) -> None:
    account_of(borrower, "5678")
    for _ in range(2):
        instruct(bill)
        end(last(), reason="AM04")
    assert Notice.objects.filter(event="bill_debit_failed").count() == 1


# What the bank returns.


@pytest.fixture
def collected(bill: RevolvingAccount) -> RevolvingAccount:
    """Collected whole on its due day."""
    instruct(bill)
    end(last(), "succeeded")
    bill.refresh_from_db()
    assert bill.oldest_unpaid_due_on is None
    return bill


def test_a_payment_that_bounced_is_as_if_it_had_never_come(collected: RevolvingAccount, qinghe: Lender) -> None:
    """Returned on 15 June: the minimum of 100.00 is unpaid since the 10th."""
    end(last(), "returned", "AM04", on=date(2026, 6, 15))
    collected.refresh_from_db()
    assert (collected.oldest_unpaid_due_on, collected.principal_left_minor) == (DUE, 100_000)
    back = collected.entries.get(kind="taken_back")
    assert (back.about.kind, back.reason, back.value_on) == ("payment", "AM04", date(2026, 6, 15))
    with at_noon(date(2026, 6, 15)):
        assert list(violations([qinghe])) == []
    notice = Notice.objects.get(event="bill_payment_taken_back")
    assert notice.borrower == collected.borrower
    assert last().state == "succeeded"


def test_told_twice_or_before_the_success_it_is_taken_back_once(bill: RevolvingAccount, qinghe: Lender) -> None:
    instruct(bill)
    end(last(), "returned", "AM04")
    end(last(), "succeeded")
    with at_noon(date(2026, 6, 11)):
        report = Report(key=last().key, outcome=Outcome.RETURNED, amount_minor=100_000, currency="CNY", reason="AM04")
        taken = services.take_report(lender=qinghe, gateway="callback", event_id="again", report=report)
        assert taken.answer == "applied"
        assert list(violations([qinghe])) == []
    assert [row.kind for row in bill.entries.order_by("sequence")] == ["purchase", "payment", "taken_back"]


def test_after_the_next_bill_the_old_one_stays_and_the_one_after_says_what_is_so(
    collected: RevolvingAccount, qinghe: Lender
) -> None:
    """Returned on 3 July: the bill of 1 July had nothing of the old one; that of 1 August asks for all of it.

    500.00 were bought in June and paid by nobody. Overdue since 10 June: 100.00 of the minimum
    bear 0.075 % a day from 11 June (51 days to the end of July), 900.00 bear 0.05 % until the due
    day of the bill that asks for them.
    """
    monthly.live(collected, "2026-06-15 buy 50000")
    monthly.bill_up_to(collected, date(2026, 7, 1))
    july = collected.bills.get(bill_on=date(2026, 7, 1))
    assert (july.balance_minor, july.overdue_minor) == (50_000, 0)
    end(PaymentOrder.objects.get(), "returned", "AM04", on=date(2026, 7, 3))
    with at_noon(date(2026, 7, 3)):
        assert list(violations([qinghe])) == []
    monthly.bill_up_to(collected, date(2026, 8, 1))
    july.refresh_from_db()
    assert july.balance_minor == 50_000
    august = collected.bills.get(bill_on=date(2026, 8, 1))
    assert august.settled_minor == 50_000 - august.overdue_minor
    assert august.overdue_minor >= 150_000
    page = statement_page(RevolvingAccount.objects.get(pk=collected.pk), august)
    assert page.owed_again_minor == august.overdue_minor - 50_000
    with at_noon(date(2026, 8, 1)):
        assert list(violations([qinghe])) == []


def test_a_bill_that_was_never_made_asks_for_nothing(collected: RevolvingAccount, qinghe: Lender) -> None:
    """With the payment there was nothing to bill on 1 July; it is returned on the 3rd.

    What was due on 10 June is overdue since then, and nothing is due on 10 July: no bill said so.
    That of 1 August has all of it: 900.00 x 0.05 % x 51 days = 22.95, 100.00 x 0.075 % x 51 = 3.83.
    """
    monthly.bill_up_to(collected, date(2026, 7, 1))
    end(PaymentOrder.objects.get(), "returned", "AM04", on=date(2026, 7, 3))
    with at_noon(date(2026, 7, 12)):
        now = account_page(RevolvingAccount.objects.get(pk=collected.pk)).now
        assert (now.minimum_minor, now.due_on, now.oldest_on) == (10_000, date(2026, 6, 10), date(2026, 6, 10))
        assert list(violations([qinghe])) == []
    monthly.bill_up_to(collected, date(2026, 8, 1))
    june, august = collected.bills.order_by("bill_on")
    assert (june.bill_on, august.bill_on, august.opens_on) == (date(2026, 6, 1), date(2026, 8, 1), date(2026, 6, 1))
    assert (august.opening_minor, august.settled_minor, august.overdue_minor) == (100_000, 0, 100_000)
    assert (august.interest_minor, august.penalty_minor) == (2_295, 383)
    with at_noon(date(2026, 8, 2)):
        assert list(violations([qinghe])) == []
        assert statement_page(RevolvingAccount.objects.get(pk=collected.pk), august).is_whole


def test_what_was_given_back_of_it_is_for_a_person(bill: RevolvingAccount, qinghe: Lender) -> None:
    """600.00 went back to the borrower after the purchase was refunded; now the payment itself comes back."""
    from loans.services import bill_buying, bill_paying

    instruct(bill)
    end(last(), "succeeded")
    bought = bill.entries.get(kind="purchase")
    with at_noon(date(2026, 6, 12)):
        bill_buying.refund_purchase(bought=bought, amount_minor=60_000, key="r", acting_user=None)
        bill_paying.return_credit(account=bill, amount_minor=60_000, key="c", acting_user=None)
    end(last(), "returned", "AM04", on=date(2026, 6, 15))
    event = last().events.get(event_id__endswith="returned")
    assert event.answer == "review"
    assert not bill.entries.filter(kind="taken_back").exists()
    with at_noon(date(2026, 6, 15)):
        assert list(violations([qinghe])) == []


def test_only_staff_who_may_reverse_take_a_payment_back_by_hand(
    collected: RevolvingAccount, staff: SimpleNamespace
) -> None:
    entry = collected.entries.get(kind="payment")
    with pytest.raises(NotPermitted):
        reverse_bill_payment(entry=entry, reason="error", acting_user=staff.intake)
    with at_noon(date(2026, 6, 12)):
        made = reverse_bill_payment(entry=entry, reason="error", acting_user=staff.servicing)
        assert reverse_bill_payment(entry=entry, reason="error", acting_user=staff.servicing) == made
    assert made.recorded_by == staff.servicing
