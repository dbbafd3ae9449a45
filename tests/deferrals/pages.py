"""A borrower's browser on the pages of relief, and small ways to read a page."""

import re
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.test import Client
from django.urls import reverse

from accounts.models import User
from deferrals.models import Offer, ReliefRequest
from loans.models import Loan

ANSWERS = {
    "pause": "3",
    "ground": "illness",
    "affordable_minor": "500",
    "auto_debit": "pause",
    "words": "In hospital until June.",
}
SIGNED = {"typed_name": "王晓雨", "ticks": ["dates", "cost", "record"]}


def reader(user: User, language: str = "en") -> Client:
    """A browser in which `user` is signed in and reads this language."""
    client = Client()
    client.force_login(user)
    client.cookies["language"] = language
    return client


def confirm(client: Client, user: User) -> None:
    """As if the person had just typed their password."""
    session: Any = client.session
    record_authentication(SimpleNamespace(session=session), user, method="password")  # type: ignore[arg-type]
    session.save()


def url(name: str, thing: Loan | ReliefRequest | Offer | Any) -> str:
    return reverse(f"relief:{name}", args=[thing.public_id])


def title(response: Any) -> str:
    found = re.search(r"(?s)<title>(.*?)</title>", response.content.decode())
    assert found is not None
    return " ".join(found[1].split())


def said_after(client: Client, response: Any) -> list[str]:
    """Where a redirect leads, what is told there."""
    assert response.status_code == 302, response.status_code
    page = client.get(response.headers["Location"])
    return [str(message) for message in page.context["messages"]]


def beside(response: Any, name: str) -> list[str]:
    """The errors that stand beside a field of the page's form."""
    errors: list[str] = response.context["form"].errors.get(name, [])
    return errors


def chosen(response: Any, name: str) -> list[str]:
    """The values of the ticked boxes or radio buttons of this name."""
    inputs = re.findall(r"<input[^>]*>", response.content.decode())
    named = [tag for tag in inputs if f'name="{name}"' in tag and " checked" in tag]
    return [re.search(r'value="([^"]*)"', tag)[1] for tag in named]  # type: ignore[index]


def draft(client: Client, loan: Loan, **changes: str) -> Any:
    """Fill in the form of a request."""
    return client.post(url("new", loan), {**ANSWERS, **changes})
