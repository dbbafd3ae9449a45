"""The first page: for a stranger, for a borrower, for each kind of staff; and the admin's dates."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation

from accounts.models import Borrower, Lender, User
from accounts.roles import Role
from accounts.services import appoint
from config.staff import INDEX, QUEUE, landing
from tests.conftest import person


def test_a_stranger_is_told_what_this_is_and_where_to_sign_in(client: Client, db: None) -> None:
    client.cookies["language"] = "en"
    page = client.get("/").content.decode()
    assert "Room to move when money is tight" in page
    assert reverse("account_login") in page
    assert reverse("relief:start") in page
    assert "demo.invalid" not in page


def test_a_borrower_is_at_home(client: Client, borrower: Borrower) -> None:
    client.force_login(borrower.user)
    assert client.get("/").templates[0].name == "home.html"


KEEPERS = {Role.REVIEWER, Role.SENIOR_REVIEWER, Role.SUPERVISOR}


@pytest.mark.parametrize("role", Role)
def test_staff_begin_where_their_work_is(client: Client, qinghe: Lender, role: Role) -> None:
    user = person("staff@example.org", "staff")
    appoint(user=user, lender=qinghe, role=role, handle="A-01", acting_user=None)
    user.refresh_from_db()
    client.force_login(user)
    assert client.get("/").headers["Location"] == reverse(QUEUE if role in KEEPERS else INDEX)


def test_a_post_that_ended_does_not_lead_to_the_queue(staff: SimpleNamespace) -> None:
    assert landing(staff.reviewer) == QUEUE
    staff.reviewer.memberships.update(is_active=False)
    assert landing(staff.reviewer) == INDEX


def test_a_superuser_without_a_post_begins_at_the_index(db: None) -> None:
    user = User.objects.create_superuser(email="super@example.org", password="x" * 12, name="super")
    assert landing(user) == INDEX


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_first_page_is_only_looked_at(client: Client, db: None, method: str) -> None:
    assert getattr(client, method)("/").status_code == 405


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "4 Dec 2026", "4 Dec 2026, 21:05"),
        ("zh-hans", "2026年12月4日", "2026年12月4日 21:05"),
        ("zh-hant", "2026年12月4日", "2026年12月4日 21:05"),
    ],
)
def test_djangos_own_dates_read_like_ours(language: str, day: str, moment: str) -> None:
    instant = datetime(2026, 12, 4, 21, 5, tzinfo=UTC)
    with translation.override(language):
        for short in (False, True):
            name: Any = "SHORT_DATE_FORMAT" if short else "DATE_FORMAT"
            assert formats.date_format(date(2026, 12, 4), name) == day
        assert formats.date_format(instant, "DATETIME_FORMAT") == moment
        assert formats.date_format(instant, "SHORT_DATETIME_FORMAT") == moment
        assert formats.time_format(time(21, 5)) == "21:05"
