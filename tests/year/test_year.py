"""A stretch of days lived by chance: every invariant each night, and the same seed the same journal.

LEEWAY_YEAR_DAYS, LEEWAY_YEAR_LOANS, LEEWAY_YEAR_LENDERS and LEEWAY_YEAR_SEED make it longer
(docs/close.md); a run of every change is short.
"""

import os
import random
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts import audit
from accounts.models import Lender
from config import clock
from loans.books import violations
from loans.journal_hash import journal_hash
from loans.models import BusinessDay, CloseFailure, JournalEntry, Loan
from tests.plain_text_books import READERS
from tests.year.life import BEGAN, Year

DAYS = int(os.environ.get("LEEWAY_YEAR_DAYS", "50"))
LOANS = int(os.environ.get("LEEWAY_YEAR_LOANS", "10"))
LENDERS = int(os.environ.get("LEEWAY_YEAR_LENDERS", "2"))
SEED = int(os.environ.get("LEEWAY_YEAR_SEED", "20260508"))
SHORT = 20
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def gateways(settings: object) -> None:
    codes = [f"lender-{number}" for number in range(LENDERS)]
    settings.GATEWAY_URLS = dict.fromkeys(codes, "https://pay.example/v1")  # type: ignore[attr-defined]
    settings.GATEWAY_HOSTS = ("pay.example",)  # type: ignore[attr-defined]
    settings.GATEWAY_KEYS = {code: (f"a key of {code} that nobody else knows",) for code in codes}  # type: ignore[attr-defined]


@pytest.mark.once
def test_every_night_the_books_are_whole_and_others_find_them_in_order(tmp_path: Path) -> None:
    year = Year(seed=SEED, lenders=LENDERS, loans=LOANS)
    for number in range(DAYS):
        day = BEGAN + timedelta(days=number)
        year.live(day)
        assert list(violations(Lender.objects.all())) == [], day
    assert {audit.first_break(lender) for lender in year.lenders} == {None}
    assert not CloseFailure.objects.exists()
    assert BusinessDay.objects.filter(state="closed").count() == DAYS * LENDERS
    assert JournalEntry.objects.filter(kind="accrual").exists()
    for lender in year.lenders:
        _read_by_others(lender, tmp_path)
    # Chance must have done something of everything, or the test says little.
    assert {name for name, count in year.lived.items() if count} >= {
        "lent", "messages", "pay_part", "pay_late", "bounce", "known_late", "relieved",
    }  # fmt: skip


def test_the_same_seed_is_the_same_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told twice, and taken back in between. Public numbers are random; here they come from the seed too."""
    told = []
    for _ in range(2):
        monkeypatch.setattr(os, "urandom", random.Random(SEED).randbytes)
        told.append(_told())
    assert told[0] == told[1]


def _read_by_others(lender: Lender, folder: Path) -> None:
    """The exported books, read by beancount, and by hledger where it is installed."""
    for form, check in READERS.items():
        book = folder / f"{lender.code}.{form}"
        with clock.at(datetime.combine(BEGAN + timedelta(days=DAYS), time(4), tzinfo=UTC)):
            call_command("export_books", lender=lender.code, format=form, output=book)
        done = check(book)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), form


def _told() -> tuple[str, ...]:
    with transaction.atomic():
        year = Year(seed=SEED, lenders=1, loans=6)
        for number in range(SHORT):
            year.live(BEGAN + timedelta(days=number))
        assert Loan.objects.count() > 0
        found = tuple(journal_hash(lender) for lender in year.lenders)
        transaction.set_rollback(True)
    return found
