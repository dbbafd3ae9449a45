"""More processes for one step, on one machine: each claims what nobody does yet, until nothing is left."""

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

log = logging.getLogger(__name__)
_of_the_parent: list[Any] = []


@contextmanager
def others(count: int, work: Callable[[], None]) -> Iterator[None]:
    """For the length of the block `count` processes do `work`; its end waits for theirs.

    Only where the database takes several writers; on SQLite nothing is started. What a process
    leaves undone, because it was killed, is for the caller to find.
    """
    if connection.vendor != "postgresql" or count < 1:
        yield
        return
    own = multiprocessing.get_context("fork")
    processes = [own.Process(target=_alone, args=(work,)) for _ in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.join()
            if process.exitcode:
                log.error("a process of the close ended with %s; what it left is done here", process.exitcode)


def _alone(work: Callable[[], None]) -> None:
    """Work over a connection of one's own: the parent's is open in both processes and must not be spoken on.

    This end of it is let go, though: while any process holds it, the server would not see that
    the parent was killed, and would keep its locks, the runner's among them.
    """
    for each in connections.all(initialized_only=True):
        if each.connection is not None:
            _of_the_parent.append(each.connection)  # kept, so that nothing says good-bye to the server from here
            with Path(os.devnull).open("rb") as nothing:
                os.dup2(nothing.fileno(), each.connection.fileno())
        each.connection = None
        type(each)._connection_pools = {}  # type: ignore[attr-defined]  # of PostgreSQL
    try:
        work()
    finally:
        connections.close_all()
