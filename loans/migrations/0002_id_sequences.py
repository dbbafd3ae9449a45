"""Sequences for the rows whose id is known before they are written.

An entry and its seal share one id, so it is made first. PostgreSQL takes it from a
sequence; on SQLite the single writer takes the next number.
"""

from django.db import migrations

TABLES = ("loans_journalentry", "loans_scheduleversion")


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f'CREATE SEQUENCE "{table}_ids" OWNED BY "{table}"."id"')


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f'DROP SEQUENCE "{table}_ids"')


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
