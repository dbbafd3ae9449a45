"""The guards are away while tables are remade, and back when it is done."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

from accounts import guards

pytestmark = pytest.mark.django_db


def tell(signal: Any) -> None:
    people = apps.get_app_config("accounts")
    signal.send(
        sender=people, app_config=people, verbosity=0, interactive=False, using="default", plan=[], apps=apps
    )  # fmt: skip


def test_the_guards_are_away_while_a_table_is_remade_and_back_afterwards() -> None:
    """SQLite cannot remake a table that a trigger of another one reads: an update of a filled database would stop."""
    every = {name for guard in guards.registered() for name in guard.names(connection.vendor)}
    assert guards.missing(connection) == []
    tell(pre_migrate)
    assert set(guards.missing(connection)) == every
    tell(post_migrate)
    assert guards.missing(connection) == []
