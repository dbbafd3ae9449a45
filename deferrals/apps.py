from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts import guards
from deferrals.seals import GUARDS


class DeferralsConfig(AppConfig):
    name = "deferrals"
    verbose_name = _("Relief")

    def ready(self) -> None:
        guards.register(self.name, GUARDS)
        # It asks for models, which are there only now.
        import_module("deferrals.close_step").register_step()
