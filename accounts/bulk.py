"""Writing many rows of one table at once: COPY or one UPDATE on PostgreSQL, a prepared statement on SQLite.

For rows by the million, where building a model object for each would cost more than writing
it. Values are given as the database takes them: whole numbers, text, true and false, None;
dates and instants (UTC) in ISO form, UUIDs as 32 hexadecimal digits; `stored` makes such a
value of any other. Every guard of the database looks at every row, as it does at any other.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, models

Value = int | str | None
_BARE = {int, bool, date, type(None)}  # what an array needs no quotes for
_AS_IT_IS = {int, str, type(None)}  # what the database takes so, but for JSON


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


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """`count` primary keys that nobody else gets, in order; to be called inside the transaction that uses them.

    PostgreSQL takes them from the sequence of the table's identity, SQLite counts on under its one write lock.
    """
    if connection.vendor != "postgresql":
        last = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
        return list(range(last + 1, last + 1 + count))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def stored(model: type[models.Model], name: str, value: Any) -> Any:
    """A value of any type, as the database takes it in a `Sheet`."""
    return _stored(model._meta.get_field(name), value)


def overwrite(model: type[models.Model], names: Sequence[str], guard: str, values: Sequence[tuple[Any, ...]]) -> int:
    """Write columns of many rows, each with values of its own; how many were written.

    `values` are those of the names, then the primary key, then what the column `guard` must
    still have: a row where it has not is left alone. A guard called `version` counts up.
    """
    fields = [_field(model, name) for name in (*names, "pk", guard)]
    rows = [tuple(map(_stored, fields, row)) for row in values]
    return (_update_at_once if connection.vendor == "postgresql" else _update_in_turn)(model, fields, rows)


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


def _update_at_once(model: type[models.Model], fields: Sequence[Any], values: Sequence[tuple[Any, ...]]) -> int:
    """All rows by one statement, from arrays; the last two fields are the key and the guard."""
    arrays = ", ".join(f"%s::{_array_of(field)}" for field in fields)
    columns = ", ".join(f"c{at}" for at in range(len(fields)))
    sets = [f"{_quoted(field.column)} = new.c{at}" for at, field in enumerate(fields[:-2])]
    where = [f"t.{_quoted(field.column)} = new.c{at}" for at, field in enumerate(fields) if at >= len(fields) - 2]
    # names come from the models, values are parameters
    statement = (
        f"UPDATE {_quoted(model._meta.db_table)} AS t SET {', '.join(sets + _counted(fields, 't.'))} "  # noqa: S608
        f"FROM unnest({arrays}) AS new ({columns}) WHERE {' AND '.join(where)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_array(column) for column in zip(*values, strict=True)])
        return int(cursor.rowcount)


def _update_in_turn(model: type[models.Model], fields: Sequence[Any], values: Sequence[tuple[Any, ...]]) -> int:
    """One row after the other, by one statement that is prepared once."""
    is_value = [f"{_quoted(field.column)} = %s" for field in fields]
    sets = ", ".join(is_value[:-2] + _counted(fields))
    # names come from the models, values are parameters
    statement = f"UPDATE {_quoted(model._meta.db_table)} SET {sets} WHERE {' AND '.join(is_value[-2:])}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
        return int(cursor.rowcount)


def _counted(fields: Sequence[Any], of: str = "") -> list[str]:
    name = _quoted(fields[-1].column)
    return [f"{name} = {of}{name} + 1"] if fields[-1].name == "version" else []


def _array_of(field: Any) -> str:
    """The type of an array of its values. A text too long is refused by its column; a cast would cut it."""
    kind = str(field.rel_db_type(connection))
    return "text[]" if kind.startswith("varchar") else f"{kind}[]"


def _array(values: tuple[Any, ...]) -> Any:
    """Numbers and dates as PostgreSQL writes an array; a list would be quoted value by value."""
    if not {type(value) for value in values} <= _BARE:
        return list(values)
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _stored(field: Any, value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS and not isinstance(field, models.JSONField):
        return value
    if kind is date:
        return connection.ops.adapt_datefield_value(value)
    return field.get_db_prep_save(value, connection)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
