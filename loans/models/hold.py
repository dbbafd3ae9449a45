"""What stands still, on which loan or monthly bill, from when to when.

Everything that contacts, charges, reports or debits asks `HoldQuerySet` first.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, User
from config import clock
from loans.models.bills import RevolvingAccount
from loans.models.forewarning import OF_ONE
from loans.models.loan import Loan
from loans.querysets import HoldQuerySet


class Hold(models.Model):
    """An interval in which one kind of action stands still; `until_on` is the last held day, empty is open.

    It stands on a loan, where a request for relief opened it, or on the account of a monthly
    bill, where a person did and said why.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Requests for payment")
        LEGAL = "legal", _("Legal steps")
        PENALTY = "penalty", _("Penalty interest")
        BUREAU = "bureau", _("Credit record")
        AUTO_DEBIT = "auto_debit", _("Auto-debit")
        LIMIT = "limit", _("Your limit")

    # A bill has no legal steps, and its penalty interest is computed without holds.
    OF_BILLS = (Kind.CONTACT, Kind.BUREAU, Kind.AUTO_DEBIT, Kind.LIMIT)

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(
        Loan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="holds",
        verbose_name=_("loan"),
        db_index=False,
    )
    bill_account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="holds",
        verbose_name=_("monthly bill account"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=40, help_text=_("The reference that opened it."))
    words = models.CharField(_("reason"), max_length=300, blank=True, default="", db_default="")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("opened by")
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["loan", "kind", "from_on"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "kind", "source"], name="loans_hold_once"),
            models.UniqueConstraint(fields=["bill_account", "kind", "source"], name="loans_hold_bill_once"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="loans_hold_forward"
            ),
            models.CheckConstraint(condition=OF_ONE, name="loans_hold_of_one"),
            models.CheckConstraint(
                condition=Q(bill_account__isnull=True)
                | Q(kind__in=["contact", "bureau", "auto_debit", "limit"], opened_by__isnull=False) & ~Q(words=""),
                name="loans_hold_bills_by_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["loan", "kind", "from_on"], name="loans_hold_loan"),
            models.Index(fields=["bill_account", "kind", "from_on"], name="loans_hold_bill"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source}"

    @property
    def debt(self) -> Any:
        """What it stands on: the loan, or the account of a monthly bill."""
        return self.bill_account if self.loan_id is None else self.loan
