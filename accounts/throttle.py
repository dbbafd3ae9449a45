"""How often somebody may try, and the page that says so.

The limits stand in `config/sign_in.py` and are counted by allauth in the cache table. What
is here: the key that keeps one person from locking out another, and the answer.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_AFTER_SECONDS = 15 * 60


def account_and_address(login: str, ip: str) -> str:
    """The key of failed sign-ins: the same account from elsewhere has a counter of its own.

    >>> account_and_address("Xiaoyu@example.org", "192.0.2.7")
    'xiaoyu@example.org|192.0.2.7'
    """
    return f"{login.lower()}|{ip}"


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429 with Retry-After: the longest window of the limits on signing in."""
    response = render(request, "429.html", {"minutes": RETRY_AFTER_SECONDS // 60}, status=429)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
