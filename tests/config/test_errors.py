"""The error pages: the right status, the visitor's language, a number to quote, and nothing else told."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext

from config import errors

PAGES = {
    400: (errors.bad_request, "We could not read that"),
    403: (errors.forbidden, "This is not open to you"),
    404: (errors.not_found, "There is nothing here"),
    500: (errors.server_error, "Something broke on our side"),
}
TAGS = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
REFERENCE = re.compile(r"E-[0-9A-F]{8}")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret of the machine")


def closed(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("the secret of the role")


def gone(request: HttpRequest) -> HttpResponse:
    raise Http404("the secret of the row")


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sent")


urlpatterns = [path("broken/", broken), path("closed/", closed), path("gone/", gone), path("form/", form)]
handler400, handler403 = "config.errors.bad_request", "config.errors.forbidden"
handler404, handler500 = "config.errors.not_found", "config.errors.server_error"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.DEBUG = False
    settings.WHITENOISE_AUTOREFRESH = True
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address, status", [("/broken/", 500), ("/closed/", 403), ("/gone/", 404), ("/nowhere/", 404)])
def test_what_went_wrong_is_said_without_its_secrets(visitor: Client, address: str, status: int) -> None:
    response = visitor.get(address, headers={"accept-language": "en"})
    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{PAGES[status][1]}</h1>" in page
    assert "secret" not in page
    assert "Traceback" not in page
    assert 'href="/"' in page


def test_a_foreign_host_is_answered_400(visitor: Client) -> None:
    response = visitor.get("/gone/", headers={"host": "elsewhere.example", "accept-language": "en"})
    assert response.status_code == 400
    assert "<h1>We could not read that</h1>" in response.content.decode()
    assert "elsewhere.example" not in response.content.decode()


def test_a_form_without_its_token_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/form/", headers={"accept-language": "en"})
    assert response.status_code == 403
    assert "<h1>This form has expired</h1>" in response.content.decode()


@pytest.mark.parametrize("status", PAGES)
@pytest.mark.parametrize("language", TAGS)
def test_a_page_speaks_the_language_of_the_cookie(language: str, status: int) -> None:
    handler, title = PAGES[status]
    request = RequestFactory().get("/x/", headers={"accept-language": "fr"})
    request.COOKIES["language"] = language
    page = handler(request).content.decode()
    with translation.override(language):
        assert f"<h1>{gettext(title)}</h1>" in page
    assert f'<html lang="{TAGS[language]}">' in page


@pytest.mark.parametrize(
    "wished, tag", [("en-GB,en;q=0.8", "en"), ("zh-TW", "zh-Hant"), ("fr", "zh-Hans"), ("", "zh-Hans")]
)
def test_without_a_cookie_the_browser_is_asked(wished: str, tag: str) -> None:
    request = RequestFactory().get("/x/", headers={"accept-language": wished})
    assert f'<html lang="{tag}">' in errors.not_found(request).content.decode()


def test_the_language_of_the_thread_is_left_as_it_was() -> None:
    request = RequestFactory().get("/x/", headers={"accept-language": "en"})
    with translation.override("zh-hant"):
        errors.server_error(request)
        assert translation.get_language() == "zh-hant"


def test_the_number_on_the_page_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="config.errors"):
        page = errors.server_error(RequestFactory().post("/relief/new/?who=me")).content.decode()
    [number] = REFERENCE.findall(page)
    [record] = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage() == f"{number}: answered 500 for POST '/relief/new/'"


def test_an_address_cannot_forge_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="config.errors"):
        errors.not_found(RequestFactory().get("/x%0AERROR all is lost"))
    assert "\n" not in caplog.records[0].getMessage()


def test_every_visit_has_a_number_of_its_own() -> None:
    pages = [errors.not_found(RequestFactory().get("/x/")).content.decode() for _ in range(3)]
    assert len({REFERENCE.findall(page)[0] for page in pages}) == 3


@pytest.mark.parametrize("handler", [handler for handler, _ in PAGES.values()])
def test_a_page_stands_without_its_style_sheet(
    handler: Callable[..., HttpResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise ValueError(f"Missing staticfiles manifest entry for {name!r}")

    monkeypatch.setattr(errors, "static", missing)
    page = handler(RequestFactory().get("/x/")).content.decode()
    assert "stylesheet" not in page
    assert "<h1>" in page
