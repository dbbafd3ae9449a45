"""A close with every kind of event, killed before any of its statements and run again, is as if nothing had happened.

Loans in time, late, settled and paused; an offer that nobody answered, a request of a loan that was settled; a consent
given after months were held back; monthly bills, one in time and one late. A run of every change takes one statement
in so many; LEEWAY_KILL_EVERY=1 takes all.
"""

import os
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEntry, Borrower, Lender
from config import clock
from deferrals import services
from deferrals.models import Letter, Offer, PolicyVersion, ReliefPlan, ReliefRequest
from loans.books import violations
from loans.closing.steps import registered
from loans.models import AccountEntry, Bill, BusinessDay, Hold, Loan, RevolvingAccount
from loans.services import closing_chunks, settle_early
from loans.services.closing_day import close_days
from loans.services.month_run import run_months
from tests.deferrals.conftest import ask, fixture_loan, noon, product, signed
from tests.deferrals.test_story import approve
from tests.killing import copied, done_again, killed_before, state_of, statements_of
from tests.loans import monthly
from tests.loans.reporting import agreed

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 8, 31)  # the end of a month and, with 31 days, of the one before; bills are made on the day after
EVERY = int(os.environ.get("LEEWAY_KILL_EVERY", "11" if connection.vendor == "sqlite" else "41"))


@pytest.fixture
def book(qinghe: Lender, borrower: Borrower, policy: PolicyVersion, staff: SimpleNamespace) -> Lender:
    """Nothing of it was ever closed."""
    with clock.at(noon(date(2026, 1, 15))):
        product(qinghe, penalty_uplift=Decimal("0.5"), reminder_days=[-14, 17])
    _in_time, _late, paused, offered, settled = (fixture_loan(qinghe, borrower, paid=paid) for paid in (7, 5, 3, 6, 6))
    with clock.at(noon(date(2026, 5, 8))):
        offer = approve(ask(paused), staff.reviewer)
        services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=borrower.user)
    bills(qinghe, borrower)
    with clock.at(noon(date(2026, 8, 4))):
        run_months(lender=qinghe)  # held back: nobody has agreed to anything
    with clock.at(noon(date(2026, 8, 10))):
        approve(ask(offered, key="offered"), staff.reviewer)
        ask(settled, key="settled")
    with clock.at(noon(date(2026, 8, 20))):
        agreed(borrower, qinghe)
    with clock.at(noon(date(2026, 8, 26))):
        settle_early(loan=settled, key="all", acting_user=borrower.user)
    return qinghe


def bills(lender: Lender, borrower: Borrower) -> None:
    """Two monthly bills: one is paid in time, of the other nothing since June."""
    for code, story in (
        ("in-time", "2026-05-20 buy 120000; 2026-06-09 pay 120000; 2026-07-05 buy 90000; 2026-08-09 pay 90000"),
        ("late", "2026-05-20 buy 300000; 2026-06-09 pay 40000; 2026-07-05 buy 20000"),
    ):
        billed = monthly.billed(lender, code=code, reminder_days=[-9, 22])
        account = monthly.opened(monthly.limit_on(borrower, billed))
        monthly.live(account, story)
        monthly.bill_up_to(account, date(2026, 8, 12))


def close(lender: Lender) -> None:
    with clock.at(noon(DAY + timedelta(days=1))):
        close_days(lender=lender, through=DAY)


def everything(lender: Lender) -> dict[str, Any]:
    """What a close leaves of loans, and of relief and monthly bills."""
    entries = AccountEntry.objects.order_by("account__number", "sequence")
    accounts = RevolvingAccount.objects.order_by("number")
    state = state_of(lender)
    # A bill's own key says nothing: PostgreSQL counts on after one that was rolled back.
    named = {
        f"bill/{bill.pk}": f"{bill.account.number}/{bill.number}" for bill in Bill.objects.select_related("account")
    }
    return state | {
        "notices": sorted((event, named.get(key, key), channel) for event, key, channel in state["notices"]),
        "requests": list(ReliefRequest.objects.order_by("number").values_list("number", "state", "version")),
        "offers": list(Offer.objects.order_by("request__number", "number").values_list("request__number", "state")),
        "plans": list(ReliefPlan.objects.order_by("request__number").values_list("request__number", "state")),
        "decisions": sorted(Letter.objects.values_list("request__number", "kind", "title")),
        "holds": sorted(Hold.objects.values_list("source", "kind", "from_on", "until_on"), key=str),
        "versions": list(Loan.objects.order_by("number").values_list("number", "current_version", "settled_on")),
        "entries": list(entries.values_list("account__number", "sequence", "kind", "amount_minor", "parts")),
        "accounts": list(accounts.values_list("number", "stage", "principal_left_minor", "oldest_unpaid_due_on")),
        "bills": Bill.objects.count(),
        "audit": Counter(AuditEntry.objects.values_list("verb", flat=True)),
    }  # fmt: skip


def test_it_has_every_kind_of_event(book: Lender) -> None:
    close(book)
    day = BusinessDay.objects.get(lender=book)
    assert day.state == "closed"
    assert day.set_aside == 0
    for step in registered():
        assert sum(day.counts[step.name].values()) > 0, step.name
    assert day.counts["relief"] == {"settled": 1, "offers_lapsed": 1, "pauses_ended": 1}


def test_killed_before_any_statement_and_run_again_it_is_as_if_nothing_had_happened(
    book: Lender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing_chunks, "AT_ONCE", 2)
    with copied(tmp_path):
        points = statements_of(partial(close, book))
        undisturbed = everything(book)
    for number in range(1, points + 1, EVERY):
        with copied(tmp_path):
            assert killed_before(partial(close, book), number), number
            done_again(partial(close, book))
            assert everything(book) == undisturbed, number
            with clock.at(noon(DAY + timedelta(days=1))):
                assert list(violations(Lender.objects.all())) == [], number
