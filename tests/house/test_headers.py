"""Every answer carries the headers that keep a browser from being tricked."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client, override_settings

from tests.house.addresses import Address, addresses
from tests.house.visits import Visits

pytestmark = [pytest.mark.django_db, pytest.mark.once]
POLICY = {
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def check(response: Any) -> None:
    said = {part.strip() for part in response.headers.get("Content-Security-Policy", "").split(";")}
    assert said >= POLICY
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert {name: response.headers.get(name) for name in FIXED} == FIXED
    assert "Server" not in response.headers


@pytest.mark.parametrize("address", addresses(), ids=lambda address: address.name)
def test_every_page_carries_them(visits: Visits, address: Address) -> None:
    path = visits.path(address)
    for role in ("anonymous", "owner", "reviewer"):
        response = visits.send(role, "GET", path)
        check(response)
        if role != "anonymous":
            assert response.headers["Cache-Control"] == "no-store", role


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no/such/page/", 404),
        ("POST", "/no/such/page/", 404),
        ("TRACE", "/", 405),
        ("PUT", "/healthz", 405),
        ("GET", "/loans", 301),
    ],
)
def test_answers_that_are_no_pages_carry_them_too(visits: Visits, method: str, path: str, status: int) -> None:
    response = visits.send("owner", method, path)
    assert response.status_code == status
    check(response)


def test_a_foreign_host_is_refused_with_them() -> None:
    response = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    check(response)


def test_a_form_without_its_token_is_refused_with_them(visits: Visits) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    check(response)


def test_files_carry_them() -> None:
    response = Client().get(staticfiles_storage.url("build/leeway.css"))
    response.close()
    assert response.status_code == 200
    check(response)
    assert "max-age=315360000" in response.headers["Cache-Control"]


def test_a_site_on_https_sends_everybody_there() -> None:
    with override_settings(
        SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True
    ):
        client = Client()
        plain = client.get("/style/")
        assert (plain.status_code, plain.headers["Location"]) == (301, "https://testserver/style/")
        said = client.get("/style/", secure=True).headers["Strict-Transport-Security"]
    assert said == "max-age=31536000; includeSubDomains"


def test_no_cookie_is_readable_by_scripts_or_sent_from_elsewhere() -> None:
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE) == (True, "Lax")
    assert (settings.CSRF_COOKIE_HTTPONLY, settings.CSRF_COOKIE_SAMESITE) == (True, "Lax")
