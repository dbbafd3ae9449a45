"""Migrations are complete, and every rule of the database is in place after them."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, models

from accounts import guards
from accounts.models import AuditEntry


@pytest.mark.django_db
def test_no_change_of_a_model_waits_for_its_migration() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(said.getvalue())


@pytest.mark.django_db
def test_every_guard_stands_after_the_migrations() -> None:
    assert guards.registered() != []
    assert guards.missing(connection) == []


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_guards_come_back_after_a_table_is_remade() -> None:
    """On SQLite altering a column remakes the table and drops its triggers; migrating makes them anew."""
    narrow = AuditEntry._meta.get_field("verb")
    wide = models.CharField(max_length=41)
    wide.set_attributes_from_name("verb")
    wide.model = AuditEntry
    try:
        with connection.schema_editor() as editor:
            editor.alter_field(AuditEntry, narrow, wide)
        assert "accounts_auditentry_no_update" in guards.missing(connection)
        call_command("migrate", verbosity=0)
        assert guards.missing(connection) == []
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(AuditEntry, wide, narrow)
        call_command("migrate", verbosity=0)
