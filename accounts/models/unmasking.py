"""Who of a lender's staff read a hidden number, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.bank_account import BankAccount
from accounts.models.people import Borrower, Lender, User
from config import clock


class Unmasking(models.Model):
    """One look at a whole number. Never changed, never deleted; the borrower sees it too."""

    class What(models.TextChoices):
        IDENTITY = "identity", _("Identity number")
        BANK_ACCOUNT = "bank_account", _("Bank account number")

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="unmaskings", verbose_name=_("lender"))
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="unmaskings", verbose_name=_("borrower")
    )
    what = models.CharField(_("what"), max_length=12, choices=What.choices)
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bank account")
    )
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    handle = models.CharField(_("case handle"), max_length=12, blank=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("look at a hidden number")
        verbose_name_plural = _("looks at hidden numbers")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.handle or self.by}"
