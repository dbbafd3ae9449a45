"""What stands still, on which loan, from when to when.

Everything that contacts, charges, reports or debits asks `HoldQuerySet.active` first.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender
from config import clock
from loans.models.loan import Loan
from loans.querysets import HoldQuerySet


class Hold(models.Model):
    """An interval in which one kind of action stands still; `until_on` is the last held day, empty is open."""

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Requests for payment")
        LEGAL = "legal", _("Legal steps")
        PENALTY = "penalty", _("Penalty interest")
        BUREAU = "bureau", _("Credit record")
        AUTO_DEBIT = "auto_debit", _("Auto-debit")
        LIMIT = "limit", _("Your limit")

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="holds", verbose_name=_("loan"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=40, help_text=_("The reference that opened it."))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=clock.now)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["loan", "kind", "from_on"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "kind", "source"], name="loans_hold_once"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="loans_hold_forward"
            ),
        ]
        indexes = [models.Index(fields=["loan", "kind", "from_on"], name="loans_hold_loan")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source}"
