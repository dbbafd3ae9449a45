"""Writing many rows of one table at once, and their keys; see `accounts/bulk.py`."""

from django.db import connection, models

from accounts.bulk import Sheet, analyse
from loans.ledger import reserve_ids

__all__ = ["Sheet", "analyse", "ids_for"]
OWN_SEQUENCE = ("loans_journalentry", "loans_scheduleversion")


def ids_for(model: type[models.Model], count: int) -> list[int]:
    """`count` primary keys that nobody else gets, in order; to be called inside the transaction that uses them."""
    if connection.vendor != "postgresql" or model._meta.db_table in OWN_SEQUENCE:
        return reserve_ids(model, count)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
