from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts import guards
from loans.seals import GUARDS


class LoansConfig(AppConfig):
    name = "loans"
    verbose_name = _("Loans")

    def ready(self) -> None:
        # They ask for models, which are there only when the apps are ready.
        from accounts import account_needs, still_needed
        from loans.selectors.bill_reminders import unneeded_bills
        from loans.selectors.mandates import needs
        from loans.selectors.reminders import unneeded

        guards.register(self.name, GUARDS)
        account_needs.register(self.name, needs)
        still_needed.register(self.name, unneeded)
        still_needed.register(f"{self.name}.bills", unneeded_bills)
