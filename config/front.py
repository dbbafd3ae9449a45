"""The first page: for a stranger, for a borrower, for staff."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from config import demo
from config.staff import landing
from deferrals.selectors import home as selector


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A borrower's home; for staff where their work begins; for a stranger what this is."""
    if request.user.is_authenticated:
        if getattr(request.user, "is_staff", False):
            return redirect(landing(request.user))
        return render(request, "home.html", {"place": "home", "page": selector.home(request.user)})
    return demo.front(request) if settings.DEMO else render(request, "welcome.html")
