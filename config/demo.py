"""The demonstration's doors: one click to be any of its people. Off unless LEEWAY_DEMO is on."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.reauthentication import DEMO_PASSWORD
from accounts.second_factor import DEMO_ENTRANCE
from config.demonstration import cast
from config.staff import landing


def only_in_demo() -> None:
    if not settings.DEMO:
        raise Http404


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Everybody there is to be, and what is worth seeing as them."""
    only_in_demo()
    return render(request, "demo/front.html", {"doors": cast.doors(), "password": DEMO_PASSWORD})


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the made-up people; marked in the session, so that it counts here only."""
    only_in_demo()
    user = get_object_or_404(User, email=request.POST.get("who", ""), email__endswith=cast.DOMAIN, is_active=True)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[DEMO_ENTRANCE] = True
    return redirect(landing(user) if user.is_staff else "home")


urlpatterns = [
    path("", front, name="front"),
    path("enter/", enter, name="enter"),
]
