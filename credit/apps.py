from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts import guards
from credit.seals import GUARDS


class CreditConfig(AppConfig):
    name = "credit"
    verbose_name = _("Credit file")

    def ready(self) -> None:
        guards.register(self.name, GUARDS)
