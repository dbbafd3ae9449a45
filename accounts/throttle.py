"""How often somebody may try, and the page that says so.

The limits stand in `config/sign_in.py` and are counted by allauth in the cache table. What
is here: the key that keeps one person from locking out another, and the answer.
"""

from allauth.core import ratelimit
from allauth.core.internal import ratelimit as counter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_AFTER_SECONDS = 15 * 60
AN_HOUR_SECONDS = 60 * 60


def account_and_address(login: str, ip: str) -> str:
    """The key of failed sign-ins: the same account from elsewhere has a counter of its own.

    >>> account_and_address("Xiaoyu@example.org", "192.0.2.7")
    'xiaoyu@example.org|192.0.2.7'
    """
    return f"{login.lower()}|{ip}"


def may_identify(request: HttpRequest, fingerprint: str) -> bool:
    """Whether this person may try this identity number now; counts the try.

    By person and address against guessing, by the number's fingerprint against many accounts
    that try one number. The number itself never reaches the counter.
    """
    return bool(
        ratelimit.consume(request, action="identify")
        and ratelimit.consume(request, action="identify_number", key=fingerprint)
    )


def may_add_bank_account(request: HttpRequest) -> bool:
    """Whether this person may enter another bank account now; counts the try."""
    return bool(ratelimit.consume(request, action="bank_account"))


def may_check_paper(request: HttpRequest) -> bool:
    """Whether somebody at this address may check another number and code now; counts the try.

    The form is sent by GET, so that an answer can be linked to; allauth's own door lets every GET pass.
    """
    return bool(counter.consume(request, app="allauth.account", action="check_paper", limit_get=True))


def too_many_requests(
    request: HttpRequest, exception: Exception | None = None, *, seconds: int = RETRY_AFTER_SECONDS
) -> HttpResponse:
    """429 with Retry-After: the longest window of the limits on signing in, unless told otherwise."""
    response = render(request, "429.html", {"minutes": seconds // 60}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
