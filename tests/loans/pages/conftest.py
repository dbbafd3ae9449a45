"""The borrower's browser, and small ways to read a page."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Borrower, User
from loans import services
from loans.engine.relief import Limits, Pause, project
from loans.models import Loan
from loans.selectors import standing
from tests.loans.conftest import at_noon

LANGUAGES = ("zh-hans", "zh-hant", "en")


def words(response: Any) -> str:
    """What a page says, without its tags, one space between words."""
    body = re.sub(r"(?s)<head>.*?</head>|<svg.*?</svg>", " ", response.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def hidden(response: Any, name: str) -> str:
    """The value of a hidden field of the page's form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found is not None, f"no hidden field {name}"
    return found[1]


def speak(client: Client, language: str) -> None:
    client.cookies["language"] = language


@pytest.fixture
def inside(client: Client, settings: Any) -> Callable[[User], Client]:
    """Inside the staff's site, by the demonstration's entrance, reading English."""
    settings.DEMO = True

    def enter(user: User) -> Client:
        client.force_login(user)
        client.cookies["language"] = "en"
        session = client.session
        session["demo_entrance"] = True
        session.save()
        return client

    return enter


@pytest.fixture
def at(borrower: Borrower, client: Client) -> Client:
    """王晓雨, signed in, reading English."""
    client.force_login(borrower.user)
    speak(client, "en")
    return client


@pytest.fixture
def page(at: Client) -> Callable[..., Any]:
    """Open a page of a loan on a day (8 May 2026 unless given)."""

    def open_page(name: str, loan: Loan, *args: Any, on: date = date(2026, 5, 8), language: str = "en") -> Any:
        speak(at, language)
        with at_noon(on), translation.override(language):
            return at.get(reverse(f"loans:{name}", args=[loan.public_id, *args]))

    return open_page


@pytest.fixture
def demo(settings: Any) -> None:
    """Paying is recorded here only in the demonstration."""
    settings.DEMO = True


@pytest.fixture
def paused(paid_three: Loan) -> Loan:
    """The worked example on relief since 8 May: May to July paused, interest of the pause spread (A2)."""
    found = standing(paid_three, date(2026, 5, 8))
    made = project(
        found.rows,
        paid=found.paid,
        rate_annual=paid_three.rate_annual,
        profile=paid_three.conventions,
        method=paid_three.terms.method,
        as_of=date(2026, 5, 8),
        components=[Pause(3)],
        limits=Limits(),
        anchor_day=15,
    )
    services.adopt_schedule(
        loan=paid_three, rows=made.schedule_after, source="relief", reference="R-2026-000123",
        paused_on=made.paused_on, expected_version=1, acting_user=None,
    )  # fmt: skip
    paid_three.refresh_from_db()
    return paid_three
