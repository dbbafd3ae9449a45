"""The staff's site: Django's admin, which opens only to staff with a second factor."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class StaffSite(AdminSite):
    site_header = _("Leeway")
    site_title = _("Leeway")
    index_title = _("Workbench")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))
