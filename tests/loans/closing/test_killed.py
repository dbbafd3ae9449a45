"""A close that is killed before any of its statements, and run again, leaves what an undisturbed one leaves.

Not a random moment: every one there is (`tests/killing.py`). Copying a database takes
PostgreSQL long, so a run of every change takes every seventh there; LEEWAY_KILL_EVERY=1 takes all.
Besides, a close of two processes is killed at moments that chance picks; LEEWAY_KILLS says how many.
"""

import os
import random
import time
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Borrower, Lender
from loans import services
from loans.books import violations
from loans.models import Loan
from loans.services import closing_chunks
from loans.services.closing_day import close_days
from tests.killing import copied, done_again, killed_after, killed_before, state_of, statements_of
from tests.loans.conftest import at_noon, product_of
from tests.loans.reporting import agreed

pytestmark = pytest.mark.django_db(transaction=True)
OPENED = date(2026, 2, 15)
# The end of a month and of a grace: accruals, penalty interest, steps of collection, reminders, months.
DAY = date(2026, 3, 31)
BOOK = 4
SEED = 20260331
KILLS = int(os.environ.get("LEEWAY_KILLS", "5"))
EVERY = int(os.environ.get("LEEWAY_KILL_EVERY", "1" if connection.vendor == "sqlite" else "7"))


@pytest.fixture
def book(qinghe: Lender, borrower: Borrower) -> Lender:
    """Loans due on the 15th and the 27th, paid and unpaid; closed through 30 March."""
    product = product_of(
        qinghe, profile={"base": "consumer-cn"}, penalty_uplift=Decimal("0.5"), reminder_days=[-3, 0, 1, 15]
    )
    for number in range(BOOK):
        paid_out = OPENED if number % 2 else OPENED + timedelta(days=12)
        with at_noon(paid_out):
            loan = services.open_loan(
                lender=qinghe, borrower=borrower, product=product, principal_minor=1_200_000, instalment_count=12,
                disbursed_on=paid_out, acting_user=None,
            )  # fmt: skip
            services.disburse_loan(loan=loan, acting_user=None)
            if not number:
                agreed(borrower, qinghe)
    first = Loan.objects.order_by("pk")[0]
    with at_noon(DAY):
        services.record_payment(loan=first, amount_minor=30_000, key="part", channel="staff", acting_user=None)
    return qinghe


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of loans makes several chunks."""
    monkeypatch.setattr(closing_chunks, "AT_ONCE", 2)


def close(lender: Lender, workers: int = 1) -> None:
    with at_noon(DAY + timedelta(days=1)):
        close_days(lender=lender, through=DAY, workers=workers)


def test_killed_before_any_statement_and_run_again_it_is_as_if_nothing_had_happened(
    book: Lender, tmp_path: Path, small_chunks: None
) -> None:
    with copied(tmp_path):
        points = statements_of(partial(close, book))
        undisturbed = state_of(book)
    assert undisturbed["waiting"] == 0
    assert {step for _, step in undisturbed["steps"]} == {"early"}
    assert len(undisturbed["months"]) == BOOK
    assert any(key.startswith("accrual/") and on == DAY for key, on, *_ in undisturbed["journal"])
    for number in range(1, points + 1, EVERY):
        with copied(tmp_path):
            assert killed_before(partial(close, book), number), number
            done_again(partial(close, book))
            assert state_of(book) == undisturbed, number
            with at_noon(DAY + timedelta(days=1)):
                assert list(violations(Lender.objects.all())) == [], number


@pytest.mark.postgres
def test_killed_at_any_moment_with_a_second_process_at_work_it_is_as_if_nothing_had_happened(
    book: Lender, tmp_path: Path, small_chunks: None
) -> None:
    """The second process outlives the first for a moment, and the next run meets it."""
    with copied(tmp_path):
        began = time.monotonic_ns()
        close(book, workers=2)
        took_us = (time.monotonic_ns() - began) // 1000
        undisturbed = state_of(book)
    chance, killed = random.Random(SEED), 0
    for number in range(KILLS):
        with copied(tmp_path):
            killed += killed_after(partial(close, book, workers=2), chance.randrange(1, took_us))
            done_again(partial(close, book))
            assert state_of(book) == undisturbed, number
            with at_noon(DAY + timedelta(days=1)):
                assert list(violations(Lender.objects.all())) == [], number
    assert killed > KILLS // 4
