"""The sum that ends a loan goes out in a file of its own day, and ends the loan whenever the bank says so."""

import io
from datetime import date

import pytest

from loans.bank_files import sandbox
from loans.books import violations
from loans.models import Loan, PaymentOrder
from loans.selectors.standing import standing
from loans.services.bank_writing import write_collections
from loans.services.ordering import order_debit
from loans.services.ordering_early import order_early
from loans.services.paying import record_payment
from loans.services.settling import settles_at_minor
from tests.conftest import TODAY
from tests.loans.bank_files.conftest import Take, order_of, told, written
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def ending(loan_due: Loan) -> Loan:
    """A debit of what ends the loan on 8 May waits for a file."""
    amount_minor = settles_at_minor(loan_due, TODAY)
    card = loan_due.borrower.bank_accounts.get()
    order_early(
        loan=loan_due, bank_account=card, aim="settle", amount_minor=amount_minor, key="end", acting_user=None
    )  # fmt: skip
    return loan_due


def test_it_ends_the_loan_as_of_its_day(ending: Loan, take: Take) -> None:
    _, content = written(ending.lender)
    with at_noon(date(2026, 5, 11)):
        found = take(told(sandbox.answer(io.BytesIO(content)), date(2026, 5, 11)))
    ending.refresh_from_db()
    assert found.counts == {("credit", "applied"): 1}
    assert (ending.state, ending.settled_on) == ("settled", TODAY)
    assert list(violations([ending.lender])) == []


def test_a_day_later_it_does_not_go_out_any_more(ending: Loan) -> None:
    with at_noon(date(2026, 5, 9)):
        found = write_collections(lender=ending.lender, sink=io.BytesIO(), acting_user=None)
    assert (found.file, found.taken_back, order_of(ending).reason) == (None, 1, "quote_over")


def test_a_sum_above_all_that_is_left_does_not_go_out_any_more(loan_due: Loan) -> None:
    """9,717.32 are left of the loan; the borrower asks for all of it, and pays a part by hand before the file goes."""
    card = loan_due.borrower.bank_accounts.get()
    left_minor = standing(loan_due, TODAY).left_minor
    ordered = {"loan": loan_due, "bank_account": card, "acting_user": None}
    order_debit(**ordered, amount_minor=left_minor, key="all")
    order_debit(**ordered, amount_minor=100, key="little")
    record_payment(loan=loan_due, amount_minor=5_000, key="by-hand", channel="staff", acting_user=None)
    _file, content = written(loan_due.lender)
    assert list(PaymentOrder.objects.order_by("key").values_list("key", "state", "reason")) == [
        ("all", "failed", "amount_changed"),
        ("little", "sent", ""),
    ]
    assert content.count(b"<DrctDbtTxInf>") == 1
