"""Money received, and what of it went where."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, User
from config import clock
from loans.models.journal import JournalEntry
from loans.models.loan import Loan


class Payment(models.Model):
    """One payment on one loan, at most once per key; never edited."""

    class Channel(models.TextChoices):
        BORROWER = "borrower", _("Paid by you")
        AUTO_DEBIT = "auto_debit", _("Auto-debit")
        STAFF = "staff", _("Recorded by staff")
        IMPORT = "import", _("Imported")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="payments", verbose_name=_("loan"))
    key = models.CharField(
        _("key"), max_length=64, help_text=_("Given by whoever sends it; the same key is the same payment.")
    )
    amount_minor = models.BigIntegerField(_("amount"))
    unapplied_minor = models.BigIntegerField(_("overpaid, to be refunded"), default=0)
    value_on = models.DateField(_("value date"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    journal_entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="payment", verbose_name=_("journal entry")
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-value_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "key"], name="loans_payment_key_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_payment_positive"),
            models.CheckConstraint(
                condition=Q(unapplied_minor__gte=0, unapplied_minor__lte=models.F("amount_minor")),
                name="loans_payment_unapplied_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan} {self.value_on}"


class Allocation(models.Model):
    """A part of a payment, put to one component of one instalment (by its number, in every version)."""

    class Component(models.TextChoices):
        PENALTY = "penalty", _("Penalty interest")
        FEE = "fee", _("Fee")
        INTEREST = "interest", _("Interest")
        PRINCIPAL = "principal", _("Principal")

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("payment")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("loan"))
    instalment_number = models.PositiveSmallIntegerField(_("instalment"))
    component = models.CharField(_("component"), max_length=12, choices=Component.choices)
    amount_minor = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.UniqueConstraint(fields=["payment", "instalment_number", "component"], name="loans_allocation_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_allocation_positive"),
        ]
        indexes = [models.Index(fields=["loan", "instalment_number"], name="loans_allocation_loan")]
