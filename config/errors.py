"""The pages for what went wrong: what happened, what to do, and a number to quote.

They stand on nothing that may be broken itself: no context processors, no session, no
database, and no style sheet if that cannot be found. The language is the visitor's, from
the cookie or the browser. The number is random and written to the log with the page's
address, so that a person who calls can be helped without telling us more.
"""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation

logger = logging.getLogger(__name__)


def _style_sheet() -> str:
    """The address of the style sheet; empty where the built one is missing."""
    try:
        return static("build/leeway.css")
    except ValueError:
        return ""


def error_page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """The page `template` in the visitor's language, under a new reference number."""
    reference = f"E-{secrets.token_hex(4).upper()}"
    level = logging.ERROR if status >= 500 else logging.INFO
    logger.log(level, "%s: answered %s for %s %r", reference, status, request.method, request.path)
    with translation.override(translation.get_language_from_request(request)):
        context = {"reference": reference, "style_sheet": _style_sheet()}
        return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be read, or was sent to a host name that is not ours."""
    return error_page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return error_page(request, "403.html", 403)


def forbidden_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its token; `reason` is Django's and is not shown."""
    return error_page(request, "errors/form.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not this person's; the two look the same."""
    return error_page(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own mistake, and said so."""
    return error_page(request, "500.html", 500)
