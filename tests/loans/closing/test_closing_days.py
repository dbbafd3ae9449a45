"""Days are closed in order and once; one runner; what fails is set aside and tried again."""

import json
from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.models import AuditEntry, Lender
from loans import services
from loans.closing.errors import CloseRunning, DayNotOver
from loans.closing.runner import one_runner
from loans.ledger import post
from loans.models import Account, BusinessDay, CloseChunk, CloseFailure, JournalEntry, Loan, StageStep
from loans.services import closing_chunks, closing_loans
from loans.services.closing_day import close_days
from loans.services.staging import run_stages
from tests.conftest import TODAY
from tests.loans.closing.conftest import close
from tests.loans.conftest import PAID_OUT, at_noon

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
YESTERDAY = TODAY - A_DAY


def days(lender: Lender) -> list[date]:
    return list(BusinessDay.objects.filter(lender=lender, state="closed").order_by("day").values_list("day", flat=True))


def test_the_first_close_is_of_the_day_asked_for_and_the_next_ones_follow_without_gaps(qinghe: Lender) -> None:
    close_days(lender=qinghe, through=date(2026, 5, 4))
    close_days(lender=qinghe)
    assert days(qinghe) == [date(2026, 5, day) for day in (4, 5, 6, 7)]
    assert Lender.objects.get(pk=qinghe.pk).closed_through == YESTERDAY


def test_a_day_that_is_not_over_is_refused(qinghe: Lender) -> None:
    with pytest.raises(DayNotOver) as refused:
        close_days(lender=qinghe, through=TODAY)
    assert refused.value.last_on == YESTERDAY
    assert days(qinghe) == []


def test_the_day_ends_where_the_lender_is(qinghe: Lender) -> None:
    """Noon in Shanghai is the evening of the day before in Honolulu."""
    Lender.objects.filter(pk=qinghe.pk).update(time_zone="Pacific/Honolulu")
    qinghe.refresh_from_db()
    with pytest.raises(DayNotOver):
        close_days(lender=qinghe, through=YESTERDAY)


def test_a_closed_day_is_not_closed_again(living: Loan) -> None:
    close(living.lender, PAID_OUT)
    written = JournalEntry.objects.count(), CloseChunk.objects.count(), AuditEntry.objects.count()
    assert close(living.lender, PAID_OUT) == []
    assert (JournalEntry.objects.count(), CloseChunk.objects.count(), AuditEntry.objects.count()) == written


def test_nothing_is_posted_into_a_closed_day(living: Loan) -> None:
    close(living.lender, PAID_OUT)
    lines = {Account.CASH: 5, Account.BORROWER_CREDIT: -5}
    with pytest.raises(IntegrityError), transaction.atomic():
        post(lender=living.lender, loan=None, kind="suspense", key="x", lines=lines, value_on=PAID_OUT, posted_on=PAID_OUT)  # fmt: skip  # noqa: E501
    post(lender=living.lender, loan=None, kind="suspense", key="x", lines=lines, value_on=PAID_OUT)


def test_a_second_runner_is_turned_away_at_once(qinghe: Lender, jiangpan: Lender) -> None:
    with one_runner(qinghe):
        with pytest.raises(CloseRunning):
            close_days(lender=qinghe)
        close_days(lender=jiangpan)
    close_days(lender=qinghe)


def test_a_closed_day_is_kept_as_it_is(qinghe: Lender) -> None:
    (row,) = close_days(lender=qinghe)
    for tamper in (lambda: BusinessDay.objects.update(set_aside=7), BusinessDay.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            tamper()
    assert AuditEntry.objects.get(verb="close_day").subject == row.day.isoformat()


def test_a_loan_that_cannot_be_done_is_set_aside_and_done_by_the_next_close(
    living: Loan, make_loan: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_noon(PAID_OUT):
        other = services.disburse_loan(loan=make_loan(), acting_user=None)  # type: ignore[operator]
    real = closing_loans.receivables

    def broken(loan: Loan, *rest: object) -> object:
        if loan.pk == living.pk:
            raise ArithmeticError("no such month")
        return real(loan, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(closing_loans, "receivables", broken)
        (row,) = close(living.lender, PAID_OUT)
    assert (row.set_aside, row.counts["loans"]["looked_at"]) == (1, 1)
    failure = CloseFailure.objects.get()
    assert (failure.loan, failure.error, failure.mended_at) == (living, "ArithmeticError: no such month", None)
    assert Loan.objects.get(pk=other.pk).interest_receivable_minor == 480
    close(living.lender, PAID_OUT + A_DAY)
    assert CloseFailure.objects.get().mended_at is not None
    # two days of 12,000.00 at 14.4 %
    assert Loan.objects.get(pk=living.pk).interest_receivable_minor == 960


def test_what_only_the_database_refuses_sets_one_loan_aside_and_not_its_neighbours(
    living: Loan, make_loan: object
) -> None:
    with at_noon(PAID_OUT):
        other = services.disburse_loan(loan=make_loan(), acting_user=None)  # type: ignore[operator]
        taken = f"accrual/{living.public_id.hex}/{PAID_OUT.isoformat()}"
        post(lender=living.lender, loan=None, kind="suspense", key=taken, lines={Account.CASH: 5, Account.BORROWER_CREDIT: -5}, value_on=PAID_OUT)  # fmt: skip  # noqa: E501
    (row,) = close(living.lender, PAID_OUT)
    assert row.set_aside == 1
    assert CloseFailure.objects.get().loan == living
    assert Loan.objects.get(pk=other.pk).interest_receivable_minor == 480
    assert Loan.objects.get(pk=living.pk).interest_receivable_minor == 0


def test_a_step_that_fails_as_a_whole_is_set_aside_and_the_others_go_on(
    living: Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> Counter[str]:
        raise ValueError("no paper")

    monkeypatch.setattr("loans.close_steps.remind_bills", broken)
    (row,) = close(living.lender, PAID_OUT)
    assert (row.set_aside, row.counts["loans"]) == (1, {"looked_at": 1, "accrued": 1})
    assert (CloseFailure.objects.get().step, CloseFailure.objects.get().loan) == ("bill_reminders", None)
    monkeypatch.undo()
    close(living.lender, PAID_OUT + A_DAY)
    assert CloseFailure.objects.get().mended_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_step_that_is_done_as_a_whole_locks_nothing_while_it_runs(
    qinghe: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(**_: object) -> Counter[str]:
        seen.append(connection.in_atomic_block)
        return Counter()

    monkeypatch.setattr("loans.close_steps.remind_bills", look)
    close_days(lender=qinghe)
    assert seen == [False]


def test_a_part_that_cannot_even_be_claimed_ends_the_run(living: Loan, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ValueError("no such column")

    monkeypatch.setattr(closing_chunks, "_claimed", broken)
    with pytest.raises(ValueError, match="no such column"):
        close(living.lender, PAID_OUT)


def test_the_command_says_in_one_line_that_the_database_is_gone(
    qinghe: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**_: object) -> object:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("loans.management.commands.close_day.close_days", gone)
    with pytest.raises(CommandError, match=r"does not answer \(server closed the connection\)\. What was done is kept"):
        call_command("close_day", "--lender", "qinghe")


def test_the_command_says_what_it_did(living: Loan) -> None:
    with at_noon(PAID_OUT + A_DAY):
        out = StringIO()
        call_command("close_day", "--lender", "qinghe", stdout=out, stderr=StringIO())
        assert "qinghe 2026-01-15: closed in" in out.getvalue()
        assert "loans: 1 looked_at, 1 accrued" in out.getvalue()
        out = StringIO()
        call_command("close_day", "--all", "--json", stdout=out)
        assert json.loads(out.getvalue()) == {"qinghe": []}


def test_the_command_fails_where_something_was_set_aside(living: Loan, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise ArithmeticError("no such month")

    monkeypatch.setattr(closing_loans, "receivables", broken)
    with at_noon(PAID_OUT + A_DAY), pytest.raises(CommandError, match="1 set aside") as refused:
        call_command("close_day", "--lender", "qinghe", stdout=StringIO(), stderr=StringIO())
    assert refused.value.returncode == 1
    assert days(living.lender) == [PAID_OUT]


def test_one_lender_whose_close_runs_already_keeps_no_other_from_its_own(qinghe: Lender, jiangpan: Lender) -> None:
    with one_runner(jiangpan), pytest.raises(CommandError, match="jiangpan: a close is running already") as refused:
        call_command("close_day", "--all", stdout=StringIO(), stderr=StringIO())
    assert refused.value.returncode == 3
    assert (days(qinghe), days(jiangpan)) == ([YESTERDAY], [])


def test_a_day_caught_up_with_takes_no_step_back_that_a_later_day_has_found(living: Loan) -> None:
    """Unpaid since 15 February with three days of grace; closed through the 14th, found early on the 20th."""
    close(living.lender, date(2026, 2, 14))
    with at_noon(date(2026, 2, 20)):
        run_stages(lender=living.lender)
        close_days(lender=living.lender, through=date(2026, 2, 19))
    assert list(StageStep.objects.filter(loan=living).values_list("to_stage", "taken_on")) == [
        ("early", date(2026, 2, 20))
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--lender", "nobody"], 2, "There is no lender 'nobody'."),
        (["--lender", "qinghe", "--date", "2026-05-08"], 2, "the last day that is: 2026-05-07"),
    ],
)
def test_the_command_refuses_with_one_clear_line(qinghe: Lender, arguments: list[str], code: int, said: str) -> None:
    with pytest.raises(CommandError, match=said) as refused:
        call_command("close_day", *arguments)
    assert refused.value.returncode == code


def test_the_command_says_that_a_close_is_running(qinghe: Lender) -> None:
    with one_runner(qinghe), pytest.raises(CommandError, match="running already") as refused:
        call_command("close_day", "--lender", "qinghe")
    assert refused.value.returncode == 3
