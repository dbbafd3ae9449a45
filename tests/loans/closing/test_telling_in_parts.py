"""Reminders and warnings are parts of a close: each in one part alone, one loan's trouble nobody else's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import Borrower, Lender, Notice
from accounts.services import enrol_borrower
from credit.models import MonthFact
from loans.closing.steps import LoanStep
from loans.models import BusinessDay, CloseChunk, CloseFailure, Forewarning, Loan
from loans.services import closing_chunks, closing_day, forewarning, reminding
from loans.services.forewarning import loans_to_tell_of, tell_of_late_months
from loans.services.month_run import run_months
from loans.services.reminding import loans_to_remind, remind, remind_range
from tests.conftest import person
from tests.loans.closing.conftest import close, paid_out, pay
from tests.loans.conftest import at_noon
from tests.loans.reporting import agreed

pytestmark = pytest.mark.django_db
OPENED = date(2026, 2, 15)
DUE = date(2026, 3, 15)
A_DAY = timedelta(days=1)
LATE = DUE + timedelta(days=4)  # on the day after its three days of grace somebody is told


@pytest.fixture
def second(qinghe: Lender) -> Borrower:
    user = person("second@example.org", "第二位客户")
    return enrol_borrower(lender=qinghe, name=user.name, since=date(2026, 1, 10), user=user, acting_user=None)


@pytest.fixture
def book(qinghe: Lender, borrower: Borrower, second: Borrower, monkeypatch: pytest.MonkeyPatch) -> Lender:
    """By key: a loan of the second borrower between two of the first; closed in parts of one loan."""
    monkeypatch.setattr(closing_chunks, "AT_ONCE", 1)
    paid_out(qinghe, (borrower, second, borrower), OPENED)
    close(qinghe, DUE - 2 * A_DAY)
    return qinghe


def loans() -> list[Loan]:
    return list(Loan.objects.order_by("pk"))


@contextmanager
def broken(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, loan: Loan) -> Iterator[None]:
    """For the length of the block `name` of the module fails wherever that loan is among what it is given."""
    real = getattr(module, name)

    def fails(given: Any, *rest: Any) -> Any:
        listed = list(given)
        if loan in listed or loan.pk in listed or any(loan == getattr(one, "loan", None) for one in listed):
            raise ArithmeticError("no such month")
        return real(listed, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, fails)
        yield


def test_what_a_borrower_owes_on_one_day_is_one_notice_of_one_part(book: Lender) -> None:
    with at_noon(DUE):
        first, second, third = (loan.pk for loan in loans())
        assert list(loans_to_remind(book, DUE - A_DAY)) == [first, second, third]
        parts = [remind_range(book, DUE - A_DAY, pk, pk).counts["written"] for pk in (third, second, first)]
    assert parts == [0, 1, 1]
    told = Notice.objects.filter(key__endswith="/0")
    assert sorted(len(notice.blocks[1]["items"]) for notice in told) == [1, 2]


def test_the_close_reminds_in_parts_and_says_how_many(book: Lender) -> None:
    before = Notice.objects.count()
    (row,) = close(book, DUE - A_DAY)
    assert row.counts["reminders"] == {"written": 2}
    assert Notice.objects.count() == before + 2
    assert CloseChunk.objects.filter(business_day=row, step="reminders", number__gt=0).count() == 3


def test_a_loan_that_cannot_be_told_of_is_set_aside_and_the_others_are(
    book: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = loans()[1]
    with broken(monkeypatch, reminding, "standings", bad):
        (row,) = close(book, DUE - A_DAY)
    assert (row.counts["reminders"], row.set_aside) == ({"written": 1}, 1)
    assert (CloseFailure.objects.get().step, CloseFailure.objects.get().loan) == ("reminders", bad)
    (row,) = close(book, DUE)  # the next step of the product, one day later
    assert row.counts["reminders"] == {"written": 2}
    assert CloseFailure.objects.get().mended_at is not None


def test_one_that_is_paid_meanwhile_is_set_aside_no_more(book: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = loans()[1]
    with broken(monkeypatch, reminding, "standings", bad):
        close(book, DUE - A_DAY)
    pay(bad, 107_971, DUE)
    close(book, DUE)
    assert CloseFailure.objects.get().mended_at is not None


def test_outside_a_close_the_others_are_told_and_the_error_names_the_loan(
    book: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = loans()[1]
    before = Notice.objects.count()
    names_it = pytest.raises(ExceptionGroup, match=f"{bad.number} .no such month")
    with at_noon(DUE), broken(monkeypatch, reminding, "standings", bad), names_it:
        remind(lender=book)
    assert Notice.objects.count() == before + 1


def test_a_database_that_is_gone_ends_it(book: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> object:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(reminding, "standings", gone)
    with at_noon(DUE), pytest.raises(OperationalError):
        remind(lender=book)


def test_who_is_late_is_told_in_parts_and_only_once(book: Lender) -> None:
    for day in range((LATE - DUE).days - 1):
        close(book, DUE + day * A_DAY)
    assert not Forewarning.objects.exists()
    (row,) = close(book, LATE - A_DAY)
    assert row.counts["telling"] == {"told": 3}
    assert CloseChunk.objects.filter(business_day=row, step="telling", number__gt=0).count() == 3
    with at_noon(LATE):
        assert list(loans_to_tell_of(book, LATE)) == []


def test_a_loan_that_cannot_be_warned_of_keeps_no_other_from_it(book: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = loans()[0]
    names_it = pytest.raises(ExceptionGroup, match=bad.number)
    with at_noon(LATE), broken(monkeypatch, forewarning, "_told", bad), names_it:
        tell_of_late_months(lender=book, on=LATE)
    assert sorted(Forewarning.objects.values_list("loan", flat=True)) == [loan.pk for loan in loans()[1:]]


def test_a_loan_that_cannot_be_warned_of_keeps_no_month_of_another_from_the_file(
    book: Lender, borrower: Borrower, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _, good = loans()
    with at_noon(DUE):
        agreed(borrower, book)
    with at_noon(LATE), broken(monkeypatch, forewarning, "_told", bad), pytest.raises(ArithmeticError):
        run_months(lender=book)
    assert MonthFact.objects.filter(tradeline__reference=good.number).exists()


@pytest.mark.parametrize("step", ["telling", "reminders", "bill_reminders", "consents", "relief"])
def test_a_day_cut_off_in_a_step_for_its_end_is_ended_on_a_later_day(
    book: Lender, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The day is a later one's last no more, but what was begun of it must not wait for ever."""
    real = closing_day.do_next

    def dies(lender: Lender, row: BusinessDay, one: Any, **how: Any) -> bool:
        if one.name == step:
            raise OperationalError("server closed the connection")
        return real(lender, row, one, **how)

    with monkeypatch.context() as patched:
        patched.setattr(closing_day, "do_next", dies)
        with pytest.raises(OperationalError):
            close(book, LATE - A_DAY)
    assert BusinessDay.objects.get(state="running").day == LATE - A_DAY
    days = close(book, LATE)
    assert [day.state for day in days] == ["closed"] * len(days)
    assert not CloseChunk.objects.filter(state="waiting").exists()
    assert Forewarning.objects.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.parametrize(("step", "day"), [("reminders", DUE - A_DAY), ("telling", LATE - A_DAY)])
def test_other_processes_do_their_part_of_it(
    book: Lender, monkeypatch: pytest.MonkeyPatch, step: str, day: date
) -> None:
    found = next(one for one in closing_day.registered() if one.name == step)
    assert isinstance(found, LoanStep)
    monkeypatch.setattr(closing_day, "registered", lambda: [found])
    real, first = closing_day._work, os.getpid()
    monkeypatch.setattr(closing_day, "_work", lambda *work, **how: None if os.getpid() == first else real(*work, **how))
    with at_noon(day + A_DAY):
        *_, row = closing_day.close_days(lender=book, through=day, workers=3)
    assert row.counts[step] == ({"written": 2} if step == "reminders" else {"told": 3})
