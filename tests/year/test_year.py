"""A stretch of days lived by chance: every invariant each night, and the same seed the same journal.

LEEWAY_YEAR_DAYS, LEEWAY_YEAR_LOANS, LEEWAY_YEAR_LENDERS and LEEWAY_YEAR_SEED make it longer
(docs/close.md); a run of every change is short.
"""

import os
import random
from datetime import timedelta

import pytest
from django.db import transaction

from accounts import audit
from accounts.models import Lender
from loans.books import violations
from loans.journal_hash import journal_hash
from loans.models import BusinessDay, CloseFailure, JournalEntry, Loan
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
def test_every_night_the_books_are_whole() -> None:
    year = Year(seed=SEED, lenders=LENDERS, loans=LOANS)
    for number in range(DAYS):
        day = BEGAN + timedelta(days=number)
        year.live(day)
        assert list(violations(Lender.objects.all())) == [], day
    assert {audit.first_break(lender) for lender in year.lenders} == {None}
    assert not CloseFailure.objects.exists()
    assert BusinessDay.objects.filter(state="closed").count() == DAYS * LENDERS
    assert JournalEntry.objects.filter(kind="accrual").exists()
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


def _told() -> tuple[str, ...]:
    with transaction.atomic():
        year = Year(seed=SEED, lenders=1, loans=6)
        for number in range(SHORT):
            year.live(BEGAN + timedelta(days=number))
        assert Loan.objects.count() > 0
        found = tuple(journal_hash(lender) for lender in year.lenders)
        transaction.set_rollback(True)
    return found
