"""The first page: for a stranger, for a borrower, for staff."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from config import demo


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("admin:index") if getattr(request.user, "is_staff", False) else render(request, "home.html")
    if settings.DEMO:
        return demo.front(request)
    return render(request, "welcome.html")
