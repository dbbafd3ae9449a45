"""The look at a day's books sees one state of the database, whatever is written beside it."""

from collections.abc import Callable
from datetime import date
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from accounts.models import Lender
from loans.day_books import day_faults
from loans.models import SuspenseItem
from loans.services.suspending import open_suspense
from tests.loans.conftest import at_noon

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
DAY = date(2026, 5, 8)


def test_money_that_comes_between_two_of_its_queries_is_no_fault(qinghe: Lender) -> None:
    """What lies in suspense is read, then the account: without one state one would have 1.00 more than the other."""
    come: list[int] = []

    def comes() -> None:
        with at_noon(DAY):
            open_suspense(lender=qinghe, amount_minor=100, reason="unknown_order", key="x", value_on=DAY)
        connection.close()

    def between(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        answer = execute(sql, *args)
        if "loans_suspenseitem" in sql and not come:
            come.append(1)
            other = Thread(target=comes)
            other.start()
            other.join()
        return answer

    with connection.execute_wrapper(between):
        assert day_faults(qinghe, DAY) == []
    assert come
    assert SuspenseItem.objects.get().amount_minor == 100
    assert day_faults(qinghe, DAY) == []
