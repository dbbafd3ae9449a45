"""Visits to the site as any role; whatever a visit writes is taken back at once."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookies import SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.house import matrix
from tests.house.addresses import Address
from tests.house.world import ROLES, World

NOTHING = "00000000-0000-0000-0000-000000000000"
ADMIN_NAME = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in apps.get_models()}


class NoObjectError(AssertionError):
    """An address with arguments for which the matrix names no object."""


def signed_in(user: User) -> str:
    """The key of a fresh session of `user`, staff with their second factor."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request: Any = SimpleNamespace(session=session)
    record_authentication(request, user, method="password")
    if user.is_staff:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "not used"})
        record_authentication(request, user, method="mfa", type="totp")
    session.save()
    return str(session.session_key)


class Visits:
    """Everybody in `world`, signed in once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = Client(raise_request_exception=False)
        self.sessions = {role: signed_in(user) for role, user in world.people.items()}

    def send(self, role: str, method: str, path: str, language: str = "zh-hans") -> Any:
        """One request; cookies and rows are as before when it returns."""
        with taken_back():
            return self.send_for_good(role, method, path, language)

    def send_for_good(self, role: str, method: str, path: str, language: str = "zh-hans") -> Any:
        """The same, but what it writes stays."""
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if role in self.sessions:
            cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        self.client.cookies = SimpleCookie(cookies)
        logging.disable()  # thousands of refusals, each with its trace, say nothing here
        try:
            return self.client.generic(method, path)
        finally:
            logging.disable(logging.NOTSET)

    def answer(self, role: str, method: str, path: str) -> str:
        """The status, or `login` for a redirect to a sign-in. A fault of the server is raised with its cause."""
        response = self.send(role, method, path)
        if response.status_code >= 500 and response.status_code != 503:
            cause = response.exc_info[1] if getattr(response, "exc_info", None) else None
            raise AssertionError(f"{method} {path} as {role}: {response.status_code} {cause!r}") from cause
        return "login" if is_sign_in(response) else str(response.status_code)

    def answers(self, method: str, path: str) -> dict[str, str]:
        return {role: self.answer(role, method, path) for role in ROLES}

    def path(self, address: Address) -> str:
        """The address of Qinghe's or the owner's object."""
        return address.path(values(address, self.world)) if address.arguments else address.path({})


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def is_sign_in(response: HttpResponse) -> bool:
    doors = (reverse("account_login"), reverse("admin:login"))
    return response.status_code == 302 and response.headers["Location"].partition("?")[0] in doors


def values(address: Address, world: World) -> Mapping[str, Any]:
    """What to put into the address: as the matrix says, or the admin's own object of that model."""
    named = next((make for pattern, make in matrix.OBJECTS.items() if matrix.fits(address.name, pattern)), None)
    if named is not None:
        return named(world)
    parts = address.name.removeprefix("admin:").removeprefix("(staff)/").replace("/", "_").split("_")
    model = ADMIN_NAME.get("_".join(parts[:2]))
    found = world.one(model) if model is not None else None
    if found is None or address.arguments != ("object_id",):
        raise NoObjectError(f"{address.name} {address.arguments}: name its object in OBJECTS of tests/house/matrix.py")
    return {"object_id": found.pk}


def nobodys(address: Address) -> list[str]:
    """The same address for things that do not exist: by number, by name and by UUID."""
    return [address.path(dict.fromkeys(address.arguments, value)) for value in ("999999999", "no-such-thing", NOTHING)]
