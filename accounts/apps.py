from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from accounts import guards, seals
from accounts.checks import known_customers


def install_guards(using: str = "default", **_kwargs: Any) -> None:
    guards.install(connections[using])


def uninstall_guards(using: str = "default", **_kwargs: Any) -> None:
    guards.uninstall(connections[using])


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and lenders")

    def ready(self) -> None:
        guards.register(self.name, seals.GUARDS)
        register(known_customers, Tags.security, deploy=True)
        pre_migrate.connect(uninstall_guards, sender=self, dispatch_uid="leeway-guards-away")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="leeway-guards")
