"""The journal and the schedules as the database itself keeps them, on both engines."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.bulk import Sheet
from accounts.models import Lender
from loans import ledger
from loans.engine.schedule import Row
from loans.errors import EntryRefused, KeyTaken
from loans.models import (
    Account,
    Instalment,
    JournalEntry,
    JournalSeal,
    Loan,
    Posting,
    ScheduleSeal,
    ScheduleVersion,
)

ON = date(2026, 5, 8)


def enter(of: Loan, key: str = "k", **changed: object) -> JournalEntry:
    entry = {
        "lender": of.lender,
        "loan": of,
        "kind": "opening",
        "key": key,
        "lines": {Account.PRINCIPAL: 500, Account.CASH: -500},
        "value_on": ON,
    }
    return ledger.post(**(entry | changed))


def bare_entry(loan: Loan, number: int = 900) -> JournalEntry:
    return JournalEntry.objects.create(
        id=number,
        seal_id=number,
        lender=loan.lender,
        loan=loan,
        kind="opening",
        key=f"bare-{number}",
        posted_on=ON,
        value_on=ON,
        currency="CNY",
    )


def commit() -> None:
    """Check what the database leaves until commit."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        else:
            connection.check_constraints()


def test_an_entry_keeps_its_lines_and_is_sealed(loan: Loan) -> None:
    entry = enter(loan)
    assert dict(entry.postings.values_list("account", "amount_minor")) == {"principal": 500, "cash": -500}
    assert JournalSeal.objects.filter(pk=entry.pk).exists()
    assert (entry.posted_on, entry.value_on, entry.currency) == (ON, ON, "CNY")


def test_lines_of_zero_are_dropped(loan: Loan) -> None:
    entry = enter(loan, lines={Account.PRINCIPAL: 500, Account.CASH: -500, Account.FEE_INCOME: 0})
    assert entry.postings.count() == 2


@pytest.mark.parametrize("lines", [{}, {Account.CASH: 0}, {Account.CASH: 5}, {Account.CASH: 5, Account.PRINCIPAL: -4}])
def test_lines_that_do_not_balance_are_refused_before_anything_is_written(loan: Loan, lines: dict) -> None:
    before = JournalEntry.objects.count()
    with pytest.raises(EntryRefused):
        enter(loan, lines=lines)
    assert JournalEntry.objects.count() == before


def test_the_same_key_and_content_gives_the_entry_that_stands(loan: Loan) -> None:
    assert enter(loan) == enter(loan)
    assert JournalEntry.objects.filter(key="k").count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"lines": {Account.PRINCIPAL: 501, Account.CASH: -501}},
        {"lines": {Account.PRINCIPAL: 500, Account.OPENING: -500}},
        {"value_on": date(2026, 5, 7)},
        {"kind": "reversal"},
        {"loan": None},
    ],
)
def test_the_same_key_with_other_content_is_a_conflict(loan: Loan, changed: dict) -> None:
    enter(loan)
    with pytest.raises(KeyTaken):
        enter(loan, **changed)


def test_two_lenders_may_use_the_same_key(loan: Loan, jiangpan: Lender) -> None:
    enter(loan)
    assert enter(loan, lender=jiangpan, loan=None).lender == jiangpan


def test_an_entry_of_another_lenders_loan_is_refused(loan: Loan, jiangpan: Lender) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        enter(loan, lender=jiangpan)


def test_ids_are_never_given_twice(loan: Loan) -> None:
    with transaction.atomic():
        first = ledger.reserve_ids(JournalEntry, 3)
    assert len(set(first)) == 3
    taken = set(JournalEntry.objects.values_list("pk", flat=True))
    assert not taken & set(first)
    assert ledger.reserve_ids(JournalEntry, 0) == []


@pytest.mark.parametrize(
    "lines", [(), (("cash", 5),), (("cash", 5), ("principal", -4))], ids=["none", "one", "unbalanced"]
)
def test_the_database_refuses_a_seal_over_an_entry_that_is_not_whole(loan: Loan, lines: tuple) -> None:
    def write() -> None:
        entry = bare_entry(loan)
        for account, amount in lines:
            Posting.objects.create(entry=entry, lender=loan.lender, account=account, amount_minor=amount)
        JournalSeal.objects.create(id=entry.pk)

    with pytest.raises(IntegrityError, match="unbalanced"):
        transaction.atomic(write)()


def test_the_database_refuses_to_commit_an_entry_without_a_seal(loan: Loan) -> None:
    def write() -> None:
        bare_entry(loan)
        commit()

    with pytest.raises(IntegrityError, match="seal"):
        transaction.atomic(write)()


def test_the_database_refuses_a_line_after_the_seal(loan: Loan) -> None:
    entry = enter(loan)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.bulk_create(
            [
                Posting(entry=entry, lender=loan.lender, account="fee_income", amount_minor=-1),
                Posting(entry=entry, lender=loan.lender, account="borrower_credit", amount_minor=1),
            ]
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        pytest.param("INSERT OR REPLACE INTO {0} SELECT * FROM {0}", marks=pytest.mark.sqlite),
        pytest.param("TRUNCATE {} CASCADE", marks=pytest.mark.postgres),
    ],
)
@pytest.mark.parametrize(
    "model", [JournalEntry, Posting, JournalSeal, ScheduleVersion, Instalment, ScheduleSeal], ids=lambda m: m.__name__
)
def test_the_database_refuses_to_rewrite_journal_and_schedules(loan: Loan, model: type, statement: str) -> None:
    table = model._meta.db_table
    rows = sorted(model.objects.values_list())
    assert rows
    # TRUNCATE of a table with pending deferred checks is refused for that alone; settle them first.
    commit()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(f'"{table}"'))
    assert sorted(model.objects.values_list()) == rows


def test_the_orm_cannot_rewrite_the_journal_either(loan: Loan) -> None:
    entry = enter(loan)
    for change in (
        lambda: JournalEntry.objects.filter(pk=entry.pk).update(value_on=date(2026, 1, 1)),
        lambda: entry.postings.update(amount_minor=1),
        lambda: entry.postings.all().delete(),
        lambda: Instalment.objects.filter(version__loan=loan).update(interest_minor=0),
        lambda: ScheduleVersion.objects.filter(loan=loan).update(hash="x"),
        lambda: entry.save(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def short_row(principal_minor: int, number: int = 1, due_on: date = date(2026, 6, 15)) -> Row:
    return Row(number, date(2026, 5, 15), due_on, principal_minor, 0, 0)


def draft(loan: Loan, rows: list[Row], number: int = 2) -> ledger.ScheduleDraft:
    return ledger.ScheduleDraft(loan=loan, number=number, rows=rows, source="relief", adopted_on=ON)


@pytest.mark.parametrize("principal_minor", [1_199_999, 1_200_001])
def test_the_database_refuses_a_schedule_that_repays_another_sum(loan: Loan, principal_minor: int) -> None:
    with pytest.raises(IntegrityError, match="whole"), transaction.atomic():
        ledger.write_schedule(draft(loan, [short_row(principal_minor)]))


def test_the_database_refuses_a_schedule_whose_dates_run_backwards(loan: Loan) -> None:
    rows = [short_row(700_000), short_row(500_000, 2, date(2026, 6, 14))]
    with pytest.raises(IntegrityError, match="whole"), transaction.atomic():
        ledger.write_schedule(draft(loan, rows))


def test_the_database_refuses_a_gap_between_versions(loan: Loan) -> None:
    with pytest.raises(IntegrityError, match="gap"), transaction.atomic():
        ledger.write_schedule(draft(loan, [short_row(1_200_000)], number=3))


def test_the_database_refuses_an_instalment_after_the_seal(loan: Loan) -> None:
    version = ScheduleVersion.objects.get(loan=loan)
    late = Instalment(
        version=version,
        lender=loan.lender,
        number=13,
        opens_on=ON,
        due_on=date(2027, 2, 15),
        principal_minor=0,
        interest_minor=0,
        balance_minor=0,
    )
    with pytest.raises(IntegrityError, match="sealed"), transaction.atomic():
        late.save(force_insert=True)


def test_a_crash_between_the_inserts_leaves_nothing(loan: Loan, monkeypatch: pytest.MonkeyPatch) -> None:
    before = JournalEntry.objects.count()
    for model in (JournalEntry, Posting, JournalSeal):
        with monkeypatch.context() as patched:
            patched.setattr(Sheet, "write", _fail_for(model))
            with pytest.raises(RuntimeError):
                enter(loan, key=model.__name__)
        assert JournalEntry.objects.count() == before


def _fail_for(model: type) -> object:
    written = Sheet.write

    def write(self: Sheet) -> int:
        if self.model is model:
            raise RuntimeError("the power went out")
        return written(self)

    return write
