"""One world for all the visits of a test file: made once, taken back at its end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from config import clock
from tests.conftest import NOON
from tests.house.visits import Visits
from tests.house.world import build


@pytest.fixture(scope="module")
def visits(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visits]:
    with django_db_blocker.unblock(), transaction.atomic(), clock.at(NOON):
        yield Visits(build())
        transaction.set_rollback(True)
