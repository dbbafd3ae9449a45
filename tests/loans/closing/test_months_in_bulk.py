"""Months of many loans at once: the same as loan by loan, once, with as many queries, and a bad one keeps no other."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Lender
from credit.facts import MonthFacts
from credit.models import MonthFact
from loans import services
from loans.engine.calendar import add_months
from loans.models import CloseFailure, Forewarning, HeldMonth, Loan, Payment
from loans.selectors import month_histories
from loans.selectors.month_histories import History, histories_of
from loans.selectors.month_windows import short
from loans.services import furnishing_many
from loans.services.closing_day import close_days
from loans.services.making_book import make_book
from loans.services.month_run import furnish_range, loans_with_months, run_months
from tests.loans.closing.conftest import close, pay
from tests.loans.conftest import PAID_OUT, at_noon
from tests.loans.reporting import agreed, reportable

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# 31 January and three days of grace
DECIDED = date(2026, 2, 3)
JANUARY = date(2026, 1, 1)
APRIL = date(2026, 4, 1)


@pytest.fixture
def others(living: Loan, make_loan: Callable[..., Loan]) -> list[Loan]:
    """Four loans of somebody who agreed to reporting."""
    with at_noon(PAID_OUT):
        agreed(living.borrower, living.lender)
        return [living, *(services.disburse_loan(loan=make_loan(), acting_user=None) for _ in range(3))]


@pytest.fixture
def book(qinghe: Lender) -> Lender:
    """Three hundred loans of every kind on the day on which the grace of April ends; March and before are on file."""
    with at_noon(date(2026, 5, 3)):
        make_book(lender=qinghe, loans=300, seed=7, on=date(2026, 5, 3), with_months=True)
    return qinghe


@pytest.fixture
def all_long(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, every history is read whole."""
    return lambda: monkeypatch.setattr(month_histories, "short", lambda *_: {})


def on_file(*loans: Loan) -> list[tuple[str, int]]:
    rows = MonthFact.objects.filter(tradeline__reference__in=[loan.number for loan in loans])
    return list(rows.order_by("tradeline__reference", "month").values_list("tradeline__reference", "month__month"))


def next_on(loan: Loan) -> date | None:
    return Loan.objects.get(pk=loan.pk).next_month_on


# The same as loan by loan


def test_months_of_a_book_are_those_of_each_loan_by_all_that_ever_was_paid(
    book: Lender, all_long: Callable[[], None]
) -> None:
    with at_noon(date(2026, 5, 4)):
        assert run_months(lender=book)["furnished"] > 250
        all_long()
        rows = MonthFact.objects.filter(lender=book, month=APRIL).select_related("tradeline")
        said = {row.tradeline.reference: MonthFacts.of(row) for row in rows}
        loans = list(Loan.objects.filter(lender=book, number__in=said))
        judged = histories_of(loans, {loan.pk: [APRIL] for loan in loans})
        assert {loan.number: judged[loan.pk].facts(APRIL) for loan in loans} == said


def test_a_short_history_says_of_every_month_what_the_long_one_says(
    book: Lender, all_long: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    shortened = 0

    def counted(*asked: Any) -> Any:
        nonlocal shortened
        found = short(*asked)
        shortened += len(found)
        return found

    months = [add_months(APRIL, -number) for number in range(10)]
    lived = {
        month: list(
            Loan.objects.filter(lender=book, disbursed_on__lt=add_months(month, 1)).exclude(settled_on__lt=month)
        )
        for month in months
    }
    monkeypatch.setattr(month_histories, "short", counted)
    by_short = {month: facts_of(loans, month) for month, loans in lived.items()}
    all_long()
    assert by_short == {month: facts_of(loans, month) for month, loans in lived.items()}
    assert shortened > sum(map(len, lived.values())) * 2 // 3


def facts_of(loans: list[Loan], month: date) -> dict[str, MonthFacts]:
    found = histories_of(loans, {loan.pk: [month] for loan in loans})
    return {loan.number: found[loan.pk].facts(month) for loan in loans}


def test_two_loans_alike_come_out_alike_one_in_a_range_and_one_alone(others: list[Loan]) -> None:
    alone, *rest = others
    for loan in others:
        pay(loan, 107_971, date(2026, 2, 17), key=f"p{loan.pk}")
    with at_noon(date(2026, 3, 4)):
        assert services.furnish_months(loan=alone, through=date(2026, 2, 1), acting_user=None) == 2
        done = furnish_range(alone.lender, date(2026, 3, 3), rest[0].pk, rest[-1].pk)
    assert (done.counts, done.faults) == ({"furnished": 6}, {})
    said = [
        [MonthFacts.of(row) for row in MonthFact.objects.filter(tradeline__reference=loan.number).order_by("month")]
        for loan in others
    ]
    assert said[0] == said[1] == said[2] == said[3]
    assert [facts.paid_in_grace for facts in said[0]] == [False, True]


# Once


def test_run_again_it_finds_and_writes_nothing(others: list[Loan]) -> None:
    lender = others[0].lender
    with at_noon(DECIDED + DAY):
        (day,) = close_days(lender=lender, through=DECIDED)
        assert day.counts["months"] == {"furnished": 4}
        assert list(loans_with_months(lender, DECIDED)) == []
        written = MonthFact.objects.count(), AuditEntry.objects.count()
        assert furnish_range(lender, DECIDED, others[0].pk, others[-1].pk).counts == {}
        run_months(lender=lender)
        assert (MonthFact.objects.count(), AuditEntry.objects.count()) == written


def test_a_range_is_one_entry_in_the_audit_chain(others: list[Loan]) -> None:
    close(others[0].lender, DECIDED)
    entry = AuditEntry.objects.get(verb="furnish_months")
    assert (entry.subject, entry.after) == (
        "2026-02-03",
        {"loans": 4, "months": 4, "from": "2026-01", "through": "2026-01"},
    )


def test_as_many_queries_for_eight_loans_as_for_two(others: list[Loan], make_loan: Callable[..., Loan]) -> None:
    lender, day = others[0].lender, date(2026, 3, 3)
    pay(others[0], 107_971, date(2026, 2, 15))
    with at_noon(PAID_OUT):
        more = [services.disburse_loan(loan=make_loan(), acting_user=None) for _ in range(6)]
    for loan in more[:3]:
        pay(loan, 107_971, date(2026, 2, 15), key=f"p{loan.pk}")
    with at_noon(day + DAY):
        with CaptureQueriesContext(connection) as few:
            # one that paid, and one that did not and was not told
            assert furnish_range(lender, day, others[0].pk, others[1].pk).counts == {"furnished": 3, "held": 1}
        with CaptureQueriesContext(connection) as many:
            assert furnish_range(lender, day, others[2].pk, more[-1].pk).counts == {"furnished": 11, "held": 5}
    assert len(many) == len(few)


# What cannot be done


def test_a_loan_that_cannot_be_judged_is_set_aside_and_the_others_go(
    others: list[Loan], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = others
    real = History.facts

    def broken(history: History, month: date) -> MonthFacts:
        if history.loan.pk == bad.pk:
            raise ArithmeticError("no such month")
        return real(history, month)

    with monkeypatch.context() as patched:
        patched.setattr(History, "facts", broken)
        (day,) = close(bad.lender, DECIDED)
    assert (day.set_aside, day.counts["months"]) == (1, {"furnished": 3})
    assert on_file(*others) == [(loan.number, 1) for loan in good]
    failure = CloseFailure.objects.get()
    assert (failure.step, failure.loan, failure.error) == ("months", bad, "ArithmeticError: no such month")
    close(bad.lender, DECIDED + DAY)
    assert on_file(bad) == [(bad.number, 1)]
    assert CloseFailure.objects.get().mended_at is not None


def test_a_month_that_only_the_database_refuses_keeps_no_other_loan(
    others: list[Loan], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = others
    with at_noon(DECIDED + DAY):
        services.furnish_months(loan=bad, through=JANUARY, acting_user=None)
    real = furnishing_many._missing

    def as_if_not_on_file(loans: Any, *rest: Any) -> Any:
        return real(loans, *rest) | {loan.pk: [JANUARY] for loan in loans if loan.pk == bad.pk}

    monkeypatch.setattr(furnishing_many, "_missing", as_if_not_on_file)
    (day,) = close(bad.lender, DECIDED)
    assert (day.set_aside, CloseFailure.objects.get().loan) == (1, bad)
    assert on_file(*others) == [(loan.number, 1) for loan in others]
    assert good


def test_the_run_does_the_others_before_it_says_what_failed(
    others: list[Loan], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = History.facts

    def broken(history: History, month: date) -> MonthFacts:
        if history.loan.pk == others[1].pk:
            raise ArithmeticError("no such month")
        return real(history, month)

    monkeypatch.setattr(History, "facts", broken)
    with at_noon(DECIDED + DAY), pytest.raises(ArithmeticError):
        run_months(lender=others[0].lender)
    assert len(on_file(*others)) == 3


# When a loan is looked at


def test_a_loan_is_looked_at_once_a_month_until_it_is_settled(others: list[Loan]) -> None:
    loan = others[0]
    close(loan.lender, DECIDED - DAY)
    assert (on_file(loan), next_on(loan)) == ([], DECIDED)
    close(loan.lender, DECIDED)
    assert (on_file(loan), next_on(loan)) == ([(loan.number, 1)], date(2026, 3, 3))
    with at_noon(date(2026, 2, 10)):
        services.settle_early(loan=loan, key="s", acting_user=None)
    assert next_on(loan) == date(2026, 3, 3)
    with at_noon(date(2026, 3, 4)):
        run_months(lender=loan.lender)
    assert (on_file(loan), next_on(loan)) == ([(loan.number, 1), (loan.number, 2)], None)


def test_a_settled_loan_that_runs_again_is_looked_at_again(others: list[Loan]) -> None:
    loan = others[0]
    with at_noon(date(2026, 2, 10)):
        services.settle_early(loan=loan, key="s", acting_user=None)
    with at_noon(date(2026, 3, 4)):
        run_months(lender=loan.lender)
        assert next_on(loan) is None
        services.reverse_payment(payment=Payment.objects.get(key="s"), reason="AM04", acting_user=None)
    with at_noon(date(2026, 3, 5)):
        run_months(lender=loan.lender)
    assert next_on(loan) is not None


def test_what_waits_for_a_notice_is_looked_at_every_day(others: list[Loan]) -> None:
    """Due 15 February and unpaid; nobody is told before 4 March, and what waits for that goes on the 7th."""
    loan = others[0]
    with at_noon(date(2026, 3, 4)):
        run_months(lender=loan.lender)
    assert (on_file(loan), next_on(loan)) == ([(loan.number, 1)], date(2026, 3, 4))
    assert Forewarning.objects.filter(loan=loan).count() == 1
    for day in (5, 6):
        with at_noon(date(2026, 3, day)):
            assert run_months(lender=loan.lender)["furnished"] == 0
    with at_noon(date(2026, 3, 7)):
        assert run_months(lender=loan.lender)["furnished"] == 4
    assert next_on(loan) == date(2026, 4, 3)


def test_without_consent_the_next_look_is_that_of_the_next_month_and_consent_calls_for_one(living: Loan) -> None:
    close(living.lender, DECIDED)
    assert next_on(living) == date(2026, 3, 3)
    assert list(HeldMonth.objects.values_list("month", "reason")) == [(JANUARY, "no_consent")]
    with at_noon(date(2026, 2, 12)):
        agreed(living.borrower, living.lender)
    close(living.lender, date(2026, 2, 12))
    assert on_file(living) == [(living.number, 1)]
    assert next_on(living) == date(2026, 3, 3)


def test_without_consent_nothing_is_judged(living: Loan, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> MonthFacts:
        raise AssertionError("judged")

    monkeypatch.setattr(History, "facts", never)
    (day,) = close(living.lender, DECIDED)
    assert (day.set_aside, day.counts["months"]) == (0, {"held": 1})


def test_of_days_that_are_caught_up_with_only_the_last_furnishes(others: list[Loan]) -> None:
    lender = others[0].lender
    close(lender, DECIDED - 3 * DAY)
    with at_noon(DECIDED + 3 * DAY):
        days = close_days(lender=lender)
    assert [day.counts.get("months", {}) for day in days] == [{}] * 4 + [{"furnished": 4}]


def test_a_loan_taken_over_from_another_system_gives_all_its_months_at_the_next_run(others: list[Loan]) -> None:
    Loan.objects.filter(pk=others[0].pk).update(next_month_on=DECIDED)
    reportable(others[0])
    with at_noon(date(2026, 5, 4)):
        run_months(lender=others[0].lender)
    assert [month for _, month in on_file(others[0])] == [1, 2, 3, 4]


def test_a_gap_in_the_file_is_filled_by_the_run(others: list[Loan], monkeypatch: pytest.MonkeyPatch) -> None:
    """February waited, because nobody was told; March was paid in time and is on file."""
    loan = others[0]
    with at_noon(date(2026, 2, 25)):
        services.record_payment(loan=loan, amount_minor=107_971, key="feb", channel="staff", acting_user=None)
    pay(loan, 107_971, date(2026, 3, 15))
    with at_noon(date(2026, 4, 4)):
        services.furnish_months(loan=loan, through=date(2026, 3, 1), acting_user=None)
        assert [month for _, month in on_file(loan)] == [1, 3]
        run_months(lender=loan.lender)
    with at_noon(date(2026, 4, 8)):
        run_months(lender=loan.lender)
    assert [month for _, month in on_file(loan)] == [1, 2, 3]
