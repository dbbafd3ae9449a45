"""allauth's addresses that this site uses, without its social log-ins.

Those that write a message together with what it tells about run in one transaction, so that
an account without its code, or a code without its account, cannot be left behind.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import include, path


def whole(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Run a POST to `view` in one transaction; other methods write nothing."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return wrapped


def onward(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Who has just confirmed a new phone goes on to what else is known; allauth would ask for a phone again."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        was_signed_in, response = request.user.is_authenticated, view(request, *args, **kwargs)
        code = request.POST.get("code")
        if was_signed_in and code and request.user.phone_verified and response.status_code == 302:  # type: ignore[union-attr]
            return redirect("accounts:known")
        return response

    return wrapped


urlpatterns = [
    path("signup/", whole(views.signup), name="account_signup"),
    path("phone/change/", whole(views.change_phone), name="account_change_phone"),
    path("phone/verify/", whole(onward(views.verify_phone)), name="account_verify_phone"),
    path("email/", whole(views.email), name="account_email"),
    path("password/change/", whole(views.password_change), name="account_change_password"),
    path("password/set/", whole(views.password_set), name="account_set_password"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
