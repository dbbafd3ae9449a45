"""Is the process alive, and can it do its work?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from accounts import guards


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers; touches nothing."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated and has its guards; else 503 with what is wrong."""
    try:
        wrong = _wrong()
    except DatabaseError:
        wrong = ["database"]
    return JsonResponse({"status": "ok" if not wrong else "not ready", "wrong": wrong}, status=503 if wrong else 200)


def _wrong() -> list[str]:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return (["migrations"] if pending else []) + (["guards"] if guards.missing(connection) else [])
