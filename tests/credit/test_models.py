"""What the database itself refuses in a credit file, on every engine."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Lender
from credit.models import MonthFact, Tradeline


def refused(statement: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            statement()
    except DatabaseError:
        return True
    return False


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def raw(tradeline: Tradeline, **stated: Any) -> MonthFact:
    usual = {"lender": tradeline.lender, "month": date(2026, 3, 1), "as_of": date(2026, 4, 3), "had_obligation": True}
    return MonthFact(tradeline=tradeline, **{**usual, **stated})


def test_a_month_fact_is_never_changed_nor_deleted(furnish: Callable[..., MonthFact]) -> None:
    row = furnish(2026, 3, days_past_due=16)
    assert refused(lambda: MonthFact.objects.filter(pk=row.pk).update(days_past_due=0))
    assert refused(lambda: MonthFact.objects.filter(pk=row.pk).delete())
    assert refused(lambda: execute("UPDATE credit_monthfact SET days_past_due = 0 WHERE id = %s", row.pk))
    assert refused(lambda: execute("DELETE FROM credit_monthfact WHERE id = %s", row.pk))
    row.refresh_from_db()
    assert row.days_past_due == 16


def test_a_month_fact_is_not_replaced_under_its_own_number(furnish: Callable[..., MonthFact]) -> None:
    """`INSERT OR REPLACE` passes by update and delete triggers on SQLite; PostgreSQL has only TRUNCATE."""
    row = furnish(2026, 3)
    if connection.vendor == "sqlite":
        columns = ", ".join(field.column for field in MonthFact._meta.concrete_fields if not field.primary_key)
        copy = f"INSERT OR REPLACE INTO credit_monthfact (id, {columns}) SELECT id, {columns} FROM credit_monthfact"
        assert refused(lambda: execute(copy))
    else:
        assert refused(lambda: execute("TRUNCATE credit_monthfact"))
    assert MonthFact.objects.get() == row


def test_a_version_stands_once(tradeline: Tradeline, furnish: Callable[..., MonthFact]) -> None:
    furnish(2026, 3)
    assert refused(raw(tradeline).save)


def test_a_later_version_names_what_it_corrects_and_a_first_one_corrects_nothing(
    tradeline: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    was = furnish(2026, 3)
    assert refused(raw(tradeline, version=2).save)
    assert refused(raw(tradeline, month=date(2026, 2, 1), supersedes=was).save)
    assert not refused(raw(tradeline, version=2, supersedes=was).save)


def test_a_version_is_superseded_once(tradeline: Tradeline, furnish: Callable[..., MonthFact]) -> None:
    was = furnish(2026, 3)
    furnish(2026, 3, days_past_due=1, reason="recount")
    assert refused(raw(tradeline, version=3, supersedes=was).save)


@pytest.mark.parametrize("wrong", [{"paid_minor": -1}, {"as_of": date(2026, 2, 28)}], ids=lambda each: next(iter(each)))
def test_impossible_facts_are_refused(tradeline: Tradeline, wrong: dict[str, Any]) -> None:
    assert refused(raw(tradeline, **wrong).save)


def test_a_month_belongs_to_the_lender_of_its_account(tradeline: Tradeline, jiangpan: Lender) -> None:
    assert refused(raw(tradeline, lender=jiangpan).save)


def test_a_reference_stands_once_at_a_lender_and_its_amount_is_positive(tradeline: Tradeline) -> None:
    same = {"file": tradeline.file, "lender": tradeline.lender, "opened_on": date(2026, 1, 15)}
    assert refused(Tradeline(reference=tradeline.reference, original_minor=1, **same).save)
    assert refused(Tradeline(reference="LN-2", original_minor=0, **same).save)
