"""Debits of monthly bills travel in the same files as those of loans, and come back booked."""

import io
from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import BankAccount, Lender
from loans.bank_files import sandbox
from loans.books import violations
from loans.gateways.bank_file import BANK_FILE
from loans.gateways.interface import Outcome, Report
from loans.models import Loan, PaymentOrder, RevolvingAccount
from loans.services.bank_writing import write_collections
from loans.services.bill_instructing import instruct_bill_debits
from loans.services.reporting_many import take_reports
from tests.loans import monthly
from tests.loans.bank_files.conftest import Take, instruct, told, written
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db
DUE = date(2026, 6, 10)


@pytest.fixture
def bill(loan_due: Loan, card: BankAccount, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 due on 10 June, beside a loan, under one mandate; both are ordered on that day."""
    made = monthly.opened(monthly.limit_on(loan_due.borrower, monthly.billed(qinghe, debit_times=["10:00"])))
    monthly.live(made, "2026-05-10 buy 100000")
    monthly.bill_up_to(made, date(2026, 6, 1))
    with at_noon(DUE):
        instruct_bill_debits(lender=qinghe, on=DUE, at=time(12))
    return made


def test_a_bill_and_a_loan_go_out_in_one_file_and_are_booked(
    bill: RevolvingAccount, qinghe: Lender, take: Take
) -> None:
    with at_noon(DUE):
        instruct(qinghe)
        file, content = written(qinghe)
        assert file.line_count == 2
        assert bill.number in content.decode()
        found = take(told(sandbox.answer(io.BytesIO(content)), DUE))
        assert found.counts == {("credit", "applied"): 2}
        assert list(violations([qinghe])) == []
    entry = bill.entries.get(kind="payment")
    assert (entry.amount_minor, entry.value_on, entry.channel) == (100_000, DUE, "auto_debit")


def test_whatever_a_file_names_is_locked_before_the_first_entry_of_the_audit_chain(
    bill: RevolvingAccount, qinghe: Lender, take: Take
) -> None:
    """Else a bill is waited for with the chain's head in hand, by whose holder that head is wanted."""
    with at_noon(DUE):
        instruct(qinghe)
        written(qinghe)
        orders = PaymentOrder.objects.filter(state="sent")
        reports = {
            f"ev-{order.pk}": Report(
                key=order.key, outcome=Outcome.SUCCEEDED, amount_minor=order.amount_minor, currency="CNY", value_on=DUE
            )
            for order in orders
        }
        with CaptureQueriesContext(connection) as asked:
            take_reports(lender=qinghe, gateway=BANK_FILE, reports=reports)
    said = [one["sql"] for one in asked.captured_queries]
    chain_at = next(at for at, sql in enumerate(said) if "accounts_audithead" in sql)
    for table in ("loans_loan", "loans_revolvingaccount"):
        assert any(f'FROM "{table}"' in sql and "ORDER BY" in sql for sql in said[:chain_at]), table


def test_what_is_not_owed_any_more_is_taken_back(bill: RevolvingAccount, qinghe: Lender) -> None:
    monthly.live(bill, "2026-06-10 pay 100000")
    with at_noon(DUE):
        found = write_collections(lender=qinghe, sink=io.BytesIO(), acting_user=None)
    assert (found.file, found.taken_back) == (None, 1)
    assert PaymentOrder.objects.get(bill_account=bill).reason == "not_due"
