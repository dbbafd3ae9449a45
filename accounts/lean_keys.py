"""A foreign key whose rows another index finds as well needs none of its own.

Django gives every foreign key an index. Where a unique key or an index of the table begins
with the same column, it is written with each row and read by nobody: such a key says
`db_index=False` (`tests/house/test_indexes.py`), and its index goes by this operation.
"""

from typing import Any

from django.db import migrations


class DropIndexOfKey(migrations.AlterField):
    """Take away the index of a foreign key, and nothing else: the table is not made anew on SQLite."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(schema_editor._delete_index_sql(model, self._index(schema_editor, model)))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            field = model._meta.get_field(self.name)
            schema_editor.execute(
                schema_editor._create_index_sql(model, fields=[field], name=self._index(schema_editor, model))
            )

    def _index(self, schema_editor: Any, model: Any) -> str:
        """The name that Django gave it."""
        return str(schema_editor._create_index_name(model._meta.db_table, [model._meta.get_field(self.name).column]))

    def describe(self) -> str:
        return f"Drop the index of {self.name} on {self.model_name}"
