"""A real browser against a real server, on the fixed day, in any of the three languages."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.models import User
from tests import browser
from tests.accounts.conftest import STILL, totp
from tests.conftest import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = os.environ.get("LEEWAY_SCREENSHOTS")

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (make setup-e2e)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if ROOT / "tests" / "journeys" in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop and the ORM share this thread
    path = browser.chromium()
    if path is None:
        pytest.skip("Chromium was not found")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=browser.flags())
        yield started
        started.close()


class Visitor:
    """One person at one browser; every page they open is held against axe and for sideways scrolling.

    Without `scripts` the browser runs none of the pages', and axe, which is one, is left out.
    """

    def __init__(self, chromium: Any, server: str, language: str, width: int, *, scripts: bool = True) -> None:
        self.server, self.language, self.width, self.scripts = server, language, width, scripts
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        self.context.add_cookies([{"name": "language", "value": language, "url": server}])
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        self.page.on("response", self._answered)

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and response.status != 422:
            self.problems.append(f"{response.status} {response.url}")

    def go(self, path: str) -> None:
        self.page.goto(self.server + path)
        self.look()

    def press(self, selector: str) -> None:
        """Press the first thing that matches, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look()

    def text(self) -> str:
        return str(self.page.locator("main").inner_text())

    def look(self) -> None:
        """Whatever page this is: no sideways scrolling, nothing serious for axe, no console error."""
        where = self.page.url
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, where
        if self.scripts:
            self._axe(where)
        assert not self.problems, (where, self.problems)
        if SCREENSHOTS:
            self._picture(where)

    def _axe(self, where: str) -> None:
        from axe_playwright_python.sync_playwright import Axe

        found = [v for v in Axe().run(self.page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert not found, (where, [(v["id"], [node["target"] for node in v["nodes"]]) for v in found])

    def _picture(self, where: str) -> None:
        folder = Path(SCREENSHOTS or "")
        folder.mkdir(parents=True, exist_ok=True)
        name = where.removeprefix(self.server).split("?")[0].strip("/").replace("/", "-") or "home"
        self.page.screenshot(
            path=folder / f"{time.monotonic_ns()}-{self.language}-{self.width}-{name}.png", full_page=True
        )


@pytest.fixture
def visitor(
    chromium: Any, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; closes their browsers at the end."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    # the test server finds files by their own names, not by the hashed ones
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # the authenticator's clock stands: a code read here is still good when the page has gone through
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: STILL))
    made: list[Visitor] = []

    def make(language: str = "zh-hans", width: int = 1280, *, scripts: bool = True) -> Visitor:
        made.append(Visitor(chromium, live_server.url, language, width, scripts=scripts))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


def sign_in(visitor: Visitor, user: User, *, second_factor: bool = False) -> None:
    """By the sign-in page: address, password, and for staff the code of an authenticator."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    secret = generate_totp_secret()
    if second_factor:
        TOTP.activate(user, secret)
    visitor.go("/accounts/login/")
    visitor.page.fill("input[name=login]", str(user.email))
    visitor.page.fill("input[name=password]", PASSWORD)
    visitor.press("main button[type=submit], main form button:not([name])")
    if second_factor:
        visitor.page.fill("input[name=code]", totp(secret))
        visitor.press("main form button:not([name])")
