from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class WiringConfig(AppConfig):
    """Only so that `manage.py` finds the commands that put the whole site together."""

    name = "config"
    default_auto_field = "django.db.models.BigAutoField"


class StaffSiteConfig(AdminConfig):
    default_site = "config.admin.StaffSite"
