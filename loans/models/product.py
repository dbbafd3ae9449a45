"""What a lender offers; a published version never changes."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender
from loans.engine.profile import Profile, profile
from loans.engine.schedule import Method

METHOD_NAMES: dict[str, Any] = {
    Method.LEVEL.value: _("equal instalments"),
    Method.EQUAL_PRINCIPAL.value: _("equal principal"),
}


class Product(models.Model):
    """One version of a loan product: method, rate, conventions, grace."""

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="products", verbose_name=_("lender"))
    code = models.SlugField(_("code"), max_length=32)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    name_zh_hans = models.CharField(_("name in simplified Chinese"), max_length=60)
    name_zh_hant = models.CharField(_("name in traditional Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    method = models.CharField(_("repayment method"), max_length=16, choices=list(METHOD_NAMES.items()))
    rate_annual = models.DecimalField(_("annual rate"), max_digits=12, decimal_places=10)
    profile = models.JSONField(_("calculation conventions"))
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=3)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["lender", "code", "version"], name="loans_product_once"),
            models.CheckConstraint(condition=Q(rate_annual__gte=0, rate_annual__lte=1), name="loans_product_rate_sane"),
            models.CheckConstraint(condition=Q(grace_days__lte=7), name="loans_product_grace_at_most_7"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def name(self) -> str:
        language = translation.get_language() or "zh-hans"
        if language.startswith("en"):
            return self.name_en
        return self.name_zh_hant if language == "zh-hant" else self.name_zh_hans

    @property
    def conventions(self) -> Profile:
        return profile(self.profile)
