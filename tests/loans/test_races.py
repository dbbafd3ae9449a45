"""Several at once on one loan: real threads, real transactions. Only PostgreSQL has more than one writer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from threading import Barrier, Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts import audit
from accounts.errors import Conflict
from accounts.models import AuditEntry
from loans import services
from loans.books import violations
from loans.errors import NotPending, StaleVersion
from loans.models import Forewarning, Hold, JournalEntry, Loan, Payment, ScheduleVersion
from loans.services.forewarning import write_forewarnings
from loans.services.head import lock
from tests.loans.test_adopting import adopt, later, rows_of
from tests.loans.writing_off import WORDS, supervisor

THREADS = 8
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment, each on its own connection; give what each returned or raised, in order."""
    start = Barrier(len(verbs))

    def run(verb: Callable[[], Any]) -> Any:
        start.wait(timeout=10)
        try:
            return verb()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(verbs)) as pool:
        running = [pool.submit(copy_context().run, run, verb) for verb in verbs]
        return [each.result(timeout=60) for each in running]


def pay(loan: Loan, key: str, amount_minor: int = 107_971) -> Callable[[], Payment]:
    return lambda: services.record_payment(
        loan=loan, amount_minor=amount_minor, key=key, channel="auto_debit", value_on=date(2026, 5, 8), acting_user=None
    )


def test_a_click_repeated_eight_times_is_one_payment(loan: Loan) -> None:
    assert len({payment.pk for payment in at_once(*[pay(loan, "k")] * THREADS)}) == 1
    assert Payment.objects.count() == 1
    assert JournalEntry.objects.filter(kind="payment").count() == 1
    assert AuditEntry.objects.filter(verb="record_payment").count() == 1
    assert list(violations([loan.lender])) == []


def test_eight_payments_at_once_all_count(loan: Loan) -> None:
    paid = at_once(*(pay(loan, f"k{number}", 50_000) for number in range(THREADS)))
    assert all(isinstance(each, Payment) for each in paid)
    assert sum(payment.amount_minor for payment in Payment.objects.all()) == 400_000
    assert list(violations([loan.lender])) == []


def test_of_eight_new_schedules_for_one_version_one_is_adopted(paid_three: Loan) -> None:
    rows = later(rows_of(paid_three))
    done = at_once(*[lambda: adopt(paid_three, rows)] * THREADS)
    assert sorted(type(each).__name__ for each in done) == ["ScheduleVersion"] + [StaleVersion.__name__] * (THREADS - 1)
    assert ScheduleVersion.objects.filter(loan=paid_three).count() == 2


def test_a_payment_and_a_new_schedule_at_once_leave_whole_books(paid_three: Loan) -> None:
    rows = later(rows_of(paid_three))
    done = at_once(lambda: adopt(paid_three, rows), *(pay(paid_three, f"k{number}", 1_000) for number in range(4)))
    assert not [each for each in done if isinstance(each, Exception)]
    assert list(violations([paid_three.lender])) == []


def test_a_loan_is_paid_out_once(pending: Loan) -> None:
    done = at_once(*[lambda: services.disburse_loan(loan=pending, acting_user=None)] * THREADS)
    assert sum(isinstance(each, NotPending) for each in done) == THREADS - 1
    assert JournalEntry.objects.count() == 1


def test_a_source_holds_once_however_often_it_asks(loan: Loan) -> None:
    def hold() -> list[Hold]:
        return services.open_holds(
            loan=loan, kinds=list(Hold.Kind), source="R-1", from_on=date(2026, 5, 8), acting_user=None
        )

    done = at_once(*[hold] * THREADS)
    assert {len(each) for each in done} == {len(Hold.Kind)}
    assert Hold.objects.count() == len(Hold.Kind)


def test_loans_opened_at_once_have_different_numbers(make_loan: Callable[..., Loan]) -> None:
    done = at_once(*[make_loan] * THREADS)
    assert len({loan.number for loan in done}) == THREADS
    assert connection.vendor == "postgresql"


def test_of_two_who_approve_at_once_one_decides(late: Loan, staff: SimpleNamespace) -> None:
    proposal = services.propose_write_off(loan=late, ground="death", words=WORDS, acting_user=staff.collections)
    second = supervisor(late.lender, "second")
    found = at_once(
        lambda: services.approve_proposal(proposal=proposal, acting_user=staff.supervisor),
        lambda: services.approve_proposal(proposal=proposal, acting_user=second),
    )
    assert sorted(type(one).__name__ for one in found) == ["ProposalDecided", "WriteOff"]
    assert JournalEntry.objects.filter(kind="write_off").count() == 1
    assert list(violations([late.lender])) == []


def test_of_two_who_propose_at_once_one_does(late: Loan, staff: SimpleNamespace) -> None:
    found = at_once(
        *(
            lambda who=who: services.propose_write_off(loan=late, ground="death", words=WORDS, acting_user=who)
            for who in (staff.collections, staff.servicing)
        )
    )
    assert sorted(type(one).__name__ for one in found) == ["ProposalOpen", "WriteOff"]


def test_a_payment_and_an_approval_at_once_leave_whole_books(late: Loan, staff: SimpleNamespace) -> None:
    proposal = services.propose_write_off(loan=late, ground="death", words=WORDS, acting_user=staff.collections)
    found = at_once(pay(late, "k"), lambda: services.approve_proposal(proposal=proposal, acting_user=staff.supervisor))
    assert [type(one).__name__ for one in found] == ["Payment", "WriteOff"]
    late.refresh_from_db()
    assert (late.state, late.principal_left_minor) == ("written_off", 1_106_429)
    assert list(violations([late.lender])) == []


def test_without_the_lock_compare_and_set_still_keeps_the_books_whole(
    loan: Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the lock is for: without it nothing is wrong, but somebody's payment is refused for no fault of theirs."""
    monkeypatch.setattr(
        "loans.services.paying.lock", lambda loan: Loan.objects.select_related("lender", "borrower").get(pk=loan.pk)
    )
    done = at_once(*(pay(loan, f"k{number}", 50_000) for number in range(THREADS)))
    assert any(isinstance(each, Conflict) for each in done)
    assert Payment.objects.count() == sum(isinstance(each, Payment) for each in done) > 0
    assert list(violations([loan.lender])) == []


def test_who_names_a_loan_does_not_wait_for_who_has_it_locked(loan: Loan) -> None:
    """One has the loan and wants the audit chain, the other has the chain and has told of the loan: no deadlock."""
    has_loan, has_chain = Event(), Event()

    def with_the_loan() -> None:
        with transaction.atomic():
            lock(loan)
            has_loan.set()
            assert has_chain.wait(10)
            audit.record(lender=loan.lender, verb="a", subject="1", acting_user=None)

    def with_the_chain() -> None:
        assert has_loan.wait(10)
        with transaction.atomic():
            row = Forewarning(
                lender=loan.lender, loan=loan, kind="adverse", about_on=date(2026, 5, 1), told_on=date(2026, 5, 8)
            )
            write_forewarnings(loan.lender, [row], acting_user=None)
            has_chain.set()

    assert at_once(with_the_loan, with_the_chain) == [None, None]
    assert Forewarning.objects.count() == 1
    assert AuditEntry.objects.filter(verb="a").exists()
