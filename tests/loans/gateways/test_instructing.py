"""Collecting: when, from which account, how much, and what keeps a debit from being ordered (R16)."""

import json
from collections import Counter
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import BankAccount, Borrower
from credit.selectors import live_consent
from credit.services import withdraw_consent
from loans import services
from loans.debit_times import turn
from loans.errors import NoGateway
from loans.gateways.sandbox import Sandbox
from loans.models import Hold, Loan, PaymentOrder
from loans.selectors.debits import bill_of
from tests.credit.consents import give
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import INSTALMENT, account_of, words

DUE = date(2026, 5, 15)  # of the fourth instalment
TEN = time(10, 0)


@pytest.fixture
def owing(paid_three: Loan, borrower: Borrower, card: BankAccount) -> Loan:
    """Three instalments paid, the fourth due on 15 May; a mandate and an account."""
    give(borrower, paid_three.lender, "debit")
    return paid_three


def instruct(loan: Loan, on: date = DUE, at: time = TEN) -> Counter[str]:
    with at_noon(on):
        return services.instruct_debits(lender=loan.lender, on=on, at=at)


def end(order: PaymentOrder, outcome: str = "failed") -> None:
    """The order was sent, and this is the gateway's last word."""
    PaymentOrder.objects.filter(pk=order.pk).update(state="sent", sent_at=order.created_at)
    with at_noon(order.ordered_on):
        said = words(order=order.key, event_id=order.key, outcome=outcome, amount_minor=order.amount_minor)
        services.take_callback(lender=order.lender, body=str(said).replace("'", '"').encode())


@pytest.mark.parametrize(
    "on, at, expected",
    [
        (date(2026, 5, 14), time(23, 59), None),
        (DUE, time(9, 59), None),
        (DUE, time(10, 0), "10:00"),
        (DUE, time(19, 59), "10:00"),
        (DUE, time(20, 0), "20:00"),
        (date(2026, 5, 16), time(9, 59), None),
        (date(2026, 5, 16), time(20, 0), "10:00"),
        (date(2026, 6, 14), time(10, 0), "10:00"),
        (date(2026, 6, 15), time(10, 0), None),
    ],
)
def test_twice_on_the_due_date_then_once_a_day_for_thirty_days(on: date, at: time, expected: str | None) -> None:
    assert turn(["20:00", "10:00"], due_on=DUE, on=on, at=at, until_dpd=30) == expected


def test_without_times_nothing_is_collected() -> None:
    assert turn([], due_on=DUE, on=DUE, at=time(23), until_dpd=30) is None


def test_the_whole_instalment_is_ordered_on_its_day(owing: Loan, card: BankAccount) -> None:
    assert instruct(owing) == {"ordered": 1}
    order = PaymentOrder.objects.get()
    assert (order.amount_minor, order.instalment_number, order.bank_account, order.state) == (
        INSTALMENT,
        4,
        card,
        "created",
    )
    assert (order.ordered_on, order.may_be_partial, order.ordered_by) == (DUE, False, None)


def test_many_loans_take_as_many_queries_as_one_and_each_goes_its_own_way(
    owing: Loan, borrower: Borrower, stranger: Borrower
) -> None:
    """Twelve more are due: three of them held, two of somebody without a mandate, the rest ordered."""
    with CaptureQueriesContext(connection) as alone, transaction.atomic():
        assert instruct(owing) == {"ordered": 1}
        transaction.set_rollback(True)
    for number in range(12):
        with at_noon(date(2026, 4, 15)):
            loan = services.open_loan(
                lender=owing.lender, borrower=stranger if number in (3, 7) else borrower, product=owing.product,
                principal_minor=1_200_000 + 100_000 * number, instalment_count=12, disbursed_on=date(2026, 4, 15),
                acting_user=None,
            )  # fmt: skip
            services.disburse_loan(loan=loan, acting_user=None)
            if number < 3:
                kinds = [Hold.Kind.AUTO_DEBIT]
                services.open_holds(loan=loan, kinds=kinds, source="asked", from_on=DUE, acting_user=None)
    with CaptureQueriesContext(connection) as together:
        assert instruct(owing) == {"ordered": 8, "held": 3, "no_mandate": 2}
    assert len(together) <= len(alone) + 1
    orders = PaymentOrder.objects.all()
    assert {order.amount_minor for order in orders} == {bill_of(order.loan, DUE).left_minor for order in orders}


def test_what_was_paid_of_it_is_not_collected_again(owing: Loan) -> None:
    services.record_payment(loan=owing, amount_minor=20_000, key="part", channel="staff", acting_user=None)
    instruct(owing)
    assert PaymentOrder.objects.get().amount_minor == INSTALMENT - 20_000


def test_running_it_again_orders_nothing_twice(owing: Loan) -> None:
    instruct(owing)
    assert instruct(owing) == {"waiting": 1}
    assert PaymentOrder.objects.count() == 1


def test_before_the_due_date_and_before_the_time_nothing_is_ordered(owing: Loan) -> None:
    assert instruct(owing, date(2026, 5, 14), time(23)) == {}
    assert instruct(owing, DUE, time(9, 59)) == {"not_yet": 1}


def test_accounts_are_tried_one_after_the_other_and_each_once_a_time(owing: Loan, borrower: Borrower) -> None:
    second = account_of(borrower, "5678")
    instruct(owing)
    end(PaymentOrder.objects.get())
    assert instruct(owing) == {"ordered": 1}
    order = PaymentOrder.objects.latest("pk")
    assert order.bank_account == second
    end(order)
    assert instruct(owing) == {"tried": 1}
    assert instruct(owing, DUE, time(20, 0)) == {"ordered": 1}  # the evening is another time


def test_the_borrowers_order_of_accounts_counts(owing: Loan, borrower: Borrower, card: BankAccount) -> None:
    first = account_of(borrower, "9999", position=0)
    instruct(owing)
    assert PaymentOrder.objects.get().bank_account == first


def test_an_account_that_is_not_proved_is_not_debited(paid_three: Loan, borrower: Borrower) -> None:
    give(borrower, paid_three.lender, "debit")
    account_of(borrower, verified_at=None)
    assert instruct(paid_three) == {"no_account": 1}


def test_nothing_is_collected_without_a_mandate(paid_three: Loan, card: BankAccount) -> None:
    assert instruct(paid_three) == {"no_mandate": 1}


def test_a_mandate_taken_back_ends_collecting_at_once(owing: Loan, borrower: Borrower) -> None:
    consent = borrower.consents.get(purpose="debit")
    withdraw_consent(consent=consent, acting_user=borrower.user)
    assert instruct(owing) == {"no_mandate": 1}


def test_a_hold_keeps_debits_back(owing: Loan) -> None:
    services.open_holds(loan=owing, kinds=["auto_debit"], source="R-1", from_on=DUE, acting_user=None)
    assert instruct(owing) == {"held": 1}
    services.end_holds(loan=owing, source="R-1", until_on=DUE, acting_user=None)
    assert instruct(owing, date(2026, 5, 16)) == {"ordered": 1}


def test_the_database_refuses_a_debit_on_a_held_day(order: PaymentOrder, card: BankAccount) -> None:
    Hold.objects.create(lender=order.lender, loan=order.loan, kind="auto_debit", source="R-1", from_on=DUE)

    def write(on: date) -> None:
        PaymentOrder.objects.create(
            lender=order.lender, loan=order.loan, direction="debit", instalment_number=4, bank_account=card,
            amount_minor=1, currency="CNY", key=f"held-{on}", gateway="callback", ordered_on=on,
        )  # fmt: skip

    with pytest.raises(IntegrityError, match="stands still"), transaction.atomic():
        write(DUE)
    write(date(2026, 5, 14))


def test_a_payment_that_the_borrower_started_comes_first(owing: Loan, order: PaymentOrder) -> None:
    assert instruct(owing) == {"waiting": 1}


def test_money_in_suspense_keeps_debits_back(owing: Loan) -> None:
    instruct(owing)
    order = PaymentOrder.objects.get()
    PaymentOrder.objects.filter(pk=order.pk).update(state="sent", sent_at=order.created_at)
    said = words(order=order.key, amount_minor=INSTALMENT - 1)
    services.take_callback(lender=order.lender, body=str(said).replace("'", '"').encode())
    assert instruct(owing, date(2026, 5, 16)) == {"in_question": 1}


def test_a_part_is_allowed_only_where_the_product_says_so(make_loan: Any, borrower: Borrower, qinghe: Any) -> None:
    from tests.loans.conftest import product_of

    give(borrower, qinghe, "debit")
    account_of(borrower)
    product = product_of(qinghe, code="part", allow_partial_debit=True)
    loan = services.disburse_loan(loan=make_loan(product=product), acting_user=None)
    with at_noon(date(2026, 5, 8)):
        services.record_payment(
            loan=loan, amount_minor=3 * INSTALMENT, key="three", channel="staff", value_on=date(2026, 2, 15),
            acting_user=None,
        )  # fmt: skip
    instruct(loan)
    order = PaymentOrder.objects.get()
    assert order.may_be_partial
    PaymentOrder.objects.filter(pk=order.pk).update(state="sent", sent_at=order.created_at)
    with at_noon(DUE):
        said = words(order=order.key, amount_minor=50_000)
        services.take_callback(lender=qinghe, body=str(said).replace("'", '"').encode())
    assert instruct(loan, date(2026, 5, 16)) == {"ordered": 1}
    assert PaymentOrder.objects.latest("pk").amount_minor == INSTALMENT - 50_000


def test_the_database_refuses_a_second_open_debit_of_an_instalment(owing: Loan, card: BankAccount) -> None:
    instruct(owing)
    order = PaymentOrder.objects.get()
    for state in ("created", "sent", "unknown"):
        PaymentOrder.objects.filter(pk=order.pk).update(state=state)
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentOrder.objects.create(
                lender=order.lender, loan=owing, direction="debit", instalment_number=4, bank_account=card,
                amount_minor=1, currency="CNY", key=f"second-{state}", gateway="callback", ordered_on=DUE,
            )  # fmt: skip


def test_an_order_keeps_its_terms_and_does_not_go_back(owing: Loan) -> None:
    instruct(owing)
    order = PaymentOrder.objects.get()
    rows = PaymentOrder.objects.filter(pk=order.pk)
    for changed in ({"amount_minor": 1}, {"key": "other"}, {"state": "unknown"}, {"state": "succeeded"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changed)
    rows.update(state="sent")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="created")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


def test_without_a_gateway_nothing_is_ordered(owing: Loan, settings: Any) -> None:
    settings.GATEWAY_URLS = {}
    with pytest.raises(NoGateway):
        instruct(owing)
    assert not PaymentOrder.objects.exists()


def test_a_round_of_collecting_goes_on_to_the_next_account(owing: Loan, borrower: Borrower) -> None:
    """A calm gateway: the debit is done and booked in the same round."""
    with at_noon(DUE):
        counts = services.collect(lender=owing.lender, gateway=Sandbox())
    assert (counts["ordered"], counts["sent"], counts["open"]) == (1, 1, 0)
    owing.refresh_from_db()
    assert owing.oldest_unpaid_due_on == date(2026, 6, 15)
    with at_noon(DUE):
        assert services.collect(lender=owing.lender, gateway=Sandbox())["ordered"] == 0


def fail(order: PaymentOrder, reason: str) -> None:
    """The order was sent, and the bank refused it."""
    PaymentOrder.objects.filter(pk=order.pk).update(state="sent", sent_at=order.created_at)
    with at_noon(order.ordered_on):
        said = words(order=order.key, event_id=order.key, outcome="failed", reason=reason)
        services.take_callback(lender=order.lender, body=json.dumps(said).encode())


@pytest.mark.parametrize(
    "reason, expected",
    [
        ("insufficient_funds", {"ordered": 1}),
        ("AM04", {"ordered": 1}),
        ("account_closed", {"barred": 1}),
        ("no_mandate", {"barred": 1}),
        ("MD06", {"barred": 1}),
    ],
)
def test_after_what_a_bank_says_for_good_it_is_not_debited_again(
    owing: Loan, reason: str, expected: dict[str, int]
) -> None:
    instruct(owing)
    fail(PaymentOrder.objects.get(), reason)
    assert instruct(owing, date(2026, 5, 16)) == expected


def test_a_debit_that_was_disputed_after_it_came_is_not_repeated_until_there_is_a_new_mandate(
    owing: Loan, borrower: Borrower
) -> None:
    instruct(owing)
    order = PaymentOrder.objects.get()
    end(order, "succeeded")
    back = words(order=order.key, event_id="back", outcome="returned", reason="disputed", amount_minor=INSTALMENT)
    with at_noon(date(2026, 5, 16)):
        services.take_callback(lender=order.lender, body=json.dumps(back).encode())
    assert instruct(owing, date(2026, 5, 17)) == {"barred": 1}
    with at_noon(date(2026, 5, 17)):
        withdraw_consent(consent=live_consent(borrower, owing.lender, "debit", DUE), acting_user=borrower.user)
        give(borrower, owing.lender, "debit")
    assert instruct(owing, date(2026, 5, 18)) == {"ordered": 1}


def test_another_account_of_the_borrower_is_debited_instead(owing: Loan, borrower: Borrower) -> None:
    other = account_of(borrower, "5678")
    instruct(owing)
    fail(PaymentOrder.objects.get(), "AC04")
    assert instruct(owing) == {"ordered": 1}
    assert PaymentOrder.objects.latest("pk").bank_account == other
