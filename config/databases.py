"""Which database, and how we stand in it.

SQLite is the embedded default: WAL, IMMEDIATE transactions, so that the single writer is
the lock (a deferred transaction that turns into a writer fails under load). PostgreSQL by
`DATABASE_URL`, with a connection pool.
"""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
}


def database(url: str, *, folder: Path, pool_max: int) -> dict[str, Any]:
    """Django's DATABASES entry for `url` (empty: `folder`/leeway.sqlite3)."""
    if not url:
        folder.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "leeway.sqlite3",
            "OPTIONS": dict(SQLITE_OPTIONS),
        }
    scheme = url.partition("://")[0]
    if scheme not in ("postgresql", "postgres", "sqlite"):
        # The address itself may hold a password, so it is not repeated.
        raise ImproperlyConfigured(
            "DATABASE_URL must name a PostgreSQL or SQLite database: postgresql://… or sqlite:///…"
        )
    entry: dict[str, Any] = dict(env.db_url_config(url))
    if scheme == "sqlite":
        return {**entry, "OPTIONS": dict(SQLITE_OPTIONS)}
    options = dict(entry.get("OPTIONS", {}))
    if pool_max > 0:
        options["pool"] = {"min_size": 1, "max_size": pool_max, "timeout": 10}
    return {**entry, "OPTIONS": options}
