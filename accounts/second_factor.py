"""Did this session come in with a second factor?

Having an authenticator is not enough: the session itself must have been opened, or since
been confirmed, with it. The demonstration's one-click entrance is the one exception; it
counts only while the demonstration is on.
"""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

DEMO_ENTRANCE = "demo_entrance"


def has_authenticator(user: Any) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def used(request: HttpRequest) -> bool:
    """Whether this session used the person's authenticator (or a recovery code of theirs). One query at most."""
    if settings.DEMO and request.session.get(DEMO_ENTRANCE):
        return True
    records = get_authentication_records(request, request.user)
    return any(one["method"] == "mfa" for one in records) and has_authenticator(request.user)
