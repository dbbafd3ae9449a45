"""A debit there and back: written to a file, collected by the bank, booked; and what may go wrong on the way."""

import io
from dataclasses import replace
from datetime import date

import pytest

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender
from credit.services import withdraw_consent
from loans import services
from loans.bank_file_errors import FileDiffers
from loans.bank_files import pain008, sandbox
from loans.books import violations
from loans.models import (
    BankFile,
    BankFileLine,
    GatewayEvent,
    Hold,
    Loan,
    Payment,
    PaymentCorrection,
    PaymentOrder,
    Product,
    SuspenseItem,
)
from loans.services.bank_writing import write_again, write_collections
from tests.loans.bank_files.conftest import DUE_ON, Take, instruct, lend, order_of, told, written
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import INSTALMENT, account

pytestmark = pytest.mark.django_db


def answer_to(content: bytes, **plan: int) -> sandbox.Answer:
    return sandbox.answer(io.BytesIO(content), sandbox.Plan(**plan))


def test_a_debit_travels_in_a_file_and_is_booked_when_the_bank_says_so(loan_due: Loan, take: Take) -> None:
    cash = account(loan_due.lender, "cash")
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        order = order_of(loan_due)
        assert (order.gateway, order.state) == ("bank_file", "created")
        assert services.send_orders(lender=loan_due.lender) == {}
        file, content = written(loan_due.lender)
        order.refresh_from_db()
        assert (order.state, file.line_count, file.total_minor) == ("sent", 1, INSTALMENT)
        found = take(told(answer_to(content)))
    order.refresh_from_db()
    assert (order.state, order.moved_minor, order.value_on) == ("succeeded", INSTALMENT, DUE_ON)
    payment = Payment.objects.get(key=order.key)
    assert (payment.amount_minor, payment.channel, payment.value_on) == (INSTALMENT, "auto_debit", DUE_ON)
    assert found.counts == {("credit", "applied"): 1}
    assert account(loan_due.lender, "cash") == cash + INSTALMENT
    assert list(violations([loan_due.lender])) == []


def test_nothing_waits_nothing_is_written(loan_due: Loan) -> None:
    sink = io.BytesIO()
    found = write_collections(lender=loan_due.lender, sink=sink, acting_user=None)
    assert (found.file, found.taken_back, sink.getvalue()) == (None, 0, b"")


def test_no_debit_stands_in_two_files(loan_due: Loan) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        written(loan_due.lender)
        instruct(loan_due.lender)
        again = write_collections(lender=loan_due.lender, sink=io.BytesIO(), acting_user=None)
    assert again.file is None
    assert BankFileLine.objects.count() == 1


def test_a_lost_file_is_made_again_to_the_byte(loan_due: Loan) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        file, content = written(loan_due.lender)
    sink = io.BytesIO()
    with at_noon(date(2026, 6, 1)):
        write_again(file=file, sink=sink, acting_user=None)
    assert sink.getvalue() == content
    assert AuditEntry.objects.filter(verb="copy_bank_file").count() == 1


def test_a_file_that_would_come_out_otherwise_is_not_made_again(
    loan_due: Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        file, _ = written(loan_due.lender)
    monkeypatch.setattr(pain008, "NAMESPACE", "urn:iso:std:iso:20022:tech:xsd:pain.008.001.11")
    with pytest.raises(FileDiffers):
        write_again(file=file, sink=io.BytesIO(), acting_user=None)


def test_what_was_paid_meanwhile_is_taken_back(loan_due: Loan) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        services.record_payment(
            loan=loan_due, amount_minor=INSTALMENT, key="by-hand", channel="staff", acting_user=None
        )
        found = write_collections(lender=loan_due.lender, sink=io.BytesIO(), acting_user=None)
    order = order_of(loan_due)
    assert (found.file, found.taken_back) == (None, 1)
    assert (order.state, order.reason) == ("failed", "not_due")
    assert AuditEntry.objects.filter(verb="take_order_back").get().after["reason"] == "not_due"


@pytest.mark.parametrize(
    ("change", "reason"), [("removed", "account_removed"), ("withdrawn", "no_mandate"), ("held", "held")]
)
def test_what_is_not_allowed_any_more_is_taken_back(loan_due: Loan, change: str, reason: str) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        if change == "withdrawn":
            withdraw_consent(consent=loan_due.borrower.consents.get(), acting_user=loan_due.borrower.user)
        elif change == "held":
            Hold.objects.create(
                lender=loan_due.lender, loan=loan_due, kind=Hold.Kind.AUTO_DEBIT, from_on=DUE_ON, source="test"
            )
        else:
            card = loan_due.borrower.bank_accounts.get()
            type(card).objects.filter(pk=card.pk).update(is_active=False, removed_at=card.added_at)
        found = write_collections(lender=loan_due.lender, sink=io.BytesIO(), acting_user=None)
    assert (found.file, order_of(loan_due).reason) == (None, reason)


def test_the_same_file_again_is_told_and_has_no_effect(loan_due: Loan, take: Take) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        _, content = written(loan_due.lender)
        camt = told(answer_to(content))
        first, second = take(camt), take(camt, name="copy.xml")
    assert (first.is_known, second.is_known) == (False, True)
    assert first.file == second.file
    assert Payment.objects.filter(key=order_of(loan_due).key).count() == 1
    assert BankFile.objects.filter(direction="in").count() == 1


def test_the_same_success_in_another_file_is_noted(loan_due: Loan, take: Take) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        _, content = written(loan_due.lender)
        take(told(answer_to(content)))
        again = take(told(answer_to(content), number=2))
    assert again.counts == {("credit", "noted"): 1}
    assert Payment.objects.filter(key=order_of(loan_due).key).count() == 1


@pytest.mark.parametrize("days", [0, 3], ids=["in the same file", "three days later"])
@pytest.mark.parametrize(
    ("code", "reason"), [("AC04", "AC04"), ("AM04", "AM04"), ("MD01", "MD01"), ("MS03", "returned MS03")]
)
def test_a_debit_that_came_back_is_taken_back(loan_due: Loan, take: Take, days: int, code: str, reason: str) -> None:
    cash = account(loan_due.lender, "cash")
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        _, content = written(loan_due.lender)
    came = answer_to(content)
    back = [(one, code) for one in came.collected]
    with at_noon(date(2026, 5, 15 + days)):
        if days:
            take(told(came))
            found = take(told(replace(came, collected=(), returned=back), date(2026, 5, 18), 2))
        else:
            found = take(told(replace(came, returned=back)))
    assert found.counts[("returned", "applied")] == 1
    assert PaymentCorrection.objects.get(kind="reversed").reason == reason
    loan_due.refresh_from_db()
    assert loan_due.principal_left_minor == 915_905
    assert account(loan_due.lender, "cash") == cash
    assert list(violations([loan_due.lender])) == []


def test_what_nobody_knows_waits_in_suspense_once(loan_due: Loan, take: Take) -> None:
    somebody = sandbox.Asked("INV-81", "50.00", "CNY")
    answer = sandbox.Answer(account="DE89370400440532013000", collected=[somebody])
    with at_noon(DUE_ON):
        first = take(told(answer))
        again = take(told(answer).getvalue().replace(b"18:00:00Z", b"19:00:00Z"))
    item = SuspenseItem.objects.get()
    assert (item.amount_minor, item.reason, item.key) == (5_000, "unknown_order", "bank:INV-81")
    assert (first.counts, again.counts) == ({("credit", "suspense"): 1}, {("credit", "noted"): 1})
    assert account(loan_due.lender, "suspense") == -5_000


def test_another_sum_than_ordered_waits_in_suspense(loan_due: Loan, take: Take) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        _, content = written(loan_due.lender)
        answer = answer_to(content)
        short = replace(answer, collected=[replace(one, amount="1079.70") for one in answer.collected])
        found = take(told(short))
    order = order_of(loan_due)
    assert found.counts == {("credit", "suspense"): 1}
    assert (order.state, SuspenseItem.objects.get().reason) == ("succeeded", "amount_differs")
    assert not Payment.objects.filter(key=order.key).exists()
    assert list(violations([loan_due.lender])) == []


def test_a_return_that_nobody_knows_waits_for_a_person(loan_due: Loan, take: Take) -> None:
    somebody = sandbox.Asked("INV-81", "50.00", "CNY")
    back = sandbox.Answer(account="DE89370400440532013000", collected=[], returned=[(somebody, "AC04")])
    found = take(told(back, date(2026, 5, 8)))
    assert found.counts == {("returned", "review"): 1}
    assert GatewayEvent.objects.to_review().get().body["reason"] == "AC04"


def test_another_lenders_orders_are_nobodys_here(
    loan_due: Loan, jiangpan: Lender, elsewhere: Borrower, take: Take
) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        _, content = written(loan_due.lender)
        answer = replace(answer_to(content), account="6222020000000000000")
        found = take(told(answer), lender=jiangpan)
    assert found.counts == {("credit", "suspense"): 1}
    assert order_of(loan_due).state == "sent"
    assert SuspenseItem.objects.get().lender == jiangpan


def test_own_payments_and_instalments_go_in_batches_of_their_own(
    loan_due: Loan, product: Product, qinghe: Lender, borrower: Borrower, take: Take
) -> None:
    other = lend(qinghe, borrower, product, 1)[0]
    with at_noon(DUE_ON):
        services.order_debit(
            loan=other, bank_account=borrower.bank_accounts.get(), amount_minor=30_000, key="own", acting_user=None
        )
        instruct(qinghe)
        file, content = written(qinghe)
        assert [batch["sequence"] for batch in file.head["batches"]] == ["OOFF", "RCUR"]
        found = take(told(answer_to(content)))
    assert found.counts == {("credit", "applied"): 2}
    assert dict(Payment.objects.filter(value_on=DUE_ON).values_list("amount_minor", "channel")) == {
        30_000: "borrower",
        INSTALMENT: "auto_debit",
    }
    assert PaymentOrder.objects.open().count() == 0


def test_only_the_system_or_who_may_handle_files_does(loan_due: Loan, staff: object, take: Take) -> None:
    with pytest.raises(NotPermitted):
        take(b"", acting_user=staff.reviewer)  # type: ignore[attr-defined]
    with pytest.raises(NotPermitted):
        write_collections(
            lender=loan_due.lender,
            sink=io.BytesIO(),
            acting_user=staff.reviewer,  # type: ignore[attr-defined]
        )


def test_a_dry_run_counts_and_writes_nothing(loan_due: Loan, take: Take) -> None:
    with at_noon(DUE_ON):
        instruct(loan_due.lender)
        _, content = written(loan_due.lender)
        found = take(told(answer_to(content, unknown=100)), is_dry_run=True)
    assert found.counts == {("credit", "known"): 1, ("credit", "unknown"): 1}
    assert (found.file, BankFile.objects.filter(direction="in").count()) == (None, 0)
