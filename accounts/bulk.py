"""Writing many rows of one table at once: COPY on PostgreSQL, one prepared INSERT on SQLite.

For rows by the million, where building a model object for each would cost more than writing
it. Values are given as the database takes them: whole numbers, text, true and false, None;
dates and instants (UTC) in ISO form, UUIDs as 32 hexadecimal digits. Every guard of the
database looks at every row, as it does at any other.
"""

from typing import Any

from django.db import connection, models

Value = int | str | None


class Sheet:
    """Rows of one table; columns that are not named have the model's default."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self.model = model
        fields = {field.attname: field for field in model._meta.concrete_fields}
        rest = [field for name, field in fields.items() if name not in names and not field.primary_key]
        self._columns = [str(field.column) for field in (*(fields[name] for name in names), *rest)]
        self._rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)
        self._rows: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, *values: Value) -> None:
        """One more row, its values in the order of the names."""
        self._rows.append(values + self._rest)

    def write(self) -> int:
        """Write and forget the rows; how many there were. To be called inside a transaction."""
        count = len(self._rows)
        if count:
            (_copy if connection.vendor == "postgresql" else _insert)(self.model, self._columns, self._rows)
            self._rows.clear()
        return count


def analyse(*kinds: type[models.Model]) -> None:
    """Tell PostgreSQL's planner how large the tables are now; plans made for smaller ones are made anew."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in kinds:
                cursor.execute(f"ANALYZE {_quoted(model._meta.db_table)}")


def _copy(model: type[models.Model], columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    statement = f"COPY {_quoted(model._meta.db_table)} ({', '.join(map(_quoted, columns))}) FROM STDIN"
    # Without the wrapper, what a guard says while rows go in would not be Django's error.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as sink:
        for row in rows:
            sink.write_row(row)


def _insert(model: type[models.Model], columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names, marks = ", ".join(map(_quoted, columns)), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        # names come from the models, values are parameters
        cursor.executemany(f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES ({marks})", rows)  # noqa: S608


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
