"""Work that only one process may do at a time, on whatever machine it is; one that dies lets go.

On PostgreSQL it is an advisory lock of the session, which the server frees when the process is
gone; the connection must therefore be one to the server itself, or through a pooler that keeps
it for the session. On SQLite it is a lock on a file beside the database.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from accounts.errors import Conflict

_held: set[tuple[str, int, int]] = set()


@contextmanager
def exclusive(kind: int, key: int, name: str) -> Iterator[None]:
    """For the length of the block nobody else does this; raises `Conflict` at once where somebody does.

    `kind` and `key`, whole numbers of 32 bits, tell the work apart in the database; `name` is
    that of the file.
    """
    database = str(connection.settings_dict["NAME"])
    held = (database, kind, key)
    if held in _held:
        raise Conflict(name)
    _held.add(held)
    try:
        with _by_server(kind, key, name) if connection.vendor == "postgresql" else _by_file(database, name):
            yield
    finally:
        _held.discard(held)


@contextmanager
def _by_server(kind: int, key: int, name: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, key])
        if not cursor.fetchone()[0]:
            raise Conflict(name)
    try:
        yield
    finally:
        # Without a connection there is no lock any more.
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, key])


@contextmanager
def _by_file(database: str, name: str) -> Iterator[None]:
    if not Path(database).is_file():
        yield  # in memory: there is no other process
        return
    with Path(f"{database}-{name}").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(name) from error
        yield
