"""Reviewers at their desk, and requests in the queue."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Lender, User
from accounts.services import enrol_borrower
from config import clock
from deferrals import services
from deferrals.models import PolicyVersion, ReliefRequest
from loans.models import Loan
from tests.conftest import person
from tests.deferrals.conftest import ask, fixture_loan, noon

QUEUE = "admin:deferrals_reliefrequest_queue"


def address(name: str, request: ReliefRequest) -> str:
    """Of the case page, or of what is done from there."""
    return reverse(f"admin:deferrals_reliefrequest_{name}", args=[request.public_id])


def at_desk(user: User, language: str = "en") -> Client:
    """A browser in which this person came in with a second factor."""
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    request: Any = SimpleNamespace(session=session)
    record_authentication(request, user, method="mfa", type="totp")
    session.save()
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "-"}})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


@pytest.fixture
def relief(loan: Loan) -> ReliefRequest:
    """王晓雨 asks on 8 May to pause three instalments of L1."""
    return ask(loan, words="住院三个月")


@pytest.fixture
def mine(relief: ReliefRequest, staff: Any) -> ReliefRequest:
    """The same, claimed by the reviewer."""
    return services.claim(request=relief, acting_user=staff.reviewer)


@pytest.fixture
def many(qinghe: Lender, policy: PolicyVersion) -> Callable[..., list[ReliefRequest]]:
    """Requests of as many borrowers, each on a loan of their own; `on` is the day they ask."""
    made = 0

    def make(count: int, *, on: date = date(2026, 5, 8), **fields: Any) -> list[ReliefRequest]:
        nonlocal made
        found = []
        for _ in range(count):
            made += 1
            user = person(f"b{made}@example.org", f"借款人{made}")
            borrower = enrol_borrower(
                lender=qinghe, name=user.name, since=date(2026, 1, 10), user=user, acting_user=None
            )
            loan = fixture_loan(qinghe, borrower, paid=0)
            with clock.at(noon(on)):
                found.append(ask(loan, key=f"many-{made}", **fields))
        return found

    return make
