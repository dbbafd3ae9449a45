"""Penalty interest that was fixed when a schedule was replaced.

Penalty interest of the schedule in force is counted, never stored. When another schedule
takes its place, what had been charged by then can no longer be counted from it, so it is
written here, by instalment. What is owed is therefore

    the rows here + what the schedule in force charges from its day on - what was paid
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, User
from config import clock
from loans.models.loan import Loan


class PenaltyCharge(models.Model):
    """Penalty interest of one instalment up to the end of `through_on`."""

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="penalty_charges", verbose_name=_("loan"), db_index=False
    )
    version_number = models.PositiveSmallIntegerField(_("schedule version"))
    instalment_number = models.PositiveSmallIntegerField(_("instalment"))
    days = models.PositiveIntegerField(_("days"), default=0)
    amount_minor = models.BigIntegerField(_("amount"))
    beyond_cap_minor = models.BigIntegerField(_("not charged because of the cap"), default=0)
    through_on = models.DateField(_("through"))
    made_at = models.DateTimeField(_("made"), default=clock.now)
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("penalty interest")
        verbose_name_plural = _("penalty interest")
        ordering = ["loan", "version_number", "instalment_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "version_number", "instalment_number"], name="loans_penalty_charged_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="loans_penalty_sign"),
            models.CheckConstraint(condition=Q(beyond_cap_minor__gte=0), name="loans_penalty_beyond_cap_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.loan} {self.instalment_number}: {self.amount_minor}"
