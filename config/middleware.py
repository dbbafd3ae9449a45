"""Two small rules for every request: known verbs only, and private pages are not kept by caches."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

KNOWN_VERBS = ("GET", "HEAD", "POST", "OPTIONS")


class KnownVerbsMiddleware:
    """405 for TRACE, PUT, PATCH, DELETE and whatever else; no page here answers them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in KNOWN_VERBS:
            return HttpResponseNotAllowed(KNOWN_VERBS)
        return self.get_response(request)


class PrivatePagesMiddleware:
    """`Cache-Control: no-store` on everything that a signed-in person is shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response
