from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts import guards
from loans.seals import GUARDS


class LoansConfig(AppConfig):
    name = "loans"
    verbose_name = _("Loans")

    def ready(self) -> None:
        guards.register(self.name, GUARDS)
