"""The staff's site: Django's admin, which opens only to staff who came in with a second factor."""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from accounts import second_factor

# Third parties' own admins know nothing of lenders and show whatever there is.
_KEPT_OUT = {"account", "auth", "mfa", "procrastinate", "usersessions"}


class StaffSite(AdminSite):
    site_header = _("Leeway")
    site_title = _("Leeway")
    index_title = _("Workbench")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        ours = [model for model in models if model._meta.app_label not in _KEPT_OUT]
        super().register(ours, admin_class, **options)

    def get_urls(self) -> list[Any]:
        """Without the way to any row of any table by its number, which nothing here links to."""
        return [address for address in super().get_urls() if getattr(address, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, and only in a session that used their authenticator."""
        user = request.user
        return bool(user.is_active and getattr(user, "is_staff", False) and second_factor.used(request))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in for everybody; this only says what is still missing, or that nothing is here."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
            target = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(target)
        if not request.user.is_authenticated:
            door = "account_login"
        elif not getattr(request.user, "is_staff", False):
            raise Http404
        elif second_factor.has_authenticator(request.user):
            door = "mfa_reauthenticate"
        else:
            door = "accounts:needs_second_factor"
        return redirect(f"{reverse(door)}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Signs out by POST only, through the site's own sign-out."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        get_adapter().logout(request)
        return redirect("home")
