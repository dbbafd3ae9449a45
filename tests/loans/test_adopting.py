"""A new schedule version follows the one in force, or is refused and nothing changes."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower
from loans import services
from loans.engine.calendar import add_months
from loans.engine.schedule import Row
from loans.errors import AlreadySettled, DateRefused, NotDisbursed, ScheduleRefused, StaleVersion
from loans.models import Loan, ScheduleVersion

PAUSED = (date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15))


def rows_of(loan: Loan) -> list[Row]:
    version = ScheduleVersion.objects.get(loan=loan, number=loan.current_version)
    return [instalment.row for instalment in version.instalments.order_by("number")]


def adopt(loan: Loan, rows: list[Row], **changed: Any) -> ScheduleVersion:
    given = {"loan": loan, "rows": rows, "source": "relief", "expected_version": 1, "acting_user": None}
    return services.adopt_schedule(**(given | changed))


def later(rows: list[Row], months: int = 3, start: int = 4) -> list[Row]:
    """The rows with those from `start` on due some months later."""
    return [
        row._replace(opens_on=add_months(row.opens_on, months), due_on=add_months(row.due_on, months))
        if row.number >= start
        else row
        for row in rows
    ]


def test_the_next_version_is_in_force_and_the_old_one_stays(paid_three: Loan) -> None:
    old = rows_of(paid_three)
    version = adopt(paid_three, later(old), reference="R-2026-000001", paused_on=PAUSED)
    paid_three.refresh_from_db()
    assert (version.number, paid_three.current_version, version.adopted_on) == (2, 2, date(2026, 5, 8))
    assert paid_three.oldest_unpaid_due_on == date(2026, 8, 15)
    assert version.paused_on == ["2026-05-15", "2026-06-15", "2026-07-15"]
    first = ScheduleVersion.objects.get(loan=paid_three, number=1)
    assert [instalment.row for instalment in first.instalments.order_by("number")] == old


def test_the_change_is_on_record_with_both_hashes(paid_three: Loan, borrower: Borrower) -> None:
    version = adopt(paid_three, later(rows_of(paid_three)), reference="R-1", acting_user=borrower.user)
    entry = AuditEntry.objects.get(verb="adopt_schedule")
    first = ScheduleVersion.objects.get(loan=paid_three, number=1)
    assert entry.actor == borrower.user
    assert entry.before == {"version": 1, "hash": first.hash}
    assert (entry.after["version"], entry.after["hash"], entry.after["reference"]) == (2, version.hash, "R-1")
    assert version.hash != first.hash


def test_of_two_changes_made_for_one_version_the_second_gets_a_conflict(paid_three: Loan) -> None:
    rows = later(rows_of(paid_three))
    adopt(paid_three, rows)
    with pytest.raises(StaleVersion):
        adopt(paid_three, rows)
    assert ScheduleVersion.objects.filter(loan=paid_three).count() == 2


def change_row(rows: list[Row], number: int, **fields: int) -> list[Row]:
    return [row._replace(**fields) if row.number == number else row for row in rows]


def test_the_principal_must_add_up(paid_three: Loan) -> None:
    rows = rows_of(paid_three)
    short = change_row(rows, 12, principal_minor=rows[11].principal_minor - 1, balance_minor=1)
    assert_refused(paid_three, short, "principal")
    assert_refused(paid_three, rows[:-1], "principal")
    assert_refused(paid_three, change_row(rows, 5, balance_minor=rows[4].balance_minor + 1), "balance")


def test_numbers_and_dates_run_on(paid_three: Loan) -> None:
    rows = rows_of(paid_three)
    assert_refused(paid_three, [], "numbers")
    assert_refused(paid_three, [*rows[:11], rows[11]._replace(number=13)], "numbers")
    assert_refused(paid_three, [*rows[:4], rows[4]._replace(due_on=rows[3].due_on - timedelta(1)), *rows[5:]], "dates")


def test_a_paid_instalment_keeps_its_amounts(paid_three: Loan) -> None:
    rows = rows_of(paid_three)
    assert_refused(paid_three, change_row(rows, 2, interest_minor=rows[1].interest_minor + 1), "paid_row_changed", 2)
    assert_refused(paid_three, change_row(rows, 3, interest_minor=0), "paid_row_changed", 3)


def test_no_instalment_asks_for_less_than_was_paid_on_it(paid_three: Loan) -> None:
    services.record_payment(loan=paid_three, amount_minor=5_000, key="part", channel="auto_debit", acting_user=None)
    rows = rows_of(paid_three)
    assert rows[3].interest_minor > 5_000
    assert_refused(paid_three, change_row(rows, 4, interest_minor=4_999), "paid_more_than_due", 4)
    assert adopt(paid_three, change_row(rows, 4, interest_minor=5_000)).number == 2


def test_no_new_due_date_lies_in_the_past(paid_three: Loan) -> None:
    rows = rows_of(paid_three)
    moved = [*rows[:3], rows[3]._replace(due_on=date(2026, 5, 7)), *rows[4:]]
    assert_refused(paid_three, moved, "due_in_past", 4)
    today = [*rows[:3], rows[3]._replace(due_on=date(2026, 5, 8)), *rows[4:]]
    assert adopt(paid_three, today).number == 2


def test_what_was_overdue_may_stay_overdue_but_not_move_within_the_past(loan: Loan) -> None:
    rows = rows_of(loan)  # nothing paid: 15 February, March and April have passed
    moved = [rows[0], rows[1]._replace(due_on=date(2026, 3, 16)), *rows[2:]]
    assert_refused(loan, moved, "due_in_past", 2)
    assert adopt(loan, later(rows, 1)).number == 2


def test_a_version_cannot_be_adopted_ahead(paid_three: Loan) -> None:
    with pytest.raises(DateRefused):
        adopt(paid_three, later(rows_of(paid_three)), adopted_on=date(2026, 5, 9))


def test_only_a_running_loan_takes_a_new_version(pending: Loan) -> None:
    with pytest.raises(NotDisbursed):
        adopt(pending, rows_of(pending))
    services.disburse_loan(loan=pending, acting_user=None)
    services.settle_early(loan=pending, key="s", acting_user=None)
    with pytest.raises(AlreadySettled):
        adopt(pending, rows_of(pending), expected_version=2)


def test_strangers_and_other_lenders_adopt_nothing(
    paid_three: Loan, stranger: Borrower, staff: SimpleNamespace
) -> None:
    for user in (stranger.user, staff.other_reviewer):
        with pytest.raises(NotPermitted):
            adopt(paid_three, later(rows_of(paid_three)), acting_user=user)
    assert adopt(paid_three, later(rows_of(paid_three)), acting_user=staff.reviewer).adopted_by == staff.reviewer


def test_a_source_that_does_not_exist_is_refused(paid_three: Loan) -> None:
    with pytest.raises(ValueError):
        adopt(paid_three, later(rows_of(paid_three)), source="whim")


def test_a_crash_after_the_version_is_written_leaves_the_old_one_in_force(
    paid_three: Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("loans.services.adopting.change", fail)
    with pytest.raises(RuntimeError):
        adopt(paid_three, later(rows_of(paid_three)))
    paid_three.refresh_from_db()
    assert paid_three.current_version == 1
    assert ScheduleVersion.objects.filter(loan=paid_three).count() == 1


def assert_refused(loan: Loan, rows: list[Row], reason: str, number: int | None = None) -> None:
    with pytest.raises(ScheduleRefused) as refused:
        adopt(loan, rows)
    assert refused.value.reason == reason
    if number is not None:
        assert refused.value.number == number
    assert ScheduleVersion.objects.filter(loan=loan).count() == 1
