"""Several at once: sixteen copies of a message, two rounds of collecting. Only PostgreSQL has more than one writer."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import AuditEntry, BankAccount, Borrower, Lender
from config import clock
from loans import services
from loans.books import violations
from loans.gateways.sandbox import Sandbox
from loans.gateways.states import Answer
from loans.models import GatewayEvent, JournalEntry, Loan, Payment, PaymentOrder, SuspenseItem
from tests.credit.consents import give
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import Tell, account_of, sent, words
from tests.loans.test_races import at_once

THREADS = 16
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


def message(lender: Lender, **changed: Any) -> Callable[[], Any]:
    body = json.dumps(words(**changed)).encode()
    return lambda: services.take_callback(lender=lender, body=body)


def test_sixteen_copies_of_a_message_have_one_effect(order: PaymentOrder, tell: Tell) -> None:
    def post() -> tuple[int, bool]:
        response = tell(words())
        return response.status_code, response.json()["replay"]

    answers = at_once(*[post] * THREADS)
    assert sorted(answers) == [(200, False), *[(200, True)] * (THREADS - 1)]
    assert Payment.objects.filter(key="order-1").count() == GatewayEvent.objects.count() == 1
    assert JournalEntry.objects.filter(key="payment:order-1").count() == 1
    assert AuditEntry.objects.filter(verb="end_order").count() == 1
    assert list(violations([order.lender])) == []


def test_sixteen_events_that_say_the_same_have_one_effect(order: PaymentOrder) -> None:
    taken = at_once(*(message(order.lender, event_id=f"ev-{number}") for number in range(THREADS)))
    assert sorted(each.answer for each in taken) == [Answer.APPLIED, *[Answer.NOTED] * (THREADS - 1)]
    assert Payment.objects.filter(key="order-1").count() == 1


def test_success_and_failure_at_once_end_in_one_of_them(order: PaymentOrder) -> None:
    taken = at_once(
        *(message(order.lender, event_id=f"s-{number}") for number in range(8)),
        *(message(order.lender, event_id=f"f-{number}", outcome="failed") for number in range(8)),
    )
    order.refresh_from_db()
    assert [each.answer for each in taken].count(Answer.APPLIED) == 1
    assert [each.answer for each in taken].count(Answer.CONFLICT) == 8
    assert Payment.objects.filter(key="order-1").count() == (order.state == "succeeded")
    assert list(violations([order.lender])) == []


def test_sixteen_copies_about_an_unknown_order_are_one_sum_in_suspense(qinghe: Lender) -> None:
    taken = at_once(*[message(qinghe, order="nobody's")] * THREADS)
    assert {each.answer for each in taken} == {Answer.SUSPENSE}
    assert SuspenseItem.objects.count() == 1
    assert list(violations([qinghe])) == []


def test_two_contents_of_one_event_at_once_are_one_sum_and_one_contradiction(qinghe: Lender) -> None:
    taken = at_once(
        *[message(qinghe, order="nobody's")] * 8,
        *[message(qinghe, order="nobody's", amount_minor=777)] * 8,
    )
    assert {each.answer for each in taken} == {Answer.SUSPENSE, Answer.CONFLICT}
    assert SuspenseItem.objects.count() == 1
    assert GatewayEvent.objects.count() == 2


def test_rounds_of_collecting_at_once_debit_once(paid_three: Loan, borrower: Borrower, card: BankAccount) -> None:
    give(borrower, paid_three.lender, "debit")
    gateways = [Sandbox() for _ in range(8)]
    with at_noon(clock.today("Asia/Shanghai").replace(day=15)):
        at_once(*(lambda own=own: services.collect(lender=paid_three.lender, gateway=own) for own in gateways))
    assert sum(len(own.truth) for own in gateways) == 1
    assert PaymentOrder.objects.count() == 1
    assert list(violations([paid_three.lender])) == []


def test_a_payout_reported_by_sixteen_pays_out_once(pending: Loan, borrower: Borrower) -> None:
    payout = sent(services.order_payout(loan=pending, bank_account=account_of(borrower), acting_user=None))
    copies = [
        message(pending.lender, event_id=f"ev-{number}", order=payout.key, amount_minor=1_200_000)
        for number in range(THREADS)
    ]
    assert [each.answer for each in at_once(*copies)].count(Answer.APPLIED) == 1
    assert JournalEntry.objects.filter(kind="disbursement").count() == 1


def test_a_sum_is_placed_once_by_two_clerks(qinghe: Lender, paid_three: Loan, staff: Any) -> None:
    message(qinghe, order="nobody's")()
    item = SuspenseItem.objects.get()
    done = at_once(
        *[
            lambda: services.match_suspense(item=item, loan=paid_three, words="seen", acting_user=staff.servicing),
            lambda: services.return_suspense(item=item, words="sent back", acting_user=staff.servicing),
        ]
        * 4
    )
    assert sum(not isinstance(each, Exception) for each in done) == 1
    assert list(violations([qinghe])) == []
