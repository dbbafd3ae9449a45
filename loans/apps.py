from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts import guards
from loans.seals import GUARDS


class LoansConfig(AppConfig):
    name = "loans"
    verbose_name = _("Loans")

    def ready(self) -> None:
        guards.register(self.name, GUARDS)
        # It asks for models, which are there only now.
        import_module("loans.answers").register(self.name)
        import_module("loans.close_steps").register_steps()
