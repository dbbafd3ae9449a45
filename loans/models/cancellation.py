"""That a contract ended before any money was paid out on it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Borrower, Lender, User
from config import clock
from loans.models.contract import Contract
from loans.models.loan import Loan


class ContractCancellation(models.Model):
    """A contract given up because its money was never paid out; nothing was ever owed on it. Never changed."""

    class Reason(models.TextChoices):
        PAYOUT_FAILED = "payout_failed", _("The payout did not go through")
        NEVER_SENT = "never_sent", _("The money was not sent in time")

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT, related_name="+", verbose_name=_("borrower"))
    contract = models.OneToOneField(
        Contract, on_delete=models.PROTECT, related_name="cancellation", verbose_name=_("contract")
    )
    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="cancellation", verbose_name=_("loan"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason.choices)
    words = models.CharField(_("in words"), max_length=300, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), default=clock.now)
    cancelled_on = models.DateField(_("day of cancelling"))
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("cancelled by"))

    class Meta:
        verbose_name = _("cancelled contract")
        verbose_name_plural = _("cancelled contracts")
        ordering = ["-cancelled_at", "-pk"]

    def __str__(self) -> str:
        return str(self.contract)
