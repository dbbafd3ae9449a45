"""That a borrower wants back what is owed to them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import BankAccount, Borrower, Lender, User
from config import clock
from loans.models.bills import RevolvingAccount
from loans.models.forewarning import OF_ONE
from loans.models.loan import Loan


class RefundWish(models.Model):
    """The borrower asks for what they overpaid, to one of their accounts; staff order the refund. Never changed.

    It stands for a loan, or for the account of a monthly bill.
    """

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT, related_name="+", verbose_name=_("borrower"))
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, null=True, blank=True, related_name="refund_wishes", verbose_name=_("loan")
    )
    bill_account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refund_wishes",
        verbose_name=_("monthly bill account"),
    )
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="+", verbose_name=_("bank account")
    )
    amount_minor = models.BigIntegerField(_("owed back at that time"))
    wished_at = models.DateTimeField(_("asked"), default=clock.now)
    wished_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))

    class Meta:
        verbose_name = _("wish for a refund")
        verbose_name_plural = _("wishes for refunds")
        ordering = ["-wished_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_refund_wish_positive"),
            models.CheckConstraint(condition=OF_ONE, name="loans_refund_wish_of_one"),
        ]

    def __str__(self) -> str:
        return str(self.debt)

    @property
    def debt(self) -> Any:
        """What it stands for: the loan, or the account of a monthly bill."""
        return self.bill_account if self.loan_id is None else self.loan
