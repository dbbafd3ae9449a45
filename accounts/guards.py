"""Rules that the database itself holds, on SQLite and on PostgreSQL.

Code can be bypassed (a shell, a bulk update, a bug); a trigger cannot. Each guard is one
condition in SQL that both engines understand, over the new row `NEW` and the old row
`OLD`; where it is true, the statement is refused with an `IntegrityError`.

Trap: on SQLite an `AlterField` remakes the table and silently drops its triggers. So all
guards are made again after every migration (`install`, connected to `post_migrate`), and
`missing()` tells which are not there. Nor can it remake a table that a trigger of another
one reads; so all are taken away before (`uninstall`, connected to `pre_migrate`), those too
that an earlier release made and this one no longer knows.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse `event` (insert, update, delete) on `table` where `condition` is true.

    `lock` is a statement that PostgreSQL runs first, so that two writers cannot both pass;
    SQLite has one writer at a time and needs none. With `of` an update is looked at only where
    one of these columns changes, so that one of other columns pays for no query.
    """

    name: str
    table: str
    event: str
    condition: str
    message: str
    lock: str = ""
    only: str = ""
    of: tuple[str, ...] = ()

    def create(self, vendor: str) -> list[str]:
        if self.only not in ("", vendor):
            return []
        changes = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in self.of)
        if vendor == "sqlite":
            both = f"({changes}) AND ({self.condition})" if changes else self.condition
            return [
                f'CREATE TRIGGER "{self.name}" BEFORE {self.event.upper()} ON "{self.table}" '
                f"WHEN ({both}) BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
            ]
        row = "OLD" if self.event == "delete" else "NEW"
        when = f"WHEN ({changes}) " if changes else ""
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN '
            f"{self.lock} IF ({self.condition}) THEN RAISE EXCEPTION '{self.message}' "
            f"USING ERRCODE = 'check_violation'; END IF; RETURN {row}; END $guard$",
            f'CREATE TRIGGER "{self.name}" BEFORE {self.event.upper()} ON "{self.table}" '
            f'FOR EACH ROW {when}EXECUTE FUNCTION "{self.name}"()',
        ]

    def names(self, vendor: str) -> list[str]:
        return [self.name] if self.only in ("", vendor) else []

    def drop(self, vendor: str) -> list[str]:
        if self.only not in ("", vendor):
            return []
        on = "" if vendor == "sqlite" else f' ON "{self.table}"'
        return [f'DROP TRIGGER IF EXISTS "{self.name}"{on}']


@dataclass(frozen=True, slots=True)
class RefuseTruncate:
    """Refuse TRUNCATE on PostgreSQL, which passes by row triggers; SQLite has no TRUNCATE."""

    table: str

    @property
    def name(self) -> str:
        return f"{self.table}_no_truncate"

    def create(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return []
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN '
            f"RAISE EXCEPTION '{self.table} is append-only' USING ERRCODE = 'check_violation'; END $guard$",
            f'CREATE TRIGGER "{self.name}" BEFORE TRUNCATE ON "{self.table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{self.name}"()',
        ]

    def names(self, vendor: str) -> list[str]:
        return [] if vendor == "sqlite" else [self.name]

    def drop(self, vendor: str) -> list[str]:
        return [] if vendor == "sqlite" else [f'DROP TRIGGER IF EXISTS "{self.name}" ON "{self.table}"']


class Guard(Protocol):
    """What `register` takes: something that makes, names and drops its triggers."""

    def create(self, vendor: str) -> list[str]: ...
    def names(self, vendor: str) -> list[str]: ...
    def drop(self, vendor: str) -> list[str]: ...


def append_only(table: str) -> list[Guard]:
    """Rows of `table` are written once: no update, delete, replace or truncate."""
    message = f"{table} is append-only"
    taken = f'EXISTS (SELECT 1 FROM "{table}" WHERE id = NEW.id)'
    return [
        Refuse(f"{table}_no_update", table, "update", "1 = 1", message),
        Refuse(f"{table}_no_delete", table, "delete", "1 = 1", message),
        Refuse(f"{table}_no_replace", table, "insert", taken, message, only="sqlite"),
        RefuseTruncate(table),
    ]


def same_lender(table: str, column: str, parent: str) -> list[Guard]:
    """A row and the `parent` row that `column` points to belong to one lender."""
    condition = (
        f'NEW.{column} IS NOT NULL AND NEW.lender_id <> (SELECT lender_id FROM "{parent}" WHERE id = NEW.{column})'
    )
    message = f"{table}.{column} points to another lender"
    moved = ("lender_id", column)
    return [
        Refuse(f"{table}_{column}_lender_insert", table, "insert", condition, message),
        Refuse(f"{table}_{column}_lender_update", table, "update", condition, message, of=moved),
    ]


def transitions(table: str, column: str, allowed: Iterable[tuple[str, str]]) -> list[Guard]:
    """`column` changes only along the listed (old, new) pairs."""
    pairs = ", ".join(f"'{old}>{new}'" for old, new in sorted(allowed))
    condition = f"(OLD.{column} || '>' || NEW.{column}) NOT IN ({pairs})"
    message = f"{table}.{column} may not change that way"
    return [Refuse(f"{table}_{column}_moves", table, "update", condition, message, of=(column,))]


def sealed(
    parent: str, seal: str, line: str, line_column: str, broken: str, message: str, seal_column: str = "id"
) -> list[Guard]:
    """Lines of a parent are written together, then a seal closes it for good.

    The parent has a deferred foreign key to its seal, so an unsealed parent cannot be
    committed; the seal is refused where `broken` (SQL over `NEW.{seal_column}`, the parent's id) is
    true; a line is refused once the seal stands.
    """
    lock = f'PERFORM 1 FROM "{parent}" WHERE id = NEW.{{}} FOR UPDATE;'
    closed = f'EXISTS (SELECT 1 FROM "{seal}" WHERE {seal_column} = NEW.{line_column})'
    return [
        Refuse(f"{seal}_holds", seal, "insert", broken, message, lock=lock.format(seal_column)),
        Refuse(f"{line}_late", line, "insert", closed, f"{parent} is sealed", lock=lock.format(line_column)),
    ]


_guards: dict[str, Sequence[Guard]] = {}


def register(owner: str, guards: Sequence[Guard]) -> None:
    """Declare the guards of one app; called once from its `AppConfig.ready`."""
    _guards[owner] = tuple(guards)


def registered() -> list[Guard]:
    return [guard for guards in _guards.values() for guard in guards]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every registered guard anew; safe to repeat."""
    with connection.cursor() as cursor:
        for guard in registered():
            for statement in (*guard.drop(connection.vendor), *guard.create(connection.vendor)):
                cursor.execute(statement)


def uninstall(connection: BaseDatabaseWrapper) -> None:
    """Drop every trigger that stands, whoever made it: the database has no others than guards."""
    with connection.cursor() as cursor:
        for name, table in _standing(connection):
            on = "" if connection.vendor == "sqlite" else f' ON "{table}"'
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of registered triggers that the database does not have, in order."""
    expected = {name for guard in registered() for name in guard.names(connection.vendor)}
    return sorted(expected - {name for name, _ in _standing(connection)})


def _standing(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Every trigger of the database and its table."""
    source = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = current_schema()"
    )
    with connection.cursor() as cursor:
        cursor.execute(source)
        return list(cursor.fetchall())


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the guards away for a block. Only for emptying a throw-away database between tests."""
    uninstall(connection)
    try:
        yield
    finally:
        install(connection)
