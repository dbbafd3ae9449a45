from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts import guards


class CreditConfig(AppConfig):
    name = "credit"
    verbose_name = _("Credit file")

    def ready(self) -> None:
        guards.register(
            self.name,
            [
                *guards.append_only("credit_monthfact"),
                *guards.same_lender("credit_monthfact", "tradeline_id", "credit_tradeline"),
            ],
        )
