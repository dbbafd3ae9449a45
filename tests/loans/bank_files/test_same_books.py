"""Many successes taken together leave the same books as the same ones taken one by one."""

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.audit import first_break
from accounts.models import AuditEntry, Borrower, Lender, Notice
from credit.models import MonthFact
from loans import services
from loans.bank_files import sandbox
from loans.books import violations
from loans.gateways.bank_file import BANK_FILE
from loans.gateways.interface import Outcome, Report
from loans.models import (
    Allocation,
    BankFileLine,
    GatewayEvent,
    Loan,
    Payment,
    PaymentCorrection,
    PaymentOrder,
    Posting,
    Product,
)
from loans.services import bank_reading
from loans.services.reporting_many import take_reports
from tests.credit.consents import give
from tests.loans.bank_files.conftest import DUE_ON, Take, instruct, lend, sealed_account, told, written
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import INSTALMENT
from tests.loans.reporting import reportable

pytestmark = pytest.mark.django_db
COUNT = 8


@pytest.fixture
def orders(qinghe: Lender, borrower: Borrower, product: Product) -> list[PaymentOrder]:
    """Eight debits with the bank since 15 May: one pays its loan off, one is of a loan that is late since April."""
    card = sealed_account(borrower)
    give(borrower, qinghe, "debit")
    loans = lend(qinghe, borrower, product, COUNT)
    ending, late = loans[-1], loans[-2]
    with at_noon(DUE_ON):
        rows = ending.schedules.get(number=1).instalments.filter(number__gt=3)
        services.record_payment(
            loan=ending, amount_minor=sum(row.due_minor for row in rows) - 5_000, key="ahead", channel="staff",
            acting_user=None,
        )  # fmt: skip
        services.order_debit(loan=ending, bank_account=card, amount_minor=5_000, key="own", acting_user=None)
        services.reverse_payment(payment=late.payments.latest("pk"), reason="AM04", acting_user=None)
        instruct(qinghe)
        written(qinghe)
    return list(PaymentOrder.objects.filter(state="sent").order_by("pk"))


def reports(orders: list[PaymentOrder], **changed: Any) -> dict[str, Report]:
    return {
        f"ev-{order.key}": Report(
            key=order.key, outcome=Outcome.SUCCEEDED, amount_minor=order.amount_minor, currency="CNY",
            reference=f"B-{order.pk}", **{"value_on": DUE_ON, **changed},
        )
        for order in orders
    }  # fmt: skip


def state() -> dict[str, Any]:
    """Everything that the two ways must agree on, without ids and random names."""
    order_names = ("key", "state", "moved_minor", "value_on", "reason", "reference")
    loan_names = (
        "number", "state", "stage", "settled_on", "principal_left_minor", "oldest_unpaid_due_on", "current_version",
        "next_close_on", "next_month_on",
    )  # fmt: skip
    payment_names = ("key", "amount_minor", "unapplied_minor", "value_on", "channel")
    share_names = ("payment__key", "instalment_number", "component", "amount_minor")
    return {
        "orders": sorted(PaymentOrder.objects.values_list(*order_names)),
        "loans": sorted(Loan.objects.values_list(*loan_names), key=str),
        "payments": sorted(Payment.objects.values_list(*payment_names)),
        "shares": sorted(Allocation.objects.values_list(*share_names)),
        "events": sorted(GatewayEvent.objects.values_list("event_id", "answer", "body_sha256", "order__key"), key=str),
        "corrections": sorted(
            PaymentCorrection.objects.values_list("payment__key", "kind", "reason", "value_on", "journal_entry__key")
        ),
        "journal": journal(),
        "told": told_borrowers(),
    }  # fmt: skip


def journal() -> list[Any]:
    lines = Posting.objects.values_list(
        "entry__kind", "entry__key", "entry__value_on", "entry__posted_on", "entry__reverses__key", "account",
        "amount_minor",
    )  # fmt: skip
    return sorted(lines, key=str)


def told_borrowers() -> list[Any]:
    return sorted((notice.event, notice.title, str(notice.blocks)) for notice in Notice.objects.all())


def audited() -> list[str]:
    verbs = ["end_order", "record_payment", "reverse_payment", "return_order"]
    rows = AuditEntry.objects.filter(verb__in=verbs).order_by("number")
    return sorted(
        str((row.verb, row.subject, row.before, {name: row.after[name] for name in row.after if name != "payment"}))
        for row in rows
    )


@pytest.mark.parametrize("on", [DUE_ON, date(2026, 5, 18)], ids=["on the day", "three days later"])
def test_together_or_one_by_one_the_books_are_the_same(qinghe: Lender, orders: list[PaymentOrder], on: date) -> None:
    assert len(orders) == COUNT
    found = []
    for together in (True, False):
        with at_noon(on), transaction.atomic():
            if together:
                taken = take_reports(lender=qinghe, gateway=BANK_FILE, reports=reports(orders))
                assert {each.answer.value for each in taken.values()} == {"applied"}
            else:
                for event_id, report in reports(orders).items():
                    services.take_report(lender=qinghe, gateway=BANK_FILE, event_id=event_id, report=report)
            found.append((state(), audited()))
            assert first_break(qinghe) is None
            assert list(violations([qinghe])) == []
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert [row[1] for row in found[0][0]["loans"]].count("settled") == 1


def came_back(order: PaymentOrder, **changed: Any) -> Report:
    given = {"amount_minor": order.amount_minor, "currency": "CNY", "reason": "AM04", "value_on": date(2026, 5, 20)}
    return Report(key=order.key, outcome=Outcome.RETURNED, **(given | changed))


def returned(orders: list[PaymentOrder]) -> dict[str, Report]:
    """What comes back: as it went, of another sum, in another currency, after a later payment, twice, and unknown."""
    plain, other_sum, paid_since, twice, foreign, *_rest, late, ending = orders
    return {
        "r-plain": came_back(plain),
        "r-sum": came_back(other_sum, amount_minor=1),
        "r-since": came_back(paid_since),
        "r-twice": came_back(twice),
        "r-again": came_back(twice),
        "r-foreign": came_back(foreign, currency="USD"),
        "r-late": came_back(late, reason="MD06"),
        "r-ending": came_back(ending),
        "r-nobody": Report(key="nobody's", outcome=Outcome.RETURNED, amount_minor=1, currency="CNY"),
    }


@pytest.mark.parametrize("at_once", [False, True], ids=["after them", "in one file with them"])
def test_together_or_one_by_one_what_came_back_leaves_the_same_books(
    qinghe: Lender, orders: list[PaymentOrder], at_once: bool
) -> None:
    found = []
    for together in (True, False):
        with transaction.atomic():
            with at_noon(DUE_ON):
                if not at_once:
                    take_reports(lender=qinghe, gateway=BANK_FILE, reports=reports(orders))
                    services.record_payment(
                        loan=orders[2].loan, amount_minor=5_000, key="since", channel="staff", acting_user=None
                    )
            with at_noon(date(2026, 5, 20)):
                all_of_it = (reports(orders) if at_once else {}) | returned(orders)
                if together:
                    answers = take_reports(lender=qinghe, gateway=BANK_FILE, reports=all_of_it)
                else:
                    answers = {
                        event_id: services.take_report(
                            lender=qinghe, gateway=BANK_FILE, event_id=event_id, report=report
                        )
                        for event_id, report in all_of_it.items()
                    }
                found.append((state(), audited(), {name: taken.answer.value for name, taken in answers.items()}))
                assert first_break(qinghe) is None
                assert list(violations([qinghe])) == []
            transaction.set_rollback(True)
    for one, other in zip(*found, strict=True):
        assert one == other
    answers = found[0][2]
    assert [answers[name] for name in ("r-plain", "r-sum", "r-foreign")] == ["applied", "review", "conflict"]
    assert len(found[0][0]["corrections"]) >= 5
    assert {event for event, *_ in found[0][0]["told"]} == {"payment_received", "payment_taken_back"}


def test_plain_returns_take_few_statements_however_many(
    qinghe: Lender, orders: list[PaymentOrder], monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_noon(DUE_ON):
        take_reports(lender=qinghe, gateway=BANK_FILE, reports=reports(orders))
        monkeypatch.setattr("loans.services.reporting_many.take_report", None)  # nothing goes the usual way
        few = take_reports(lender=qinghe, gateway=BANK_FILE, reports={"r-1": came_back(orders[1])})
        with CaptureQueriesContext(connection) as queries:
            many = {f"r-{order.key}": came_back(order) for order in orders[2:6]}
            taken = take_reports(lender=qinghe, gateway=BANK_FILE, reports=many)
    assert {each.answer.value for each in (few | taken).values()} == {"applied"}
    assert len(queries) < 75, len(queries)


def test_a_return_before_its_success_in_one_file_goes_the_usual_way(qinghe: Lender, orders: list[PaymentOrder]) -> None:
    order = orders[0]
    with at_noon(DUE_ON):
        both = {"back": came_back(order), **reports([order])}
        taken = take_reports(lender=qinghe, gateway=BANK_FILE, reports=both)
        assert list(violations([qinghe])) == []
    assert {name: each.answer.value for name, each in taken.items()}["back"] == "applied"
    assert PaymentCorrection.objects.filter(payment__key=order.key, kind="reversed").count() == 1


def test_what_is_known_already_has_no_second_effect(qinghe: Lender, orders: list[PaymentOrder]) -> None:
    with at_noon(DUE_ON):
        take_reports(lender=qinghe, gateway=BANK_FILE, reports=reports(orders))
        once = state()
        again = take_reports(lender=qinghe, gateway=BANK_FILE, reports=reports(orders))
    assert all(each.is_replay for each in again.values())
    assert state() == once


def test_months_on_file_are_judged_again_after_a_payment_known_late(qinghe: Lender, orders: list[PaymentOrder]) -> None:
    loan = orders[0].loan
    with at_noon(date(2026, 6, 8)):
        services.furnish_months(loan=reportable(loan), through=date(2026, 5, 1), acting_user=None)
        months = MonthFact.objects.filter(tradeline__reference=loan.number, month=date(2026, 5, 1))
        assert months.count() == 1
        take_reports(lender=qinghe, gateway=BANK_FILE, reports=reports(orders[:1]))
        assert months.count() == 2


def test_a_reading_that_was_cut_off_goes_on_where_it_stopped(
    qinghe: Lender, orders: list[PaymentOrder], take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        sandbox.Asked(order.public_id.hex, "1079.71", "CNY") for order in orders if order.amount_minor == INSTALMENT
    ]
    camt = told(sandbox.Answer(account="DE89370400440532013000", collected=asked)).getvalue()
    monkeypatch.setattr(bank_reading, "SLICE", 3)
    calls = []

    def dies(**given: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return take_reports(**given)

    monkeypatch.setattr(bank_reading, "take_reports", dies)
    with at_noon(DUE_ON):
        with pytest.raises(KeyboardInterrupt):
            take(camt)
        assert BankFileLine.objects.filter(kind="credit", answer="applied").count() == 3
        monkeypatch.setattr(bank_reading, "take_reports", take_reports)
        found = take(io.BytesIO(camt))
    assert (found.is_known, found.counts) == (True, {("credit", "applied"): len(asked)})
    assert Payment.objects.filter(value_on=DUE_ON, channel="auto_debit").count() == len(asked)
    assert list(violations([qinghe])) == []
