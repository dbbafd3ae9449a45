"""The rules a lender decides by, as data; a published version never changes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender
from config import clock


class PolicyVersion(models.Model):
    """One published version; `terms` is read by `deferrals/rules.py` (see `Policy`)."""

    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="policies", verbose_name=_("lender"), db_index=False
    )
    code = models.CharField(_("code"), max_length=20)
    terms = models.JSONField(_("terms"))
    effective_from = models.DateField(_("in force from"))
    published_at = models.DateTimeField(_("published"), default=clock.now)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ["lender", "effective_from"]
        constraints = [models.UniqueConstraint(fields=["lender", "code"], name="deferrals_policy_once")]

    def __str__(self) -> str:
        return self.code
