"""Looking changes nothing: no GET and no HEAD writes to any table of the domain."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from accounts.models import Lender
from tests.house.addresses import Address, addresses
from tests.house.visits import Visits
from tests.house.world import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE)
HEAD_AS = ("anonymous", "owner", "reviewer", "superuser")
ALLOWED = {
    "django_session": "who is signed in, and what was said to them once",
    "accounts_cache": "how often somebody tried",
    "usersessions_usersession": "when a session was last used, for the list of one's sessions",
}


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collects each statement that writes to a table of the domain."""
    found: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        match = WRITE.match(sql)
        if match and match[1] not in ALLOWED:
            found.append(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


@pytest.mark.parametrize("address", addresses(), ids=lambda address: address.name)
def test_looking_writes_nothing(visits: Visits, address: Address) -> None:
    path = visits.path(address)
    written, unlike = {}, []
    for role in ROLES:
        with writes() as found:
            methods = ("GET", "HEAD") if role in HEAD_AS else ("GET",)
            answers = [visits.answer(role, method, path) for method in methods]
        if found:
            written[role] = found
        if len(set(answers)) > 1:
            unlike.append((role, answers))
    assert written == {}
    assert unlike == [], "HEAD answers as GET"


def test_a_write_would_be_seen() -> None:
    with writes() as found:
        Lender.objects.filter(code="nobody").update(code="somebody")
    assert len(found) == 1
