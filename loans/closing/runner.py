"""One runner at a time for each lender, whatever machine it is on; a runner that dies lets go.

On PostgreSQL it is an advisory lock of the session, which the server frees when the process is
gone; the connection must therefore be one to the server itself, or through a pooler that keeps
it for the session. On SQLite it is a lock on a file beside the database.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from accounts.models import Lender
from loans.closing.errors import CloseRunning

_CLASS = 7_201_501  # tells these locks from others of the same database
_held: set[tuple[str, int]] = set()


@contextmanager
def one_runner(lender: Lender) -> Iterator[None]:
    """For the length of the block nobody else closes days of this lender; raises `CloseRunning` at once."""
    name = (str(connection.settings_dict["NAME"]), lender.pk)
    if name in _held:
        raise CloseRunning(lender.code)
    _held.add(name)
    try:
        with _by_server(lender) if connection.vendor == "postgresql" else _by_file(lender, name[0]):
            yield
    finally:
        _held.discard(name)


@contextmanager
def _by_server(lender: Lender) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_CLASS, lender.pk])
        if not cursor.fetchone()[0]:
            raise CloseRunning(lender.code)
    try:
        yield
    finally:
        # Without a connection there is no lock any more.
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_CLASS, lender.pk])


@contextmanager
def _by_file(lender: Lender, database: str) -> Iterator[None]:
    if not Path(database).is_file():
        yield  # in memory: there is no other process
        return
    with Path(f"{database}-{lender.code}.close").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CloseRunning(lender.code) from error
        yield
