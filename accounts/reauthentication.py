"""Is it still the same person? Asked before something is signed or a way in is changed.

A confirmation is a password, a code sent to the person's own phone or e-mail, or a second
factor, given in this session not more than ten minutes ago. A sign-in of the last ten
minutes counts; the demonstration's one-click entrance does not, since it asked for nothing.
"""

import time
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest
from django.urls import reverse

VALID_SECONDS = 10 * 60
DEMO_PASSWORD = "leeway-demo-2026"  # noqa: S105  (the made-up people's; shown on the page)
_PROOFS = ("password", "code", "mfa")


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether this person proved who they are within the last ten minutes. No queries."""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    newest = max((one["at"] for one in records if one["method"] in _PROOFS), default=0)
    return bool(time.time() - newest < VALID_SECONDS)


def confirm_url(request: HttpRequest, next: str) -> str:
    """Where to send somebody to confirm; they come back to `next`, a path on this site."""
    return f"{reverse('accounts:confirm')}?{urlencode({'next': next})}"


def record_confirmed(request: HttpRequest, method: str) -> None:
    """Note in the session that the person has just proved themself by `method` (password or code)."""
    record_authentication(request, request.user, method=method, reauthenticated=True)
