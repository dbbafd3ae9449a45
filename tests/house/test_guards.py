"""What the database itself refuses, table by table, against real rows."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from accounts import guards
from tests.house import sources
from tests.house.visits import Visits

pytestmark = pytest.mark.django_db
APPEND_ONLY = sorted(
    guard.table
    for guard in guards.registered()
    if isinstance(guard, guards.Refuse) and guard.name == f"{guard.table}_no_update"
)
NAMES = {name for guard in guards.registered() for vendor in ("sqlite", "postgresql") for name in guard.names(vendor)}
# Rows that point to another row of one lender, without a guard: why that is right.
FREE: dict[str, str] = {}


def refused(sql: str, *values: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except IntegrityError:
        return True
    return False


def first_id(table: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT min(id) FROM "{table}"')
        return cursor.fetchone()[0]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_written_row_stays_as_it_is(visits: Visits, table: str) -> None:
    row = first_id(table)
    assert row is not None, f"the world of the house tests has no row in {table}"
    assert refused(f'UPDATE "{table}" SET id = id WHERE id = %s', row)
    assert refused(f'DELETE FROM "{table}" WHERE id = %s', row)


@pytest.mark.sqlite
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_written_row_cannot_be_replaced(visits: Visits, table: str) -> None:
    assert refused(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}" WHERE id = %s', first_id(table))


@pytest.mark.postgres
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_table_of_written_rows_cannot_be_emptied(visits: Visits, table: str) -> None:
    # What this transaction still has to check would be the reason otherwise.
    assert refused(f'SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE "{table}" CASCADE')


def _has_lender(model: type[models.Model]) -> bool:
    return any(field.name == "lender" for field in model._meta.fields)


def pointing() -> list[tuple[str, str]]:
    """Table and column of foreign keys from a row of one lender to another row of one lender."""
    found = []
    for model in apps.get_models():
        if model._meta.app_label not in sources.APPS or not _has_lender(model):
            continue
        for field in model._meta.fields:
            related = field.remote_field.model if isinstance(field, models.ForeignKey) else None
            if related is not None and related is not model and _has_lender(related):
                found.append((model._meta.db_table, field.column))
    return found


@pytest.mark.parametrize("crossing", [f"{table}_{column}" for table, column in pointing()])
def test_no_row_points_to_another_lenders_row(crossing: str) -> None:
    assert {f"{crossing}_lender_insert", f"{crossing}_lender_update"} <= NAMES or crossing in FREE


MOVABLE = sorted({table for table, _ in pointing() if table not in APPEND_ONLY})


@pytest.mark.parametrize("table", MOVABLE)
def test_a_row_is_not_moved_to_another_lender(visits: Visits, table: str) -> None:
    points = " OR ".join(f"{column} IS NOT NULL" for own, column in pointing() if own == table)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id, lender_id FROM "{table}" WHERE {points} ORDER BY id LIMIT 1')
        row = cursor.fetchone()
        assert row is not None, f"the world of the house tests has no row in {table} that points to another"
        cursor.execute("SELECT min(id) FROM accounts_lender WHERE id <> %s", [row[1]])
        (other,) = cursor.fetchone()
    assert refused(f'UPDATE "{table}" SET lender_id = %s WHERE id = %s', other, row[0])


def test_a_loan_does_not_get_another_lenders_product(visits: Visits) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT l.id, p.id FROM loans_loan l, loans_product p WHERE p.lender_id <> l.lender_id LIMIT 1")
        loan, product = cursor.fetchone()
    assert refused("UPDATE loans_loan SET product_id = %s WHERE id = %s", product, loan)
    assert not refused("UPDATE loans_loan SET product_id = product_id WHERE id = %s", loan)


def test_guards_have_different_names() -> None:
    names = [name for guard in guards.registered() for name in guard.names(connection.vendor)]
    assert sorted(names) == sorted(set(names))
