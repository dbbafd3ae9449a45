"""More processes close a day together: each chunk once, the result that of one."""

import os
from datetime import date, timedelta

import pytest

from accounts import audit
from accounts.models import Borrower, Lender
from credit.models import MonthFact
from loans.books import violations
from loans.closing.steps import LoanStep
from loans.models import CloseChunk, JournalEntry, Loan
from loans.services import closing_chunks, closing_day
from loans.services.closing_day import close_days
from loans.services.closing_loans import close_loans, loans_to_close
from loans.services.month_run import furnish_range, loans_with_months
from tests.loans.closing.conftest import paid_out
from tests.loans.conftest import at_noon
from tests.loans.reporting import agreed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
OPENED = date(2026, 2, 15)
LOANS = 12


@pytest.fixture
def book(qinghe: Lender, borrower: Borrower, monkeypatch: pytest.MonkeyPatch) -> Lender:
    monkeypatch.setattr(closing_chunks, "AT_ONCE", 2)
    paid_out(qinghe, [borrower] * LOANS, OPENED)
    return qinghe


def test_other_processes_do_all_of_it_where_the_first_does_nothing(
    book: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, first = closing_day._work, os.getpid()
    monkeypatch.setattr(closing_day, "_work", lambda *work, **how: None if os.getpid() == first else real(*work, **how))
    monkeypatch.setattr(closing_day, "registered", lambda: [LoanStep("loans", loans_to_close, close_loans)])
    with at_noon(OPENED + timedelta(days=1)):
        close_days(lender=book, through=OPENED, workers=3)
        assert list(violations([book])) == []
    chunks = CloseChunk.objects.filter(step="loans", number__gt=0)
    assert chunks.filter(state="done").count() == LOANS // 2
    assert sum(chunk.counts["looked_at"] for chunk in chunks) == LOANS
    # one day of 12,000.00 at 14.4 % each
    assert set(Loan.objects.values_list("interest_receivable_minor", flat=True)) == {480}
    assert JournalEntry.objects.filter(kind="accrual").count() == LOANS


def test_what_a_process_leaves_is_done_by_the_first(book: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    real, first = closing_day._work, os.getpid()

    def dying(*work: object, **how: object) -> None:
        if os.getpid() != first:
            os._exit(1)
        real(*work, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(closing_day, "_work", dying)
    with at_noon(OPENED + timedelta(days=1)):
        close_days(lender=book, through=OPENED, workers=3)
        assert list(violations([book])) == []
    assert JournalEntry.objects.filter(kind="accrual").count() == LOANS


def test_months_are_shared_out_too_and_each_is_furnished_once(book: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    """February of loans paid out in it; its grace ends on 3 March."""
    borrower = Loan.objects.earliest("pk").borrower
    with at_noon(OPENED):
        agreed(borrower, book)
    real, first = closing_day._work, os.getpid()
    monkeypatch.setattr(closing_day, "_work", lambda *work, **how: None if os.getpid() == first else real(*work, **how))
    monkeypatch.setattr(closing_day, "registered", lambda: [LoanStep("months", loans_with_months, furnish_range)])
    day = date(2026, 3, 3)
    with at_noon(day + timedelta(days=1)):
        (closed,) = close_days(lender=book, through=day, workers=3)
    assert closed.counts == {"months": {"furnished": LOANS}}
    assert CloseChunk.objects.filter(step="months", number__gt=0, state="done").count() == LOANS // 2
    months = MonthFact.objects.filter(lender=book).values_list("tradeline__reference", "month", "balance_minor")
    assert sorted(months) == [(loan.number, date(2026, 2, 1), 1_200_000) for loan in Loan.objects.order_by("number")]
    assert audit.first_break(book) is None
