"""Is the process alive, and can it do its work?"""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, JsonResponse

from accounts import guards
from accounts.models import Lender


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers; touches nothing."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database is there, migrated and guarded, and numbers can be sealed; else 503 with what is wrong.

    `last_close` is the last day that every lender who closes days has closed. A close that is
    behind is for whoever watches to act on; the site can do its work.
    """
    last_on = None
    try:
        wrong = _wrong()
        if not wrong:
            last_on = Lender.objects.aggregate(last_on=Min("closed_through"))["last_on"]
    except DatabaseError:
        wrong = ["database"]
    facts = {"status": "ok" if not wrong else "not ready", "wrong": wrong, "last_close": last_on}
    return JsonResponse(facts, status=503 if wrong else 200)


def _wrong() -> list[str]:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    found = {"migrations": pending, "guards": guards.missing(connection), "data keys": not settings.DATA_KEYS}
    return [name for name, is_wrong in found.items() if is_wrong]
