"""Writing many rows of one table at once, and their keys; see `accounts/bulk.py`."""

from django.db import models

from accounts.bulk import Sheet, analyse, reserve_keys
from loans.ledger import reserve_ids

__all__ = ["Sheet", "analyse", "ids_for"]
OWN_SEQUENCE = ("loans_journalentry", "loans_scheduleversion")


def ids_for(model: type[models.Model], count: int) -> list[int]:
    """`count` primary keys that nobody else gets, in order; to be called inside the transaction that uses them."""
    return (reserve_ids if model._meta.db_table in OWN_SEQUENCE else reserve_keys)(model, count)
